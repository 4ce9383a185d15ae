/** Draws one moment of the network. It reads typed arrays, and makes no objects while it draws. */

import { colourIndex } from "../scale.js";
import { CLAMPED, FROZEN, LESIONED, PARTLY_FROZEN } from "../types.js";

/** @import {Surface} from "../charts/surface.js" */
/** @import {Theme} from "../theme.js" */
/** @import {Frame} from "../types.js" */
/** @import {Layout, Box} from "./layout.js" */

/**
 * @typedef {object} View how widths of a unit become pixels
 * @property {number} size pixels of a unit
 * @property {number} x pixel of x = 0
 * @property {number} y pixel of y = 0
 */

/**
 * @typedef {object} Moment
 * @property {Layout} layout
 * @property {Float32Array | null} values [tick, unit]
 * @property {Float32Array | null} targets
 * @property {Float32Array | null} flags
 * @property {number} units
 * @property {number} tick
 * @property {number} limit
 * @property {number} locked
 * @property {number} hovered
 * @property {number} lined the unit whose lines the frame has
 * @property {ArrayLike<number>} stepped
 * @property {Float32Array | null} incoming
 * @property {Float32Array | null} outgoing
 */

const GAP = 0.1; // between units, in widths
const SMALLEST_MARK = 8; // pixels of a unit with marks
const SMALLEST_NAME = 4;
const MOST_LINES = 48; // the strongest in each direction

/**
 * Return the view that shows a whole layout.
 * @param {Layout} layout
 * @param {number} width
 * @param {number} height
 * @param {number} copies number of copies side by side
 * @returns {View}
 */
export function fittedView(layout, width, height, copies = 1) {
  const [wide, high] = [copies * (layout.right - layout.left + 2), layout.top - layout.bottom + 1.5];
  const size = Math.max(0.5, Math.min(30, (width - 24) / wide, (height - 24) / high));
  return {
    size,
    x: width / 2 - (size * (layout.left + layout.right)) / 2 - ((copies - 1) * size * (layout.right - layout.left + 2)) / 2,
    y: height / 2 + (size * (layout.bottom + layout.top)) / 2,
  };
}

/**
 * Draw the units of all groups, and the lines of the locked unit.
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {View} view
 * @param {Moment} moment
 */
export function drawNetwork(surface, theme, view, moment) {
  const { layout, values, targets, flags, units, tick, limit } = moment;
  const { size } = view;
  const [inner, from] = [size * (1 - (size > 3 ? GAP : 0)), tick * units];
  for (const box of layout.boxes) {
    const { first, labels } = box.group;
    for (let index = 0; index < labels.length; index++) {
      const x = view.x + size * (box.x + (index % box.columns));
      const y = view.y - size * (box.y + box.rows - Math.floor(index / box.columns));
      const value = values ? /** @type {number} */ (values[from + first + index]) : NaN;
      surface.rect(x, y, inner, inner, /** @type {string} */ (theme.colours[colourIndex(value, limit)]));
      if (size < SMALLEST_MARK) continue;
      surface.frame(x + 0.5, y + 0.5, inner - 1, inner - 1, theme.line, 1);
      if (targets && /** @type {number} */ (targets[from + first + index]) > 0.5) {
        surface.rect(x + 0.66 * inner, y + 0.66 * inner, 0.26 * inner, 0.26 * inner, theme.ink);
      }
      if (flags) drawMarks(surface, theme, x, y, inner, /** @type {number} */ (flags[first + index]));
    }
  }
  drawLines(surface, theme, view, moment);
  if (size >= SMALLEST_NAME) {
    for (const box of layout.boxes) {
      surface.text(
        box.group.name.replaceAll("_", " "),
        view.x + size * box.x,
        view.y - size * (box.y + box.rows) - 5,
        theme.quiet,
        "left",
        12,
      );
    }
  }
  for (let index = 0; index < moment.stepped.length; index++) {
    outline(surface, view, layout, /** @type {number} */ (moment.stepped[index]), theme.accent, 2);
  }
  if (moment.hovered >= 0) outline(surface, view, layout, moment.hovered, theme.accent, 2);
  if (moment.locked >= 0) outline(surface, view, layout, moment.locked, theme.ink, 2.5);
}

/**
 * A cross for a lesion, a pin for a clamp, a hatch for frozen weights.
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {number} flags
 */
function drawMarks(surface, theme, x, y, size, flags) {
  if (!flags) return;
  if (flags & LESIONED) {
    segment(surface, x + 2, y + 2, x + size - 2, y + size - 2, theme.ink, 1.8);
    segment(surface, x + size - 2, y + 2, x + 2, y + size - 2, theme.ink, 1.8);
  }
  if (flags & (FROZEN | PARTLY_FROZEN)) {
    const step = flags & FROZEN ? size / 4 : size / 2;
    for (let at = step; at < size; at += step) segment(surface, x, y + at, x + at, y, theme.ink);
  }
  if (flags & CLAMPED) {
    surface.dot(x + size / 2, y + 0.24 * size, 0.14 * size, theme.ink);
    segment(surface, x + size / 2, y + 0.3 * size, x + size / 2, y + 0.62 * size, theme.ink);
  }
}

