/** A receptive field: the weights from a group, in the shape of the group. */

import { fittingLimit } from "../scale.js";
import { drawSquare } from "./matrix.js";

/** @import {Surface} from "./surface.js" */
/** @import {Theme} from "../theme.js" */

/**
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {Float32Array} weights
 * @param {number} columns
 */
export function drawField(surface, theme, weights, columns) {
  const rows = Math.ceil(weights.length / columns);
  const cell = Math.min(24, surface.width / columns, surface.height / rows);
  const limit = fittingLimit(weights);
  for (let index = 0; index < weights.length; index++) {
    const value = weights[index] ?? 0;
    if (value === value) drawSquare(surface, theme, cell * (index % columns), cell * Math.floor(index / columns), cell, value, limit);
  }
}

/**
 * Return the height in pixels of a field in a width.
 * @param {number} units
 * @param {number} columns
 * @param {number} width
 */
export function fieldHeight(units, columns, width) {
  return Math.ceil(units / columns) * Math.min(24, width / columns);
}
