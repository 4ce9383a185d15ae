/** The acts as lines of Python, which can be saved as a script or a cell. */

import { button, entry, fill, make } from "../elements.js";
import { saveText } from "../save.js";

/** @import {App} from "../state.js" */

/** @param {App} app */
export function logPanel(app) {
  const { store, client } = app;
  const code = make("ol", { class: "script", "aria-label": "script of this session" });
  /** @param {string} form */
  async function save(form) {
    const { header } = await client.ask("script_text", { form });
    saveText(header.answer.name, header.answer.text, "text/x-python");
    app.say(`saved ${header.answer.name}`);
  }
  async function copyCell() {
    const { header } = await client.ask("script_text", { form: "cell" });
    await navigator.clipboard.writeText(header.answer.text);
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
      button("Save script", () => void save("script")),
      button("Save cell", () => void save("cell")),
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
