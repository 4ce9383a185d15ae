/** Names, groups and numbers of the units of a description. */

/** @import {Description, Group} from "./types.js" */

/**
 * Return how many units a description has.
 * @param {Description} description
 */
export function unitCount(description) {
  const last = description.groups.at(-1);
  return last ? Math.max(...description.groups.map((group) => group.first + group.labels.length)) : 0;
}

/**
 * Return the group of a unit.
 * @param {Description} description
 * @param {number} unit
 * @returns {Group | undefined}
 */
export function groupOf(description, unit) {
  return description.groups.find((group) => unit >= group.first && unit < group.first + group.labels.length);
}

/**
 * Return the name of a unit, as `net.unit` takes it; "" if there is no such unit.
 * @param {Description} description
 * @param {number} unit
 * @returns {string}
 */
export function unitName(description, unit) {
  const group = groupOf(description, unit);
  if (!group) return "";
  return group.role === "bias" ? "bias" : `${group.name}:${group.labels[unit - group.first]}`;
}

/**
 * Return the label of a unit, and its group if the label is only a number.
 * @param {Description} description
 * @param {number} unit
 * @returns {string}
 */
export function shortName(description, unit) {
  const group = groupOf(description, unit);
  const label = group?.labels[unit - group.first] ?? "";
  return /^\d*$/.test(label) ? unitName(description, unit) : label;
}

/**
 * Return the number of a unit; −1 if there is none of this name.
 * @param {Description} description
 * @param {string} name
 * @returns {number}
 */
export function unitNumber(description, name) {
  for (const group of description.groups) {
    if (group.role === "bias" && name === "bias") return group.first;
    if (!name.startsWith(`${group.name}:`)) continue;
    const index = group.labels.indexOf(name.slice(group.name.length + 1));
    if (index >= 0) return group.first + index;
  }
  return -1;
}

/**
 * Return the groups that are drawn: all but that of the unit that is always on.
 * @param {Description} description
 */
export function drawnGroups(description) {
  return description.groups.filter((group) => group.role !== "bias");
}
