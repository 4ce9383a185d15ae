/** The channel of a page in a browser: a web socket. */

/** @import {Channel} from "./types.js" */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;

/**
 * Open a socket that connects again when the server is back.
 * @param {string} url
 * @returns {Channel}
 */
export function openSocket(url) {
  /** @type {(buffer: ArrayBuffer) => void} */
  let receive = () => undefined;
  /** @type {(isOpen: boolean) => void} */
  let change = () => undefined;
  /** @type {WebSocket} */
  let socket;
  let wait = FIRST_WAIT;

  function connect() {
    socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wait = FIRST_WAIT;
      change(true);
    };
    socket.onmessage = (event) => receive(event.data);
    socket.onclose = () => {
      change(false);
      setTimeout(connect, wait);
      wait = Math.min(2 * wait, LONGEST_WAIT);
    };
  }

  connect();
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    listen: (listener) => (receive = listener),
    onState: (listener) => (change = listener),
  };
}
