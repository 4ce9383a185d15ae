/** What the page knows. */

import { fittingLimit } from "./scale.js";
import { unitCount, unitName } from "./units.js";

/** @import {Client} from "./protocol.js" */
/** @import {Store} from "./store.js" */
/** @import {Theme} from "./theme.js" */
/** @import {Curve, Description, Frame, Message} from "./types.js" */

/**
 * @typedef {object} State
 * @property {boolean} isOpen whether the server answers
 * @property {Description | null} description
 * @property {Frame | null} frame the latest moment
 * @property {Frame | null} film a kept moment that is shown instead; null for the present one
 * @property {Curve} curve the log of the present run
 * @property {number} logged number of changes of `curve`
 * @property {string[]} lines of the script
 * @property {string} undo
 * @property {number} locked number of a unit, −1 for none
 * @property {string} connection the connection whose arithmetic is shown instead of the unit's
 * @property {number} hovered
 * @property {number} tick index of the tick that is shown
 * @property {boolean} isUnrolled
 * @property {boolean} hasStrongest whether the strongest connections of all units are drawn
 * @property {Float32Array | null} strongest sender, receiver and weight of each
 * @property {string} quantity
 * @property {number} limit of the scale
 * @property {"unit" | "case" | "training" | "plots" | "log"} tab
 * @property {"network" | "links" | "similarity"} view
 * @property {"cases" | "network" | "unit" | "time"} place of a narrow page
 * @property {Float32Array | null} caseErrors
 * @property {Float32Array | null} caseCorrect
 * @property {{text: string, isError: boolean}} message
 * @property {string} themeChoice
 */

/**
 * @typedef {object} App what all parts of the page use
 * @property {Store<State>} store
 * @property {Client} client
 * @property {HTMLElement} root
 * @property {() => Theme} theme
 * @property {(kind: string, fields?: object) => Promise<Message | null>} ask a query; what fails is said
 * @property {(kind: string, fields?: object) => Promise<Message | null>} act
 * @property {(kind: string, fields?: object) => Promise<void>} save the text that is the answer to a query
 * @property {(text: string, isError?: boolean) => void} say
 * @property {(number: number) => void} lock
 */

/** Quantities of units and their names. */
export const QUANTITIES = /** @type {[string, string][]} */ ([
  ["activation", "activation"],
  ["net_input", "net input"],
  ["target", "target"],
  ["activation_derivative", "∂E/∂y"],
  ["net_derivative", "∂E/∂x"],
]);
const OF_TARGETS = ["target", "activation_derivative", "net_derivative"];

/** @returns {State} */
export function initialState() {
  return {
    isOpen: false,
    description: null,
    frame: null,
    film: null,
    curve: { run: -1, epochs: [], errors: [], corrects: [], kept: [], stopped: "" },
    logged: 0,
    lines: [],
    undo: "",
    locked: -1,
    connection: "",
    hovered: -1,
    tick: 0,
    isUnrolled: false,
    hasStrongest: false,
    strongest: null,
    quantity: "activation",
    limit: 1,
    tab: "unit",
    view: "network",
    place: "network",
    caseErrors: null,
    caseCorrect: null,
    message: { text: "", isError: false },
    themeChoice: "",
  };
}

/**
 * Take a message that the server sends by itself into the state.
 * @param {Store<State>} store
 * @param {Message} message
 */
export function receive(store, message) {
  const { header } = message;
  if (header.kind === "description") takeDescription(store, /** @type {any} */ (header));
  else if (header.kind === "frame") takeFrame(store, frameOf(message));
  else if (header.kind === "log") store.set({ curve: extended(store.state.curve, message), logged: store.state.logged + 1 });
  else if (header.kind === "script") {
    store.set({ lines: [...store.state.lines.slice(0, header.first), ...header.lines], undo: header.undo });
  } else if (header.kind === "notice") store.set({ message: { text: header.text, isError: false } });
  else if (header.kind === "failure") store.set({ message: { text: header.text, isError: true } });
}

/**
 * @param {Message} message
 * @returns {Frame}
 */
export function frameOf({ header, arrays }) {
  return /** @type {any} */ ({ ...header, ...arrays });
}

/**
 * @param {Store<State>} store
 * @param {Description} description
 */
function takeDescription(store, description) {
  const before = store.state.description;
  const isSame = before !== null && unitCount(before) === unitCount(description);
  store.set(isSame ? { description } : { description, locked: -1, hovered: -1, film: null });
}

/**
 * @param {Store<State>} store
 * @param {Frame} frame
 */
function takeFrame(store, frame) {
  const { state } = store;
  const ticks = frame.values.shape[0] ?? 1;
  const last = state.frame?.values.shape[0] ?? 0;
  /** @type {Partial<State>} */
  const changes = { frame };
  if (frame.stop) changes.tick = Math.max(0, Math.min(ticks - 1, frame.stop.tick - 1));
  else if (ticks !== last || state.tick >= ticks) changes.tick = ticks - 1;
  if (!state.frame || state.frame.quantity !== frame.quantity) changes.limit = usualLimit(frame);
  store.set(changes);
}

/**
 * Return the limit of the scale for a quantity that begins to be shown.
 * @param {Frame} frame
 */
export function usualLimit(frame) {
  return frame.quantity === "activation" || frame.quantity === "target"
    ? Math.max(1, fittingLimit(frame.values.data))
    : fittingLimit(frame.values.data);
}

const MOST_ROWS = 20_000; // of the log; of more, every other is kept

/**
 * Return the log with the rows of a message.
 * @param {Curve} curve
 * @param {Message} message
 * @returns {Curve}
 */
function extended(curve, { header, arrays }) {
  const { epochs } = curve; // those before the first stay, also if a new run goes on from there
  let keep = epochs.length;
  while (keep > 0 && (epochs[keep - 1] ?? 0) >= header.first) keep -= 1;
  /** @param {string} name @param {number[]} column */
  const grown = (name, column) => {
    column.length = keep;
    const added = arrays[name]?.data ?? [];
    for (let index = 0; index < added.length; index++) column.push(added[index] ?? 0);
    const isLong = column.length > MOST_ROWS;
    return isLong ? column.filter((_, index) => !index || index % 2 !== column.length % 2) : column;
  };
  const errors = grown("errors", curve.errors);
  const corrects = grown("corrects", curve.corrects);
  return { run: header.run, epochs: grown("epochs", epochs), errors, corrects, kept: header.kept, stopped: header.stopped };
}

/** Whether any case has a target. Else nothing is shown that comes from targets. @param {Description | null} description */
export function hasTargets(description) {
  return description?.cases.some((each) => each.has_target) ?? true;
}

/** Quantities of units that there are, by their names. @param {Description | null} description @returns {[string, string][]} */
export function quantitiesOf(description) {
  return hasTargets(description) ? QUANTITIES : QUANTITIES.filter(([quantity]) => !OF_TARGETS.includes(quantity));
}

/** The name of the locked unit; "" for none. @param {State} state */
export function lockedName(state) {
  return state.description && state.locked >= 0 ? unitName(state.description, state.locked) : "";
}
