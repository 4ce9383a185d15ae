/** Work before a picture runs once, and the gap between frames of training follows what pictures take. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

let asked = [];
let now = 0;
let afterPicture = () => {};
let picture = 0; // milliseconds that the browser takes for the layout
globalThis.requestAnimationFrame = (run) => asked.push(run);
globalThis.performance = { now: () => now };
globalThis.MessageChannel = class {
  port1 = {};
  port2 = { postMessage: () => (afterPicture = () => this.port1.onmessage()) };
};

function draw() {
  asked.splice(0).forEach((run) => run());
  now += picture;
  afterPicture();
}

let paint;
beforeEach(async () => {
  [asked, now, picture, afterPicture] = [[], 0, 0, () => {}];
  paint = await import(`../../connectionist/inspector/page/paint.js?${Math.random()}`);
});

test("work runs once before the next picture, and what it adds runs before the same", () => {
  const ran = [];
  const last = () => ran.push("last");
  const first = () => {
    ran.push("first");
    paint.beforePaint(last);
  };
  paint.beforePaint(first);
  paint.beforePaint(first);
  assert.equal(asked.length, 1);
  draw();
  assert.deepEqual(ran, ["first", "last"]);
  assert.equal(asked.length, 0);
  paint.beforePaint(last);
  draw();
  assert.deepEqual(ran, ["first", "last", "last"]);
});

test("an error in one does not end the others", () => {
  const ran = [];
  paint.beforePaint(() => {
    throw new Error("broken");
  });
  paint.beforePaint(() => ran.push("other"));
  assert.throws(draw, /broken/);
  draw();
  assert.deepEqual(ran, ["other"]);
});

/** Draw frames of training that take some milliseconds each, and return the gap after them. */
function gapOf(milliseconds, frames = 40) {
  let gap = 0;
  for (let frame = 0; frame < frames; frame++) {
    paint.timed(() => (now += milliseconds / 2));
    paint.beforePaint(() => (gap = paint.gapAfter(true)));
    picture = milliseconds / 2;
    draw();
    now += 1000; // nothing is done
  }
  return gap;
}

test("the gap is so long that pictures take a small share of the time, and at most a second", () => {
  assert.equal(paint.gapAfter(false), 0);
  const [quick, slow, slowest] = [gapOf(3), gapOf(12), gapOf(1000)];
  for (const [gap, seconds] of [
    [quick, 0.003],
    [slow, 0.012],
  ]) {
    assert.ok(seconds / gap > 0.02 && seconds / gap < 0.05, `${gap}`);
  }
  assert.ok(slowest >= 0.5 && slowest <= 1, `${slowest}`);
  assert.ok(gapOf(3) < 0.2);
});

test("the gap stays while the time of a picture hardly changes, and pictures without training do not count", () => {
  const gap = gapOf(10);
  assert.equal(gapOf(10.5), gap);
  paint.gapAfter(false);
  for (let frame = 0; frame < 10; frame++) {
    paint.timed(() => (now += 500));
    paint.gapAfter(false);
  }
  assert.equal(gapOf(10, 2), gap);
});
