// Charts, by Observable Plot. Each has a text beside it that says the same: no chart is the only place of a number.

import { h, interval, number } from "./dom.js";

const MOST = 40; // lines of a chart
const BLUE = "var(--accent)",
  ORANGE = "var(--other)";

export function forest(cells) {
  const shown = cells
    .filter((cell) => cell.value !== null)
    .slice(0, MOST)
    .sort((a, b) => b.value - a.value)
    .map((cell) => ({ ...cell, name: named(cell) }));
  if (shown.length < 2) return null;
  const drawn = window.Plot.plot({
    className: "plot",
    width: 900,
    marginLeft: 330,
    marginBottom: 40,
    height: 60 + 22 * shown.length,
    x: { label: "value with its 95 % interval; the tick is chance", grid: true, nice: true },
    y: { label: null, domain: shown.map((cell) => cell.name), tickFormat: (name) => short(name) },
    marks: [
      window.Plot.ruleY(
        shown.filter((cell) => cell.low !== null),
        { y: "name", x1: "low", x2: "high", stroke: BLUE, strokeWidth: 2.5 },
      ),
      window.Plot.tickX(
        shown.filter((cell) => cell.chance !== null),
        { y: "name", x: "chance", stroke: ORANGE },
      ),
      window.Plot.dot(shown, { y: "name", x: "value", fill: BLUE, r: 4 }),
    ],
    ariaLabel: shown
      .map((cell) => `${cell.name} ${number(cell.value)} ${interval(cell.low, cell.high)}`)
      .join("; "),
  });
  return figure(drawn);
}

// Bars of items that one model alone got right, by tag: who wins where.
export function balance(cells, names) {
  const shown = [...cells]
    .sort((a, b) => Math.abs(b.first - b.second) - Math.abs(a.first - a.second))
    .slice(0, 16)
    .sort((a, b) => b.first - b.second - (a.first - a.second));
  const bars = shown.flatMap((cell) => [
    { key: cell.key, n: cell.first, who: names[0] },
    { key: cell.key, n: -cell.second, who: names[1] },
  ]);
  const drawn = window.Plot.plot({
    className: "plot",
    width: 760,
    marginLeft: 260,
    marginBottom: 40,
    height: 70 + 22 * shown.length,
    x: {
      label: `← only ${names[1]} right · only ${names[0]} right →`,
      labelAnchor: "center",
      tickFormat: (n) => Math.abs(n),
      grid: true,
    },
    y: { label: null, domain: shown.map((cell) => cell.key), tickFormat: (name) => short(name) },
    marks: [
      window.Plot.barX(bars, { y: "key", x: "n", fill: (bar) => (bar.n > 0 ? BLUE : ORANGE) }),
      window.Plot.ruleX([0]),
    ],
    ariaLabel: shown.map((cell) => `${cell.key}: ${cell.first} to ${cell.second}`).join("; "),
  });
  return figure(drawn);
}

// One image with one description, whatever its parts call themselves.
function figure(drawn) {
  drawn.setAttribute("role", "img");
  for (const part of drawn.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  return h("figure", { tabindex: "0" }, drawn);
}

const short = (name) => (name.length > 44 ? `${name.slice(0, 43)}…` : name);

function named(cell) {
  const solver = cell.run.solver.startsWith("direct") ? "" : ` ${cell.run.solver}`;
  const slice = cell.slice === "all" ? "" : ` ${cell.slice}`;
  return `${cell.run.model}${solver} · ${cell.run.benchmark} ${cell.metric}${slice}`;
}
