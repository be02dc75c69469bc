// One row: its images, what was asked, what each model said and how that was read, and what people say of it.

import * as data from "./data.js";
import { h, number } from "./dom.js";
import { picture } from "./picture.js";
import { form } from "./review.js";

export async function row({ runs, names, item, at, of, blind, step }) {
  const present = runs
    .map((run, n) => ({ run, name: names[n], place: item.at[n] }))
    .filter((one) => one.place >= 0);
  const details = await Promise.all(present.map((one) => data.row(one.run.key, one.place)));
  const [first] = details,
    [{ run, place }] = present;
  const images = picture(run.key, place, first);
  const said = details.map((detail, n) => answer(detail, present[n].name, details.length > 1));
  const reviews = data.files ? null : await form(present, item, blind);
  const element = h(
    "div",
    {},
    h(
      "div",
      { class: "walk" },
      h("button", { type: "button", onclick: () => step(-1) }, "← before"),
      h("span", {}, `${at} of ${of}`),
      h("button", { type: "button", onclick: () => step(1) }, "next →"),
    ),
    h("h3", { class: "id" }, item.id),
    images?.element,
    h("p", { class: "question" }, first.question),
    options(details, present),
    !first.options.some((option) => option.gold) &&
      h("p", {}, "Right: ", h("span", { class: "gold" }, first.gold)),
    h("div", { class: "answers" }, said),
    reviews?.element,
    tags(first),
  );
  return { element, keys: { ...images?.keys, ...reviews?.keys } };
}

function options(details, present) {
  if (!details[0].options.length) return null;
  const takers = (n) => present.filter((_, model) => details[model].options[n]?.taken).map((one) => one.name);
  return h(
    "ol",
    { class: "options" },
    details[0].options.map((option, n) =>
      h(
        "li",
        { class: option.gold ? "gold" : "" },
        option.name === option.label ? option.label : `${option.name}. ${option.label}`,
        option.gold && h("span", { class: "mark good" }, " right"),
        takers(n).length > 0 && h("span", { class: "mark" }, ` answered by ${takers(n).join(" and ")}`),
      ),
    ),
  );
}

function answer(detail, name, several) {
  const facts = [
    ["read as", detail.answer],
    ["by the rule", detail.rule],
    ["flags", detail.flags.join(", ")],
    [
      "values",
      Object.entries(detail.values)
        .map(([key, value]) => `${key.replaceAll("_", " ")} ${number(value)}`)
        .join(", "),
    ],
    ["ended by", detail.finish_reason === "stop" ? "" : detail.finish_reason],
    ["tokens", detail.tokens[0] + detail.tokens[1] ? `${detail.tokens[0]} in, ${detail.tokens[1]} out` : ""],
    ["seconds", detail.seconds ? detail.seconds.toFixed(3) : ""],
    ["voices behind it", detail.agreement === null ? "" : number(detail.agreement)],
    ["fell back", detail.fallback],
    ["error", detail.error],
  ].filter(([, value]) => value);
  const scored = detail.status === "scored";
  return h(
    "section",
    { class: "answer", "aria-label": `Answer of ${name}` },
    h(
      "h4",
      {},
      several || name ? name : "Answer",
      " ",
      h("span", { class: `mark ${scored ? "" : "bad"}` }, detail.status),
    ),
    h(
      "p",
      { class: "said", tabindex: "0", role: "group", "aria-label": "Text of the answer" },
      spanned(detail.text, detail.span),
    ),
    detail.thinking &&
      h("details", {}, h("summary", {}, "Thinking"), h("p", { class: "said" }, detail.thinking)),
    probabilities(detail),
    h(
      "dl",
      { class: "facts" },
      facts.flatMap(([key, value]) => [h("dt", {}, key), h("dd", {}, value)]),
    ),
    trace(detail.trace),
  );
}

function spanned(text, span) {
  if (!text) return h("em", { class: "soft" }, "(nothing)");
  if (!span) return text;
  const points = Array.from(text); // spans count characters, JavaScript's strings halves of them
  return h(
    "span",
    {},
    points.slice(0, span[0]).join(""),
    h("mark", {}, points.slice(...span).join("")),
    points.slice(span[1]).join(""),
  );
}

function probabilities(detail) {
  if (!detail.probs.length) return null;
  return h(
    "ul",
    { class: "probs", "aria-label": "Probabilities" },
    detail.probs.map((p, n) =>
      h(
        "li",
        {},
        h("span", {}, detail.options[n]?.label ?? String(n)),
        h("meter", { min: 0, max: 1, value: p, "aria-label": detail.options[n]?.label ?? String(n) }),
        number(p),
      ),
    ),
  );
}

function trace(steps) {
  if (!steps.length) return null;
  return h(
    "details",
    { class: "trace", open: true },
    h("summary", {}, `Conversation, ${steps.length} calls`),
    h(
      "ol",
      {},
      steps.map((step) =>
        h(
          "li",
          {},
          h(
            "p",
            { class: "who" },
            h("strong", {}, step.role),
            step.to ? ` to ${step.to}` : "",
            step.round ? `, round ${step.round}` : ", after the answer",
            step.seconds ? `, ${step.seconds.toFixed(2)} s` : "",
          ),
          h("p", { class: "said" }, step.text ?? ""),
        ),
      ),
    ),
  );
}

function tags(detail) {
  const held = [["cluster", detail.cluster], ["kind", detail.kind], ...Object.entries(detail.tags)].filter(
    ([, value]) => value,
  );
  return h(
    "dl",
    { class: "facts" },
    held.flatMap(([name, value]) => [h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, value)]),
  );
}
