/** A matrix with sign by colour and size by area, or by shade where its cells are small; zoomable. */

import { clipped, short } from "../numbers.js";
import { colourIndex } from "../scale.js";

/** @import {Cells, Surface} from "./surface.js" */
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
  if (cell < SMALLEST_SQUARE) {
    const blocks = blocksOf(data, Math.max(1, Math.ceil(1 / cell - 1e-6)));
    const [row, column] = [Math.floor(firstRow / blocks.side), Math.floor(firstColumn / blocks.side)];
    const [x, y] = [LABELS + cell * (blocks.side * column - view.x), ABOVE + cell * (blocks.side * row - view.y)];
    surface.cells(x, y, cell * blocks.side, blocks, row, column, data.limit, theme.colours);
  } else {
    for (let row = firstRow; row < lastRow; row++) {
      for (let column = firstColumn; column < lastColumn; column++) {
        const value = data.values[row * data.columns + column] ?? 0;
        if (value !== value) continue;
        drawSquare(surface, theme, LABELS + cell * (column - view.x), ABOVE + cell * (row - view.y), cell, value, data.limit);
      }
    }
  }
  drawScale(surface, theme, data.limit);
  if (cell < SMALLEST_LABEL) return;
  for (let row = firstRow; row < lastRow; row++) {
    surface.text(clipped(data.rowNames[row]), LABELS - 6, ABOVE + cell * (row - view.y + 0.5) + 4, theme.quiet, "right");
  }
  const longest = data.columnNames.reduce((most, name) => Math.max(most, name.length), 1);
  const every = Math.max(1, Math.ceil((10 + 6 * Math.min(longest, 6)) / cell));
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
 * Draw the scale with its numbers in the corner that has no cells.
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {number} limit
 */
function drawScale(surface, theme, limit) {
  const [steps, width] = [theme.colours.length - 2, LABELS - 24];
  for (let x = 0; x < width; x++) {
    surface.rect(8 + x, 4, 1, 6, /** @type {string} */ (theme.colours[Math.round((steps * x) / (width - 1))]));
  }
  surface.text(short(-limit), 8, 22, theme.quiet, "left", 10);
  surface.text(short(limit), 8 + width, 22, theme.quiet, "right", 10);
}

/** @type {WeakMap<MatrixData, Cells & {side: number}>} */
const knownBlocks = new WeakMap();

/**
 * Return a matrix in blocks of cells that are together as large as a pixel. A block has the value with the greatest size of its cells.
 * @param {MatrixData} data
 * @param {number} side of a block, in cells
 */
function blocksOf(data, side) {
  let found = knownBlocks.get(data);
  if (found?.side === side) return found;
  const [rows, columns] = [Math.ceil(data.rows / side), Math.ceil(data.columns / side)];
  const values = side === 1 ? data.values : new Float32Array(rows * columns).fill(NaN);
  for (let row = 0; side > 1 && row < data.rows; row++) {
    for (let column = 0; column < data.columns; column++) {
      const value = data.values[row * data.columns + column] ?? 0;
      const at = Math.floor(row / side) * columns + Math.floor(column / side);
      const known = values[at] ?? 0;
      if (known !== known || Math.abs(value) > Math.abs(known)) values[at] = value;
    }
  }
  found = { values, rows, columns, side };
  knownBlocks.set(data, found);
  return found;
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
