// Rows of one run, or of several on the same items; the one that is open beside them.

import { change, link, pairs, read } from "./address.js";
import * as data from "./data.js";
import { choice, count, h, say } from "./dom.js";
import { BETWEEN, SHOWS, chosen, join, right, status, tag, wins } from "./items.js";
import { balance } from "./plots.js";
import { row } from "./row.js";
import { column, table } from "./table.js";

export async function rows(runs, ask) {
  const readable = runs.filter((run) => run.readable);
  const keys = (ask.get("runs") ?? "").split(",").filter((key) => readable.some((run) => run.key === key));
  if (!keys.length) return { element: pick(readable) };
  const held = keys.map((key) => readable.find((run) => run.key === key));
  const blind = ask.get("blind") === "1";
  const names = held.map((run, n) => (blind ? `model ${n + 1}` : run.model));
  const tables = await Promise.all(keys.map(data.index));
  const items = join(tables);
  const wanted = {
    show: ask.get("show") ?? "",
    tags: pairs(ask.get("slice")),
    kinds: (ask.get("kinds") ?? "").split(",").filter(Boolean),
    places: ask.get("text") ? await Promise.all(keys.map((key) => data.found(key, ask.get("text")))) : null,
  };
  const shown = chosen(tables, items, wanted);
  const list = h("div", { class: "table list" });
  const pane = h("article", { class: "pane", "aria-label": "The open row", tabindex: "-1" });
  const walk = walker(held, names, tables, shown, pane, blind);
  const element = h(
    "section",
    { class: "rows" },
    h("h2", {}, `${held[0].items}: ${names.join(" and ")}`),
    filters(readable, held, tables, ask, blind),
    h("p", { class: "soft" }, `${count(shown.length)} of ${count(items.length)} rows.`),
    tables.length > 1 && between(tables, shown, names, ask),
    h("div", { class: "split" }, list, pane),
  );
  const keyed = (event) => press(event, walk);
  return {
    element,
    ready: async () => {
      document.addEventListener("keydown", keyed);
      await draw(list, tables, names, shown, walk);
      const wished = read().ask.get("id");
      walk.open(shown.find((item) => item.id === wished) ?? walk.order[0]);
    },
    leave: () => document.removeEventListener("keydown", keyed),
  };
}

function pick(runs) {
  return h(
    "section",
    {},
    h("h2", {}, "Rows of"),
    runs.length
      ? h(
          "ul",
          {},
          runs.map((run) =>
            h(
              "li",
              {},
              h("a", { href: link("rows", { runs: run.key }) }, `${run.model} on ${run.benchmark}`),
              ` ${run.solver}`,
            ),
          ),
        )
      : h("p", {}, "No run has rows that can be shown."),
  );
}

function filters(readable, held, tables, ask, blind) {
  const set = (name) => (value) => change({ [name]: value, id: "" });
  const first = pairs(ask.get("slice"));
  const names = [...new Set(tables.flatMap((one) => Object.keys(one.tags)))].sort();
  const slices = ["kind", ...names].flatMap((name) => {
    const values =
      name === "kind"
        ? [...new Set(tables[0].kind)]
        : [...new Set(tables.flatMap((one) => one.tags[name]?.values ?? []))];
    return values.sort().map((value) => `${name}=${value}`);
  });
  const slice = first.map(([name, value]) => `${name}=${value}`).join(", ");
  if (slice && !slices.includes(slice)) slices.unshift(slice);
  const beside = readable.filter((run) => run.items === held[0].items && run.key !== held[0].key);
  const text = h("input", {
    type: "search",
    id: "text",
    value: ask.get("text") ?? "",
    placeholder: "question or answer",
    onchange: () => set("text")(text.value),
  });
  const hide = h("input", {
    type: "checkbox",
    checked: blind,
    onchange: () => change({ blind: hide.checked ? "1" : "" }),
  });
  return h(
    "form",
    { class: "filters", onsubmit: (event) => event.preventDefault() },
    choice("Show", [...SHOWS, ...(tables.length > 1 ? BETWEEN : [])], ask.get("show") ?? "", set("show")),
    choice("Tag", [["", "any"], ...slices.map((one) => [one, one])], slice, set("slice")),
    h("label", {}, "Text ", text),
    beside.length > 0 &&
      choice(
        "Beside",
        [
          ["", "no other"],
          ...beside.map((run, n) => [run.key, blind ? `another, ${n + 1}` : `${run.model} ${run.solver}`]),
        ],
        held[1]?.key ?? "",
        (key) => change({ runs: [held[0].key, key].filter(Boolean).join(","), show: "" }),
      ),
    h("label", {}, hide, " hide names"),
  );
}

