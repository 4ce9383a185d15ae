/** The page: its four places, and what happens between them. */

import { button, choice, fill, make, write } from "./elements.js";
import { keyList, listenToKeys } from "./keys.js";
import { networkView, quantityChoice } from "./network/view.js";
import { short, whole } from "./numbers.js";
import { gapAfter } from "./paint.js";
import { casePanel } from "./panels/case.js";
import { casesPanel } from "./panels/cases.js";
import { logPanel } from "./panels/log.js";
import { plotsPanel } from "./panels/plots.js";
import { trainingPanel } from "./panels/training.js";
import { unitPanel } from "./panels/unit.js";
import { Client } from "./protocol.js";
import { saveText } from "./save.js";
import { hasTargets, initialState, lockedName, receive } from "./state.js";
import { Store } from "./store.js";
import { chooseTheme, readTheme } from "./theme.js";
import { timePanel } from "./time.js";
import { FROZEN, LESIONED } from "./types.js";
import { unitName } from "./units.js";
import { linkView } from "./views/links.js";
import { similarityView } from "./views/similarity.js";

/** @import {App, State} from "./state.js" */
/** @import {Key} from "./keys.js" */
/** @import {Theme} from "./theme.js" */
/** @import {Channel} from "./types.js" */

const TABS = /** @type {[State["tab"], string][]} */ ([
  ["unit", "Unit"],
  ["case", "Case"],
  ["training", "Training"],
  ["plots", "Plots"],
  ["log", "Log"],
]);
const PLACES = /** @type {[State["place"], string][]} */ ([
  ["cases", "Cases"],
  ["network", "Network"],
  ["unit", "Selected"],
  ["time", "Time"],
]);
const LINES_IN_SIGHT = 3;
const HOVER_SECONDS = 0.06; // before the lines of the unit under the pointer are asked for

/**
 * Build the page in an element, and connect it with a session.
 * @param {HTMLElement} root
 * @param {Channel} channel
 * @returns {() => void} ends it
 */
