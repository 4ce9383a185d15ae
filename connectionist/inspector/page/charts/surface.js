/** What charts are drawn on: a canvas, or an SVG that is saved. Both have the same methods, in pixels from the upper left corner. */

import { colourIndex } from "../scale.js";

/**
 * @typedef {object} Surface
 * @property {number} width
 * @property {number} height
 * @property {(x: number, y: number, width: number, height: number, fill: string) => void} rect
 * @property {(x: number, y: number, width: number, height: number, stroke: string, size: number) => void} frame
 * @property {(xs: ArrayLike<number>, ys: ArrayLike<number>, count: number, stroke: string, size: number) => void} line
 * @property {(x: number, y: number, x1: number, y1: number, x2: number, y2: number, x3: number, y3: number, stroke: string, size: number) => void} curve
 * @property {(x: number, y: number, radius: number, fill: string) => void} dot
 * @property {(x: number, y: number, size: number, cells: Cells, row: number, column: number, limit: number, colours: string[], gap?: number) => void} cells
 *   draws small cells from a row and column on, whose corner is x, y; with a gap between them
 * @property {(text: string, x: number, y: number, fill: string, align?: "left" | "center" | "right", size?: number) => void} text
 */

/**
 * @typedef {object} Cells
 * @property {Float32Array} values [row, column], NaN for none; the last row may end early
 * @property {number} rows
 * @property {number} columns
 */

const FONT = "system-ui, sans-serif";
const TEXT_SIZE = 11;
const ANCHORS = { left: "start", center: "middle", right: "end" };

/** @type {WeakMap<Cells, {values: Float32Array, key: string, picture: HTMLCanvasElement, image: ImageData}>} */
const knownPictures = new WeakMap();
/** @type {WeakMap<string[], Uint32Array>} */
const knownPixels = new WeakMap();

/**
 * Return a picture with a pixel for each cell.
 * @param {Cells} cells
 * @param {number} limit
 * @param {string[]} colours
 */
function pictureOf(cells, limit, colours) {
  const [key, known] = [`${limit} ${colours[0]} ${cells.rows} ${cells.columns}`, knownPictures.get(cells)];
  if (known?.key === key && known.values === cells.values) return known.picture;
  const picture = known?.picture ?? document.createElement("canvas");
  if (known?.key !== key) [picture.width, picture.height] = [cells.columns, cells.rows];
  const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
  const image = known?.key === key ? known.image : context.createImageData(cells.columns, cells.rows);
  const pixels = new Uint32Array(image.data.buffer);
  const found = knownPixels.get(colours) ?? Uint32Array.from(colours, pixelOf);
  knownPixels.set(colours, found);
  for (let index = 0; index < cells.values.length; index++) {
    pixels[index] = /** @type {number} */ (found[colourIndex(cells.values[index] ?? 0, limit)]);
  }
  context.putImageData(image, 0, 0);
  knownPictures.set(cells, { values: cells.values, key, picture, image });
  return picture;
}

/** A colour as the four bytes of a pixel. @param {string} colour */
function pixelOf(colour) {
  const [red, green, blue] = (colour.match(/\d+/g) ?? []).map(Number);
  return red === undefined || green === undefined || blue === undefined ? 0 : (255 << 24) | (blue << 16) | (green << 8) | red;
}

/** Draws on a canvas, in pixels of the page. @implements {Surface} */
export class CanvasSurface {
  width = 0;
  height = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  }

  /** Take the present size of the canvas, which lays out the page. */
  measure() {
    [this.width, this.height] = [this.canvas.clientWidth, this.canvas.clientHeight];
  }

  /** Clear the canvas. */
  begin() {
    const ratio = window.devicePixelRatio || 1;
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
    context.lineJoin = "bevel"; // others take long
    context.beginPath();
    let isDown = false;
    for (let index = 0; index < count; index++) {
      const x = xs[index] ?? 0;
      const y = ys[index] ?? 0;
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

  /** @type {Surface["cells"]} */
  cells(x, y, size, cells, row, column, limit, colours, gap = 0) {
    const { context } = this;
    const [columns, rows] = [cells.columns - column, cells.rows - row];
    context.imageSmoothingEnabled = false;
    context.drawImage(pictureOf(cells, limit, colours), column, row, columns, rows, x, y, size * columns, size * rows);
    context.globalCompositeOperation = "destination-out"; // clearRect has no fractions of pixels
    context.fillStyle = "black";
    for (let each = 1; gap && each <= columns; each++) context.fillRect(x + size * each - gap, y, gap, size * rows);
    for (let each = 1; gap && each <= rows; each++) context.fillRect(x, y + size * each - gap, size * columns, gap);
    context.globalCompositeOperation = "source-over";
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
    let [d, isDown] = ["", false];
    for (let index = 0; index < count; index++) {
      const y = ys[index] ?? 0;
      if (y === y) d += `${isDown ? "L" : "M"}${rounded(xs[index] ?? 0)} ${rounded(y)}`;
      isDown = y === y;
    }
    if (d) this.#add("path", { d, fill: "none", stroke, "stroke-width": size, "stroke-linejoin": "bevel" });
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

  /** @type {Surface["cells"]} */
  cells(x, y, size, cells, row, column, limit, colours, gap = 0) {
    const [lastRow, lastColumn] = [row + (this.height - y) / size, column + (this.width - x) / size];
    for (let each = row; each < Math.min(cells.rows, lastRow); each++) {
      for (let other = column; other < Math.min(cells.columns, lastColumn); other++) {
        const value = cells.values[each * cells.columns + other] ?? NaN;
        const fill = /** @type {string} */ (colours[colourIndex(value, limit)]);
        const side = size - gap;
        if (value === value) this.rect(x + size * (other - column), y + size * (each - row), side, side, fill);
      }
    }
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
