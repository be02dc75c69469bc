// All reviews: how far people agree with each other and with the scorer, and the files to take away.

import { link } from "./address.js";
import * as data from "./data.js";
import { count, h, interval, number } from "./dom.js";

export async function reviewing(runs) {
  const held = await Promise.all(runs.map(async (run) => ({ run, ...(await data.reviews(run.key)) })));
  const reviewed = held.filter((one) => one.reviews.length);
  const benchmarks = [...new Set(runs.map((run) => run.items.split(" ")[0]))];
  return {
    element: h(
      "section",
      {},
      h("h2", {}, "Reviews"),
      reviewed.length
        ? h(
            "p",
            {},
            "Take away: ",
            h("a", { href: "api/reviews.csv" }, "all reviews as CSV"),
            benchmarks.flatMap((name) => [
              ", ",
              h(
                "a",
                { href: `api/errata/${encodeURIComponent(name)}.yaml` },
                `bad questions of ${name} as errata`,
              ),
            ]),
            ".",
          )
        : h("p", {}, "Nobody has reviewed a row yet: open one and say whether its answer is right."),
      reviewed.map(one),
    ),
  };
}

function one({ run, reviews, agreement }) {
  const heads = ["one", "other", "rows", "same word", "95 % interval", "kappa", "95 % interval"];
  return h(
    "section",
    {},
    h("h3", {}, `${run.model} on ${run.benchmark}`),
    agreement.length > 0 &&
      h(
        "table",
        {},
        h("caption", {}, "Agreement on rows called right or wrong"),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            heads.map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        h(
          "tbody",
          {},
          agreement.map((pair) =>
            h(
              "tr",
              {},
              [
                pair.first,
                pair.second,
                count(pair.n),
                number(pair.agreement?.value),
                bounds(pair.agreement),
                number(pair.kappa?.value),
                bounds(pair.kappa),
              ].map((cell) => h("td", {}, cell)),
            ),
          ),
        ),
      ),
    h(
      "ul",
      {},
      reviews.map((said) =>
        h(
          "li",
          {},
          h("a", { href: link("rows", { runs: run.key, id: said.id }) }, said.id),
          ` ${said.reviewer}: ${said.verdict}${said.blind ? ", blind" : ""}${said.key ? `, the key should be ${said.key}` : ""}${said.note ? `. ${said.note}` : ""}`,
        ),
      ),
    ),
  );
}

const bounds = (rate) => (rate ? interval(rate.low, rate.high) : "–");
