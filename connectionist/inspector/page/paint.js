/** What runs before the next picture of the browser, and the time that pictures take. */

const SHARE = 0.03; // of the time of training, that the page may take
const LONGEST_GAP = 0.7; // seconds
const SLIGHT = 0.25; // change of the gap that does not matter

/** @type {Set<() => void>} */
const waiting = new Set();
/** @type {MessageChannel | undefined} */
let channel;
let isAsked = false;
let spent = 0; // milliseconds of the page so far
let noted = NaN; // those at the frame of training before
let [cost, gap] = [0, 0];

/** Run a function before the next picture. Until then it is run once, however often it is given. @param {() => void} run */
export function beforePaint(run) {
  waiting.add(run);
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(paint);
}

function paint() {
  const began = performance.now();
  channel ??= new MessageChannel();
  channel.port1.onmessage = () => (spent += performance.now() - began); // after the layout and the painting of the browser
  channel.port2.postMessage(null);
  try {
    for (const run of waiting) {
      waiting.delete(run);
      run(); // what it adds runs too
    }
  } finally {
    isAsked = waiting.size > 0; // after an error
    if (isAsked) requestAnimationFrame(paint);
  }
}

/** Run a function, and note its time. @param {() => void} run */
export function timed(run) {
  const began = performance.now();
  run();
  spent += performance.now() - began;
}

/** Note a frame. Return the seconds between two frames of training in which the page takes its share. @param {boolean} isTraining */
export function gapAfter(isTraining) {
  if (isTraining && noted === noted) cost += (spent - noted - cost) / (cost ? 4 : 1);
  noted = isTraining ? spent : NaN;
  const wanted = Math.min(LONGEST_GAP, cost / 1000 / SHARE);
  if (Math.abs(wanted - gap) > SLIGHT * gap) gap = wanted;
  return gap;
}
