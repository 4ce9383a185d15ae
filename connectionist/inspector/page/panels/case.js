/** The case that is shown: inputs, outputs and targets; and an input by hand. */

import { button, entry, fill, make, row, table } from "../elements.js";
import { fixed, parsed, whole } from "../numbers.js";
import { shortName, groupOf } from "../units.js";

/** @import {App} from "../state.js" */
/** @import {Description, NumberArray} from "../types.js" */

const MOST_OUTPUTS = 200; // in the table

/** @param {App} app */
export function casePanel(app) {
  const { store, client } = app;
  const title = make("h2", {});
  const outputs = make("div", {});
  const inputs = make("div", {});
  const ticks = entry("ticks of the input", "1", { class: "value", inputmode: "numeric" });
  /** @type {Map<number, HTMLInputElement>} */
  const typed = new Map();
  /** @type {Record<string, NumberArray>} */
  let found = {};
  let followed = "";
  const ask = client.follower();

  /** Follow the numbers of the case that is shown, while the panel is in sight. */
  function follow() {
    const { description, frame, tab, isOpen } = store.state;
    const wanted = description && frame && isOpen && tab === "case" ? `${frame.case} ${description.output_units.length}` : "";
    if (wanted === followed) return;
    followed = wanted;
    const number = frame?.case ?? -1;
    let isFirst = true;
    title.textContent = number >= 0 ? (description?.cases[number]?.name ?? "") : "entered input";
    ask(wanted ? { kind: "case_details", case: number } : null, ({ header, arrays }) => {
      if (isFirst && description && number >= 0) drawInputs(description, header.answer.last_inputs, arrays.inputs?.shape[0] ?? 1);
      isFirst = false;
      found = arrays;
      drawOutputs();
    });
  }

  /**
   * @param {Description} description
   * @param {(number | null)[]} values at the last tick, each the exact one
   * @param {number} held ticks
   */
  function drawInputs(description, values, held) {
    typed.clear();
    const cells = description.input_units.map((unit, index) => {
      const input = entry(`input of ${shortName(description, unit)}`, String(values[index] ?? 0), { class: "value" });
      typed.set(unit, input);
      return make("label", { class: "input" }, make("span", {}, shortName(description, unit)), input);
    });
    ticks.value = String(held);
    fill(
      inputs,
      make("h3", {}, "Input, entered by hand"),
      make(
        "div",
        { class: "pair" },
        button("Run this input", () => run(description)),
        description.in_time && make("label", {}, "held for ", ticks, " ticks"),
      ),
      make("div", { class: "inputs" }, ...cells),
    );
  }

  /** @param {Description} description */
  function run(description) {
    /** @type {Record<string, number[]>} */
    const given = {};
    for (const [unit, input] of typed) {
      const value = parsed(input.value);
      if (Number.isNaN(value)) {
        app.say(`input of ${shortName(description, unit)}: ${JSON.stringify(input.value)} is not a number`, true);
        input.focus();
        return;
      }
      const group = groupOf(description, unit);
      if (!group) continue;
      const list = (given[group.name] ??= new Array(group.labels.length).fill(0));
      list[unit - group.first] = value;
    }
    if (description.in_time && !/^\d+$/.test(ticks.value.trim())) {
      app.say(`ticks: ${JSON.stringify(ticks.value)} is not a whole number`, true);
      ticks.focus();
      return;
    }
    app.act("enter_input", { inputs: given, ...(description.in_time ? { ticks: Number(ticks.value) } : {}) });
  }

  /** Draw the outputs and targets at the tick that is shown. */
  function drawOutputs() {
    const { description, tick } = store.state;
    const { outputs: values, targets } = found;
    if (!description || !values || values.shape[1] !== description.output_units.length) return;
    const last = Math.min(tick, (values.shape[0] ?? 1) - 1);
    const width = values.shape[1] ?? 0;
    if (!width) {
      fill(outputs);
      return;
    }
    const isJudged = targets?.data.some((target) => !Number.isNaN(target)) ?? false;
    const rows = description.output_units.slice(0, MOST_OUTPUTS).map((unit, index) => {
      const at = last * width + index;
      const [output, target] = [values.data[at], targets?.data[at]];
      const name = button(shortName(description, unit), () => app.lock(unit), { class: "link" });
      return row(name, fixed(output), isJudged && fixed(target));
    });
    fill(
      outputs,
      table(["output", "activation", ...(isJudged ? ["target"] : [])], rows),
      width > MOST_OUTPUTS && make("p", { class: "quiet" }, `${whole(width - MOST_OUTPUTS)} more; point at their units`),
    );
  }

  store.on(["frame", "tab", "description", "isOpen"], follow);
  store.on(["tick"], drawOutputs);
  return make("div", { class: "panel" }, title, outputs, inputs);
}
