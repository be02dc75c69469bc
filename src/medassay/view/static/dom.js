// Elements from values. Text is only ever set as text: what models and datasets wrote is never markup.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

export function number(value) {
  if (value === null || value === undefined) return "–";
  return value.toFixed(Math.abs(value) >= 100 ? 1 : 3).replace("-", "−");
}

export function interval(low, high) {
  return low === null || high === null ? "no interval" : `[${number(low)}, ${number(high)}]`;
}

export const count = (value) => (value ?? 0).toLocaleString("en");

// A select with a visible label.
export function choice(label, options, value, change) {
  const select = h(
    "select",
    { onchange: () => change(select.value) },
    options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)),
  );
  return h("label", {}, `${label} `, select);
}

export function say(text) {
  document.getElementById("status").textContent = text;
}
