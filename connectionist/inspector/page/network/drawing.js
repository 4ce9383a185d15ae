/** Draws one moment of the network. It reads typed arrays, and makes no objects while it draws. */

import { clipped } from "../numbers.js";
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
 * @property {Float32Array | null} strongest sender, receiver and weight of each connection, drawn if no unit has lines
 */

const GAP = 0.1; // between units, in widths
const SMALLEST_MARK = 8; // pixels of a unit with marks
const SMALLEST_NAME = 4; // pixels of a row of units above a group; with less, names are not drawn
const LONGEST_NAME = 32;
const LETTER = 6.6; // pixels of a letter of a name, on the average
const NONE = new Float32Array();
const MOST_LINES = 48; // the strongest in each direction

/**
 * Return how copies of a layout are arranged so that they are largest; `wide` and `high` are a copy with its space, in units.
 * @param {Layout} layout
 * @param {number} width
 * @param {number} height
 * @param {number} copies with more than one, the tick is written below each
 */
export function gridOf(layout, width, height, copies) {
  const [wide, high] = [layout.right - layout.left + 2, layout.top - layout.bottom + (copies > 1 ? 3 : 1.5)];
  let [columns, rows, largest] = [1, copies, 0];
  for (let across = 1; across <= copies; across++) {
    const down = Math.ceil(copies / across);
    const size = Math.min(width / (across * wide), height / (down * high));
    if (size > largest) [columns, rows, largest] = [across, down, size];
  }
  return { columns, rows, wide, high };
}

/**
 * Return the view that shows a whole layout.
 * @param {Layout} layout
 * @param {number} width
 * @param {number} height
 * @param {number} copies number of copies side by side
 * @returns {View}
 */
