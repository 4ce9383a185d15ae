/** The messages between the page and the server. */

import { timed } from "./paint.js";

/** @import {Channel, Message} from "./types.js" */

const LENGTH_BYTES = 4;
const NO_ANSWER = "the server does not answer";
const decoder = new TextDecoder();

/**
 * Read a message: the length of its header, the header as JSON, and the arrays.
 * @param {ArrayBuffer} buffer
 * @returns {Message}
 */
export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(decoder.decode(new Uint8Array(buffer, LENGTH_BYTES, length)));
  /** @type {Message["arrays"]} */
  const arrays = {};
  let offset = LENGTH_BYTES + length;
  for (const { name, shape } of header.arrays) {
    const size = shape.reduce((/** @type {number} */ product, /** @type {number} */ count) => product * count, 1);
    arrays[name] = { shape, data: new Float32Array(buffer, offset, size) };
    offset += Float32Array.BYTES_PER_ELEMENT * size;
  }
  return { header, arrays };
}

/** Sends messages, and gives replies to those who wait for them. */
export class Client {
  /** @type {Channel} */
  #channel;
  #isOpen = false;
  #lastId = 0;
  /** @type {Map<number, {resolve: (message: Message) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  /** @type {Map<number, {query: object, receive: (message: Message) => void}>} */
  #followed = new Map();
  /** @type {object | null} */
  #watch = null;

  /**
   * @param {Channel} channel
   * @param {(message: Message) => void} receive gets all messages that nobody asked for
   * @param {(isOpen: boolean) => void} onState
   */
  constructor(channel, receive, onState) {
    this.#channel = channel;
    channel.listen((buffer) => timed(() => this.#deliver(decode(buffer), receive)));
    channel.onState((isOpen) => {
      this.#isOpen = isOpen;
      onState(isOpen);
      if (isOpen) this.#askAgain();
      else this.#giveUp();
    });
  }

  /**
   * Send an act or a query, and return the reply.
   * @param {string} kind
   * @param {object} [fields]
   * @returns {Promise<Message>}
   */
  ask(kind, fields = {}) {
    const id = ++this.#lastId;
    if (!this.#isOpen) return Promise.reject(new Error(NO_ANSWER));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ kind, id, ...fields });
    });
  }

  /**
   * Choose what frames show.
   * @param {{quantity: string, unit: string, visible: boolean, gap: number}} fields
   */
  watch(fields) {
    this.#watch = fields;
    this.#send({ kind: "watch", id: ++this.#lastId, ...fields });
  }

  /**
   * Ask a query now and after each change. Return a function that ends it.
   * @param {{kind: string, [field: string]: any}} query
   * @param {(message: Message) => void} receive
   * @returns {() => void}
   */
  follow(query, receive) {
    const id = ++this.#lastId;
    this.#followed.set(id, { query, receive });
    this.#send({ kind: "follow", id, query });
    return () => {
      if (this.#followed.delete(id)) this.#send({ kind: "unfollow", id });
    };
  }

  /** Return a function that follows a query instead of the one before; null for none. */
  follower() {
    let end = () => {};
    return (/** @type {{kind: string, [field: string]: any} | null} */ query, /** @type {(message: Message) => void} */ receive) => {
      end();
      end = query ? this.follow(query, receive) : () => {};
    };
  }

  /** @param {object} message */
  #send(message) {
    this.#channel.send(JSON.stringify(message));
  }

  /**
   * @param {Message} message
   * @param {(message: Message) => void} receive
   */
  #deliver(message, receive) {
    const { kind, id } = message.header;
    const followed = this.#followed.get(id);
    if (kind === "answer" && followed) {
      followed.receive(message);
      return;
    }
    const waiting = this.#waiting.get(id);
    if (!waiting || !["answer", "done", "failure"].includes(kind)) {
      receive(message);
      return;
    }
    this.#waiting.delete(id);
    if (kind === "failure") waiting.reject(new Error(message.header.text));
    else waiting.resolve(message);
  }

  #askAgain() {
    if (this.#watch) this.watch(/** @type {any} */ (this.#watch));
    for (const [id, { query }] of this.#followed) this.#send({ kind: "follow", id, query });
  }

  #giveUp() {
    for (const { reject } of this.#waiting.values()) reject(new Error(NO_ANSWER));
    this.#waiting.clear();
  }
}
