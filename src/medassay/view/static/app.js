// The page: which view the address names, and the keys.

import { read } from "./address.js";
import { files, runs } from "./data.js";
import { h, say } from "./dom.js";
import { leaderboard } from "./leaderboard.js";
import { reviewing } from "./reviewing.js";
import { rows } from "./rows.js";

const VIEWS = { "": ["Leaderboard", leaderboard], rows: ["Rows", rows], reviews: ["Reviews", reviewing] };
const EVERY = 2000; // milliseconds between two looks at a run that goes on
let leave = () => {};
let turn = 0;

async function show() {
  const { view, ask } = read();
  const [title, draw] = VIEWS[view] ?? VIEWS[""];
  const mine = (turn += 1);
  leave();
  leave = () => {};
  document.title = `${title}, medassay`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const main = document.getElementById("main");
  try {
    const held = await runs(true);
    if (mine !== turn) return;
    const made = await draw(held, ask);
    if (mine !== turn) {
      made.leave?.();
      return;
    }
    main.replaceChildren(made.element);
    made.ready?.();
    leave = () => {
      main.replaceChildren();
      made.leave?.();
    };
    const going = !files && held.some((run) => run.status === "running");
    if (going && view === "")
      setTimeout(() => {
        if (mine === turn) show();
      }, EVERY);
  } catch (error) {
    if (mine === turn) main.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
  }
}

function help() {
  document.getElementById("keys").showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !event.target.closest("input, textarea, select")) help();
});
document.getElementById("help").addEventListener("click", help);
if (files) for (const element of document.querySelectorAll(".live")) element.remove();
window.addEventListener("hashchange", () => {
  say("");
  show();
});
window.addEventListener("error", (event) => say(event.message));
show();
