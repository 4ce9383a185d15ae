/** The arithmetic of a unit or a connection, in the order of the paper. Each number is the stored one. */

import { button, make, table } from "../elements.js";
import { exact } from "../numbers.js";

const FIRST_TERMS = 6;
/** @type {Record<string, string>} */
const TITLES = {
  net_input: "net input x",
  activation: "activation y",
  activation_derivative: "∂E/∂y",
  net_derivative: "∂E/∂x",
  derivative: "∂E/∂w",
  weight: "weight",
  change: "change Δw",
};

/** @type {Record<string, string>} of sums, as the paper of 1986 numbers them */
const SUMS = { net_input: "Net input x, equation 1", activation_derivative: "∂E/∂y, equation 7" };

/** @typedef {{name: string, value: number | null, factors: [string, number | null][]}} Term */

/**
 * @param {any} answer of the query `explain`
 * @param {Set<string>} opened names of the sums that are shown whole
 * @param {(name: string) => void} open
 * @param {(name: string) => void} choose a term by its name
 * @returns {HTMLElement[]}
 */
export function arithmetic(answer, opened, open, choose) {
  const found = answer.parts.map((/** @type {any} */ part) =>
    part.part === "sum" ? sum(part, opened, open, choose) : functionValue(part),
  );
  for (const note of answer.notes) found.push(make("p", { class: "quiet" }, note));
  return found;
}

/**
 * @param {any} part
 * @param {Set<string>} opened
 * @param {(name: string) => void} open
 * @param {(name: string) => void} choose
 */
function sum(part, opened, open, choose) {
  /** @type {Term[]} */
  const terms = [...part.terms].sort(
    (/** @type {Term} */ one, /** @type {Term} */ other) =>
      Math.abs(other.value ?? 0) - Math.abs(one.value ?? 0) || size(other) - size(one),
  );
  const isWhole = opened.has(part.name) || terms.length <= FIRST_TERMS + 1;
  const shown = isWhole ? terms : terms.slice(0, FIRST_TERMS);
  const names = terms[0]?.factors.map(([name]) => name) ?? [];
  const titles = ["from", ...names.map((name) => plain(name).replace(/ [xy]$/, "")), names.length ? "product" : "value"];
  const rows = shown.map((term) =>
    make(
      "tr",
      {},
      make(
        "th",
        { scope: "row" },
        button(term.name, () => choose(term.name), { class: "link", title: term.name }),
      ),
      ...term.factors.map(([, value]) => number(value)),
      number(term.value),
    ),
  );
  const more = terms.length - shown.length + part.more;
  if (more > 0) {
    const text = `${more} more`;
    rows.push(
      make(
        "tr",
        {},
        make("td", { colspan: names.length + 1 }, isWhole ? text : button(text, () => open(part.name), { class: "link quiet" })),
        make("td", {}, "…"),
      ),
    );
  }
  rows.push(
    make(
      "tr",
      { class: "total" },
      make("th", { scope: "row", colspan: names.length + 1 }, plain(part.name)),
      number(part.stored ?? part.total),
    ),
  );
  return noted(part, table(titles, rows, make("caption", {}, SUMS[part.name.replace(/ of .*/, "")] ?? plain(part.name))));
}

/** @param {any} part */
function functionValue(part) {
  const rows = part.arguments.map((/** @type {[string, number]} */ [name, value]) =>
    make("tr", {}, make("th", { scope: "row" }, plain(name)), number(value)),
  );
  rows.push(make("tr", { class: "total" }, make("th", { scope: "row" }, plain(part.name)), number(part.stored ?? part.value)));
  return noted(
    part,
    table([], rows, make("caption", {}, plain(part.name), make("span", { class: "equation" }, part.equation || part.function))),
  );
}

/**
 * A table with a line below it, if the stored number is another than that of the arithmetic.
 * @param {any} part
 * @param {HTMLElement} made
 */
function noted({ agreement }, made) {
  if (typeof agreement === "string" && agreement && agreement !== "exact") {
    made.append(make("tfoot", {}, make("tr", {}, make("td", { class: "quiet", colspan: 4 }, agreement))));
  }
  return made;
}

/** @param {Term} term */
function size(term) {
  return Math.abs(term.factors[0]?.[1] ?? 0);
}

/** @param {string} name */
function plain(name) {
  const first = name.replace(/ of .*/, "");
  return TITLES[first] ?? first.replaceAll("_", " ");
}

/** @param {number | null} value */
function number(value) {
  const sign = value === null || value === 0 ? "" : value < 0 ? "negative" : "positive";
  return make("td", { class: `number ${sign}`, title: String(value) }, exact(value));
}