export function startApp(root, channel) {
  root.classList.add("cn-inspector");
  const store = new Store(initialState());
  const client = new Client(
    channel,
    (message) => receive(store, message),
    (isOpen) => store.set({ isOpen }),
  );
  /** @type {Theme | null} */
  let theme = null;
  /** @type {App} */
  const app = {
    store,
    client,
    root,
    theme: () => (theme ??= readTheme(root)),
    ask: (kind, fields) => client.ask(kind, fields).catch((error) => (app.say(error.message, true), null)),
    async act(kind, fields) {
      const reply = await app.ask(kind, fields);
      if (reply) store.set({ message: { text: reply.header.line || "", isError: false }, ...(kind === "arrange" ? {} : { film: null }) });
      return reply;
    },
    async save(kind, fields) {
      const answer = (await app.ask(kind, fields))?.header.answer;
      if (!answer) return;
      saveText(answer.name, answer.text, "text/plain");
      app.say(`saved ${answer.name}`);
    },
    say: (text, isError = false) => store.set({ message: { text, isError } }),
    lock: (locked) => store.set({ locked, connection: "", tab: locked >= 0 ? "unit" : store.state.tab }),
  };
  const themes = chooseTheme(root, () => {
    theme = null;
    store.set({ themeChoice: root.dataset.theme ?? "" });
  });

  const network = networkView(app);
  const cases = casesPanel(app);
  const plots = plotsPanel(app);
  const panels = {
    unit: unitPanel(app, plots.plotUnit),
    case: casePanel(app),
    training: trainingPanel(app),
    plots: plots.element,
    log: logPanel(app),
  };
  const views = { network: network.element, links: linkView(app), similarity: similarityView(app) };
  const keys = keysOf(app, {
    moveCase: cases.move,
    network,
    plot: plots.plotUnit,
    help: () => (help.hidden = !help.hidden),
  });
  for (const [name, text] of TABS) {
    panels[name].setAttribute("role", "tabpanel");
    panels[name].setAttribute("aria-label", text);
  }
  const help = make(
    "section",
    { class: "help", "aria-label": "keys", hidden: true },
    make("h2", {}, "Keys"),
    keyList(keys),
    button("Close", () => (help.hidden = true)),
  );
  listenToKeys(root, keys);

  const side = make("section", { class: "side", "aria-label": "selected" }, tabList(store), ...Object.values(panels), scriptInSight(app));
  const centre = make("main", { class: "centre", "aria-label": "network" }, ...Object.values(views));
  fill(
    root,
    toolbar(app, keys, themes.turn),
    make("div", { class: "places" }, cases.element, centre, side, timePanel(app)),
    messageLine(store),
    placeList(store),
    help,
  );

  store.on(["tab"], ({ tab }) => {
    for (const [name, panel] of Object.entries(panels)) panel.hidden = name !== tab;
  });
  store.on(["view"], ({ view }) => {
    for (const [name, element] of Object.entries(views)) element.hidden = name !== view;
  });
  store.on(["place"], ({ place }) => (root.dataset.place = place));
  store.on(["description"], ({ description }) => {
    if (description && root === document.body) document.title = `${description.title} – inspector`;
    if (!description) return;
    root.dataset.trains = String(description.trains); // hides what is of class of-training
    root.dataset.targets = String(hasTargets(description)); // hides what is of class of-targets
  });
  let [watched, gap] = ["", 0];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hovering;
  const watch = () => {
    const { quantity, isOpen, description, hovered } = store.state;
    const isOfUnit = quantity === "incoming" || quantity === "outgoing";
    const unit = lockedName(store.state) || (description && hovered >= 0 && !isOfUnit ? unitName(description, hovered) : "");
    const wanted = { quantity: !unit && isOfUnit ? "activation" : quantity, unit, visible: !document.hidden, gap };
    const key = JSON.stringify([wanted, isOpen]);
    if (watched === key) return;
    watched = key;
    if (isOpen) client.watch(wanted);
  };
  store.on(["isOpen", "quantity", "locked"], watch);
  store.on(["frame"], ({ frame }) => {
    gap = gapAfter(!!frame?.training);
    watch();
  });
  store.on(["hovered"], () => {
    clearTimeout(hovering);
    hovering = setTimeout(watch, HOVER_SECONDS * 1000);
  });
  document.addEventListener("visibilitychange", watch);
  /** @type {any} */ (root).inspector = { ...app, network }; // for tests and the console
  return () => {
    themes.end();
    document.removeEventListener("visibilitychange", watch);
  };
}

/**
 * @param {App} app
 * @param {Key[]} keys
 * @param {() => void} turnTheme
 */
function toolbar(app, keys, turnTheme) {
  const { store } = app;
  const title = make("strong", { class: "title" });
  const rule = make("span", { class: "quiet of-training" });
  const status = make("span", { class: "status quiet number", role: "status" });
  const train = button("▶ Train", () => toggleTraining(app), { class: "primary of-training", title: "space" });
  const steps = choice(
    "step",
    [
      ["", "Step"],
      ["unit", "unit"],
      ["group", "group"],
      ["tick", "tick"],
      ["case", "case"],
      ["change", "change of the weights"],
      ["epoch", "epoch"],
    ],
    "",
    (by) => {
      steps.value = "";
      if (by) app.act("step", { by });
    },
  );
  steps.className = "steps";
  const back = button("◂", () => app.act("step", { by: "unit", back: true }), { "aria-label": "step back", title: ",", class: "icon" });
  const forward = button("▸", () => app.act("step", { by: "unit" }), { "aria-label": "step forward", title: ".", class: "icon" });
  const turn = (/** @type {State["view"]} */ view) => () =>
    store.set({ view: store.state.view === view ? "network" : view, place: "network" });
  const links = button("Link view", turn("links"), { "aria-pressed": "false" });
  const similarity = button("Similarity", turn("similarity"), { "aria-pressed": "false" });
  const saveKey = keys.find((each) => each.key === "s");
  store.on(["description"], ({ description }) => {
    title.textContent = description?.title ?? "";
    rule.textContent = description?.rule.name ?? "";
    if (description?.trains === false) for (const by of ["change", "epoch"]) steps.querySelector(`[value="${by}"]`)?.remove();
  });
  store.on(["frame", "isOpen", "description"], ({ frame, isOpen }) => {
    status.setAttribute("aria-live", frame?.training ? "off" : "polite"); // a screen reader does not read each epoch
    write(train, frame?.training ? "❚❚ Pause" : "▶ Train");
    const right = rightText(store.state);
    status.textContent = isOpen
      ? frame && store.state.description?.trains !== false
        ? `epoch ${whole(frame.epoch)}${hasTargets(store.state.description) ? ` · E ${short(frame.epoch_error)}${right}` : ""}`
        : ""
      : "the server does not answer";
  });
  store.on(["view"], ({ view }) => {
    links.setAttribute("aria-pressed", String(view === "links"));
    similarity.setAttribute("aria-pressed", String(view === "similarity"));
  });
  return make(
    "header",
    { class: "toolbar" },
    title,
    rule,
    train,
    steps,
    back,
    forward,
    status,
    quantityChoice(app),
    links,
    similarity,
    button("Save script", () => saveKey?.act()),
    button("◐", turnTheme, { "aria-label": "dark or light", title: "dark or light", class: "icon" }),
    button("?", () => keys.find((each) => each.key === "?")?.act(), { "aria-label": "list the keys", title: "keys", class: "icon" }),
  );
}

