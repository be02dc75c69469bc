// Models by benchmarks: every number opens its rows.

import { change, link } from "./address.js";
import { choice, count, h, interval, number } from "./dom.js";
import { forest } from "./plots.js";
import { column, table } from "./table.js";

export async function leaderboard(runs, ask) {
  const cells = runs.flatMap((run) =>
    run.estimates.map((estimate, n) => ({ id: `${run.key} ${n}`, run, ...estimate })),
  );
  const wanted = {
    benchmark: ask.get("benchmark") ?? "",
    metric: ask.get("metric") ?? "",
    slice: ask.get("slice") ?? "",
    model: ask.get("model") ?? "",
  };
  const shown = cells.filter((cell) => fits(cell, wanted));
  const place = h("div", { class: "table board" });
  const element = h(
    "section",
    {},
    h("h2", {}, "Leaderboard"),
    going(runs),
    filters(cells, wanted),
    h(
      "p",
      { class: "soft" },
      `${count(shown.length)} numbers. Intervals are 95 % over clusters. A number opens its rows.`,
    ),
    place,
    forest(shown),
  );
  return { element, ready: () => draw(place, shown) };
}

// Without a metric the headline of each run is shown; without a slice all of its rows.
function fits(cell, wanted) {
  const headline = cell.run.estimates.find((one) => one.metric === cell.run.primary)?.slice ?? "all";
  const slice = cell.slice === "all" || (!wanted.metric && cell.slice === headline);
  return (
    (!wanted.benchmark || cell.run.benchmark === wanted.benchmark) &&
    (wanted.metric === "any" || cell.metric === (wanted.metric || cell.run.primary)) &&
    (wanted.slice === "any" || (wanted.slice ? cell.slice === wanted.slice : slice)) &&
    (!wanted.model || cell.run.model === wanted.model)
  );
}

function filters(cells, wanted) {
  const names = (values) => [...new Set(values)].sort().map((name) => [name, name]);
  const set = (name) => (value) => change({ [name]: value });
  const slices = names(cells.map((cell) => cell.slice)).filter(([name]) => name !== "all");
  return h(
    "form",
    { class: "filters", onsubmit: (event) => event.preventDefault() },
    choice(
      "Benchmark",
      [["", "all"], ...names(cells.map((c) => c.run.benchmark))],
      wanted.benchmark,
      set("benchmark"),
    ),
    choice("Model", [["", "all"], ...names(cells.map((c) => c.run.model))], wanted.model, set("model")),
    choice(
      "Metric",
      [["", "headline"], ["any", "every"], ...names(cells.map((c) => c.metric))],
      wanted.metric,
      set("metric"),
    ),
    choice("Slice", [["", "all rows"], ["any", "every"], ...slices], wanted.slice, set("slice")),
  );
}

function going(runs) {
  const live = runs.filter((run) => run.status === "running" || run.status === "interrupted");
  return (
    live.length > 0 &&
    h(
      "ul",
      { class: "going", "aria-label": "Runs without a result yet" },
      live.map((run) => {
        const { done, total, rate, unparsed, failed, at } = run.progress;
        const named = `${run.model} on ${run.benchmark}`;
        if (run.status === "interrupted")
          return h("li", {}, `${named}: interrupted; the same command goes on`);
        if (done === undefined) return h("li", {}, `${named}: has begun`);
        return h(
          "li",
          {},
          `${named}: `,
          h("progress", { max: total ?? done, value: done, "aria-label": named }),
          ` ${count(done)} of ${total === null ? "unknown" : count(total)}, ${rate.toFixed(1)}/s, ${count(unparsed)} unparsed, ` +
            `${count(failed)} failed; as of ${new Date(at).toLocaleTimeString()}`,
        );
      }),
    )
  );
}

function draw(place, shown) {
  const rows = (cell, show) =>
    link("rows", {
      runs: cell.run.key,
      slice: cell.slice === "all" ? "" : cell.slice,
      kinds: cell.kinds.join(","),
      show,
    });
  const opens = (cell, text, show = "") =>
    cell.run.readable ? h("a", { href: rows(cell, show) }, text) : text;
  const counted = (title, name, show) =>
    column(title, `counts.${name}`, (cell) => opens(cell, count(cell.counts[name]), show), {
      hozAlign: "right",
      width: 118,
    });
  return table(
    place,
    [
      column("Benchmark", "run.benchmark", (cell) => cell.run.benchmark, { minWidth: 140, widthGrow: 2 }),
      column(
        "Model",
        "run.model",
        (cell) => cell.run.model + (cell.run.solver.startsWith("direct") ? "" : `, ${cell.run.solver}`),
        { minWidth: 130, widthGrow: 2 },
      ),
      column("Metric", "metric", (cell) => cell.metric.replaceAll("_", " "), { minWidth: 90 }),
      column("Slice", "slice", (cell) => (cell.slice === "all" ? "all" : cell.slice), { minWidth: 90 }),
      column("Value", "value", (cell) => opens(cell, number(cell.value)), { hozAlign: "right", width: 86 }),
      column("95 % interval", "low", (cell) => interval(cell.low, cell.high), {
        hozAlign: "right",
        minWidth: 150,
      }),
      column("Chance", "chance", (cell) => number(cell.chance), { hozAlign: "right", width: 102 }),
      column("Rows", "n", (cell) => opens(cell, count(cell.n)), { hozAlign: "right", width: 80 }),
      counted("Unparsed", "unparsed", "unparsed"),
      counted("Refused", "refused", "unparsed"),
      counted("Failed", "failed", "failed"),
    ],
    shown,
    { placeholder: "No such numbers.", maxHeight: "60vh", initialSort: [{ column: "value", dir: "desc" }] },
  );
}
