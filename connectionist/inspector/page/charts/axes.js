/** Axes with round numbers. */

import { short, whole } from "../numbers.js";

/** @import {Surface} from "./surface.js" */
/** @import {Theme} from "../theme.js" */

/** @typedef {{left: number, top: number, width: number, height: number}} Area */
/** @typedef {{low: number, high: number, isLog?: boolean}} Range */

/**
 * Return the range of some numbers; of those above 0 for logarithms.
 * @param {ArrayLike<number>[]} lists
 * @param {boolean} [isLog]
 * @returns {Range}
 */
export function rangeOf(lists, isLog = false) {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (let index = 0; index < list.length; index++) {
      const value = list[index] ?? 0;
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return { low: isLog ? 0.1 : 0, high: 1, isLog };
  if (low === high) return isLog ? { low: low / 2, high: 2 * high, isLog } : { low: low - 0.5, high: high + 0.5, isLog };
  const space = isLog ? 1 : 0.04 * (high - low);
  return isLog ? { low, high, isLog } : { low: low - space, high: high + space, isLog };
}

/**
 * Return the fraction of a range at which a value is; NaN for none.
 * @param {Range} range
 * @param {number} value
 */
export function fractionIn({ low, high, isLog }, value) {
  if (!isLog) return (value - low) / (high - low);
  return value > 0 ? Math.log(value / low) / Math.log(high / low) : NaN;
}

/**
 * Return round numbers in a range.
 * @param {Range} range
 * @param {number} count wanted
 * @returns {number[]}
 */
export function ticksOf({ low, high, isLog }, count) {
  const found = [];
  if (isLog) {
    const decades = Math.log10(high / low);
    const step = Math.max(1, Math.ceil(decades / count));
    for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power += step) found.push(10 ** power);
    if (found.length > 2 || (found.length === 2 && decades >= 2)) return found;
    found.length = 0;
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (const digit of decades > 1 ? [1, 3] : [1, 2, 3, 5]) {
        if (digit * 10 ** power >= low && digit * 10 ** power <= high) found.push(digit * 10 ** power);
      }
    }
    if (found.length > 1) return found;
  }
  found.length = 0;
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9 * step; value += step) found.push(Number(value.toPrecision(12)));
  return found;
}

/**
 * Draw the axes of an area.
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {Area} area
 * @param {Range} x
 * @param {Range} y
 * @param {{xLabel?: string, yLabel?: string, xTexts?: string[], isWhole?: boolean}} labels `isWhole` for x of whole numbers, such as epochs
 */
export function drawAxes(surface, theme, area, x, y, { xLabel = "", yLabel = "", xTexts = [], isWhole = false }) {
  const bottom = area.top + area.height;
  for (const value of ticksOf(y, Math.max(2, area.height / 34))) {
    const at = bottom - area.height * fractionIn(y, value);
    surface.rect(area.left, Math.round(at), area.width, 1, theme.line);
    surface.text(short(value), area.left - 6, at + 4, theme.quiet, "right");
  }
  const isShort = xLabel.length < 7;
  const right = area.left + area.width;
  const end = isShort && !xTexts.length ? `${xLabel} ${x.high >= 1000 ? whole(x.high) : short(Math.round(x.high))}` : xLabel;
  for (const value of ticksOf(x, Math.max(2, area.width / (xTexts.length ? 80 : 90)))) {
    if ((isWhole || xTexts.length) && !Number.isInteger(value)) continue;
    const text = xTexts.length ? xTexts[value] : Math.abs(value) >= 1000 ? whole(value) : short(value);
    const at = area.left + area.width * fractionIn(x, value);
    if (isShort && at > right - 18 - 7 * end.length) continue;
    if (text !== undefined) surface.text(text.slice(0, 14), at, bottom + 15, theme.quiet, "center");
  }
  if (yLabel) surface.text(yLabel, area.left, area.top - 7, theme.quiet);
  if (xLabel) surface.text(end, right, bottom + (isShort ? 15 : 29), theme.quiet, "right");
}
