/** What a group's activations say about the cases: similarity matrix, cluster tree, components. They follow training. */

import { Chart, saveButtons } from "../charts/chart.js";
import { drawMatrix, fittedMatrix, cellAt } from "../charts/matrix.js";
import { drawScatter } from "../charts/scatter.js";
import { drawTree } from "../charts/tree.js";
import { button, choice, fill, make } from "../elements.js";
import { fixed } from "../numbers.js";
import { fittingLimit } from "../scale.js";
import { drawnGroups } from "../units.js";

/** @import {App} from "../state.js" */
/** @import {Message} from "../types.js" */

const FORMS = /** @type {[string, string][]} */ ([
  ["similarity", "similarity matrix"],
  ["clusters", "cluster tree"],
  ["components", "components"],
]);

/** @param {App} app */
export function similarityView(app) {
  const { store, client } = app;
  const chart = new Chart("similarity", app.theme, "chart whole");
  const bar = make("div", { class: "bar" });
  const tip = make("p", { class: "quiet tip-line", "aria-live": "polite" });
  let form = "similarity";
  let group = "";
  /** @type {(x: number, y: number) => {text: string, case: number} | null} */
  let find = () => null;
  const ask = client.follower();
  const query = () => ({ kind: form, group });

  function follow() {
    const isShown = store.state.view === "similarity" && store.state.isOpen && group;
    ask(isShown ? query() : null, (message) => {
      const cases = message.header.answer.cases;
      const names = cases.map((/** @type {number} */ number) => store.state.description?.cases[number]?.name ?? "");
      chart.describe(`${form} of ${names.length} cases in ${group}`);
      if (form === "similarity") showMatrix(message, names);
      else if (form === "clusters") showTree(message, names);
      else showComponents(message, names);
    });
  }

  /** @param {Message} message @param {string[]} names */
  function showMatrix({ header, arrays }, names) {
    const values = arrays.values?.data ?? new Float32Array();
    const data = { values, rows: names.length, columns: names.length, rowNames: names, columnNames: names, limit: fittingLimit(values) };
    const view = () => fittedMatrix(data, chart.canvas.clientWidth, chart.canvas.clientHeight);
    find = (x, y) => {
      const cell = cellAt(data, view(), x, y);
      return cell
        ? {
            text: `${names[cell[0]]} and ${names[cell[1]]}: ${fixed(values[cell[0] * names.length + cell[1]])}`,
            case: header.answer.cases[cell[0]],
          }
        : null;
    };
    chart.show((surface, theme) => drawMatrix(surface, theme, data, view()));
  }

  /** @param {Message} message @param {string[]} names */
  function showTree({ header, arrays }, names) {
    const merges = arrays.merges?.data ?? new Float32Array();
    chart.show((surface, theme) => {
      const leafAt = drawTree(surface, theme, { merges, order: header.answer.order, names });
      find = (_, y) => {
        const leaf = leafAt(y);
        return leaf >= 0 ? { text: names[leaf] ?? "", case: header.answer.cases[leaf] } : null;
      };
    });
  }

  /** @param {Message} message @param {string[]} names */
  function showComponents({ header, arrays }, names) {
    const { points, shares } = arrays;
    const percent = (/** @type {number} */ index) => `component ${index + 1}, ${fixed(100 * (shares?.data[index] ?? 0), 0)} %`;
    chart.show((surface, theme) => {
      const chosen = header.answer.cases.indexOf(store.state.frame?.case ?? -1);
      const nearest = drawScatter(surface, theme, {
        points: points?.data ?? new Float32Array(),
        dimensions: points?.shape[1] ?? 1,
        names,
        labels: [percent(0), percent(1)],
        chosen,
      });
      find = (x, y) => {
        const index = nearest(x, y);
        return index >= 0 ? { text: names[index] ?? "", case: header.answer.cases[index] } : null;
      };
    });
  }

  chart.canvas.addEventListener("pointermove", (event) => (tip.textContent = find(event.offsetX, event.offsetY)?.text ?? ""));
  chart.canvas.addEventListener("click", (event) => {
    const found = find(event.offsetX, event.offsetY);
    if (found) app.act("show_case", { case: found.case });
  });

  store.on(["description"], ({ description }) => {
    if (!description) return;
    const groups = drawnGroups(description);
    if (!groups.some((each) => each.name === group)) group = (groups.find((each) => each.role === "hidden") ?? groups[0])?.name ?? "";
    fill(
      bar,
      choice("form", FORMS, form, (value) => ((form = value), follow())),
      " of ",
      choice(
        "group",
        groups.map((each) => each.name),
        group,
        (value) => ((group = value), follow()),
      ),
      saveButtons(chart, () => `${form} ${group}`),
      button("CSV", () => void app.save("table", { query: query() }), { class: "small" }),
    );
  });
  store.on(["view", "isOpen", "description"], follow);
  store.on(["frame"], () => form === "components" && store.state.view === "similarity" && chart.redraw());
  return make("div", { class: "view" }, bar, tip, chart.canvas);
}