/** How many training cases are right. @param {State} state */
function rightText({ description, frame }) {
  if (!description || frame?.epoch_correct === null || frame?.epoch_correct === undefined) return "";
  const cases = description.cases.filter((each) => each.set === "training");
  const judged = cases.filter((each) => each.has_target).length; // a case without a target counts as correct
  const wrong = Math.round(cases.length * (1 - frame.epoch_correct));
  return ` · ${whole(Math.max(0, judged - wrong))} of ${whole(judged)} right`;
}

/** @param {App} app */
function toggleTraining(app) {
  if (app.store.state.frame?.training) void app.act("pause");
  else void app.act("train");
}

/** @param {Store<State>} store */
function tabList(store) {
  const tabs = TABS.map(([name, text]) =>
    button(text, () => store.set({ tab: name }), { role: "tab", class: name === "training" ? "of-training" : "" }),
  );
  store.on(["tab"], ({ tab }) => tabs.forEach((each, index) => each.setAttribute("aria-selected", String(TABS[index]?.[0] === tab))));
  return make("div", { class: "tabs", role: "tablist", "aria-label": "panels" }, ...tabs);
}

/** The places of a narrow page, of which one is in sight. @param {Store<State>} store */
function placeList(store) {
  const places = PLACES.map(([name, text]) =>
    button(text, () => store.set({ place: name }), { class: name === "time" ? "of-training" : "" }),
  );
  store.on(["place"], ({ place }) =>
    places.forEach((each, index) => each.setAttribute("aria-pressed", String(PLACES[index]?.[0] === place))),
  );
  return make("nav", { class: "place-list", "aria-label": "places" }, ...places);
}

/** What went wrong, what a step computes, or the line of the last act. @param {Store<State>} store */
function messageLine(store) {
  const line = make("div", { class: "message", role: "alert" });
  store.on(["message", "frame"], ({ message: { text, isError }, frame }) => {
    const shown = isError ? text : (frame?.stop?.text.replaceAll("\n", " · ") ?? text);
    if (line.textContent !== shown) line.textContent = line.title = shown;
    line.classList.toggle("error", isError);
  });
  return line;
}

/** The last lines of the script. @param {App} app */
function scriptInSight(app) {
  const lines = make("pre", { class: "last-lines", "aria-label": "last lines of the script" });
  app.store.on(["lines"], (state) => (lines.textContent = state.lines.slice(-LINES_IN_SIGHT).join("\n")));
  return lines;
}

/**
 * @param {App} app
 * @param {{moveCase: (step: number) => void, network: ReturnType<networkView>, plot: (name: string, over: string) => void, help: () => void}} parts
 * @returns {Key[]}
 */