export function fittedView(layout, width, height, copies = 1) {
  const { columns, rows, wide, high } = gridOf(layout, width, height, copies);
  const [allWide, allHigh] = [columns * wide, rows * high];
  const size = Math.max(0.5, Math.min(30, (width - 24) / allWide, (height - 24) / allHigh));
  return {
    size,
    x: (width - size * allWide) / 2 + size * (1 - layout.left),
    y: (height - size * allHigh) / 2 + size * (layout.top + 0.75),
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
    if (size < SMALLEST_MARK) {
      box.values = (values ?? NONE).subarray(from + first, from + first + labels.length);
      surface.cells(view.x + size * box.x, view.y - size * (box.y + box.rows), size, box, 0, 0, limit, theme.colours, size - inner);
      continue;
    }
    for (let index = 0; index < labels.length; index++) {
      const x = view.x + size * (box.x + (index % box.columns));
      const y = view.y - size * (box.y + box.rows - Math.floor(index / box.columns));
      const value = values ? (values[from + first + index] ?? 0) : NaN;
      surface.rect(x, y, inner, inner, /** @type {string} */ (theme.colours[colourIndex(value, limit)]));
      surface.frame(x + 0.5, y + 0.5, inner - 1, inner - 1, theme.line, 1);
      if (targets && (targets[from + first + index] ?? 0) > 0.5) {
        surface.rect(x + 0.66 * inner, y + 0.66 * inner, 0.26 * inner, 0.26 * inner, theme.ink);
      }
      if (flags) drawMarks(surface, theme, x, y, inner, flags[first + index] ?? 0);
    }
  }
  drawLines(surface, theme, view, moment);
  if (size * layout.name >= SMALLEST_NAME) {
    for (const box of layout.boxes) {
      surface.text(
        clipped(box.group.name.replaceAll("_", " "), Math.max(2, Math.min(LONGEST_NAME, Math.floor((size * box.room) / LETTER)))),
        view.x + size * box.x,
        view.y - size * (box.y + box.rows) - 5,
        theme.quiet,
        "left",
        12,
      );
    }
  }
  for (let index = 0; index < moment.stepped.length; index++) {
    outline(surface, view, layout, moment.stepped[index] ?? 0, theme.accent, 2);
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
  const { lined, strongest } = moment;
  if (lined < 0) {
    const largest = largestWeight(strongest, 2);
    for (let at = 0; strongest && largest && at < strongest.length; at += 3) {
      const [sender, receiver] = [strongest[at] ?? 0, strongest[at + 1] ?? 0];
      drawLine(surface, theme, view, moment.layout, receiver, sender, strongest[at + 2] ?? 0, largest);
    }
    return;
  }
  const largest = Math.max(largestWeight(moment.incoming), largestWeight(moment.outgoing));
  if (!largest) return;
  drawBundle(surface, theme, view, moment, moment.incoming, largest);
  drawBundle(surface, theme, view, moment, moment.outgoing, largest);
}

/**
 * @param {Float32Array | null} connections
 * @param {number} [column] of the weights
 */
function largestWeight(connections, column = 1) {
  let largest = 0;
  for (let index = column; connections && index < connections.length; index += 3) {
    largest = Math.max(largest, Math.abs(connections[index] ?? 0));
  }
  return largest;
}

/**
 * Draw the strongest connections of the locked unit, with the width of their weights.
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {View} view
 * @param {Moment} moment
 * @param {Float32Array | null} connections
 * @param {number} largest
 */
function drawBundle(surface, theme, view, moment, connections, largest) {
  if (!connections) return;
  const least = connections.length > 3 * MOST_LINES ? strengthOf(connections, MOST_LINES) : 0;
  let drawn = 0;
  for (let at = 0; at < connections.length && drawn < MOST_LINES; at += 3) {
    const [other, weight] = [connections[at] ?? 0, connections[at + 1] ?? 0];
    if (Math.abs(weight) >= least) drawn += drawLine(surface, theme, view, moment.layout, moment.lined, other, weight, largest);
  }
}

/**
 * Draw the line of a connection. Return 1, or 0 if there is none to draw.
 * @param {Surface} surface
 * @param {Theme} theme
 * @param {View} view
 * @param {Layout} layout
 * @param {number} unit
 * @param {number} other unit
 * @param {number} weight
 * @param {number} largest weight, whose line is widest
 */
function drawLine(surface, theme, view, layout, unit, other, weight, largest) {
  const [box, otherBox] = [boxOf(layout, unit), boxOf(layout, other)];
  if (!box || !otherBox || !weight) return 0;
  const [x, y] = [centreX(view, box, unit), centreY(view, box, unit)];
  const [x3, y3] = [centreX(view, otherBox, other), centreY(view, otherBox, other)];
  const away = Math.sign(y3 - y || 1) * view.size * 0.45;
  const middle = (y + y3) / 2;
  const stroke = /** @type {string} */ (weight < 0 ? theme.colours[0] : theme.colours[theme.colours.length - 2]);
  surface.curve(x, y + away, x, middle, x3, middle, x3, y3 - away, stroke, 0.5 + (3.5 * Math.abs(weight)) / largest);
  return 1;
}

/**
 * @param {View} view
 * @param {Box} box
 * @param {number} unit
 */
function centreX(view, box, unit) {
  return view.x + view.size * (box.x + ((unit - box.group.first) % box.columns) + 0.45);
}

/**
 * @param {View} view
 * @param {Box} box
 * @param {number} unit
 */
function centreY(view, box, unit) {
  return view.y - view.size * (box.y + box.rows - Math.floor((unit - box.group.first) / box.columns) - 0.45);
}

/**
 * Return the size of the weight that only a number of connections exceed.
 * @param {Float32Array} connections
 * @param {number} count
 */
function strengthOf(connections, count) {
  const sizes = [];
  for (let at = 1; at < connections.length; at += 3) sizes.push(Math.abs(connections[at] ?? 0));
  return sizes.sort((one, other) => other - one)[count - 1] ?? 0;
}

/**
 * Return the moment of a frame.
 * @param {Frame | null} frame
 * @param {Layout} layout
 * @param {{units: number, tick: number, limit: number, locked: number, hovered: number, lined: number, strongest: Float32Array | null}} chosen
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
