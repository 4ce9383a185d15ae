/** A matrix whose cells are smaller than a pixel shows the strongest of the cells that fall together, and saved lines have gaps. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawMatrix, fittedMatrix } from "../../connectionist/inspector/page/charts/matrix.js";
import { SvgSurface } from "../../connectionist/inspector/page/charts/surface.js";
import { colours, PALETTES } from "../../connectionist/inspector/page/scale.js";

const theme = { colours: colours(PALETTES.light), quiet: "#666", palette: PALETTES.light };

function filled(rows, columns, value, strong) {
  const values = new Float32Array(rows * columns).fill(value);
  for (const [row, column, other] of strong) values[row * columns + column] = other;
  const names = (count) => Array.from({ length: count }, (_, index) => String(index));
  return { values, rows, columns, rowNames: names(rows), columnNames: names(columns), limit: 2 };
}

test("one strong weight among a million is in sight", () => {
  for (const [row, column] of [
    [0, 0],
    [777, 555],
    [999, 999],
  ]) {
    const data = filled(1000, 1000, 0.01, [[row, column, -2]]);
    const surface = new SvgSurface(700, 440);
    drawMatrix(surface, theme, data, fittedMatrix(data, 700, 440));
    const text = surface.toString("#fff");
    const strongest = theme.colours[0];
    assert.equal(text.split(`fill="${strongest}"`).length - 1, 2); // the cell, and the end of the scale
  }
});

test("cells that are no connections are left out", () => {
  const data = filled(50, 50, NaN, [[3, 4, 2]]);
  const surface = new SvgSurface(300, 200);
  drawMatrix(surface, theme, data, fittedMatrix(data, 300, 200));
  assert.ok(!surface.toString("#fff").includes("transparent"));
});

test("a saved line has a gap where there is no number", () => {
  const surface = new SvgSurface(10, 10);
  surface.line([0, 1, 2, 3, 4], [NaN, 1, NaN, 3, 4], 5, "#000", 1);
  assert.ok(surface.toString("#fff").includes('d="M1 1M3 3L4 4"'));
});
