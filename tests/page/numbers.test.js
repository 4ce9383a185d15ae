/** Numbers and colours say what they should. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { fractionIn, rangeOf, ticksOf } from "../../connectionist/inspector/page/charts/axes.js";
import { cellAt, fittedMatrix, zoomedMatrix } from "../../connectionist/inspector/page/charts/matrix.js";
import { SvgSurface } from "../../connectionist/inspector/page/charts/surface.js";
import { fixed, parsed, short, whole } from "../../connectionist/inspector/page/numbers.js";
import { PALETTES, STEPS, colourIndex, colours, fittingLimit, mixed } from "../../connectionist/inspector/page/scale.js";

test("numbers have minus signs, and zero has none", () => {
  assert.deepEqual([fixed(-1.5), fixed(0.12345), fixed(-0.0001), fixed(null), fixed(NaN)], ["−1.500", "0.123", "0.000", "–", "–"]);
  assert.deepEqual(
    [short(0), short(-12.345), short(1234567), short(-0.00001234), short(undefined)],
    ["0", "−12.3", "1.2e6", "−1.2e−5", "–"],
  );
  assert.deepEqual([whole(0), whole(999), whole(1234567)], ["0", "999", "1,234,567"]);
});

test("what is typed is read with either minus sign; other text is no number", () => {
  assert.deepEqual(
    [parsed("-1.5"), parsed("−1.5"), parsed(" 2e-3 "), parsed(""), parsed("1,5"), parsed("x")],
    [-1.5, -1.5, 0.002, NaN, NaN, NaN],
  );
});

test("the scale is symmetric: paper at zero, the ends at and beyond the limit, a place for none", () => {
  for (const palette of Object.values(PALETTES)) {
    const all = colours(palette);
    assert.equal(all.length, 2 * STEPS + 2);
    assert.equal(all[colourIndex(0, 1)], `rgb(${palette.paper.join(",")})`);
    assert.equal(all[colourIndex(-5, 2)], `rgb(${palette.negative.join(",")})`);
    assert.equal(all[colourIndex(2, 2)], `rgb(${palette.positive.join(",")})`);
    assert.equal(all[colourIndex(NaN, 1)], "transparent");
    assert.equal(mixed(palette, 1), all[2 * STEPS]);
  }
  for (let step = -20; step <= 20; step++) assert.equal(colourIndex(step / 10, 2) + colourIndex(-step / 10, 2), 2 * STEPS);
});

test("the limit is a round number that is at least the largest size", () => {
  assert.equal(fittingLimit([]), 1);
  assert.equal(fittingLimit([0, 0]), 1);
  assert.equal(fittingLimit([0.3, -0.72, Infinity, NaN]), 0.8);
  for (let power = -6; power < 7; power++) {
    for (let digit = 1; digit < 100; digit++) {
      const value = digit * 10 ** power;
      const limit = fittingLimit([value, -value / 2]);
      assert.ok(limit >= value * (1 - 1e-6) && limit <= 1.6 * value, `${value}: ${limit}`);
    }
  }
});

test("axes have round numbers within their range", () => {
  assert.deepEqual(ticksOf({ low: 0, high: 1 }, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticksOf({ low: 1, high: 1000, isLog: true }, 5), [1, 10, 100, 1000]);
  for (const [low, high, isLog] of [
    [-3, 7],
    [0.001, 0.0011],
    [120, 2000, true],
    [1.3, 1.9, true],
    [1e-9, 1e9, true],
    [-1e6, -1e5],
  ]) {
    const ticks = ticksOf({ low, high, isLog }, 4);
    assert.ok(ticks.length >= 1 && ticks.length < 14, `${low} ${high}: ${ticks}`);
    for (const tick of ticks) {
      assert.ok(fractionIn({ low, high, isLog }, tick) >= -1e-9 && fractionIn({ low, high, isLog }, tick) <= 1 + 1e-9);
    }
  }
  assert.deepEqual(rangeOf([[NaN, Infinity]]), { low: 0, high: 1, isLog: false });
});

test("a cell of a matrix stays under the pointer while one zooms", () => {
  const data = { rows: 1000, columns: 1000, values: new Float32Array(0), rowNames: [], columnNames: [], limit: 1 };
  let view = fittedMatrix(data, 700, 600);
  const found = cellAt(data, view, 400, 300);
  for (let turn = 0; turn < 6; turn++) view = zoomedMatrix(view, 1.5, 400, 300);
  assert.deepEqual(cellAt(data, view, 400, 300), found);
  assert.equal(cellAt(data, view, 5, 5), null);
});

test("text in a saved picture is text, never markup", () => {
  const surface = new SvgSurface(100, 50);
  surface.text('<script>alert("1")</script>&', 1, 2, '"><b>');
  const text = surface.toString("white");
  assert.ok(!text.includes("<script") && !text.includes("<b>"));
  assert.ok(text.includes("&#60;script&#62;"));
});