function between(tables, shown, names, ask) {
  const cells = wins(tables, shown);
  const line = (cell) =>
    h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        h("a", { href: link("rows", { ...Object.fromEntries(ask), slice: cell.key, id: "" }) }, cell.key),
      ),
      ["first", "second", "both", "neither"].map((name) => h("td", { class: "number" }, count(cell[name]))),
    );
  return h(
    "details",
    { class: "between" },
    h("summary", {}, `Who wins where: ${names[0]} against ${names[1]}`),
    cells.length ? balance(cells, names) : null,
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["tag", `only ${names[0]}`, `only ${names[1]}`, "both", "neither"].map((name) =>
            h("th", { scope: "col" }, name),
          ),
        ),
      ),
      h("tbody", {}, cells.map(line)),
    ),
  );
}

function draw(list, tables, names, shown, walk) {
  const answers = names.map((name, run) =>
    column(name, `answer${run}`, (item) => answer(tables, item, run), {
      minWidth: 110,
      sorter: (a, b, x, y) => right(tables, x.getData(), run) - right(tables, y.getData(), run),
    }),
  );
  const lead = column("Wins", "wins", (item) => ["", "←", "→"][sign(tables, item)], {
    width: 92,
    hozAlign: "center",
    sorter: (a, b, x, y) => order(tables, x.getData()) - order(tables, y.getData()),
  });
  return table(
    list,
    [
      column("Question", "question", (item) => item.question, { minWidth: 180, widthGrow: 3 }),
      ...(tables.length > 1 ? [lead] : []),
      ...answers,
    ],
    shown,
    {
      height: "100%",
      placeholder: "No such rows.",
      rowFormatter: (line) => {
        const element = line.getElement(),
          open = line.getData().id === walk.current?.id;
        element.classList.toggle("open", open);
        element.setAttribute("aria-selected", open);
      },
    },
  ).then((held) => {
    walk.table = held;
    const sorted = (_, lines) => {
      walk.order = lines.map((line) => line.getData());
    };
    held.on("dataSorted", sorted);
    held.on("rowClick", (_, line) => walk.open(line.getData()));
    if (tables.length > 1) held.setSort("wins", "asc");
  });
}

const order = (tables, item) => [1, 0, 2].indexOf(sign(tables, item));

function sign(tables, item) {
  const a = right(tables, item, 0) === 1,
    b = right(tables, item, 1) === 1;
  return a === b ? 0 : a ? 1 : 2;
}

function answer(tables, item, run) {
  const place = item.at[run];
  if (place < 0) return "–";
  const state = status(tables, item, run),
    good = right(tables, item, run);
  const mark = state === "scored" ? { 1: "✓", 0: "✗", "-1": "·" }[good] : state;
  const kind = state === "scored" ? { 1: "good", 0: "bad", "-1": "" }[good] : "bad";
  return h("span", {}, h("span", { class: `mark ${kind}` }, mark), ` ${tables[run].answer[place] ?? ""}`);
}

function walker(runs, names, tables, shown, pane, blind) {
  const walk = { order: shown, current: null, table: null, opened: null };
  walk.open = async (item) => {
    if (!item) {
      pane.replaceChildren(h("p", { class: "soft" }, "No row is open."));
      return;
    }
    const before = walk.current;
    walk.current = item;
    change({ id: item.id }, { quiet: true });
    for (const one of [before, item]) if (one) walk.table?.getRow(one.id)?.reformat();
    const at = walk.order.indexOf(item) + 1;
    try {
      const opened = await row({
        runs,
        names,
        tables,
        item,
        at,
        of: walk.order.length,
        blind,
        step: walk.step,
      });
      if (walk.current !== item) return;
      walk.opened = opened;
      pane.replaceChildren(opened.element);
      pane.scrollTop = 0;
    } catch (error) {
      pane.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
    }
  };
  walk.step = (by) => {
    const next = walk.order[walk.order.indexOf(walk.current) + by];
    if (!next) {
      say(by > 0 ? "That was the last row." : "That was the first row.");
      return;
    }
    walk.open(next);
    walk.table?.scrollToRow(next.id, "nearest", false).catch(() => {});
  };
  return walk;
}

function press(event, walk) {
  if (
    event.target.closest("input, textarea, select, dialog") ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey
  )
    return;
  const keys = {
    j: () => walk.step(1),
    k: () => walk.step(-1),
    "/": () => document.getElementById("text").focus(),
  };
  const action = keys[event.key] ?? walk.opened?.keys[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
}
