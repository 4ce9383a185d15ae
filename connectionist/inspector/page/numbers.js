/** Numbers as text: a minus sign, and as many digits as one reads. Texts of a limited length. */

const MINUS = "−";
const NONE = "–";

/**
 * @param {number | null | undefined} value
 * @param {number} [digits] after the point
 * @returns {string}
 */
export function fixed(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/**
 * A number with three digits after the point; a smaller one with those that it has.
 * @param {number | null | undefined} value
 */
export function exact(value) {
  return value && Math.abs(value) < 0.0005 ? short(value) : fixed(value);
}

/**
 * A number with three digits, whatever its size.
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function short(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size === 0) return "0";
  const text = size >= 1e5 || size < 1e-3 ? size.toExponential(1).replace("e+", "e") : String(Number(size.toPrecision(3)));
  return (value < 0 ? MINUS : "") + text.replace("e-", `e${MINUS}`);
}

/**
 * A whole number with commas.
 * @param {number} value
 * @returns {string}
 */
export function whole(value) {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * Read a number that was typed, with either minus sign; NaN if it is none.
 * @param {string} text
 * @returns {number}
 */
export function parsed(text) {
  const plain = text.trim().replace(MINUS, "-");
  return plain === "" ? NaN : Number(plain);
}

/**
 * A text of a limited length.
 * @param {string | undefined} text
 * @param {number} [length]
 */
export function clipped(text = "", length = 13) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
