/** The bottom of the page: the curve of errors, and the history of kept epochs. */

import { Chart, saveButtons } from "./charts/chart.js";
import { drawLinesChart } from "./charts/line.js";
import { button, choice, fill, make, row, table } from "./elements.js";
import { fixed, short, whole } from "./numbers.js";
import { frameOf, hasTargets, lockedName } from "./state.js";

/** @import {App} from "./state.js" */

const FILM_SECONDS = 0.08; // a moment of the film

/** @param {App} app */
export function timePanel(app) {
  const { store } = app;
  const chart = new Chart("error over epochs", app.theme, "chart curve");
  let isCorrect = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let playing;
  let asked = 0;

  chart.show((surface, theme) => {
    const { curve, description, film, frame } = store.state;
    const values = isCorrect ? curve.corrects : curve.errors;
    const x = curve.epochs;
    if (!hasTargets(description)) {
      surface.text("no case has a target, so there is no error", 12, 20, theme.quiet, "left", 12);
      return;
    }
    if (!values.length) {
      surface.text("no epoch yet: press space, or Train", 12, 20, theme.quiet, "left", 12);
      return;
    }
    const criterion = description?.criterion?.[isCorrect ? "correct" : "error"];
    const across = criterion === null || criterion === undefined ? [] : [{ at: criterion, text: "criterion" }];
    const upright = (description?.published ?? [])
      .filter((mark) => typeof mark.epoch === "number")
      .map((mark) => ({ at: mark.epoch ?? 0, text: `published: ${mark.quantity}`.slice(0, 40) }));
    drawLinesChart(surface, theme, [{ name: "error", x, y: values }], {
      isLog: !isCorrect,
      xLabel: "epoch",
      yLabel: isCorrect ? "fraction of correct cases" : "error, training cases",
      marks: { across, upright },
      cursor: film?.epoch || frame?.epoch || null,
    });
  });

  const slider = /** @type {HTMLInputElement} */ (
    make("input", {
      type: "range",
      min: 0,
      max: 0,
      value: "0",
      class: "history",
      "aria-label": "history",
      oninput: () => void showMoment(Number(slider.value)),
    })
  );
  const shown = make("span", { class: "number moment" });
  const play = button("▶ Film", () => (playing === undefined ? start() : stop()), {
    class: "small",
    "aria-label": "play the history as a film",
  });
  const use = button("Go on from here", () => void goTo(), { class: "small" });
  const present = button("Present", () => store.set({ film: null }), { class: "small" });
  const compared = make("div", { class: "compared" });

  /** @param {number} place among the kept epochs */
  async function showMoment(place) {
    const epoch = store.state.curve.kept[place];
    const number = ++asked;
    if (epoch === undefined) return;
    const quantity = store.state.quantity;
    const reply = await app.ask("moment", { epoch, quantity, unit: lockedName(store.state) });
    if (!reply || number !== asked) return;
    const { frame } = store.state;
    const moment = /** @type {any} */ (
      frameOf({ header: /** @type {any} */ ({ ...frame, ...reply.header.answer, quantity, stop: null }), arrays: reply.arrays })
    );
    store.set({ film: moment });
  }

  function start() {
    const kept = store.state.curve.kept;
    let place = store.state.film ? Number(slider.value) : 0;
    if (place >= kept.length - 1) place = 0;
    const step = async () => {
      await showMoment(place);
      slider.value = String(place);
      place += 1;
      if (place < store.state.curve.kept.length && playing !== undefined) playing = setTimeout(() => void step(), 1000 * FILM_SECONDS);
      else stop();
    };
    playing = setTimeout(() => void step(), 0);
    play.textContent = "❚❚ Film";
  }

  function stop() {
    clearTimeout(playing);
    playing = undefined;
    play.textContent = "▶ Film";
  }

  async function goTo() {
    const epoch = store.state.film?.epoch;
    if (epoch === undefined) return;
    stop();
    if (await app.act("go_to_epoch", { epoch })) store.set({ film: null });
  }

  /** @param {number} first @param {number} second */
  async function compare(first, second) {
    const reply = await app.ask("compare_moments", { first, second });
    if (!reply) return;
    const { answer } = reply.header;
    const pairs = (/** @type {string[]} */ names, /** @type {string} */ one, /** @type {string} */ other) =>
      names.map((name, index) => row(name, fixed(reply.arrays[one]?.data[index]), fixed(reply.arrays[other]?.data[index])));
    fill(
      compared,
      button("×", () => fill(compared), { class: "small", "aria-label": "close the comparison" }),
      table(["projection", "rms difference", "largest"], pairs(answer.projections, "distance", "largest")),
      table(
        ["connections that differ most", `epoch ${whole(first)}`, `epoch ${whole(second)}`],
        pairs(answer.connections, "first", "second"),
      ),
    );
  }

  const compareBox = make("span", {});
  let offered = "";
  store.on(["logged", "description"], ({ curve, film, description }) => {
    slider.max = String(Math.max(0, curve.kept.length - 1));
    if (!film) slider.value = slider.max;
    const last = curve.errors.length - 1;
    chart.describe(
      hasTargets(description)
        ? `error up to epoch ${whole(curve.epochs[last] ?? 0)}, from ${short(curve.errors[0])} to ${short(curve.errors[last])}`
        : `no error: no case has a target; epoch ${whole(curve.epochs[last] ?? 0)}`,
    );
    chart.redraw();
    const key = `${curve.kept.length} ${curve.kept.at(-1)}`;
    if (key === offered || compareBox.contains(document.activeElement)) return;
    offered = key;
    const options = /** @type {[string, string][]} */ ([
      ["", "Compare with …"],
      ...curve.kept.map((epoch) => [String(epoch), `epoch ${whole(epoch)}`]),
    ]);
    fill(
      compareBox,
      choice(
        "kept epoch to compare with",
        options,
        "",
        (value) => value !== "" && void compare(Number(value), store.state.film?.epoch ?? curve.kept.at(-1) ?? 0),
      ),
    );
  });
  store.on(["film", "frame", "themeChoice"], ({ film, frame }) => {
    shown.textContent = film ? `epoch ${whole(film.epoch)}, kept` : `epoch ${whole(frame?.epoch ?? 0)}`;
    const had = !film && (use.matches(":focus") || present.matches(":focus"));
    use.disabled = present.disabled = !film; // hidden buttons would move the others during a film
    if (had) play.focus();
    chart.redraw();
  });
  compareBox.className = "compare-box";
  const which = choice(
    "curve",
    [
      ["error", "error"],
      ["correct", "correct"],
    ],
    "error",
    (value) => {
      isCorrect = value === "correct";
      chart.redraw();
    },
  );
  which.classList.add("of-targets");
  return make(
    "section",
    { class: "time of-training", "aria-label": "time" },
    chart.canvas,
    make(
      "div",
      { class: "bar" },
      make("div", { class: "history-row" }, make("label", { class: "history-label" }, "history ", slider), shown),
      play,
      use,
      present,
      compareBox,
      which,
      saveButtons(chart, () => "error over epochs"),
    ),
    compared,
  );
}
