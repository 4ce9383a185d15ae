/** A matrix with sign by colour and size by area, or by shade where its cells are small; zoomable. */

import { colourIndex } from "../scale.js";

/** @import {Surface} from "./surface.js" */
/** @import {Theme} from "../theme.js" */

const SMALLEST_SQUARE = 6; // pixels of a cell in which the size of a square can be seen
const SMALLEST_LABEL = 11;
const LABELS = 90; // pixels for the names of rows
const ABOVE = 30; // pixels for the names of columns

/**
 * @typedef {object} MatrixView
 * @property {number} cell pixels of a cell
 * @property {number} x column at the left edge
 * @property {number} y row at the upper edge
 */

/**
 * @typedef {object} MatrixData
 * @property {Float32Array} values [row, column]
 * @property {number} rows
 * @property {number} columns
 * @property {string[]} rowNames
 * @property {string[]} columnNames
 * @property {number} limit
 */

/**
 * Return the view of a whole matrix.
 * @param {MatrixData} data
 * @param {number} width
 * @param {number} height
 * @returns {MatrixView}
 */
export function fittedMatrix(data, width, height) {
  const cell = Math.min((width - LABELS - 16) / data.columns, (height - ABOVE - 12) / data.rows, 30);
  return { cell: Math.max(0.25, cell), x: 0, y: 0 };
}

/**
 * Return the row and column at a pixel, or null.
 * @param {MatrixData} data
 * @param {MatrixView} view
 * @param {number} x
 * @param {number} y
 * @returns {[number, number] | null}
 */
export function cellAt(data, view, x, y) {
  const [row, column] = [Math.floor((y - ABOVE) / view.cell + view.y), Math.floor((x - LABELS) / view.cell + view.x)];
  return x >= LABELS && y >= ABOVE && row >= 0 && row < data.rows && column >= 0 && column < data.columns ? [row, column] : null;
}

/**
 * Zoom by a factor around a pixel.
 * @param {MatrixView} view
 * @param {number} factor
 * @param {number} x
 * @param {number} y
 * @returns {MatrixView}
 */
export function zoomedMatrix(view, factor, x, y) {
  const cell = Math.max(0.25, Math.min(60, view.cell * factor));
  const [column, row] = [(x - LABELS) / view.cell + view.x, (y - ABOVE) / view.cell + view.y];
  return { cell, x: Math.max(0, column - (x - LABELS) / cell), y: Math.max(0, row - (y - ABOVE) / cell) };
}

/**
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {MatrixData} data
 * @param {MatrixView} view
 */
export function drawMatrix(surface, theme, data, view) {
  const { cell } = view;
  const [firstRow, firstColumn] = [Math.floor(view.y), Math.floor(view.x)];
  const lastRow = Math.min(data.rows, Math.ceil(view.y + (surface.height - ABOVE) / cell));
  const lastColumn = Math.min(data.columns, Math.ceil(view.x + (surface.width - LABELS) / cell));
  const isShaded = cell < SMALLEST_SQUARE;
  const step = Math.max(1, Math.floor(1 / cell)); // of cells smaller than a pixel, one for each pixel
  for (let row = firstRow; row < lastRow; row += step) {
    const y = ABOVE + cell * (row - view.y);
    for (let column = firstColumn; column < lastColumn; column += step) {
      const value = /** @type {number} */ (data.values[row * data.columns + column]);
      if (value !== value) continue;
      const x = LABELS + cell * (column - view.x);
      if (isShaded) {
        surface.rect(
          x,
          y,
          Math.max(1, cell * step),
          Math.max(1, cell * step),
          /** @type {string} */ (theme.colours[colourIndex(value, data.limit)]),
        );
      } else {
        drawSquare(surface, theme, x, y, cell, value, data.limit);
      }
    }
  }
  if (cell < SMALLEST_LABEL) return;
  for (let row = firstRow; row < lastRow; row++) {
    surface.text(clipped(data.rowNames[row]), LABELS - 6, ABOVE + cell * (row - view.y + 0.5) + 4, theme.quiet, "right");
  }
  const every = Math.max(1, Math.ceil(46 / cell));
  for (let column = firstColumn; column < lastColumn; column += every) {
    surface.text(
      clipped(data.columnNames[column], Math.max(3, Math.floor((every * cell) / 6))),
      LABELS + cell * (column - view.x + 0.5),
      ABOVE - 8,
      theme.quiet,
      "center",
    );
  }
}

/**
 * Draw a square whose area is the size of a value, as in a Hinton diagram.
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 * @param {number} value
 * @param {number} limit
 */
export function drawSquare(surface, theme, x, y, cell, value, limit) {
  surface.rect(x + 0.5, y + 0.5, cell - 1, cell - 1, /** @type {string} */ (theme.colours[colourIndex(0, 1)]));
  const side = (cell - 2) * Math.sqrt(Math.min(1, Math.abs(value) / limit));
  const fill = value < 0 ? theme.colours[0] : theme.colours[theme.colours.length - 2];
  if (side > 0.5) surface.rect(x + (cell - side) / 2, y + (cell - side) / 2, side, side, /** @type {string} */ (fill));
}

/**
 * @param {string | undefined} text
 * @param {number} [length]
 */
function clipped(text = "", length = 13) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
