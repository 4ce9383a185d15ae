/** Messages are read as the server writes them, and replies find those who wait for them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, decode } from "../../connectionist/inspector/page/protocol.js";

/** Write a message as `connectionist.inspector.messages.encode` does. */
function encoded(header, arrays = {}) {
  const listed = Object.entries(arrays).map(([name, { shape }]) => ({ name, shape }));
  let text = JSON.stringify({ ...header, arrays: listed });
  const length = new TextEncoder().encode(text).length;
  text += " ".repeat((4 - (length % 4)) % 4);
  const bytes = new TextEncoder().encode(text);
  const numbers = Object.values(arrays).flatMap(({ data }) => data);
  const buffer = new ArrayBuffer(4 + bytes.length + 4 * numbers.length);
  new DataView(buffer).setUint32(0, bytes.length, true);
  new Uint8Array(buffer).set(bytes, 4);
  numbers.forEach((value, index) => new DataView(buffer).setFloat32(4 + bytes.length + 4 * index, value, true));
  return buffer;
}

function opened() {
  const channel = {
    sent: [],
    send: (text) => channel.sent.push(JSON.parse(text)),
    listen: (f) => (channel.give = f),
    onState: (f) => (channel.state = f),
  };
  const other = [];
  const client = new Client(
    channel,
    (message) => other.push(message.header),
    (isOpen) => (channel.isOpen = isOpen),
  );
  channel.state(true);
  return { channel, client, other };
}

test("a message with names beyond ASCII and several arrays is read", () => {
  for (const name of ["a", "é", "∂E/∂y", "日本語 🙂"]) {
    const { header, arrays } = decode(
      encoded(
        { kind: "frame", name },
        { values: { shape: [2, 3], data: [0, 1, -2.5, 3, 4, NaN] }, flags: { shape: [1], data: [4] }, none: { shape: [0, 3], data: [] } },
      ),
    );
    assert.equal(header.name, name);
    assert.deepEqual(arrays.values.shape, [2, 3]);
    assert.deepEqual([...arrays.values.data], [0, 1, -2.5, 3, 4, NaN]);
    assert.deepEqual([...arrays.flags.data], [4]);
    assert.equal(arrays.none.data.length, 0);
  }
});

test("each reply goes to the one who asked", async () => {
  const { channel, client, other } = opened();
  const [one, two] = [client.ask("pause"), client.ask("explain", { unit: "a:0" })];
  assert.deepEqual(channel.sent, [
    { kind: "pause", id: 1 },
    { kind: "explain", id: 2, unit: "a:0" },
  ]);
  channel.give(encoded({ kind: "answer", id: 2, query: "explain", answer: { name: "a:0" } }));
  channel.give(encoded({ kind: "failure", id: 1, text: "nothing to pause" }));
  assert.equal((await two).header.answer.name, "a:0");
  await assert.rejects(one, /nothing to pause/);
  channel.give(encoded({ kind: "frame", epoch: 3 }));
  channel.give(encoded({ kind: "failure", id: -1, text: "not JSON" }));
  assert.deepEqual(
    other.map((each) => each.kind),
    ["frame", "failure"],
  );
});

test("what is followed is asked again when the server is back, until its end", () => {
  const { channel, client } = opened();
  const values = [];
  client.watch({ quantity: "activation", unit: "", visible: true });
  const end = client.follow({ kind: "cases" }, (message) => values.push(message.arrays.error.data[0]));
  const { id } = channel.sent.at(-1);
  channel.give(encoded({ kind: "answer", id, query: "cases", answer: {} }, { error: { shape: [1], data: [0.5] } }));
  channel.state(false);
  channel.sent.length = 0;
  channel.state(true);
  assert.deepEqual(
    channel.sent.map((each) => each.kind),
    ["watch", "follow"],
  );
  assert.equal(channel.sent[1].id, id);
  channel.give(encoded({ kind: "answer", id, query: "cases", answer: {} }, { error: { shape: [1], data: [0.25] } }));
  assert.deepEqual(values, [0.5, 0.25]);
  end();
  end();
  assert.deepEqual(channel.sent.slice(2), [{ kind: "unfollow", id }]);
});

test("who waits while the server goes away is told", async () => {
  const { channel, client } = opened();
  const waiting = client.ask("train");
  channel.state(false);
  await assert.rejects(waiting, /does not answer/);
  await assert.rejects(client.ask("pause"), /does not answer/);
  assert.equal(channel.sent.length, 1);
});
