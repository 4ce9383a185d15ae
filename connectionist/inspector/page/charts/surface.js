/** What charts are drawn on: a canvas, or an SVG that is saved. Both have the same methods, in pixels from the upper left corner. */

/**
 * @typedef {object} Surface
 * @property {number} width
 * @property {number} height
 * @property {(x: number, y: number, width: number, height: number, fill: string) => void} rect
 * @property {(x: number, y: number, width: number, height: number, stroke: string, size: number) => void} frame
 * @property {(xs: ArrayLike<number>, ys: ArrayLike<number>, count: number, stroke: string, size: number) => void} line
 * @property {(x: number, y: number, x1: number, y1: number, x2: number, y2: number, x3: number, y3: number, stroke: string, size: number) => void} curve
 * @property {(x: number, y: number, radius: number, fill: string) => void} dot
 * @property {(text: string, x: number, y: number, fill: string, align?: "left" | "center" | "right", size?: number) => void} text
 */

const FONT = "system-ui, sans-serif";
const TEXT_SIZE = 11;
const ANCHORS = { left: "start", center: "middle", right: "end" };

/** Draws on a canvas, in pixels of the page. @implements {Surface} */
export class CanvasSurface {
  width = 0;
  height = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  }

  /** Clear the canvas, and take its present size. */
  begin() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    const [width, height] = [Math.round(ratio * this.width), Math.round(ratio * this.height)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, this.width, this.height);
  }

  /** @type {Surface["rect"]} */
  rect(x, y, width, height, fill) {
    this.context.fillStyle = fill;
    this.context.fillRect(x, y, width, height);
  }

  /** @type {Surface["frame"]} */
  frame(x, y, width, height, stroke, size) {
    this.context.strokeStyle = stroke;
    this.context.lineWidth = size;
    this.context.strokeRect(x, y, width, height);
  }

  /** @type {Surface["line"]} */
  line(xs, ys, count, stroke, size) {
    const { context } = this;
    context.strokeStyle = stroke;
    context.lineWidth = size;
    context.lineJoin = "round";
    context.beginPath();
    let isDown = false;
    for (let index = 0; index < count; index++) {
      const x = /** @type {number} */ (xs[index]);
      const y = /** @type {number} */ (ys[index]);
      if (!(y === y)) isDown = false;
      else if (isDown) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        isDown = true;
      }
    }
    context.stroke();
  }

  /** @type {Surface["curve"]} */
  curve(x, y, x1, y1, x2, y2, x3, y3, stroke, size) {
    this.context.strokeStyle = stroke;
    this.context.lineWidth = size;
    this.context.beginPath();
    this.context.moveTo(x, y);
    this.context.bezierCurveTo(x1, y1, x2, y2, x3, y3);
    this.context.stroke();
  }

  /** @type {Surface["dot"]} */
  dot(x, y, radius, fill) {
    this.context.fillStyle = fill;
    this.context.beginPath();
    this.context.arc(x, y, radius, 0, 2 * Math.PI);
    this.context.fill();
  }

  /** @type {Surface["text"]} */
  text(text, x, y, fill, align = "left", size = TEXT_SIZE) {
    this.context.fillStyle = fill;
    this.context.font = `${size}px ${FONT}`;
    this.context.textAlign = align;
    this.context.fillText(text, x, y);
  }
}

/** Writes an SVG. @implements {Surface} */
export class SvgSurface {
  /** @type {string[]} */
  #parts = [];

  /**
   * @param {number} width
   * @param {number} height
   */
  constructor(width, height) {
    this.width = width;
    this.height = height;
  }

  /** @type {Surface["rect"]} */
  rect(x, y, width, height, fill) {
    this.#add("rect", { x, y, width, height, fill });
  }

  /** @type {Surface["frame"]} */
  frame(x, y, width, height, stroke, size) {
    this.#add("rect", { x, y, width, height, fill: "none", stroke, "stroke-width": size });
  }

  /** @type {Surface["line"]} */
  line(xs, ys, count, stroke, size) {
    const points = [];
    for (let index = 0; index < count; index++) {
      if (/** @type {number} */ (ys[index]) === ys[index]) {
        points.push(`${rounded(/** @type {number} */ (xs[index]))},${rounded(/** @type {number} */ (ys[index]))}`);
      }
    }
    this.#add("polyline", { points: points.join(" "), fill: "none", stroke, "stroke-width": size });
  }

  /** @type {Surface["curve"]} */
  curve(x, y, x1, y1, x2, y2, x3, y3, stroke, size) {
    const d = `M${rounded(x)} ${rounded(y)}C${[x1, y1, x2, y2, x3, y3].map(rounded).join(" ")}`;
    this.#add("path", { d, fill: "none", stroke, "stroke-width": size });
  }

  /** @type {Surface["dot"]} */
  dot(x, y, radius, fill) {
    this.#add("circle", { cx: x, cy: y, r: radius, fill });
  }

  /** @type {Surface["text"]} */
  text(text, x, y, fill, align = "left", size = TEXT_SIZE) {
    this.#add("text", { x, y, fill, "text-anchor": ANCHORS[align], "font-size": size, "font-family": FONT }, text);
  }

  /** The text of the file. @param {string} background */
  toString(background) {
    const size = `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    const paper = `<rect width="100%" height="100%" fill="${escaped(background)}"/>`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${paper}${this.#parts.join("")}</svg>\n`;
  }

  /**
   * @param {string} tag
   * @param {Record<string, string | number>} attributes
   * @param {string} [text]
   */
  #add(tag, attributes, text) {
    const written = Object.entries(attributes).map(
      ([name, value]) => `${name}="${typeof value === "number" ? rounded(value) : escaped(value)}"`,
    );
    this.#parts.push(`<${tag} ${written.join(" ")}${text === undefined ? "/>" : `>${escaped(text)}</${tag}>`}`);
  }
}

/** @param {number} value */
function rounded(value) {
  return Math.round(100 * value) / 100;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
