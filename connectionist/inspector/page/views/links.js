/** The link view: a matrix of the connections between two groups, which can be zoomed and moved. */

import { Chart, saveButtons } from "../charts/chart.js";
import { cellAt, drawMatrix, fittedMatrix, zoomedMatrix } from "../charts/matrix.js";
import { button, choice, fill, make } from "../elements.js";
import { fixed, short } from "../numbers.js";
import { fittingLimit } from "../scale.js";
import { hasTargets } from "../state.js";
import { drawnGroups } from "../units.js";

/** @import {App} from "../state.js" */
/** @import {MatrixData, MatrixView} from "../charts/matrix.js" */

const PAN = 40; // pixels of a key

/** @param {App} app */
export function linkView(app) {
  const { store, client } = app;
  const chart = new Chart("link view", app.theme, "chart whole");
  const tip = make("p", { class: "quiet tip-line", "aria-live": "polite" });
  const bar = make("div", { class: "bar" });
  let sender = "";
  let receiver = "";
  let quantity = "weight";
  /** @type {MatrixData | null} */
  let data = null;
  /** @type {MatrixView | null} */
  let view = null;
  const ask = client.follower();
  const query = () => ({ kind: "links", sender, receiver, quantity });

  function follow() {
    const isShown = store.state.view === "links" && store.state.isOpen && sender && receiver;
    ask(isShown ? query() : null, ({ arrays }) => {
      const values = arrays.values;
      const group = (/** @type {string} */ name) => store.state.description?.groups.find((each) => each.name === name);
      if (!values) return;
      const [rows = 0, columns = 0] = values.shape;
      const isSame = data?.rows === rows && data.columns === columns;
      data = {
        values: values.data,
        rows,
        columns,
        rowNames: group(sender)?.labels ?? [],
        columnNames: group(receiver)?.labels ?? [],
        limit: fittingLimit(values.data),
      };
      if (!isSame || !view) view = fittedMatrix(data, chart.canvas.clientWidth || 600, chart.canvas.clientHeight || 400);
      chart.describe(
        `${quantity} of the connections from ${sender} to ${receiver}: ${rows} rows, ${columns} columns, scale up to ${short(data.limit)}`,
      );
      chart.show((surface, theme) => data && view && drawMatrix(surface, theme, data, view));
    });
  }

  function fit() {
    if (data) view = fittedMatrix(data, chart.canvas.clientWidth, chart.canvas.clientHeight);
    chart.redraw();
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] */
  function zoom(factor, x = chart.canvas.clientWidth / 2, y = chart.canvas.clientHeight / 2) {
    if (view) view = zoomedMatrix(view, factor, x, y);
    chart.redraw();
  }

  /** @param {number} x @param {number} y pixels */
  function move(x, y) {
    if (view) view = { ...view, x: Math.max(0, view.x + x / view.cell), y: Math.max(0, view.y + y / view.cell) };
    chart.redraw();
  }

  /** @type {{x: number, y: number} | null} */
  let held = null;
  const { canvas } = chart;
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointerdown", (event) => {
    held = { x: event.offsetX, y: event.offsetY };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointerup", () => (held = null));
  canvas.addEventListener("pointermove", (event) => {
    if (held) {
      move(held.x - event.offsetX, held.y - event.offsetY);
      held = { x: event.offsetX, y: event.offsetY };
    } else if (data && view) {
      const cell = cellAt(data, view, event.offsetX, event.offsetY);
      const value = cell ? data.values[cell[0] * data.columns + cell[1]] : undefined;
      tip.textContent = cell
        ? `${sender}:${data.rowNames[cell[0]]} → ${receiver}:${data.columnNames[cell[1]]}  ${value === value ? fixed(value) : "not connected"}`
        : "";
    }
  });
  canvas.addEventListener("click", (event) => {
    const cell = data && view && cellAt(data, view, event.offsetX, event.offsetY);
    const group = store.state.description?.groups.find((each) => each.name === receiver);
    if (cell && group) app.lock(group.first + cell[1]);
  });
  canvas.addEventListener("keydown", (event) => {
    const acts = /** @type {Record<string, () => void>} */ ({
      "+": () => zoom(1.5),
      "-": () => zoom(1 / 1.5),
      0: fit,
      ArrowLeft: () => move(-PAN, 0),
      ArrowRight: () => move(PAN, 0),
      ArrowUp: () => move(0, -PAN),
      ArrowDown: () => move(0, PAN),
    });
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });

  store.on(["description"], ({ description }) => {
    if (!description) return;
    const pairs = description.projections.filter((each) => each.sender !== "bias");
    const names = drawnGroups(description).map((group) => group.name);
    if (!names.includes(sender) || !names.includes(receiver)) [sender, receiver] = [pairs[0]?.sender ?? "", pairs[0]?.receiver ?? ""];
    fill(
      bar,
      choice(
        "projection",
        pairs.map((each) => [`${each.sender}\n${each.receiver}`, each.name]),
        `${sender}\n${receiver}`,
        (value) => {
          [sender = "", receiver = ""] = value.split("\n");
          follow();
        },
      ),
      choice(
        "quantity of the connections",
        [
          ["weight", "weights"],
          .../** @type {[string, string][]} */ (hasTargets(description) ? [["derivative", "derivatives"]] : []),
          .../** @type {[string, string][]} */ (description.trains ? [["change", "changes"]] : []),
        ],
        quantity,
        (value) => ((quantity = value), follow()),
      ),
      button("Whole", fit, { title: "0" }),
      button("+", () => zoom(1.5), { "aria-label": "larger" }),
      button("−", () => zoom(1 / 1.5), { "aria-label": "smaller" }),
      saveButtons(chart, () => `links ${sender} to ${receiver}`),
      button("CSV", () => void app.save("table", { query: query() }), { class: "small" }),
    );
  });
  store.on(["view", "isOpen", "description"], follow);
  return make("div", { class: "view" }, bar, tip, chart.canvas);
}
