// Rows of several runs set side by side by the id of their item, and which of them are shown.

export const STATUSES = ["scored", "unparsed", "refused", "failed"];
export const SHOWS = [
  ["", "all"],
  ["wrong", "wrong"],
  ["right", "right"],
  ["unparsed", "unparsed or refused"],
  ["failed", "failed"],
];
export const BETWEEN = [
  ["disagree", "models disagree"],
  ["first", "only the first right"],
  ["second", "only the second right"],
  ["neither", "none right"],
];

// An item has `at`: its place in each run, -1 where the run lacks it.
export function join(tables) {
  const items = new Map();
  tables.forEach((table, run) => {
    for (let place = 0; place < table.id.length; place += 1) {
      const id = table.id[place];
      let item = items.get(id);
      if (item === undefined) {
        item = {
          id,
          kind: table.kind[place],
          question: table.question[place],
          at: new Array(tables.length).fill(-1),
        };
        items.set(id, item);
      }
      item.at[run] = place;
    }
  });
  return [...items.values()];
}

export const right = (tables, item, run) => (item.at[run] < 0 ? -1 : tables[run].right[item.at[run]]);
export const status = (tables, item, run) =>
  item.at[run] < 0 ? "" : STATUSES[tables[run].status[item.at[run]]];

export function tag(tables, item, name) {
  if (name === "kind") return item.kind;
  if (name === "status") return status(tables, item, 0);
  for (let run = 0; run < tables.length; run += 1) {
    const held = item.at[run] < 0 ? undefined : tables[run].tags[name];
    if (held && held.codes[item.at[run]] >= 0) return held.values[held.codes[item.at[run]]];
  }
  return undefined;
}

const credited = (tables, item, run) => right(tables, item, run) === 1;
const any = (test) => (tables, item) => tables.some((_, run) => test(tables, item, run));
const TESTS = {
  wrong: any((tables, item, run) => right(tables, item, run) === 0),
  right: any(credited),
  unparsed: any((tables, item, run) => ["unparsed", "refused"].includes(status(tables, item, run))),
  failed: any((tables, item, run) => status(tables, item, run) === "failed"),
  disagree: (tables, item) =>
    shared(item) && new Set(tables.map((_, run) => credited(tables, item, run))).size > 1,
  first: (tables, item) => shared(item) && credited(tables, item, 0) && !credited(tables, item, 1),
  second: (tables, item) => shared(item) && !credited(tables, item, 0) && credited(tables, item, 1),
  neither: (tables, item) => shared(item) && tables.every((_, run) => !credited(tables, item, run)),
};
export const shared = (item) => item.at.every((place) => place >= 0);

// `wanted`: show, tags (pairs), kinds (a list, empty for all), places (per run the rows with a text, or null).
export function chosen(tables, items, wanted) {
  const test = TESTS[wanted.show];
  return items.filter(
    (item) =>
      (!test || test(tables, item)) &&
      (!wanted.kinds.length || wanted.kinds.includes(item.kind)) &&
      wanted.tags.every(([name, value]) => tag(tables, item, name) === value) &&
      (!wanted.places || item.at.some((place, run) => wanted.places[run].has(place))),
  );
}

// For each value of each tag: on how many shared items the first alone, the second alone, both, none is right.
export function wins(tables, items) {
  const cells = new Map();
  const names = ["kind", ...new Set(tables.flatMap((table) => Object.keys(table.tags)))];
  for (const item of items.filter(shared)) {
    const a = credited(tables, item, 0),
      b = credited(tables, item, 1);
    const kind = a && b ? "both" : a ? "first" : b ? "second" : "neither";
    for (const name of names) {
      const value = tag(tables, item, name);
      if (value === undefined || value === "") continue;
      const key = `${name}=${value}`;
      if (!cells.has(key)) cells.set(key, { key, first: 0, second: 0, both: 0, neither: 0 });
      cells.get(key)[kind] += 1;
    }
  }
  return [...cells.values()].sort((x, y) => y.first - y.second - (x.first - x.second));
}
