/** The list of cases: name, right or wrong, and error; searchable and sortable. Only the rows in sight are in the page. */

import { choice, entry, fill, make, offer, write } from "../elements.js";
import { fixed, whole } from "../numbers.js";
import { hasTargets } from "../state.js";

/** @import {App, State} from "../state.js" */

const ROW = 23; // pixels
const SORTS = /** @type {[string, string][]} */ ([
  ["order", "in order"],
  ["error", "largest error first"],
  ["wrong", "wrong first"],
  ["name", "by name"],
]);

/** @param {App} app */
export function casesPanel(app) {
  const { store } = app;
  const search = entry("find a case", "", { type: "search", class: "search", oninput: () => arrange() });
  let sort = "order";
  const sorts = choice("order of the cases", SORTS, sort, (value) => {
    sort = value;
    arrange();
  });
  const space = make("div", { class: "case-space" });
  const list = make("div", { class: "case-list", role: "listbox", tabindex: 0, "aria-label": "cases" }, space);
  let [scrolled, height] = [0, 0]; // pixels; they are not read while the rows are drawn, which would lay out the page
  const measure = () => {
    [scrolled, height] = [list.scrollTop, list.clientHeight];
    draw();
  };
  list.addEventListener("scroll", measure);
  /** @type {ReturnType<makeRow>[]} */
  let rows = [];
  const count = make("div", { class: "quiet case-count" });
  /** @type {number[]} */
  let shown = [];
  /** The case that is marked. @type {number | undefined} */
  let drawn;

  function arrange() {
    const { description, caseErrors, caseCorrect } = store.state;
    const cases = description?.cases ?? [];
    const text = search.value.trim().toLowerCase();
    shown = cases.map((_, index) => index).filter((index) => !text || /** @type {any} */ (cases[index]).name.toLowerCase().includes(text));
    const error = (/** @type {number} */ index) => caseErrors?.[index] || 0; // 0 without a target
    const verdict = (/** @type {number} */ index) => (Number.isNaN(caseCorrect?.[index] ?? NaN) ? 2 : (caseCorrect?.[index] ?? 2));
    if (sort === "error") shown.sort((one, other) => error(other) - error(one));
    if (sort === "wrong") shown.sort((one, other) => verdict(one) - verdict(other) || error(other) - error(one));
    if (sort === "name") {
      shown.sort((one, other) => /** @type {any} */ (cases[one]).name.localeCompare(/** @type {any} */ (cases[other]).name));
    }
    space.style.height = `${ROW * shown.length}px`;
    search.placeholder = `Find a case (${whole(cases.length)})`;
    draw();
  }

  function draw() {
    const { description, caseErrors, caseCorrect, frame } = store.state;
    if (!description) return;
    drawn = frame?.case;
    const first = Math.max(0, Math.floor(scrolled / ROW) - 2);
    const wanted = shown.slice(first, first + Math.ceil((height || 600) / ROW) + 6);
    if (rows.length !== wanted.length || rows.some((row, at) => row.index !== wanted[at] || row.place !== first + at)) {
      rows = wanted.map((index, at) => makeRow(index, first + at));
      fill(space, ...rows.map((row) => row.element));
    }
    let largest = 1e-9;
    for (const error of caseErrors ?? []) if (error > largest) largest = error;
    for (const row of rows) drawRow(row, caseErrors?.[row.index], caseCorrect?.[row.index], largest);
    const option = rows.find((row) => row.index === drawn);
    if (option) list.setAttribute("aria-activedescendant", option.element.id);
    else list.removeAttribute("aria-activedescendant");
    write(count, caseCorrect && hasTargets(description) ? verdicts(caseCorrect) : "");
  }

  /** How many cases are wrong, and how many have no target. @param {Float32Array} correct */
  function verdicts(correct) {
    const judged = correct.filter((value) => !Number.isNaN(value));
    const without = correct.length - judged.length;
    const wrong = judged.filter((value) => value === 0).length;
    return `${whole(wrong)} wrong of ${whole(judged.length)}${without ? `, ${whole(without)} without target` : ""}`;
  }

  /** @param {number} index @param {number} place */
  function makeRow(index, place) {
    const { name = "", set = "" } = store.state.description?.cases[index] ?? {};
    const [mark, bar] = [make("span", { class: "mark" }), make("span", { class: "case-bar" })];
    const label = make("span", { class: set === "testing" ? "case-name testing" : "case-name" }, name);
    const onclick = () => app.act("show_case", { case: index });
    const element = make("div", { role: "option", id: `case-${index}`, "aria-posinset": place + 1, onclick }, mark, label, bar);
    element.style.top = `${ROW * place}px`;
    return { index, place, element, mark, bar, name, isTesting: set === "testing" };
  }

  /**
   * @param {ReturnType<makeRow>} row
   * @param {number | undefined} error
   * @param {number | undefined} correct
   * @param {number} largest
   */
  function drawRow({ index, element, mark, bar, name, isTesting }, error = NaN, correct, largest) {
    const verdict = correct === 1 ? "right" : correct === 0 ? "wrong" : "no target";
    const hasError = !Number.isNaN(error);
    const judged = hasError ? `, ${verdict}, error ${fixed(error)}` : hasTargets(store.state.description) ? ", no target" : "";
    const isShown = index === drawn;
    write(mark, correct === 1 ? "✓" : correct === 0 ? "✕" : "");
    mark.classList.toggle("wrong", correct === 0);
    bar.hidden = !hasError;
    bar.style.width = `${hasError ? Math.round(44 * Math.sqrt(error / largest)) : 0}px`;
    element.className = isShown ? "case shown" : "case";
    element.title = hasError ? `${name}: error ${fixed(error)}` : name;
    for (const [key, value] of [
      ["selected", isShown],
      ["setsize", shown.length],
      ["label", `${name}${judged}${isTesting ? ", testing" : ""}`],
    ]) {
      element.setAttribute(`aria-${key}`, String(value));
    }
  }

  /** Show the case that is a number of places further down the list. @param {number} step */
  function move(step) {
    const present = shown.indexOf(store.state.frame?.case ?? -1);
    const place = Math.max(0, Math.min(shown.length - 1, present < 0 ? 0 : present + step));
    const index = shown[place];
    if (index === undefined) return;
    app.act("show_case", { case: index });
    if (ROW * place < list.scrollTop) list.scrollTop = ROW * place;
    if (ROW * (place + 1) > list.scrollTop + list.clientHeight) list.scrollTop = ROW * (place + 1) - list.clientHeight;
  }

  /** @type {(() => void) | null} */
  let unfollow = null;
  store.on(["description", "caseErrors", "caseCorrect"], arrange);
  store.on(["description"], ({ description }) => {
    offer(sorts, hasTargets(description) ? SORTS : SORTS.filter(([by]) => by !== "error" && by !== "wrong"));
  });
  store.on(["frame"], ({ frame }) => frame?.case !== drawn && draw());
  store.on(["isOpen"], (/** @type {State} */ state) => {
    if (!state.isOpen || unfollow) return;
    unfollow = app.client.follow({ kind: "cases" }, ({ arrays }) => {
      store.set({ caseErrors: arrays.error?.data ?? null, caseCorrect: arrays.correct?.data ?? null });
    });
  });
  new ResizeObserver(measure).observe(list);
  return {
    element: make(
      "section",
      { class: "cases", "aria-label": "cases" },
      make("div", { class: "row" }, search),
      make("div", { class: "row" }, sorts),
      list,
      count,
    ),
    move,
  };
}
