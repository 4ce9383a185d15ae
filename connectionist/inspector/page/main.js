/** The entry of the page in a browser. */

import { startApp } from "./app.js";
import { openSocket } from "./socket.js";

const scheme = location.protocol === "https:" ? "wss" : "ws";
startApp(document.body, openSocket(`${scheme}://${location.host}/socket`));
