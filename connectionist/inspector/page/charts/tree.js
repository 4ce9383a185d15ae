/** A cluster tree, with the leaves on the right. */

import { short } from "../numbers.js";
import { fractionIn, ticksOf } from "./axes.js";

/** @import {Surface} from "./surface.js" */
/** @import {Theme} from "../theme.js" */

const NAMES = 130; // pixels for the names of the leaves

/**
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {{merges: Float32Array, order: number[], names: string[]}} data merges [merge, 4]: left, right, distance, leaves
 * @returns {(y: number) => number} the leaf at a pixel, or −1
 */
export function drawTree(surface, theme, { merges, order, names }) {
  const leaves = order.length;
  const area = { left: 16, top: 10, width: Math.max(10, surface.width - NAMES - 20), height: Math.max(10, surface.height - 46) };
  let largest = 0;
  for (let merge = 0; merge < leaves - 1; merge++) largest = Math.max(largest, merges[4 * merge + 2] ?? 0);
  const distance = { low: 0, high: largest || 1 };
  for (const value of ticksOf(distance, 6)) {
    const at = area.left + area.width * (1 - fractionIn(distance, value));
    surface.rect(Math.round(at), area.top, 1, area.height, theme.line);
    surface.text(short(value), at, area.top + area.height + 15, theme.quiet, "center");
  }
  surface.text("distance", area.left, area.top + area.height + 30, theme.quiet);
  const step = area.height / Math.max(1, leaves);
  const [xs, ys] = [new Float64Array(2 * leaves), new Float64Array(2 * leaves)];
  const every = Math.ceil(9 / step); // of leaves that are too close, some are named
  order.forEach((leaf, place) => {
    xs[leaf] = area.left + area.width;
    ys[leaf] = area.top + step * (place + 0.5);
    if (place % every === 0) {
      surface.text(
        (names[leaf] ?? "").slice(0, 22),
        area.left + area.width + 5,
        (ys[leaf] ?? 0) + 4,
        theme.ink,
        "left",
        Math.min(11, every * step),
      );
    }
  });
  const [lineX, lineY] = [new Float64Array(4), new Float64Array(4)];
  for (let merge = 0; merge < leaves - 1; merge++) {
    const [one, other] = [merges[4 * merge] ?? 0, merges[4 * merge + 1] ?? 0];
    const at = area.left + area.width * (1 - fractionIn(distance, merges[4 * merge + 2] ?? 0));
    lineX.set([xs[one] ?? 0, at, at, xs[other] ?? 0]);
    lineY.set([ys[one] ?? 0, ys[one] ?? 0, ys[other] ?? 0, ys[other] ?? 0]);
    surface.line(lineX, lineY, 4, theme.accent, 1.2);
    xs[leaves + merge] = at;
    ys[leaves + merge] = ((ys[one] ?? 0) + (ys[other] ?? 0)) / 2;
  }
  return (y) => order[Math.floor((y - area.top) / step)] ?? -1;
}
