/** The colours of the page, read from the style sheet, for what is drawn. */

import { PALETTES, colours } from "./scale.js";

/** @import {Palette} from "./scale.js" */

/**
 * @typedef {object} Theme
 * @property {boolean} isDark
 * @property {string} paper
 * @property {string} ink
 * @property {string} quiet
 * @property {string} line
 * @property {string} accent
 * @property {string} error
 * @property {Palette} palette
 * @property {string[]} colours
 * @property {string[]} categories
 */

/** Colours of lines, which colour-blind people tell apart. */
const CATEGORIES = {
  light: ["#2662a8", "#d65c1a", "#3a8f6b", "#9a5ba6", "#8a7a2c", "#5c6670"],
  dark: ["#6aa7ee", "#f2823e", "#63c39b", "#c58fd0", "#c9b75a", "#a4adb7"],
};

/**
 * Give an element the theme that the user has chosen for all pages, until another is chosen for this one.
 * @param {HTMLElement} root
 * @param {() => void} forget called when the theme has changed
 * @returns {{turn: () => void, end: () => void}} change between dark and light; end the listening
 */
export function chooseTheme(root, forget) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let isChosen = false;
  /** @param {boolean} isDark */
  const set = (isDark) => {
    root.dataset.theme = isDark ? "dark" : "light";
    forget();
  };
  const follow = () => isChosen || set(dark.matches);
  follow();
  dark.addEventListener("change", follow);
  return {
    turn: () => {
      isChosen = true;
      set(root.dataset.theme === "light");
    },
    end: () => dark.removeEventListener("change", follow),
  };
}

/**
 * @param {Element} root
 * @returns {Theme}
 */
export function readTheme(root) {
  const style = getComputedStyle(root);
  const variable = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const isDark = /** @type {HTMLElement} */ (root).dataset.theme === "dark";
  const palette = PALETTES[isDark ? "dark" : "light"];
  return {
    isDark,
    paper: variable("--paper"),
    ink: variable("--ink"),
    quiet: variable("--quiet"),
    line: variable("--line"),
    accent: variable("--accent"),
    error: variable("--error"),
    palette,
    colours: colours(palette),
    categories: CATEGORIES[isDark ? "dark" : "light"],
  };
}
