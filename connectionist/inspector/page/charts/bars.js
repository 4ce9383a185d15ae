/** A histogram. */

import { drawAxes, fractionIn, rangeOf } from "./axes.js";

/** @import {Surface} from "./surface.js" */
/** @import {Theme} from "../theme.js" */

/**
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {Float32Array} edges [bin + 1]
 * @param {Float32Array} counts [bin]
 * @param {string} label
 */
export function drawHistogram(surface, theme, edges, counts, label) {
  const area = { left: 52, top: 20, width: Math.max(10, surface.width - 66), height: Math.max(10, surface.height - 56) };
  const x = rangeOf([edges]);
  const y = { low: 0, high: Math.max(1, ...counts) * 1.05 };
  drawAxes(surface, theme, area, x, y, { xLabel: label, yLabel: "number of weights" });
  for (let bin = 0; bin < counts.length; bin++) {
    const [low, high] = [edges[bin] ?? 0, edges[bin + 1] ?? 0];
    const height = area.height * fractionIn(y, counts[bin] ?? 0);
    const fill = (low + high) / 2 < 0 ? theme.colours[0] : theme.colours[theme.colours.length - 2];
    const left = area.left + area.width * fractionIn(x, low);
    surface.rect(
      left + 0.5,
      area.top + area.height - height,
      Math.max(1, area.left + area.width * fractionIn(x, high) - left - 1),
      height,
      /** @type {string} */ (fill),
    );
  }
}
