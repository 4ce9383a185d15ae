/** The state of the page, and the one way to change it. */

import { beforePaint } from "./paint.js";

/**
 * @template {object} State
 */
export class Store {
  /** @type {State} */
  state;
  /** @type {{keys: Set<string>, react: (state: State) => void}[]} */
  #subscribers = [];
  /** @type {Set<string>} */
  #changed = new Set();
  /** @type {(run: () => void) => void} */
  #schedule;

  /**
   * @param {State} initial
   * @param {(run: () => void) => void} [schedule]
   */
  constructor(initial, schedule = beforePaint) {
    this.state = initial;
    this.#schedule = schedule;
  }

  /**
   * Change some fields. The subscribers of those that differ run before the next picture.
   * @param {Partial<State>} changes
   */
  set(changes) {
    const isFirst = !this.#changed.size;
    for (const [key, value] of Object.entries(changes)) {
      if (/** @type {any} */ (this.state)[key] === value) continue;
      /** @type {any} */ (this.state)[key] = value;
      this.#changed.add(key);
    }
    if (isFirst && this.#changed.size) this.#schedule(this.flush);
  }

  /** Run the subscribers of all that changed. */
  flush = () => {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const { keys, react } of this.#subscribers) {
      for (const key of keys) {
        if (changed.has(key)) {
          react(this.state);
          break;
        }
      }
    }
  };

  /**
   * Run a function now and after each change of some fields. Return a function that ends it.
   * @param {(keyof State & string)[]} keys
   * @param {(state: State) => void} react
   * @returns {() => void}
   */
  on(keys, react) {
    const subscriber = { keys: new Set(/** @type {string[]} */ (keys)), react };
    this.#subscribers.push(subscriber);
    react(this.state);
    return () => {
      this.#subscribers = this.#subscribers.filter((each) => each !== subscriber);
    };
  }
}
