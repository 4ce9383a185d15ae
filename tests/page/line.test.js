/** Lines are over epochs, ticks or cases, which are whole numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawLinesChart } from "../../connectionist/inspector/page/charts/line.js";
import { SvgSurface } from "../../connectionist/inspector/page/charts/surface.js";

const theme = { quiet: "#666", line: "#ccc", accent: "#26a", categories: ["#26a"] };

test("the numbers of two epochs are 1 and 2, without fractions between them", () => {
  for (const [epochs, expected] of [
    [[1, 2], ["1"]],
    [
      [1, 2, 3, 4],
      ["1", "2", "3"],
    ],
  ]) {
    const surface = new SvgSurface(700, 200);
    const y = epochs.map((epoch) => 100 * epoch);
    drawLinesChart(surface, theme, [{ name: "error", x: epochs, y }], { xLabel: "epoch" });
    const texts = [...surface.toString("#fff").matchAll(/text-anchor="middle"[^>]*>([^<]*)</g)].map((match) => match[1]);
    assert.deepEqual(texts, expected); // the last is written with the label
  }
});

test("a line of many epochs has at most two points a pixel, the least and the greatest among them", () => {
  const surface = new SvgSurface(700, 200);
  const x = Array.from({ length: 50_000 }, (_, index) => index + 1);
  const y = x.map((epoch) => (epoch === 31_234 ? 9 : epoch === 44_444 ? -9 : Math.sin(epoch)));
  drawLinesChart(surface, theme, [{ name: "error", x, y }], { xLabel: "epoch" });
  const points = surface
    .toString("#fff")
    .match(/<path d="([^"]*)"/)[1]
    .split(/[ML]/)
    .slice(1);
  assert.ok(points.length > 700 && points.length <= 1400, `${points.length}`);
  const heights = points.map((point) => Number(point.split(" ")[1])).sort((one, other) => one - other);
  assert.ok(heights[1] - heights[0] > 50 && heights.at(-1) - heights.at(-2) > 50);
});
