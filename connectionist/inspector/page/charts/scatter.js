/** Cases as points of two components. */

import { drawAxes, fractionIn, rangeOf } from "./axes.js";

/** @import {Surface} from "./surface.js" */
/** @import {Theme} from "../theme.js" */

const MOST_NAMES = 60;

/**
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {{points: Float32Array, dimensions: number, names: string[], labels: [string, string], chosen: number}} data points [case, component]
 * @returns {(x: number, y: number) => number} the case at a pixel, or −1
 */
export function drawScatter(surface, theme, { points, dimensions, names, labels, chosen }) {
  const area = { left: 52, top: 24, width: Math.max(10, surface.width - 120), height: Math.max(10, surface.height - 64) };
  const count = names.length;
  const column = (/** @type {number} */ index) => Float32Array.from({ length: count }, (_, each) => points[each * dimensions + index] ?? 0);
  const [xs, ys] = [column(0), dimensions > 1 ? column(1) : new Float32Array(count)];
  const [x, y] = [rangeOf([xs]), rangeOf([ys])];
  drawAxes(surface, theme, area, x, y, { xLabel: labels[0], yLabel: labels[1] });
  const left = (/** @type {number} */ index) => area.left + area.width * fractionIn(x, xs[index] ?? 0);
  const top = (/** @type {number} */ index) => area.top + area.height * (1 - fractionIn(y, ys[index] ?? 0));
  for (let index = 0; index < count; index++) {
    surface.dot(left(index), top(index), index === chosen ? 5 : 3, index === chosen ? theme.error : theme.accent);
    if (count <= MOST_NAMES || index === chosen) {
      surface.text((names[index] ?? "").slice(0, 18), left(index) + 6, top(index) + 4, theme.ink);
    }
  }
  return (atX, atY) => {
    let [best, least] = [-1, 100];
    for (let index = 0; index < count; index++) {
      const distance = (left(index) - atX) ** 2 + (top(index) - atY) ** 2;
      if (distance < least) [best, least] = [index, distance];
    }
    return best;
  };
}
