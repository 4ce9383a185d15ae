/** Below the network: the scale of the colours, and the lines of the strongest connections. */

import { button, make } from "../elements.js";
import { short } from "../numbers.js";
import { mixed } from "../scale.js";
import { usualLimit } from "../state.js";

/** @import {App} from "../state.js" */

/**
 * Turns the lines of the strongest connections of all units on and off.
 * @param {App} app
 */
export function strongestButton({ store, client }) {
  const ask = client.follower();
  store.on(["hasStrongest"], ({ hasStrongest }) => {
    ask(hasStrongest ? { kind: "strongest" } : null, ({ arrays }) => store.set({ strongest: arrays.connections?.data ?? null }));
    if (!hasStrongest) store.set({ strongest: null });
  });
  const title = "lines of the strongest connections of all units, while none is locked: w";
  const turn = button("Strongest", () => store.set({ hasStrongest: !store.state.hasStrongest }), { class: "small", title });
  store.on(["hasStrongest"], ({ hasStrongest }) => turn.setAttribute("aria-pressed", String(hasStrongest)));
  return turn;
}

/**
 * The scale with its numbers, and what the marks mean.
 * @param {App} app
 */
export function legend(app) {
  const { store } = app;
  const strip = /** @type {HTMLCanvasElement} */ (make("canvas", { class: "strip", width: 90, height: 8, "aria-hidden": "true" }));
  const [low, high] = [make("span", { class: "number" }), make("span", { class: "number" })];
  store.on(["limit", "themeChoice", "quantity"], ({ limit }) => {
    const context = /** @type {CanvasRenderingContext2D} */ (strip.getContext("2d"));
    const { palette } = app.theme();
    for (let x = 0; x < strip.width; x++) {
      context.fillStyle = mixed(palette, (2 * x) / (strip.width - 1) - 1);
      context.fillRect(x, 0, 1, strip.height);
    }
    low.textContent = short(-limit);
    high.textContent = short(limit);
  });
  const fitScale = () => {
    const frame = store.state.film ?? store.state.frame;
    if (frame) store.set({ limit: usualLimit(frame) });
  };
  const halve = button("−", () => store.set({ limit: store.state.limit / 2 }), { class: "small", "aria-label": "smaller scale" });
  const double = button("+", () => store.set({ limit: 2 * store.state.limit }), { class: "small", "aria-label": "larger scale" });
  return make(
    "span",
    { class: "legend" },
    low,
    strip,
    high,
    button("Fit", fitScale, { class: "small", "aria-label": "fit scale", title: "fit the scale to what is shown" }),
    halve,
    double,
  );
}
