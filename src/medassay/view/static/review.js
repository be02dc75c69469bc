// What a person says of a row: a verdict, a note, the right key if they know it. Kept in the run.

import * as data from "./data.js";
import { h, say } from "./dom.js";

const VERDICTS = ["right", "wrong", "bad question", "unsure"];
const NAME = "medassay reviewer"; // where the browser keeps the reviewer's name

export async function form(present, item, blind) {
  const held = await Promise.all(present.map((one) => data.reviews(one.run.key)));
  const forms = present.map((one, n) =>
    single(
      one,
      held[n].reviews.filter((said) => said.id === item.id),
      blind,
    ),
  );
  return {
    element: h(
      "section",
      { class: "reviews", "aria-label": "Review" },
      h("h4", {}, "Review"),
      reviewer(),
      forms.map((one) => one.element),
    ),
    keys: forms[0].keys,
  };
}

function reviewer() {
  const input = h("input", {
    id: "reviewer",
    autocomplete: "name",
    value: localStorage.getItem(NAME) ?? "",
    onchange: () => localStorage.setItem(NAME, input.value.trim()),
  });
  return h("label", {}, "Your name ", input);
}

function single({ run, name, place }, said, blind) {
  const who = () => document.getElementById("reviewer").value.trim();
  const mine = said.find((one) => one.reviewer === (localStorage.getItem(NAME) ?? ""));
  const note = h("textarea", { rows: 2, maxlength: 4000 }, mine?.note ?? "");
  const key = h("input", { value: mine?.key ?? "", maxlength: 4000 });
  const others = h("ul", { class: "said-by" });
  const list = (all) =>
    others.replaceChildren(
      ...all.map((one) =>
        h(
          "li",
          {},
          h("strong", {}, one.reviewer),
          `: ${one.verdict}${one.key ? `, the key should be ${one.key}` : ""}${one.note ? `. ${one.note}` : ""}`,
        ),
      ),
    );
  const buttons = VERDICTS.map((verdict, n) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(mine?.verdict === verdict),
        onclick: () => save(verdict),
        title: `key ${n + 1}`,
      },
      verdict,
    ),
  );
  const save = async (verdict) => {
    if (!who()) {
      say("Write your name first.");
      document.getElementById("reviewer").focus();
      return;
    }
    try {
      const made = await data.review(run.key, place, {
        reviewer: who(),
        verdict,
        note: note.value,
        key: key.value,
        blind,
      });
      said = [...said.filter((one) => one.reviewer !== made.reviewer), made];
      list(said);
      buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(VERDICTS[n] === verdict)));
      say(`Kept: ${verdict}.`);
    } catch (error) {
      say(error.message);
    }
  };
  list(said);
  const element = h(
    "fieldset",
    {},
    h("legend", {}, `The answer of ${name} is`),
    h("div", { class: "verdicts" }, buttons),
    h("label", {}, "Note ", note),
    h("label", {}, "The right key, if you know it ", key),
    others,
  );
  return {
    element,
    keys: {
      ...Object.fromEntries(VERDICTS.map((verdict, n) => [n + 1, () => save(verdict)])),
      n: () => note.focus(),
    },
  };
}
