/** The acts as lines of Python, which can be saved as a script or a cell. */

import { button, entry, fill, make } from "../elements.js";

/** @import {App} from "../state.js" */

/** @param {App} app */
export function logPanel(app) {
  const { store } = app;
  const code = make("ol", { class: "script", "aria-label": "script of this session" });
  async function copyCell() {
    const reply = await app.ask("script_text", { form: "cell" });
    if (!reply) return;
    await navigator.clipboard.writeText(reply.header.answer.text);
    app.say("the cell is copied");
  }
  const folder = entry("folder of the recording", "recording", { class: "value wide" });
  const recorded = entry("quantities of the recording", "activation", { class: "value wide" });
  const quantities = () => recorded.value.split(/[,\s]+/).filter(Boolean);
  store.on(["lines"], ({ lines }) => fill(code, ...lines.map((line) => make("li", {}, make("code", {}, line)))));
  return make(
    "div",
    { class: "panel" },
    make("h2", {}, "Log"),
    make("p", { class: "quiet" }, "Each act is a line of Python. The script gives the same network, to the bit."),
    make(
      "div",
      { class: "pair" },
      button("Save script", () => void app.save("script_text")),
      button("Save cell", () => void app.save("script_text", { form: "cell" })),
      button("Copy cell", () => void copyCell().catch((error) => app.say(String(error), true))),
      button("Undo", () => app.act("undo")),
    ),
    code,
    make("h3", {}, "Recording"),
    make("p", { class: "quiet" }, "All cases with the present weights, in a new folder beside the server's working folder."),
    make(
      "div",
      { class: "pair" },
      recorded,
      folder,
      button("Save recording", () => app.act("save_recording", { folder: folder.value, quantities: quantities() })),
    ),
  );
}
