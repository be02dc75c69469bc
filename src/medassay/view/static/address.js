// Where we are, as the address says it: an address opened again shows the same.

export function read() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { view: path, ask: new URLSearchParams(query ?? "") };
}

export function link(view, values) {
  const ask = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) ask.set(name, value);
  const query = ask.toString();
  return `#/${view}${query ? `?${query}` : ""}`;
}

// Change some values of the address. `quiet`: without a step in the browser's history and without drawing anew.
export function change(values, { quiet = false } = {}) {
  const { view, ask } = read();
  const address = link(view, { ...Object.fromEntries(ask), ...values });
  if (quiet) history.replaceState(null, "", address);
  else location.hash = address;
}

// "answer_type=closed, organ=chest" as pairs. A value may hold commas: a pair begins at a name and "=".
export function pairs(slice) {
  if (!slice || slice === "all") return [];
  return slice.split(/, (?=[^,=]+=)/).map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at), part.slice(at + 1)];
  });
}
