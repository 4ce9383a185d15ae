/**
 * The types of what the server sends, for the checks of the editor and of tsc. See `connectionist/inspector/messages` for their meaning.
 *
 * @typedef {{shape: number[], data: Float32Array}} NumberArray
 * @typedef {{kind: string, [field: string]: any}} Header
 * @typedef {{header: Header, arrays: Record<string, NumberArray>}} Message
 *
 * @typedef {object} Group
 * @property {string} name
 * @property {string} role
 * @property {number} first number of the first unit
 * @property {string[]} labels
 * @property {number} row
 * @property {number | null} x
 * @property {number | null} y
 * @property {number | null} columns
 * @property {string | null} activation
 * @property {string | null} error
 *
 * @typedef {{name: string, sender: string, receiver: string, delay: number, connections: number, trainable: number}} Projection
 * @typedef {{name: string, set: string, ticks: number, has_target: boolean}} Case
 * @typedef {{name: string, default: any, type: string, summary: string}} Parameter
 * @typedef {{name: string, summary: string, parameters: Parameter[]}} Rule
 *
 * @typedef {object} Description
 * @property {string} name
 * @property {string} title
 * @property {boolean} in_time
 * @property {Group[]} groups
 * @property {Projection[]} projections
 * @property {Case[]} cases
 * @property {number[]} input_units
 * @property {number[]} output_units
 * @property {{name: string, parameters: Record<string, any>, update_after: number | null, order: string, scheduled: string[]}} rule
 * @property {Rule[]} rules
 * @property {{error: number | null, correct: number | null} | null} criterion
 * @property {{quantity: string, value: any, source: string, epoch?: number}[]} published
 * @property {boolean} trains whether there is anything to train
 * @property {string} note what is not as one may expect
 *
 * @typedef {object} Frame
 * @property {number} epoch
 * @property {boolean} training
 * @property {number} case
 * @property {number | null} error
 * @property {number | null} epoch_error
 * @property {number | null} epoch_correct
 * @property {string} quantity
 * @property {string} unit
 * @property {{phase: string, text: string, units: number[], tick: number, first: boolean, last: boolean} | null} stop
 * @property {number | null} seconds_per_epoch
 * @property {NumberArray} values [tick, unit]
 * @property {NumberArray} targets [tick, unit]
 * @property {NumberArray} flags [unit]
 * @property {NumberArray} incoming [connection, 3]
 * @property {NumberArray} outgoing [connection, 3]
 *
 * @typedef {object} Curve the log of a run
 * @property {number} run
 * @property {number[]} epochs numbers of the epochs of the rows
 * @property {number[]} errors
 * @property {number[]} corrects
 * @property {number[]} kept
 * @property {string} stopped
 *
 * @typedef {object} Channel
 * @property {(text: string) => void} send
 * @property {(receive: (buffer: ArrayBuffer) => void) => void} listen
 * @property {(change: (isOpen: boolean) => void) => void} onState
 */

export const LESIONED = 1;
export const CLAMPED = 2;
export const FROZEN = 4;
export const PARTLY_FROZEN = 8;