const xs = new Float64Array(2);
const ys = new Float64Array(2);

/**
 * @param {Surface} surface
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {string} stroke
 * @param {number} [width]
 */
function segment(surface, x1, y1, x2, y2, stroke, width = 1) {
  xs[0] = x1;
  xs[1] = x2;
  ys[0] = y1;
  ys[1] = y2;
  surface.line(xs, ys, 2, stroke, width);
}

/**
 * @param {Layout} layout
 * @param {number} unit
 * @returns {Box | null}
 */
function boxOf(layout, unit) {
  for (const box of layout.boxes) {
    if (unit >= box.group.first && unit < box.group.first + box.group.labels.length) return box;
  }
  return null;
}

/**
 * @param {Surface} surface
 * @param {View} view
 * @param {Layout} layout
 * @param {number} unit
 * @param {string} stroke
 * @param {number} width
 */
function outline(surface, view, layout, unit, stroke, width) {
  const box = boxOf(layout, unit);
  if (!box) return;
  const index = unit - box.group.first;
  const size = view.size * (1 - GAP);
  const x = view.x + view.size * (box.x + (index % box.columns));
  const y = view.y - view.size * (box.y + box.rows - Math.floor(index / box.columns));
  surface.frame(x - 1, y - 1, size + 2, size + 2, stroke, width);
}

/**
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {View} view
 * @param {Moment} moment
 */
function drawLines(surface, theme, view, moment) {
  const box = boxOf(moment.layout, moment.lined);
  if (!box) return;
  const largest = Math.max(largestWeight(moment.incoming), largestWeight(moment.outgoing));
  if (!largest) return;
  drawBundle(surface, theme, view, moment, box, moment.incoming, largest);
  drawBundle(surface, theme, view, moment, box, moment.outgoing, largest);
}

/** @param {Float32Array | null} connections */
function largestWeight(connections) {
  let largest = 0;
  for (let index = 1; connections && index < connections.length; index += 3) {
    largest = Math.max(largest, Math.abs(/** @type {number} */ (connections[index])));
  }
  return largest;
}

/**
 * Draw the strongest connections of the locked unit, with the width of their weights.
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {View} view
 * @param {Moment} moment
 * @param {Box} box of the locked unit
 * @param {Float32Array | null} connections
 * @param {number} largest
 */
function drawBundle(surface, theme, view, moment, box, connections, largest) {
  if (!connections) return;
  const least = connections.length > 3 * MOST_LINES ? strengthOf(connections, MOST_LINES) : 0;
  const index = moment.lined - box.group.first;
  const x = view.x + view.size * (box.x + (index % box.columns) + 0.45);
  const y = view.y - view.size * (box.y + box.rows - Math.floor(index / box.columns) - 0.45);
  for (let at = 0; at < connections.length; at += 3) {
    const weight = /** @type {number} */ (connections[at + 1]);
    const other = boxOf(moment.layout, /** @type {number} */ (connections[at]));
    if (!other || !weight || Math.abs(weight) < least) continue;
    const place = /** @type {number} */ (connections[at]) - other.group.first;
    const x3 = view.x + view.size * (other.x + (place % other.columns) + 0.45);
    const y3 = view.y - view.size * (other.y + other.rows - Math.floor(place / other.columns) - 0.45);
    const away = Math.sign(y3 - y || 1) * view.size * 0.45;
    const middle = (y + y3) / 2;
    const stroke = weight < 0 ? theme.colours[0] : theme.colours[theme.colours.length - 2];
    surface.curve(
      x,
      y + away,
      x,
      middle,
      x3,
      middle,
      x3,
      y3 - away,
      /** @type {string} */ (stroke),
      0.5 + (3.5 * Math.abs(weight)) / largest,
    );
  }
}

/**
 * Return the size of the weight that only a number of connections exceed.
 * @param {Float32Array} connections
 * @param {number} count
 */
function strengthOf(connections, count) {
  const sizes = [];
  for (let at = 1; at < connections.length; at += 3) sizes.push(Math.abs(/** @type {number} */ (connections[at])));
  return sizes.sort((one, other) => other - one)[count - 1] ?? 0;
}

/**
 * Return the moment of a frame.
 * @param {Frame | null} frame
 * @param {Layout} layout
 * @param {{units: number, tick: number, limit: number, locked: number, hovered: number, lined: number}} chosen
 * @returns {Moment}
 */
export function momentOf(frame, layout, chosen) {
  return {
    layout,
    values: frame?.values.data ?? null,
    targets: frame?.targets.data ?? null,
    flags: frame?.flags.data ?? null,
    stepped: frame?.stop?.units ?? [],
    incoming: frame?.incoming?.data ?? null,
    outgoing: frame?.outgoing?.data ?? null,
    ...chosen,
  };
}
