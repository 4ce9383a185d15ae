/** Training: epochs, criterion, rule and parameters, schedule, and the histogram of weights. */

import { drawHistogram } from "../charts/bars.js";
import { Chart, saveButtons } from "../charts/chart.js";
import { button, choice, entry, fill, make } from "../elements.js";
import { fixed, parsed, short, whole } from "../numbers.js";
import { hasTargets } from "../state.js";

/** @import {App} from "../state.js" */
/** @import {Description} from "../types.js" */

/** @param {App} app */
export function trainingPanel(app) {
  const { store, client } = app;
  const status = make("p", { class: "quiet" });
  const epochs = entry("number of epochs", "100", { class: "value", inputmode: "numeric" });
  const error = entry("stop at this error", "", { class: "value", placeholder: "error ≤" });
  const correct = entry("stop at this fraction of correct cases", "", { class: "value", placeholder: "correct ≥" });
  const rules = make("div", { class: "rules" });
  const size = entry("initial weights from minus to plus this", "0.3", { class: "value" });
  const seed = entry("seed", "1", { class: "value", inputmode: "numeric" });
  const histogram = new Chart("histogram", app.theme);
  let quantity = "weight";
  let projection = "";
  const ask = client.follower();

  /** @param {string} name @param {HTMLInputElement} input */
  function number(name, input) {
    if (input.value.trim() === "") return null;
    const value = parsed(input.value);
    if (Number.isNaN(value)) throw new Error(`${name}: ${JSON.stringify(input.value)} is not a number`);
    return value;
  }

  /** Do an act, with numbers that were typed. @param {string} kind @param {() => object} fields */
  function act(kind, fields) {
    try {
      app.act(kind, fields());
    } catch (fault) {
      app.say(/** @type {Error} */ (fault).message, true);
    }
  }
  const trainEpochs = () => act("train", () => ({ epochs: number("epochs", epochs), error: null, correct: null }));
  const trainUntil = () => act("train", () => ({ epochs: null, error: number("error", error), correct: number("correct", correct) }));
  const randomize = () => act("randomize", () => ({ size: number("±", size), seed: number("seed", seed) }));

  /** @param {Description} description */
  function drawRules(description) {
    const { rule } = description;
    /** @param {string} name @param {Record<string, any>} parameters */
    const set = (name, parameters) => app.act("set_rule", { rule: name, parameters });
    const known = description.rules.find((each) => each.name === rule.name);
    const fields = (known?.parameters ?? []).map((parameter) => {
      const value = rule.parameters[parameter.name] ?? parameter.default;
      const input = entry(parameter.name, String(value), {
        class: "value",
        title: parameter.summary,
        onchange: () => {
          const typed = parsed(input.value);
          set(rule.name, { ...rule.parameters, [parameter.name]: Number.isNaN(typed) ? input.value : typed });
        },
      });
      return make("label", { class: "input" }, make("span", {}, parameter.name), input);
    });
    const after = /** @type {[string, string][]} */ ([
      ["", "after each epoch"],
      ["1", "after each case"],
      ["10", "after 10 cases"],
    ]);
    const present = rule.update_after === null ? "" : String(rule.update_after);
    if (!after.some(([value]) => value === present)) after.push([present, `after ${present} cases`]);
    fill(
      rules,
      make(
        "h3",
        {},
        "Rule ",
        choice(
          "update rule",
          description.rules.map((each) => each.name),
          rule.name,
          (name) => set(name, {}),
        ),
      ),
      make("p", { class: "quiet" }, known?.summary ?? ""),
      make("div", { class: "inputs" }, ...fields),
      rule.scheduled.length > 0 &&
        make("p", { class: "quiet" }, `${rule.scheduled.join(", ")}: by the schedule of the task, until the rule is changed here`),
      make(
        "div",
        { class: "pair" },
        choice("when the weights change", after, present, (value) =>
          app.act("set_schedule", { update_after: value === "" ? null : Number(value), order: rule.order }),
        ),
        choice(
          "order of presentation",
          [
            ["fixed", "fixed order"],
            ["permuted", "permuted"],
            ["sampled", "sampled"],
          ],
          rule.order,
          (order) => app.act("set_schedule", { update_after: rule.update_after, order }),
        ),
      ),
    );
  }

  function follow() {
    const isShown = store.state.tab === "training" && store.state.isOpen;
    ask(isShown ? { kind: "histogram", quantity, projection } : null, ({ arrays }) => {
      const [edges, counts] = [arrays.edges?.data ?? new Float32Array(), arrays.counts?.data ?? new Float32Array()];
      histogram.describe(
        `histogram of ${quantity} from ${short(edges[0])} to ${short(edges.at(-1))}: ${Array.from(counts, (count) => whole(count)).join(", ")}`,
      );
      histogram.show((surface, theme) => drawHistogram(surface, theme, edges, counts, quantity));
    });
  }

  const chooser = make("h3", {});
  store.on(["description"], (state) => {
    if (!state.description) return;
    drawRules(state.description);
    const criterion = state.description.criterion;
    if (criterion && !error.value && !correct.value) {
      error.value = criterion.error === null ? "" : String(criterion.error);
      correct.value = criterion.correct === null ? "" : String(criterion.correct);
    }
    const names = /** @type {[string, string][]} */ ([
      ["", "all weights"],
      ...state.description.projections.map((each) => [each.name, each.name]),
    ]);
    fill(
      chooser,
      choice(
        "quantity of the histogram",
        [
          ["weight", "weights"],
          ["change", "changes"],
          .../** @type {[string, string][]} */ (hasTargets(state.description) ? [["derivative", "derivatives"]] : []),
        ],
        quantity,
        (value) => ((quantity = value), follow()),
      ),
      " of ",
      choice("projection of the histogram", names, projection, (value) => ((projection = value), follow())),
      saveButtons(histogram, () => `histogram of ${quantity}`),
    );
  });
  store.on(["tab", "isOpen"], follow);
  store.on(["frame", "logged"], ({ frame, curve }) => {
    if (!frame) return;
    const speed = frame.seconds_per_epoch ? ` · ${speedText(1 / frame.seconds_per_epoch)} epochs a second` : "";
    const ended = !frame.training && curve.stopped ? ` · ended: ${curve.stopped}` : "";
    const right = frame.epoch_correct === null ? "" : ` · ${fixed(100 * frame.epoch_correct, 0)} % right`;
    const judged = hasTargets(store.state.description) ? ` · E ${short(frame.epoch_error)}${right}` : "";
    status.textContent = `epoch ${whole(frame.epoch)}${judged}${speed}${ended}`;
  });
  return make(
    "div",
    { class: "panel" },
    make("h2", {}, "Training"),
    status,
    make("div", { class: "pair" }, epochs, button("Train epochs", trainEpochs)),
    make("div", { class: "pair of-targets" }, error, correct, button("Until criterion", trainUntil)),
    make(
      "div",
      { class: "pair" },
      button("Pause", () => app.act("pause")),
    ),
    rules,
    make("div", { class: "pair" }, button("New weights", randomize), make("label", {}, "± ", size), make("label", {}, "seed ", seed)),
    chooser,
    histogram.canvas,
  );
}

/** @param {number} speed */
function speedText(speed) {
  return speed >= 100 ? whole(Number(speed.toPrecision(3))) : short(speed);
}
