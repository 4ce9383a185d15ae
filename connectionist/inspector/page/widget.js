/** The entry of the page in a notebook: the same modules over the channel of a widget. */

import { startApp } from "./app.js";

/** @import {Channel} from "./types.js" */

/**
 * Show a session in a cell.
 * @param {{model: any, el: HTMLElement, styles: string}} context
 */
export function render({ model, el, styles }) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  const shadow = el.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  const root = document.createElement("div");
  root.className = "cn-cell";
  shadow.append(root);
  return startApp(root, modelChannel(model));
}

/**
 * @param {any} model
 * @returns {Channel}
 */
function modelChannel(model) {
  return {
    send: (text) => model.send({ text }),
    listen: (receive) =>
      model.on("msg:custom", (/** @type {any} */ _, /** @type {DataView[]} */ buffers) => {
        const view = buffers[0];
        if (view) receive(/** @type {ArrayBuffer} */ (view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)));
      }),
    onState: (change) => change(true),
  };
}
