/** One quantity as colour: blue for negative, paper for zero, orange for positive. */

/** @typedef {{negative: number[], paper: number[], positive: number[]}} Palette */

export const STEPS = 128; // colours on each side of zero

/** @type {Record<"light" | "dark", Palette>} */
export const PALETTES = {
  light: { negative: [38, 98, 168], paper: [241, 239, 234], positive: [214, 92, 26] },
  dark: { negative: [92, 158, 232], paper: [46, 49, 54], positive: [242, 130, 62] },
};

/**
 * Return the colours from −limit to limit, 2 · STEPS + 1 of them, and a last one for "none".
 * @param {Palette} palette
 * @returns {string[]}
 */
export function colours(palette) {
  const found = [];
  for (let step = -STEPS; step <= STEPS; step++) found.push(mixed(palette, step / STEPS));
  found.push("transparent");
  return found;
}

/**
 * Return the colour of a fraction of the limit, from −1 to 1.
 * @param {Palette} palette
 * @param {number} fraction
 * @returns {string}
 */
export function mixed(palette, fraction) {
  const end = fraction < 0 ? palette.negative : palette.positive;
  const share = Math.min(1, Math.abs(fraction)) ** 0.8;
  const parts = palette.paper.map((zero, index) => Math.round(zero + share * ((end[index] ?? 0) - zero)));
  return `rgb(${parts.join(",")})`;
}

/**
 * Return the index of the colour of a value.
 * @param {number} value
 * @param {number} limit above 0
 * @returns {number}
 */
export function colourIndex(value, limit) {
  if (value !== value) return 2 * STEPS + 1;
  const step = Math.round((STEPS * value) / limit);
  return STEPS + Math.max(-STEPS, Math.min(STEPS, step));
}

/**
 * Return a limit of one or two digits that is at least the greatest size of some values; 1 if all are 0.
 * @param {ArrayLike<number>} values
 * @returns {number}
 */
export function fittingLimit(values) {
  let most = 0;
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index] ?? 0);
    if (size > most && size < Infinity) most = size;
  }
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const found = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= most * (1 - 1e-6));
  return Number(((found ?? 10) * power).toPrecision(2));
}
