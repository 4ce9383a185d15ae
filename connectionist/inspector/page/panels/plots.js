/** Plots of units and weights over epochs, cases or ticks, and of several runs. */

import { Chart, saveButtons } from "../charts/chart.js";
import { drawLinesChart } from "../charts/line.js";
import { button, choice, entry, make } from "../elements.js";
import { short } from "../numbers.js";
import { QUANTITIES, quantitiesOf } from "../state.js";

/** @import {App} from "../state.js" */
/** @import {Series} from "../charts/line.js" */
/** @import {Message} from "../types.js" */

const OVER = /** @type {[string, string][]} */ ([
  ["epochs", "over epochs"],
  ["cases", "over cases"],
  ["ticks", "over ticks"],
]);

/** @param {App} app */
export function plotsPanel(app) {
  const { store, client } = app;
  const list = make("div", { class: "plots" });
  /** @type {Set<{follow: () => void, end: () => void}>} */
  const plots = new Set();

  /**
   * Add a plot of units, of weights, or of runs.
   * @param {string} title
   * @param {(over: string, quantity: string) => any} query
   * @param {boolean} ofUnits
   * @param {string} over
   * @param {(message: Message) => Series[]} seriesOf
   * @param {{isLog?: boolean, yLabel?: string}} [options]
   */
  function add(title, query, ofUnits, over, seriesOf, options = {}) {
    const chart = new Chart(title, app.theme);
    let quantity = "activation";
    const ask = client.follower();
    const plot = {
      follow() {
        const isShown = store.state.tab === "plots" && store.state.isOpen;
        ask(isShown ? query(over, quantity) : null, (message) => {
          const series = seriesOf(message);
          const { x_label: xLabel = "", labels: xTexts = [] } = message.header.answer;
          chart.describe(`${title}: ${series.map((each) => `${each.name} ends at ${short(each.y[each.y.length - 1])}`).join("; ")}`);
          chart.show((surface, theme) =>
            drawLinesChart(surface, theme, series, { xLabel, xTexts, yLabel: quantityName(quantity), ...options }),
          );
        });
      },
      end: () => ask(null, () => {}),
    };
    const choices = ofUnits
      ? [
          choice("quantity", quantitiesOf(store.state.description), quantity, (value) => ((quantity = value), plot.follow())),
          choice("over", offered(), over, (value) => ((over = value), plot.follow())),
        ]
      : [];
    const figure = make(
      "figure",
      { class: "plot" },
      make(
        "figcaption",
        {},
        make("strong", {}, title),
        " ",
        ...choices,
        saveButtons(chart, () => title),
        button("CSV", () => void app.save("table", { query: query(over, quantity) }), { class: "small" }),
        button("×", () => remove(), { class: "small", "aria-label": `remove the plot of ${title}` }),
      ),
      chart.canvas,
    );
    function remove() {
      plot.end();
      plots.delete(plot);
      figure.remove();
    }
    plots.add(plot);
    list.prepend(figure);
    plot.follow();
  }

  /** Over what there is something to plot: without training there are no epochs. */
  function offered() {
    const { in_time: inTime, trains } = store.state.description ?? { in_time: false, trains: true };
    return OVER.filter(([over]) => (over !== "epochs" || trains) && (over !== "ticks" || inTime));
  }

  /** @param {string} name of a unit @param {string} wanted */
  function plotUnit(name, wanted) {
    const known = offered().map(([over]) => over);
    const over = known.includes(wanted) ? wanted : /** @type {string} */ (known.at(-1));
    const names = name
      .split(";")
      .map((each) => each.trim())
      .filter(Boolean);
    add(
      names.join(", "),
      (along, quantity) => ({ kind: "unit_over", units: names, quantity, over: along, tick: 0 }),
      true,
      over,
      ({ header, arrays }) => rows(header.answer.units, arrays),
    );
    store.set({ tab: "plots", place: "unit" });
  }

  /** @param {string} name of a connection */
  function plotWeight(name) {
    add(
      `weight ${name}`,
      () => ({ kind: "weight_over", connections: [name] }),
      false,
      "epochs",
      ({ header, arrays }) => rows(header.answer.connections, arrays),
      { yLabel: "weight" },
    );
    store.set({ tab: "plots", place: "unit" });
  }

  function plotRuns() {
    add(
      "runs of this session",
      () => ({ kind: "runs" }),
      false,
      "epochs",
      ({ header, arrays }) =>
        header.answer.names.map((/** @type {string} */ name, /** @type {number} */ run) => ({
          name,
          x: arrays[`epochs ${run}`]?.data ?? [],
          y: arrays[`errors ${run}`]?.data ?? [],
        })),
      { isLog: true, yLabel: "error" },
    );
  }

  const names = entry("units or connections to plot, separated by semicolons", "", { class: "wide", placeholder: "hidden:0; hidden:1" });
  const addTyped = () => (names.value.includes("→") ? plotWeight(names.value.trim()) : plotUnit(names.value, "epochs"));
  store.on(["tab", "isOpen", "description"], () => plots.forEach((plot) => plot.follow()));
  const element = make(
    "div",
    { class: "panel" },
    make("h2", {}, "Plots"),
    make("div", { class: "pair" }, names, button("Plot", addTyped), button("Compare runs", plotRuns, { class: "of-training of-targets" })),
    list,
  );
  return { element, plotUnit, plotWeight };
}

/** @param {string} quantity */
function quantityName(quantity) {
  return QUANTITIES.find(([value]) => value === quantity)?.[1] ?? quantity;
}

/**
 * @param {string[]} names
 * @param {Message["arrays"]} arrays
 * @returns {Series[]}
 */
function rows(names, arrays) {
  const { x, y } = arrays;
  const count = y?.shape[1] ?? 0;
  return names.map((name, row) => ({ name, x: x?.data ?? [], y: y?.data.subarray(row * count, (row + 1) * count) ?? [] }));
}
