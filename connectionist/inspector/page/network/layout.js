/** Where groups and units are: in widths of a unit, x to the right and y upward, inputs at the bottom. */

import { drawnGroups } from "../units.js";

/** @import {Description, Group} from "../types.js" */

/**
 * @typedef {object} Box a group's place
 * @property {Group} group
 * @property {number} x left edge
 * @property {number} y lower edge
 * @property {number} columns
 * @property {number} rows
 * @property {Float32Array} values that were drawn last
 * @property {number} room columns from its left edge to that of the group beside it, for its name
 *
 * @typedef {object} Layout
 * @property {Box[]} boxes
 * @property {number} left
 * @property {number} right
 * @property {number} bottom
 * @property {number} top
 * @property {number} name rows of units that the name above a group takes
 */

const BETWEEN = 3; // columns between the groups of a row
const ABOVE = 2.2; // rows of units between two rows of groups, in which the name is written
const SHARE_ABOVE = 0.06; // of all rows of units, in a network whose rows are lower than a name
const LONGEST_ROW = 14;

/**
 * Return the number of units in one row of a group that was not arranged.
 * @param {number} units
 * @returns {number}
 */
export function usualColumns(units) {
  if (units <= LONGEST_ROW) return units;
  if (units <= 2 * LONGEST_ROW) return Math.ceil(units / 2);
  return Math.ceil(Math.sqrt(2.5 * units));
}

/**
 * Place all groups.
 * @param {Description} description
 * @returns {Layout}
 */
export function placeGroups(description) {
  /** @type {Map<number, Box[]>} */
  const rows = new Map();
  for (const group of drawnGroups(description)) {
    const columns = Math.max(1, group.columns ?? usualColumns(group.labels.length));
    const box = {
      group,
      values: new Float32Array(),
      x: 0,
      y: 0,
      columns,
      rows: Math.max(1, Math.ceil(group.labels.length / columns)),
      room: Infinity,
    };
    const row = rows.get(group.row);
    if (row) row.push(box);
    else rows.set(group.row, [box]);
  }
  const all = [...rows.values()].reduce((sum, row) => sum + Math.max(...row.map((box) => box.rows)), 0);
  const above = Math.max(ABOVE, SHARE_ABOVE * all);
  let bottom = 0;
  /** @type {Box[]} */
  const boxes = [];
  for (const [, row] of [...rows.entries()].sort(([one], [other]) => one - other)) {
    const width = row.reduce((sum, box) => sum + box.columns, 0) + BETWEEN * (row.length - 1);
    let x = -width / 2;
    for (const box of row) {
      box.x = box.group.x ?? x;
      box.y = box.group.y ?? bottom;
      x += box.columns + BETWEEN;
      boxes.push(box);
    }
    bottom += Math.max(...row.map((box) => box.rows)) + above;
  }
  return withBounds(boxes, above / ABOVE);
}

/**
 * @param {Box[]} boxes
 * @param {number} name
 * @returns {Layout}
 */
function withBounds(boxes, name) {
  for (const box of boxes) {
    const beside = boxes.filter((each) => each.x > box.x && Math.abs(each.y + each.rows - box.y - box.rows) < 2);
    box.room = Math.min(Infinity, ...beside.map((each) => each.x - box.x));
  }
  return {
    boxes,
    name,
    left: Math.min(0, ...boxes.map((box) => box.x)),
    right: Math.max(1, ...boxes.map((box) => box.x + box.columns)),
    bottom: Math.min(0, ...boxes.map((box) => box.y)),
    top: Math.max(1, ...boxes.map((box) => box.y + box.rows + name)),
  };
}

/**
 * Return the box and the unit at a place, or null.
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @returns {{box: Box, unit: number} | null} unit −1 for the name above a group
 */
export function findAt(layout, x, y) {
  for (const box of layout.boxes) {
    const column = Math.floor(x - box.x);
    const row = Math.floor(box.y + box.rows - y);
    if (column < 0 || column >= box.columns || row < -Math.round(layout.name) || row >= box.rows) continue;
    const index = row * box.columns + column;
    if (row < 0) return { box, unit: -1 };
    if (index < box.group.labels.length) return { box, unit: box.group.first + index };
  }
  return null;
}

/**
 * Return the lower left corner of a unit of a box.
 * @param {Box} box
 * @param {number} index of the unit in its group
 * @returns {[number, number]}
 */
export function cornerOf(box, index) {
  return [box.x + (index % box.columns), box.y + box.rows - 1 - Math.floor(index / box.columns)];
}
