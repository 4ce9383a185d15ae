/** Groups lie in rows from the inputs upward, do not overlap, and what is drawn at a place is found at that place. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { fittedView, gridOf } from "../../connectionist/inspector/page/network/drawing.js";
import { cornerOf, findAt, placeGroups, usualColumns } from "../../connectionist/inspector/page/network/layout.js";
import { groupOf, shortName, unitCount, unitName, unitNumber } from "../../connectionist/inspector/page/units.js";

function described(...sizes) {
  let first = 0;
  const groups = sizes.map(([name, row, size, place = {}]) => {
    const role = name === "bias" ? "bias" : "hidden";
    const group = {
      name,
      role,
      row,
      first,
      labels: Array.from({ length: size }, (_, index) => String(index)),
      x: null,
      y: null,
      columns: null,
      ...place,
    };
    first += size;
    return group;
  });
  return { groups };
}

const trees = described(
  ["person", 0, 24],
  ["relation", 0, 12],
  ["person_code", 1, 6],
  ["relation_code", 1, 6],
  ["central", 2, 12],
  ["output", 4, 24],
  ["bias", 0, 1],
);

function overlaps(one, other) {
  return one.x < other.x + other.columns && other.x < one.x + one.columns && one.y < other.y + other.rows && other.y < one.y + one.rows;
}

test("groups of many sizes do not overlap, and inputs are below outputs", () => {
  for (let seed = 1; seed < 200; seed++) {
    const sizes = Array.from({ length: 1 + (seed % 7) }, (_, index) => [
      `g${index}`,
      (seed * (index + 3)) % 4,
      1 + ((seed * 37 * (index + 1)) % 300),
    ]);
    const { boxes, left, right, bottom, top } = placeGroups(described(...sizes));
    assert.equal(boxes.length, sizes.length);
    boxes.forEach((box, index) => {
      assert.ok(box.columns * box.rows >= box.group.labels.length && box.columns * (box.rows - 1) < box.group.labels.length);
      assert.ok(box.x >= left && box.x + box.columns <= right && box.y >= bottom && box.y + box.rows <= top);
      for (const other of boxes.slice(index + 1)) {
        assert.ok(!overlaps(box, other));
        if (other.group.row > box.group.row) assert.ok(other.y >= box.y + box.rows);
      }
    });
  }
});

test("24 people lie in two rows, and the group of the bias is not drawn", () => {
  assert.equal(usualColumns(24), 12);
  assert.equal(usualColumns(12), 12);
  assert.deepEqual(
    placeGroups(trees).boxes.map((box) => box.group.name),
    ["person", "relation", "person_code", "relation_code", "central", "output"],
  );
});

test("an arrangement of the user is kept", () => {
  const box = placeGroups(described(["a", 0, 8, { x: -3.5, y: 2, columns: 4 }])).boxes[0];
  assert.deepEqual([box.x, box.y, box.columns, box.rows], [-3.5, 2, 4, 2]);
});

test("each unit is found where it is drawn, and nothing beside the groups", () => {
  const layout = placeGroups(trees);
  for (const box of layout.boxes) {
    box.group.labels.forEach((_, index) => {
      const [x, y] = cornerOf(box, index);
      assert.equal(findAt(layout, x + 0.5, y + 0.5).unit, box.group.first + index);
    });
    assert.equal(findAt(layout, box.x + 0.1, box.y + box.rows + 0.5).unit, -1);
  }
  assert.equal(findAt(layout, layout.right + 5, layout.top), null);
});

test("the fitted view shows the whole layout", () => {
  const layout = placeGroups(trees);
  for (const [width, height] of [
    [700, 430],
    [390, 500],
    [1400, 900],
  ]) {
    const view = fittedView(layout, width, height);
    assert.ok(view.x + view.size * layout.left >= 0 && view.x + view.size * layout.right <= width);
    assert.ok(view.y - view.size * layout.top >= 0 && view.y - view.size * layout.bottom <= height);
  }
});

test("units have the names that Python takes", () => {
  assert.equal(unitCount(trees), 85);
  assert.equal(unitName(trees, 25), "relation:1");
  assert.equal(unitName(trees, 84), "bias");
  assert.equal(unitName(trees, 85), "");
  assert.equal(unitName(trees, -1), "");
  assert.equal(groupOf(trees, 36).name, "person_code");
  assert.equal(shortName(trees, 3), "person:3");
  for (let unit = 0; unit < 85; unit++) assert.equal(unitNumber(trees, unitName(trees, unit)), unit);
  assert.equal(unitNumber(trees, "person:Nobody"), -1);
});

test("the names of the groups of a large network have room at the size at which it is fitted", () => {
  const layout = placeGroups(described(["input", 0, 3000], ["hidden", 1, 4000], ["output", 2, 3000]));
  const { size } = fittedView(layout, 700, 420, 1);
  const [input, hidden, output] = layout.boxes;
  for (const gap of [hidden.y - input.y - input.rows, output.y - hidden.y - hidden.rows]) {
    assert.ok(size * gap > 16, `${size * gap} pixels`);
  }
  assert.ok(size * layout.name > 7);
  assert.equal(findAt(layout, input.x + 5, input.y + input.rows + 0.9 * layout.name).unit, -1);
});

test("the name of a group ends before the group beside it", () => {
  const { boxes } = placeGroups(described(["education_input", 0, 3], ["marital_input", 0, 3], ["above", 1, 3]));
  const room = Object.fromEntries(boxes.map((box) => [box.group.name, box.room]));
  assert.equal(room.education_input, 6);
  assert.equal(room.marital_input, Infinity);
  assert.equal(room.above, Infinity);
});

test("copies side by side are in as many rows as make them largest, and all are in sight", () => {
  const layout = placeGroups(trees);
  for (const copies of [1, 2, 7, 20]) {
    const [width, height] = [700, 500];
    const { size, x, y } = fittedView(layout, width, height, copies);
    const { columns, rows, wide, high } = gridOf(layout, width, height, copies);
    assert.ok(columns * rows >= copies && (columns - 1) * rows < copies);
    assert.ok(x + size * layout.left >= 0 && x + size * ((columns - 1) * wide + layout.right) <= width);
    assert.ok(y - size * layout.top >= 0 && y + size * ((rows - 1) * high - layout.bottom) <= height);
    assert.ok(copies < 7 || size > 2 * Math.min(width / (copies * wide), height / high));
  }
});
