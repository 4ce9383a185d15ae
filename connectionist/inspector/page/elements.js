/** Elements of the page. Text is always text, never markup. */

/**
 * Make an element. Attributes that are functions are listeners ("onclick"); true and false set or leave out an attribute.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") /** @type {any} */ (element)[name] = value;
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child || child === "") element.append(child);
  return element;
}

/**
 * Replace the children of an element. The focus stays on the child with the same label, or else in the same place.
 * @param {Element} element
 * @param {...(Node | string | null | undefined | false)} children
 */
export function fill(element, ...children) {
  const focused = element.querySelector(":focus");
  const alike = () => /** @type {HTMLElement[]} */ (Array.from(focused ? element.querySelectorAll(focused.tagName) : []));
  const place = alike().indexOf(/** @type {HTMLElement} */ (focused));
  element.replaceChildren(
    ...children
      .filter((child) => child !== null && child !== undefined && child !== false)
      .map((child) => /** @type {Node | string} */ (child)),
  );
  if (!focused || element.querySelector(":focus")) return;
  const same = alike().find((each) => labelOf(each) === labelOf(focused)) ?? alike()[place];
  same?.focus({ preventScroll: true });
}

/** @param {Element} element */
function labelOf(element) {
  return element.getAttribute("aria-label") ?? element.textContent;
}

/** Set the text of an element, if it is another. @param {Element | undefined} element @param {string} text */
export function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/**
 * A table of numbers.
 * @param {string[]} titles of the columns
 * @param {Node[]} rows
 * @param {Node} [caption]
 */
export function table(titles, rows, caption) {
  const head = make("tr", {}, ...titles.map((text) => make("th", { scope: "col" }, text)));
  return make("table", { class: "arithmetic" }, caption, titles.length > 0 && make("thead", {}, head), make("tbody", {}, ...rows));
}

/**
 * A row of a table.
 * @param {Node | string} head
 * @param {...(Node | string | false)} cells
 */
export function row(head, ...cells) {
  const made = cells.map((cell) => cell !== false && make("td", { class: "number" }, cell));
  return make("tr", {}, make("th", { scope: "row" }, head), ...made);
}

/**
 * @param {string} label
 * @param {() => void} onclick
 * @param {Record<string, any>} [attributes]
 */
export function button(label, onclick, attributes = {}) {
  return /** @type {HTMLButtonElement} */ (make("button", { type: "button", onclick, ...attributes }, label));
}

/**
 * A list to choose from, of texts or of pairs of value and text.
 * @param {string} label
 * @param {(string | [string, string])[]} options
 * @param {string} value
 * @param {(value: string) => void} choose
 */
export function choice(label, options, value, choose) {
  const select = /** @type {HTMLSelectElement} */ (make("select", { "aria-label": label, onchange: () => choose(select.value) }));
  offer(select, options, value);
  return select;
}

/**
 * Replace what a list has to choose from.
 * @param {HTMLSelectElement} select
 * @param {(string | [string, string])[]} options
 * @param {string} [value]
 */
export function offer(select, options, value = select.value) {
  const pairs = options.map((option) => (typeof option === "string" ? [option, option] : option));
  select.replaceChildren(...pairs.map(([key = "", text]) => make("option", { value: key }, text)));
  select.value = value;
}

/**
 * A line to type into.
 * @param {string} label
 * @param {string} value
 * @param {Record<string, any>} [attributes]
 */
export function entry(label, value, attributes = {}) {
  return /** @type {HTMLInputElement} */ (
    make("input", { type: "text", "aria-label": label, value, autocomplete: "off", spellcheck: "false", ...attributes })
  );
}

/** Whether keys go to a text that is being typed. @param {Event} event */
export function isTyping(event) {
  const target = /** @type {any} */ (event.composedPath()[0]);
  return (
    !!target &&
    (target.tagName === "INPUT" ? !["range", "checkbox", "button"].includes(target.type) : ["TEXTAREA", "SELECT"].includes(target.tagName))
  );
}
