// Tables that draw only the rows in sight, by Tabulator.

import { TabulatorFull as Tabulator } from "./vendor/tabulator.js";

export function table(place, columns, data, options = {}) {
  return new Promise((made) => {
    const held = new Tabulator(place, {
      columns,
      data,
      index: "id",
      layout: "fitColumns",
      columnDefaults: { headerSortTristate: true, tooltip: false },
      ...options,
    });
    held.on("tableBuilt", () => {
      // A grid has row groups for children, and the one that scrolls is the one that the keyboard reaches.
      place.querySelector(".tabulator-tableholder").setAttribute("role", "rowgroup");
      place.querySelector(".tabulator-table").setAttribute("role", "presentation");
      made(held);
    });
  });
}

// A column whose cells are made by a function from the row to an element or a text.
export function column(title, field, make, options = {}) {
  return {
    title,
    field,
    ...options,
    formatter: (cell) => {
      const shown = make(cell.getRow().getData());
      return shown instanceof Node ? shown : document.createTextNode(shown ?? "");
    },
  };
}
