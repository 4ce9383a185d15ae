/** A chart in the page: a canvas that is drawn again when its size or its data change, and can be saved. */

import { make } from "../elements.js";
import { beforePaint } from "../paint.js";
import { saveText, savePng } from "../save.js";
import { CanvasSurface, SvgSurface } from "./surface.js";

/** @import {Surface} from "./surface.js" */
/** @import {Theme} from "../theme.js" */

export class Chart {
  /** @type {((surface: Surface) => void) | null} */
  #draw = null;

  /**
   * @param {string} label what it shows, for screen readers
   * @param {() => Theme} theme
   * @param {string} [className]
   */
  constructor(label, theme, className = "chart") {
    this.canvas = /** @type {HTMLCanvasElement} */ (make("canvas", { class: className, role: "img", "aria-label": label, tabindex: 0 }));
    this.surface = new CanvasSurface(this.canvas);
    this.theme = theme;
    const observer = new ResizeObserver(() => {
      this.surface.measure();
      this.redraw();
    });
    observer.observe(this.canvas);
  }

  /** Set what is drawn. @param {(surface: Surface, theme: Theme) => void} draw */
  show(draw) {
    this.#draw = (surface) => draw(surface, this.theme());
    this.redraw();
  }

  redraw() {
    beforePaint(this.#paint);
  }

  #paint = () => {
    if (!this.#draw || !this.surface.width) return;
    this.surface.begin();
    this.#draw(this.surface);
  };

  /** @param {string} text */
  describe(text) {
    this.canvas.setAttribute("aria-label", text);
  }

  /** @param {string} name of the file, without an end */
  saveSvg(name) {
    const surface = new SvgSurface(this.canvas.clientWidth, this.canvas.clientHeight);
    this.#draw?.(surface);
    saveText(`${name}.svg`, surface.toString(this.theme().paper), "image/svg+xml");
  }

  /** @param {string} name */
  savePng(name) {
    savePng(`${name}.png`, this.canvas, this.theme().paper);
  }
}

/**
 * Buttons that save a chart.
 * @param {Chart} chart
 * @param {() => string} name
 */
export function saveButtons(chart, name) {
  const attributes = (/** @type {string} */ kind) => ({
    type: "button",
    class: "small",
    "aria-label": `save as ${kind}`,
    title: `save as ${kind}`,
  });
  return make(
    "span",
    { class: "buttons" },
    make("button", { ...attributes("SVG"), onclick: () => chart.saveSvg(name()) }, "SVG"),
    make("button", { ...attributes("PNG"), onclick: () => chart.savePng(name()) }, "PNG"),
  );
}
