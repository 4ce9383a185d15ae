/** What keys do. */

import { isTyping, make } from "./elements.js";

/** @typedef {{key: string, text: string, act: () => void, ofTraining?: boolean}} Key */

const NAMES = /** @type {Record<string, string>} */ ({
  " ": "space",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Tab: "tab",
  "Shift+ArrowLeft": "shift ←",
  "Shift+ArrowRight": "shift →",
  "Shift+ArrowUp": "shift ↑",
  "Shift+ArrowDown": "shift ↓",
});

/**
 * Listen to keys.
 * @param {HTMLElement} root
 * @param {Key[]} keys
 */
export function listenToKeys(root, keys) {
  const target = root.getRootNode() === document ? document : root;
  target.addEventListener("keydown", (event) => {
    const pressed = /** @type {KeyboardEvent} */ (event);
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || isTyping(pressed)) return;
    const focused = /** @type {any} */ (pressed.composedPath()[0]);
    if ([" ", "Enter"].includes(pressed.key) && ["BUTTON", "A", "SUMMARY"].includes(focused?.tagName)) return;
    if (focused?.type === "range" && pressed.key.startsWith("Arrow")) return;
    const name = pressed.shiftKey && pressed.key.startsWith("Arrow") ? `Shift+${pressed.key}` : pressed.key;
    const found = keys.find((each) => each.key === name);
    if (!found || (found.ofTraining && root.dataset.trains === "false")) return;
    pressed.preventDefault();
    found.act();
  });
}

/**
 * The list of keys.
 * @param {Key[]} keys
 */
export function keyList(keys) {
  const rows = keys.map((each) =>
    make(
      "tr",
      { class: each.ofTraining ? "of-training" : "" },
      make("th", { scope: "row" }, make("kbd", {}, NAMES[each.key] ?? each.key)),
      make("td", {}, each.text),
    ),
  );
  return make("table", { class: "keys" }, make("tbody", {}, ...rows));
}