function keysOf(app, parts) {
  const { store } = app;
  const flags = () => store.state.frame?.flags.data[store.state.locked] ?? 0;
  /** @param {(name: string) => void} act */
  const withUnit = (act) => () => {
    const name = lockedName(store.state);
    if (name) act(name);
    else app.say("lock a unit first: click it, or press k while the pointer is on it", true);
  };
  const ticks = () => store.state.frame?.values.shape[0] ?? 1;
  const setTick = (/** @type {number} */ step) => () => store.set({ tick: Math.max(0, Math.min(ticks() - 1, store.state.tick + step)) });
  const { moveLock, moveLockedGroup, arrange, zoom, fit } = parts.network;
  const moveGroup = (/** @type {number} */ x, /** @type {number} */ y) => withUnit(() => arrange(x, y, 0));
  const setTab = (/** @type {State["tab"]} */ tab) => () => store.set({ tab, place: "unit" });
  return [
    { key: " ", text: "train, or pause", act: () => toggleTraining(app), ofTraining: true },
    { key: "ArrowUp", text: "case before", act: () => parts.moveCase(-1) },
    { key: "ArrowDown", text: "next case", act: () => parts.moveCase(1) },
    { key: "ArrowLeft", text: "tick before", act: setTick(-1) },
    { key: "ArrowRight", text: "next tick", act: setTick(1) },
    { key: ".", text: "step forward", act: () => app.act("step", { by: "unit" }) },
    { key: ",", text: "step back", act: () => app.act("step", { by: "unit", back: true }) },
    {
      key: "k",
      text: "lock the unit under the pointer, or release it",
      act: () => app.lock(store.state.hovered >= 0 && store.state.hovered !== store.state.locked ? store.state.hovered : -1),
    },
    {
      key: "w",
      text: "lines of the strongest connections",
      act: () => store.set({ hasStrongest: !store.state.hasStrongest }),
    },
    { key: "]", text: "lock the next unit", act: () => moveLock(1) },
    { key: "[", text: "lock the unit before", act: () => moveLock(-1) },
    { key: "}", text: "lock a unit of the next group", act: () => moveLockedGroup(1) },
    { key: "{", text: "lock a unit of the group before", act: () => moveLockedGroup(-1) },
    { key: "Shift+ArrowLeft", text: "move the locked unit's group to the left", act: moveGroup(-1, 0) },
    { key: "Shift+ArrowRight", text: "move it to the right", act: moveGroup(1, 0) },
    { key: "Shift+ArrowUp", text: "move it upward", act: moveGroup(0, 1) },
    { key: "Shift+ArrowDown", text: "move it downward", act: moveGroup(0, -1) },
    { key: ">", text: "one column more in the locked unit's group", act: withUnit(() => arrange(0, 0, 1)) },
    { key: "<", text: "one column less in it", act: withUnit(() => arrange(0, 0, -1)) },
    { key: "+", text: "larger network, around the locked unit", act: () => zoom(1.25) },
    { key: "-", text: "smaller network", act: () => zoom(1 / 1.25) },
    {
      key: "f",
      text: "freeze the locked unit's weights, or unfreeze them",
      act: withUnit((part) => app.act(flags() & FROZEN ? "unfreeze" : "freeze", { part })),
      ofTraining: true,
    },
    {
      key: "l",
      text: "lesion the locked unit, or restore it",
      act: withUnit((part) => app.act(flags() & LESIONED ? "restore" : "lesion", { part })),
    },
    { key: "e", text: "explain the locked unit", act: withUnit(() => store.set({ tab: "unit", connection: "" })) },
    { key: "p", text: "plot the locked unit", act: withUnit((name) => parts.plot(name, "epochs")) },
    { key: "u", text: "undo", act: () => app.act("undo") },
    { key: "n", text: "one epoch", act: () => app.act("step", { by: "epoch" }), ofTraining: true },
    { key: "v", text: "link view", act: () => store.set({ view: store.state.view === "links" ? "network" : "links" }) },
    { key: "m", text: "similarity", act: () => store.set({ view: store.state.view === "similarity" ? "network" : "similarity" }) },
    { key: "0", text: "show the whole network", act: fit },
    { key: "1", text: "panel: unit", act: setTab("unit") },
    { key: "2", text: "panel: case", act: setTab("case") },
    { key: "3", text: "panel: training", act: setTab("training"), ofTraining: true },
    { key: "4", text: "panel: plots", act: setTab("plots") },
    { key: "5", text: "panel: log", act: setTab("log") },
    { key: "s", text: "save the script", act: () => void app.save("script_text") },
    { key: "Escape", text: "release the unit, close what is open", act: () => (app.lock(-1), store.set({ film: null })) },
    { key: "?", text: "list the keys", act: parts.help },
  ];
}
