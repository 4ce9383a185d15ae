/** The network in the page: hover, lock, drag groups, zoom, ticks, scale, and a table for screen readers. */

import { Chart, saveButtons } from "../charts/chart.js";
import { button, choice, fill, make, offer, row as tableRow, table, write } from "../elements.js";
import { exact, fixed, short } from "../numbers.js";
import { beforePaint } from "../paint.js";
import { hasTargets, QUANTITIES, quantitiesOf } from "../state.js";
import { unitCount, unitName, unitNumber } from "../units.js";
import { drawNetwork, fittedView, gridOf, momentOf } from "./drawing.js";
import { cornerOf, findAt, placeGroups } from "./layout.js";
import { legend, strongestButton } from "./legend.js";

/** @import {App, State} from "../state.js" */
/** @import {Box, Layout} from "./layout.js" */
/** @import {View} from "./drawing.js" */
/** @import {Surface} from "../charts/surface.js" */
/** @import {Theme} from "../theme.js" */

const TABLE_SECONDS = 1; // between two changes of the table for screen readers
const MOST_ROWS = 300;

/** @param {App} app */
export function networkView(app) {
  const { store } = app;
  const chart = new Chart("network", app.theme, "network");
  const tip = make("div", { class: "tooltip", role: "status", hidden: true });
  const ticks = make("div", { class: "bar ticks", hidden: true });
  const readers = make("div", { class: "for-readers", role: "region", "aria-label": "units and their values" });
  /** @type {Layout} */
  let layout = { boxes: [], left: 0, right: 1, bottom: 0, top: 1, name: 1 };
  /** @type {View | null} set by the user; null fits the network */
  let chosenView = null;
  let tabled = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;

  const shownFrame = () => store.state.film ?? store.state.frame;
  const copies = () => (store.state.isUnrolled ? (shownFrame()?.values.shape[0] ?? 1) : 1);

  /** @param {number} width @param {number} height */
  function viewFor(width, height) {
    return chosenView ?? fittedView(layout, width, height, copies());
  }

  /** @param {Surface} surface @param {Theme} theme */
  function draw(surface, theme) {
    const { state } = store;
    const frame = shownFrame();
    const view = viewFor(surface.width, surface.height);
    const count = copies();
    const { columns, wide, high } = gridOf(layout, surface.width, surface.height, count);
    for (let copy = 0; copy < count; copy++) {
      const chosen = {
        units: frame?.values.shape[1] ?? 0,
        tick: count > 1 ? copy : Math.min(state.tick, (frame?.values.shape[0] ?? 1) - 1),
        limit: state.limit,
        locked: state.locked,
        hovered: copy === hoveredCopy ? state.hovered : -1,
        ...(count > 1 && copy !== state.tick ? { stepped: [] } : {}),
        lined: frame?.unit && state.description ? unitNumber(state.description, frame.unit) : -1,
        strongest: state.hasStrongest && !store.state.film ? state.strongest : null,
      };
      const moved = {
        size: view.size,
        x: view.x + (copy % columns) * view.size * wide,
        y: view.y + Math.floor(copy / columns) * view.size * high,
      };
      drawNetwork(surface, theme, moved, momentOf(frame, layout, chosen));
      if (count > 1) {
        surface.text(`tick ${copy + 1}`, moved.x + view.size * layout.left, moved.y - view.size * layout.bottom + 14, theme.quiet);
      }
    }
  }

  /** @param {PointerEvent | MouseEvent | WheelEvent} event */
  function placeOf(event) {
    const [width, height, count] = [chart.canvas.clientWidth, chart.canvas.clientHeight, copies()];
    const view = viewFor(width, height);
    const [x, y] = [(event.offsetX - view.x) / view.size, (view.y - event.offsetY) / view.size];
    const { columns, rows, wide, high } = gridOf(layout, width, height, count);
    const column = Math.max(0, Math.min(columns - 1, Math.floor((x - layout.left + 1) / wide)));
    const row = Math.max(0, Math.min(rows - 1, Math.floor((layout.top + 0.75 - y) / high)));
    return { x: x - column * wide, y: y + row * high, copy: Math.min(count - 1, row * columns + column), view };
  }

  /** The copy under the pointer, of those side by side. */
  let hoveredCopy = 0;

  /** @type {{box: Box | null, x: number, y: number, moved: boolean, atX: number, atY: number} | null} */
  let held = null;
  const { canvas } = chart;

  canvas.addEventListener("pointerdown", (event) => {
    const { x, y } = placeOf(event);
    const found = findAt(layout, x, y);
    held = { box: found?.box ?? null, x, y, moved: false, atX: event.offsetX, atY: event.offsetY };
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener("pointermove", (event) => {
    const { x, y, copy, view } = placeOf(event);
    if (held && Math.hypot(event.offsetX - held.atX, event.offsetY - held.atY) > 4) held.moved = true;
    if (held?.moved) {
      if (held.box) {
        held.box.x += x - held.x;
        held.box.y += y - held.y;
        [held.x, held.y] = [x, y];
      } else {
        chosenView = { size: view.size, x: view.x + event.offsetX - held.atX, y: view.y + event.offsetY - held.atY };
        [held.atX, held.atY] = [event.offsetX, event.offsetY];
      }
      if (held.box) chosenView = view; // the others stay where they are
      chart.redraw();
      return;
    }
    const unit = findAt(layout, x, y)?.unit ?? -1;
    hoveredCopy = copy;
    store.set({ hovered: unit });
    chart.redraw();
    showTip(unit, event.offsetX, event.offsetY);
  });

  canvas.addEventListener("pointerup", (event) => {
    const { x, y, copy } = placeOf(event);
    const found = findAt(layout, x, y);
    if (copies() > 1 && !held?.moved && found) store.set({ tick: copy });
    if (held && !held.moved && found && found.unit >= 0) app.lock(store.state.locked === found.unit ? -1 : found.unit);
    if (held?.moved && held.box) {
      const round = (/** @type {number} */ value) => Math.round(2 * value) / 2;
      void app
        .act("arrange", { group: held.box.group.name, x: round(held.box.x), y: round(held.box.y), columns: held.box.columns })
        .then(() => (chosenView = null));
    }
    held = null;
  });

  canvas.addEventListener("pointerleave", () => {
    store.set({ hovered: -1 });
    tip.hidden = true;
  });

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y, view } = placeOf(event);
    const size = Math.max(0.5, Math.min(80, view.size * Math.exp(-event.deltaY / 400)));
    chosenView = { size, x: event.offsetX - size * x, y: event.offsetY + size * y };
    chart.redraw();
  });

  canvas.addEventListener("dblclick", () => fit());

  function fit() {
    chosenView = null;
    chart.redraw();
  }

  /**
   * @param {number} unit
   * @param {number} x
   * @param {number} y
   */
  function showTip(unit, x, y) {
    const { description, tick, quantity } = store.state;
    const frame = shownFrame();
    tipPlace = [x, y];
    tip.hidden = unit < 0;
    if (unit < 0 || !description || !frame) return;
    const shownTick = copies() > 1 ? hoveredCopy : tick;
    const at = Math.min(shownTick, (frame.values.shape[0] ?? 1) - 1) * (frame.values.shape[1] ?? 0) + unit;
    const target = frame.targets.data[at];
    tip.textContent = `${unitName(description, unit)}  ${quantityNames[quantity]} ${exact(frame.values.data[at])}${target === target ? `  target ${short(target)}` : ""}`;
    tip.style.left = `${Math.min(x + 14, chart.canvas.clientWidth - 200)}px`;
    tip.style.top = `${y + 16}px`;
  }

  /** Where the pointer is. @type {[number, number]} */
  let tipPlace = [0, 0];

  /** Choose the next unit in a direction, for the keyboard. @param {number} step */
  function moveLock(step) {
    const { description, locked } = store.state;
    if (!description) return;
    const units = layout.boxes.flatMap((box) => box.group.labels.map((_, index) => box.group.first + index));
    const place = units.indexOf(locked);
    app.lock(units[(place + step + units.length) % units.length] ?? -1);
  }

  /** Lock a unit of another group. @param {number} step */
  function moveLockedGroup(step) {
    const { boxes } = layout;
    const place = boxes.findIndex((box) => hasUnit(box, store.state.locked));
    const box = boxes[place < 0 ? 0 : (place + step + boxes.length) % boxes.length];
    if (box) app.lock(box.group.first);
  }

  /**
   * Move the group of the locked unit, or change the number of its columns.
   * @param {number} x
   * @param {number} y widths of a unit
   * @param {number} columns
   */
  function arrange(x, y, columns) {
    const box = layout.boxes.find((each) => hasUnit(each, store.state.locked));
    if (!box) return;
    [box.x, box.y] = [box.x + x, box.y + y]; // at once, so that the next key goes on from there
    box.columns = Math.max(1, Math.min(box.group.labels.length, box.columns + columns));
    box.rows = Math.ceil(box.group.labels.length / box.columns);
    void app.act("arrange", { group: box.group.name, x: box.x, y: box.y, columns: box.columns });
  }

  /** Zoom around the locked unit, or else around the middle. @param {number} factor */
  function zoom(factor) {
    const { clientWidth, clientHeight } = canvas;
    const view = viewFor(clientWidth, clientHeight);
    const at = centreOf(store.state.locked) ?? { x: clientWidth / 2, y: clientHeight / 2 };
    const size = Math.max(0.5, Math.min(80, view.size * factor));
    const [x, y] = [(at.x - view.x) / view.size, (view.y - at.y) / view.size];
    chosenView = { size, x: clientWidth / 2 - size * x, y: clientHeight / 2 + size * y };
    chart.redraw();
  }

  /** Rows of the table for screen readers, and the units that they have. @type {Map<number, HTMLElement>} */
  const tableRows = new Map();
  const caption = make("caption", {});

  function makeTable() {
    const { description, quantity } = store.state;
    if (!description) return;
    const units = layout.boxes.flatMap((box) => box.group.labels.map((_, index) => box.group.first + index)).slice(0, MOST_ROWS);
    tableRows.clear();
    tabled = -Infinity;
    for (const unit of units) {
      const name = button(unitName(description, unit), () => app.lock(unit), { tabindex: -1 });
      tableRows.set(unit, tableRow(name, "", hasTargets(description) && ""));
    }
    const titles = ["unit", quantityNames[quantity] ?? "", ...(hasTargets(description) ? ["target"] : [])];
    fill(readers, table(titles, [...tableRows.values()], caption));
    drawTable();
  }

  function drawTable() {
    const { description, tick } = store.state;
    const frame = shownFrame();
    if (!description || !frame) return;
    const rest = 1000 * TABLE_SECONDS - (performance.now() - tabled);
    clearTimeout(waiting);
    if (rest > 0) {
      if (!frame.training) waiting = setTimeout(() => beforePaint(drawTable), rest); // else the next frame draws it
      return;
    }
    tabled = performance.now();
    const from = Math.min(tick, (frame.values.shape[0] ?? 1) - 1) * (frame.values.shape[1] ?? 0);
    const count = unitCount(description) - 1; // without the bias
    for (const [unit, { children }] of tableRows) {
      const target = frame.targets.data[from + unit];
      write(children[1], fixed(frame.values.data[from + unit]));
      write(children[2], target === target ? fixed(target) : "");
    }
    write(
      caption,
      `units of the network${description.trains ? `, epoch ${frame.epoch}` : ""}${tableRows.size < count ? `; the first ${tableRows.size} of ${count}` : ""}`,
    );
  }

  function drawTicks() {
    const { tick, isUnrolled } = store.state;
    const count = shownFrame()?.values.shape[0] ?? 1;
    ticks.hidden = count < 2;
    if (count < 2) return;
    const slider = /** @type {HTMLInputElement} */ (
      make("input", {
        type: "range",
        min: 1,
        max: count,
        value: String(tick + 1),
        "aria-label": "tick",
        oninput: () => store.set({ tick: Number(slider.value) - 1 }),
      })
    );
    slider.value = String(tick + 1);
    fill(
      ticks,
      make("label", {}, "tick ", slider, make("span", { class: "number" }, ` ${tick + 1} of ${count}`)),
      make(
        "label",
        {},
        make("input", {
          type: "checkbox",
          checked: isUnrolled,
          onchange: (/** @type {any} */ event) => store.set({ isUnrolled: event.target.checked }),
        }),
        " side by side",
      ),
    );
  }

  store.on(["description"], ({ description }) => {
    if (!description) return;
    layout = placeGroups(description);
    chart.describe(`network ${description.name} with ${unitCount(description)} units; a table of its units follows`);
    chart.show(draw);
  });
  store.on(["frame", "film", "locked", "hovered", "tick", "limit", "isUnrolled", "themeChoice", "strongest"], () => chart.redraw());
  store.on(["frame", "film", "tick"], ({ hovered }) => tip.hidden || showTip(hovered, ...tipPlace));
  store.on(["description", "quantity"], makeTable);
  store.on(["frame", "film", "tick"], drawTable);
  let ticksShown = "";
  store.on(["frame", "film", "tick", "isUnrolled"], ({ tick, isUnrolled }) => {
    const key = `${tick} ${isUnrolled} ${shownFrame()?.values.shape[0]}`;
    if (key === ticksShown || ticks.contains(document.activeElement)) return;
    ticksShown = key;
    drawTicks();
  });
  const note = make("p", { class: "quiet note", "aria-label": "about the cases" });
  store.on(["description"], ({ description }) => {
    note.textContent = description?.note ?? "";
    note.hidden = !description?.note;
  });
  const element = make(
    "div",
    { class: "view network-view" },
    chart.canvas,
    tip,
    make(
      "div",
      { class: "bar under" },
      legend(app),
      make("span", { class: "space" }),
      saveButtons(chart, () => store.state.description?.name ?? "network"),
      strongestButton(app),
      button("Whole", fit, { class: "small", title: "show the whole network: 0" }),
      make(
        "span",
        { class: "quiet marks" },
        make("span", { class: "of-targets" }, "■ target on · "),
        "× lesioned · ",
        make("span", { class: "of-training" }, "hatch: frozen · "),
        "pin: clamped · lines: weights of the unit, orange +, blue −, width |w|",
      ),
      note,
    ),
    ticks,
    readers,
  );
  /** Where a unit is drawn: its centre and its size, in pixels of the canvas. @param {number} unit @param {number} [copy] */
  function centreOf(unit, copy = 0) {
    const { clientWidth: width, clientHeight: height } = canvas;
    const { size, ...at } = viewFor(width, height);
    const { columns, wide, high } = gridOf(layout, width, height, copies());
    const box = layout.boxes.find((each) => hasUnit(each, unit));
    if (!box) return null;
    const [x, y] = cornerOf(box, unit - box.group.first);
    return {
      x: at.x + size * ((copy % columns) * wide + x + 0.45),
      y: at.y + size * (Math.floor(copy / columns) * high - y - 0.55),
      size,
    };
  }

  return { element, chart, fit, zoom, arrange, moveLock, moveLockedGroup, centreOf };
}

/** @param {Box} box @param {number} unit */
function hasUnit(box, unit) {
  return unit >= box.group.first && unit < box.group.first + box.group.labels.length;
}

const OF_LOCKED = /** @type {[string, string][]} */ ([
  ["incoming", "weight to the locked unit"],
  ["outgoing", "weight from the locked unit"],
]);

/** @type {Record<string, string>} */
export const quantityNames = {
  ...Object.fromEntries(QUANTITIES),
  ...Object.fromEntries(OF_LOCKED),
};

/**
 * What units show.
 * @param {App} app
 */
export function quantityChoice(app) {
  const select = choice("quantity", Object.entries(quantityNames), app.store.state.quantity, (quantity) => app.store.set({ quantity }));
  app.store.on(["description"], ({ description }) => {
    offer(select, [...quantitiesOf(description), ...OF_LOCKED]);
  });
  app.store.on(["quantity"], (/** @type {State} */ { quantity }) => (select.value = quantity));
  return make("label", { class: "show" }, "Show ", select);
}
