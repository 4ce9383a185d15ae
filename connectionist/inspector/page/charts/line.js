/** Lines over epochs, ticks or cases. */

import { drawAxes, fractionIn, rangeOf } from "./axes.js";

/** @import {Surface} from "./surface.js" */
/** @import {Theme} from "../theme.js" */
/** @import {Area, Range} from "./axes.js" */

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {ArrayLike<number>} x
 * @property {ArrayLike<number>} y
 * @property {string} [colour]
 */

/**
 * @typedef {object} Marks
 * @property {{at: number, text: string}[]} [across] horizontal lines
 * @property {{at: number, text: string}[]} [upright] vertical lines
 */

/** @typedef {{title?: string, xLabel?: string, yLabel?: string, isLog?: boolean, xTexts?: string[], marks?: Marks, cursor?: number | null}} LineOptions */

/**
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {Series[]} series
 * @param {LineOptions} [options]
 * @returns {{area: Area, x: Range, y: Range}}
 */
export function drawLinesChart(surface, theme, series, options = {}) {
  const { isLog = false, marks = {}, cursor = null } = options;
  const margin = series.length > 1 || marks.across?.length ? 90 : 16;
  const bottom = (options.xLabel ?? "").length < 7 ? 22 : 36;
  const area = { left: 52, top: 22, width: Math.max(10, surface.width - 52 - margin), height: Math.max(10, surface.height - 22 - bottom) };
  const across = (marks.across ?? []).map((mark) => mark.at);
  const x = rangeOf(series.map((each) => each.x));
  if (x.low < x.high && !options.xTexts?.length) [x.low, x.high] = exactly(series) ?? [x.low, x.high];
  const y = rangeOf([...series.map((each) => each.y), across], isLog);
  drawAxes(surface, theme, area, x, y, { ...options, isWhole: true });
  for (const mark of marks.across ?? []) {
    const at = area.top + area.height * (1 - fractionIn(y, mark.at));
    dashed(surface, area.left, at, area.left + area.width, theme.quiet);
    surface.text(mark.text, area.left + area.width + 6, at + 4, theme.quiet);
  }
  for (const mark of marks.upright ?? []) {
    const at = area.left + area.width * fractionIn(x, mark.at);
    if (at >= area.left && at <= area.left + area.width) {
      surface.rect(at, area.top, 1, area.height, theme.quiet);
      surface.text(mark.text, at + 4, area.top + 10, theme.quiet);
    }
  }
  /** @type {number[]} */
  const ends = [];
  series.forEach((each, index) => {
    const colour = each.colour ?? /** @type {string} */ (theme.categories[index % theme.categories.length]);
    const count = Math.min(each.x.length, each.y.length);
    const [xs, ys] = thinned(each, count, area, x, y);
    surface.line(xs, ys, xs.length, colour, xs.length > area.width ? 1 : 1.5); // wider lines take long to draw
    if (count === 1) surface.dot(xs[0] ?? 0, ys[0] ?? 0, 3, colour);
    const last = ys[ys.length - 1] ?? NaN;
    if (series.length > 1 && Number.isFinite(last)) {
      let at = last + 4;
      while (ends.some((end) => Math.abs(end - at) < 12)) at += 12;
      ends.push(at);
      surface.text(each.name.slice(0, 16), area.left + area.width + 6, at, colour);
    }
  });
  if (cursor !== null) surface.rect(area.left + area.width * fractionIn(x, cursor), area.top, 1, area.height, theme.accent);
  return { area, x, y };
}

/**
 * Return the first and the last x of some lines; null if they are one.
 * @param {Series[]} series
 * @returns {[number, number] | null}
 */
function exactly(series) {
  let [low, high] = [Infinity, -Infinity];
  for (const { x } of series) {
    if (!x.length) continue;
    low = Math.min(low, x[0] ?? low);
    high = Math.max(high, x[x.length - 1] ?? high);
  }
  return low < high ? [low, high] : null;
}

/**
 * Return the pixels of a line.
 * @param {Series} series
 * @param {number} count
 * @param {Area} area
 * @param {Range} x
 * @param {Range} y
 * @returns {[Float64Array, Float64Array]}
 */
function thinned(series, count, area, x, y) {
  const stride = Math.max(1, Math.ceil(count / area.width)); // of more points than pixels, the least and greatest of each are drawn
  const size = stride === 1 ? count : 2 * Math.ceil(count / stride);
  const [xs, ys] = [new Float64Array(size), new Float64Array(size)];
  let place = 0;
  for (let first = 0; first < count; first += stride) {
    let [low, high] = [first, first];
    for (let index = first + 1; index < Math.min(count, first + stride); index++) {
      if ((series.y[index] ?? 0) < (series.y[low] ?? 0)) low = index;
      if ((series.y[index] ?? 0) > (series.y[high] ?? 0)) high = index;
    }
    for (const index of stride === 1 ? [first] : low < high ? [low, high] : [high, low]) {
      xs[place] = area.left + area.width * fractionIn(x, series.x[index] ?? 0);
      ys[place] = area.top + area.height * (1 - fractionIn(y, series.y[index] ?? 0));
      place += 1;
    }
  }
  return [xs, ys];
}

/**
 * @param {Surface} surface
 * @param {number} x
 * @param {number} y
 * @param {number} end
 * @param {string} fill
 */
function dashed(surface, x, y, end, fill) {
  for (let at = x; at < end; at += 8) surface.rect(at, y, Math.min(4, end - at), 1, fill);
}
