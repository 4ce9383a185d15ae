/** The state changes in one way; frames, logs and scripts of the server are taken in. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { hasTargets, initialState, lockedName, quantitiesOf, receive } from "../../connectionist/inspector/page/state.js";
import { Store } from "../../connectionist/inspector/page/store.js";

const array = (shape, data) => ({ shape, data: Float32Array.from(data) });

function newStore() {
  const waiting = [];
  const store = new Store(initialState(), (run) => waiting.push(run));
  return { store, waiting, flush: () => waiting.splice(0).forEach((run) => run()) };
}

function frame(values, fields = {}) {
  const ticks = fields.ticks ?? 1;
  const shape = [ticks, values.length / ticks];
  return {
    header: { kind: "frame", quantity: "activation", epoch: 1, stop: null, case: 0, ...fields },
    arrays: { values: array(shape, values), targets: array(shape, values) },
  };
}

test("a subscriber runs once for several changes, and only for its fields", () => {
  const { store, waiting, flush } = newStore();
  const seen = [];
  store.on(["locked"], ({ locked }) => seen.push(locked));
  const end = store.on(["tick"], ({ tick }) => seen.push(`tick ${tick}`));
  store.set({ locked: 1 });
  store.set({ locked: 2 });
  store.set({ tick: 0 });
  assert.equal(waiting.length, 1);
  flush();
  assert.deepEqual(seen, [-1, "tick 0", 2]);
  end();
  store.set({ tick: 3 });
  flush();
  assert.equal(seen.length, 3);
});

test("a change that a subscriber makes is seen by the next run", () => {
  const { store, waiting, flush } = newStore();
  const seen = [];
  store.on(["locked"], ({ locked }) => locked === 5 && store.set({ tick: 7 }));
  store.on(["tick"], ({ tick }) => seen.push(tick));
  store.set({ locked: 5 });
  flush();
  flush();
  assert.deepEqual([seen.at(-1), waiting.length], [7, 0]);
});

test("the log grows, its rows are replaced from the first new epoch, and a new run goes on from its epoch", () => {
  const { store } = newStore();
  const log = (run, first, epochs, errors, kept) =>
    receive(store, {
      header: { kind: "log", run, first, kept, stopped: "" },
      arrays: { epochs: array([epochs.length], epochs), errors: array([errors.length], errors), corrects: array([errors.length], errors) },
    });
  log(0, 1, [1, 2], [8, 4], [0, 1]);
  log(0, 3, [3, 50], [2, 1], [0, 1, 2]);
  assert.deepEqual(store.state.curve.errors, [8, 4, 2, 1]);
  assert.deepEqual(store.state.curve.epochs, [1, 2, 3, 50]);
  log(0, 3, [4, 60], [5, 6], [0, 2]);
  assert.deepEqual(store.state.curve.epochs, [1, 2, 4, 60]);
  assert.deepEqual(store.state.curve.errors, [8, 4, 5, 6]);
  assert.deepEqual(store.state.curve.corrects, [8, 4, 5, 6]);
  assert.deepEqual(store.state.curve.kept, [0, 2]);
  log(1, 3, [], [], [0, 2]); // after divergence, or back to epoch 2
  assert.deepEqual(store.state.curve.errors, [8, 4]);
  log(1, 3, [3], [7], [0, 2]);
  assert.deepEqual(store.state.curve.errors, [8, 4, 7]);
  log(2, 1, [1], [9], [0]); // new random weights
  assert.deepEqual(store.state.curve.errors, [9]);
});

test("of a long log fewer rows are kept, among them the first and the last", () => {
  const { store } = newStore();
  for (let first = 1; first < 100_000; first += 1000) {
    const epochs = Array.from({ length: 1000 }, (_, index) => first + index);
    const rows = array([1000], epochs);
    receive(store, {
      header: { kind: "log", run: 0, first, kept: [], stopped: "" },
      arrays: { epochs: rows, errors: rows, corrects: rows },
    });
  }
  const { epochs, errors, corrects } = store.state.curve;
  assert.ok(epochs.length > 5000 && epochs.length <= 20_000, `${epochs.length}`);
  assert.deepEqual([epochs[0], epochs.at(-1)], [1, 100_000]);
  assert.deepEqual([errors, corrects], [epochs, epochs]);
});

test("lines of the script are replaced from the first new one", () => {
  const { store } = newStore();
  receive(store, { header: { kind: "script", first: 0, lines: ["a", "b"], undo: "b" }, arrays: {} });
  receive(store, { header: { kind: "script", first: 1, lines: ["c", "d"], undo: "d" }, arrays: {} });
  assert.deepEqual([store.state.lines, store.state.undo], [["a", "c", "d"], "d"]);
});

test("the scale stays while one looks, and is fitted to a new quantity", () => {
  const { store } = newStore();
  receive(store, frame([0.2, 0.4]));
  assert.equal(store.state.limit, 1);
  store.set({ limit: 0.5 });
  receive(store, frame([0.9, 7]));
  assert.equal(store.state.limit, 0.5);
  receive(store, frame([0.9, -7], { quantity: "net_input" }));
  assert.equal(store.state.limit, 8);
});

test("the last tick is shown first, a chosen tick stays, and a step shows its tick", () => {
  const { store } = newStore();
  receive(store, frame([1, 2, 3, 4, 5, 6], { ticks: 3 }));
  assert.equal(store.state.tick, 2);
  store.set({ tick: 1 });
  receive(store, frame([1, 2, 3, 4, 5, 6], { ticks: 3 }));
  assert.equal(store.state.tick, 1);
  receive(store, frame([1, 2, 3, 4, 5, 6], { ticks: 3, stop: { tick: 1, units: [] } }));
  assert.equal(store.state.tick, 0);
});

test("the locked unit stays with a description of as many units, and is released with another", () => {
  const { store } = newStore();
  const description = (size) => ({
    header: {
      kind: "description",
      groups: [{ name: "g", role: "hidden", first: 0, labels: Array.from({ length: size }, (_, index) => String(index)) }],
      cases: [],
    },
    arrays: {},
  });
  receive(store, description(3));
  store.set({ locked: 2 });
  receive(store, description(3));
  assert.equal(lockedName(store.state), "g:2");
  receive(store, description(5));
  assert.equal(store.state.locked, -1);
});

test("quantities of targets are offered if any case has a target", () => {
  const described = (...marks) => ({ cases: marks.map((mark) => ({ name: "", set: "training", ticks: 1, has_target: mark })) });
  const names = (description) => quantitiesOf(description).map(([name]) => name);
  assert.equal(hasTargets(described(false, true)), true);
  assert.equal(names(described(false, true)).length, 5);
  assert.equal(hasTargets(described(false, false)), false);
  assert.deepEqual(names(described(false, false)), ["activation", "net_input"]);
});

test("a notice is a message, and no error", () => {
  const { store } = newStore();
  receive(store, { header: { kind: "notice", text: "slower" }, arrays: {} });
  assert.deepEqual(store.state.message, { text: "slower", isError: false });
});
