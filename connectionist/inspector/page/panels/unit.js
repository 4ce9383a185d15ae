/** What is selected: the arithmetic of the locked unit, its weights and receptive field, and acts. */

import { Chart, saveButtons } from "../charts/chart.js";
import { drawField, fieldHeight } from "../charts/field.js";
import { button, choice, entry, fill, make, row, table, write } from "../elements.js";
import { exact, fixed, parsed } from "../numbers.js";
import { hasTargets, lockedName } from "../state.js";
import { CLAMPED, FROZEN, LESIONED } from "../types.js";
import { groupOf, unitNumber } from "../units.js";
import { arithmetic } from "./arithmetic.js";

/** @import {App, State} from "../state.js" */
/** @import {Message} from "../types.js" */

/**
 * @param {App} app
 * @param {(name: string, over: string) => void} plot
 */
export function unitPanel(app, plot) {
  const { store, client } = app;
  const title = make("h2", {});
  const about = make("p", { class: "quiet" });
  const sums = make("div", { class: "sums", "aria-live": "off" });
  const weights = make("div", { class: "weights" });
  const field = new Chart("receptive field", app.theme, "field");
  const fieldBox = make("div", { class: "receptive-field" });
  const acts = make("div", { class: "acts" });
  const hint = make("p", { class: "quiet" }, "Click a unit to see its arithmetic. Keys: ? lists all.");
  const body = make("div", { class: "scroll" }, title, about, sums, fieldBox, weights);
  const opened = /** @type {Set<string>} */ (new Set());
  /** @type {(() => void)[]} */
  let followed = [];
  let asked = "";
  let direction = "incoming";
  /** @type {string} */
  let sender = "";
  /** @type {any} */
  let explained = null;

  function follow() {
    const { description, locked, connection, tick, frame } = store.state;
    const name = lockedName(store.state);
    hint.hidden = !!name;
    body.hidden = acts.hidden = !name;
    const group = description ? groupOf(description, locked) : undefined;
    const ticks = frame?.values.shape[0] ?? 1;
    const shownTick = description?.in_time ? Math.min(tick + 1, ticks) : 0;
    const senders = (description?.projections ?? [])
      .filter((each) => each.receiver === group?.name && each.sender !== "bias")
      .map((each) => each.sender);
    if (!senders.includes(sender)) sender = senders[0] ?? "";
    const key = name && JSON.stringify([name, connection, shownTick, direction, sender, senders]);
    if (key === asked) return;
    asked = key;
    for (const end of followed) end();
    followed = [];
    if (!name) return;
    title.textContent = connection || name;
    const query = connection ? { kind: "explain", connection, tick: shownTick } : { kind: "explain", unit: name, tick: shownTick };
    fill(sums);
    followed.push(client.follow(query, showSums), client.follow({ kind: "weights", unit: name, direction, tick: shownTick }, showWeights));
    fill(fieldBox);
    if (senders.length) {
      const select = choice("group whose weights are shown", senders, sender, (value) => {
        sender = value;
        follow();
      });
      fill(
        fieldBox,
        make(
          "h3",
          {},
          "Receptive field from ",
          select,
          saveButtons(field, () => `${name} from ${sender}`),
        ),
        field.canvas,
        make("p", { class: "quiet" }, "area is |w|, orange +, blue −"),
      );
      followed.push(client.follow({ kind: "receptive_field", unit: name, group: sender }, showField));
    }
  }

  /** @param {Message} message */
  function showSums({ header }) {
    explained = header.answer;
    drawSums();
  }

  function drawSums() {
    if (explained) fill(sums, ...arithmetic(explained, opened, (name) => (opened.add(name), drawSums()), choose));
  }

  /** Lock the unit that a term names, or show the connection. @param {string} name */
  function choose(name) {
    const { description } = store.state;
    const number = description ? unitNumber(description, name.replace(/@\d+$/, "")) : -1;
    if (number >= 0) app.lock(number);
    else if (name.includes("→")) store.set({ connection: name });
  }

  /** @param {Message} message */
  function showField({ header, arrays }) {
    const values = arrays.weight?.data ?? new Float32Array();
    const columns = header.answer.columns || values.length || 1;
    field.canvas.style.height = `${fieldHeight(values.length, columns, 310)}px`;
    field.describe(`receptive field from ${sender}: ${Array.from(values, (value) => fixed(value, 2)).join(", ")}`);
    field.show((surface, theme) => drawField(surface, theme, values, columns));
  }

  /** @param {Message} message */
  function showWeights({ header, arrays }) {
    const typing = /** @type {HTMLInputElement | null} */ (weights.querySelector("input:focus"));
    if (typing && typing.value !== typing.defaultValue) return; // what is being typed stays
    const { connections, units, frozen, tied } = header.answer;
    const isIncoming = direction === "incoming";
    const turn = choice(
      "direction of the weights",
      [
        ["incoming", "Weights to this unit"],
        ["outgoing", "Weights from this unit"],
      ],
      direction,
      (value) => {
        direction = value;
        follow();
      },
    );
    const rows = connections
      .slice(0, 200)
      .map((/** @type {string} */ name, /** @type {number} */ index) =>
        weightRow(name, units[index], index, arrays, frozen[index], tied[index]),
      );
    const isJudged = hasTargets(store.state.description);
    const columns = [isIncoming ? "from" : "to", "weight", "× activation", ...(isJudged ? ["∂E/∂w"] : []), ""];
    fill(
      weights,
      make(
        "h3",
        {},
        turn,
        button("CSV", () => void app.save("table", { query: { kind: "weights", unit: lockedName(store.state), direction } }), {
          class: "small",
          title: "save all as a table",
        }),
      ),
      table(columns, rows),
      connections.length > 200 ? make("p", { class: "quiet" }, `${connections.length - 200} more; the table has all`) : null,
    );
  }

  /**
   * @param {string} name
   * @param {string} other
   * @param {number} index
   * @param {Message["arrays"]} arrays
   * @param {boolean} isFrozen
   * @param {boolean} isTied
   */
  function weightRow(name, other, index, arrays, isFrozen, isTied) {
    const value = (/** @type {string} */ array) => arrays[array]?.data[index];
    const weight = value("weight") ?? 0;
    const input = entry(`weight of ${name}`, fixed(weight), {
      class: `weight ${weight < 0 ? "negative" : "positive"}`,
      onchange: () => {
        input.defaultValue = input.value;
        setWeight(name, input.value);
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape") return;
        input.value = input.defaultValue;
        input.blur();
      },
    });
    input.defaultValue = input.value;
    return row(
      button(other, () => choose(other), { class: "link", title: other }),
      input,
      exact(value("product")),
      hasTargets(store.state.description) && exact(value("derivative")),
      button(isFrozen ? "frozen" : isTied ? "tied" : "…", () => store.set({ connection: store.state.connection === name ? "" : name }), {
        class: "link quiet",
        title: `arithmetic and acts of ${name}`,
        "aria-label": `select ${name}`,
      }),
    );
  }

  /**
   * @param {string} connection
   * @param {string} text
   */
  function setWeight(connection, text) {
    const value = parsed(text);
    if (Number.isNaN(value)) app.say(`weight: ${JSON.stringify(text)} is not a number`, true);
    else app.act("set_weight", { connection, value });
  }

  /** @param {State} state */
  function drawActs(state) {
    const name = lockedName(state);
    if (!name) return;
    const part = state.connection || name;
    const flags = state.frame?.flags.data[state.locked] ?? 0;
    const value = entry("value", "", { class: "value", placeholder: state.connection ? "weight" : "value" });
    const apply = () => {
      const number = parsed(value.value);
      if (Number.isNaN(number)) return app.say(`${value.placeholder}: ${JSON.stringify(value.value)} is not a number`, true);
      return state.connection
        ? app.act("set_weight", { connection: part, value: number })
        : app.act("clamp", { unit: name, value: number });
    };
    const shared = entry("other connections to tie, separated by semicolons", "", { placeholder: "tie with …", class: "wide" });
    fill(
      acts,
      button("Plot over time", () => plot(name, "epochs"), { title: "p" }),
      state.connection
        ? button("Freeze", () => app.act("freeze", { part }), { class: "of-training" })
        : button(flags & FROZEN ? "Unfreeze" : "Freeze", () => app.act(flags & FROZEN ? "unfreeze" : "freeze", { part }), {
            title: "f",
            class: "of-training",
          }),
      state.connection ? button("Unfreeze", () => app.act("unfreeze", { part }), { class: "of-training" }) : null,
      button(
        flags & LESIONED && !state.connection ? "Restore" : "Lesion",
        () => app.act(flags & LESIONED && !state.connection ? "restore" : "lesion", { part }),
        { title: "l" },
      ),
      state.connection ? button("Restore", () => app.act("restore", { part })) : null,
      make("span", { class: "pair" }, value, button(state.connection ? "Set weight" : "Clamp", apply)),
      flags & CLAMPED && !state.connection ? button("Release", () => app.act("clamp", { unit: name, value: null })) : null,
      state.connection
        ? make(
            "span",
            { class: "pair" },
            shared,
            button("Tie", () =>
              app.act("tie", {
                connections: [
                  part,
                  ...shared.value
                    .split(";")
                    .map((each) => each.trim())
                    .filter(Boolean),
                ],
              }),
            ),
          )
        : null,
      state.connection ? button("Back to the unit", () => store.set({ connection: "" })) : null,
      state.undo ? button("Undo", () => app.act("undo"), { title: `undo: ${state.undo}` }) : null,
    );
  }

  let described = "";
  store.on(["locked", "connection", "tick", "description"], follow);
  store.on(["frame", "locked", "connection", "undo"], (state) => {
    const name = lockedName(state);
    const flags = state.frame?.flags.data[state.locked] ?? 0;
    const key = JSON.stringify([name, state.connection, state.undo, flags]);
    const shown =
      state.description && state.frame && state.frame.case >= 0 ? state.description.cases[state.frame.case]?.name : "entered input";
    const group = state.description ? groupOf(state.description, state.locked) : undefined;
    const marks = [
      group?.activation,
      flags & LESIONED ? "lesioned" : "",
      flags & CLAMPED ? "clamped" : "",
      flags & FROZEN ? "frozen" : "",
    ].filter(Boolean);
    write(about, [`case ${shown ?? ""}`, ...marks].join(" · "));
    if (key === described) return;
    described = key;
    drawActs(state);
  });
  return make("div", { class: "panel unit-panel" }, hint, body, acts);
}
