// Images of a row: zoom and pan, window and level, slices, boxes drawn over.

import * as data from "./data.js";
import { h, number } from "./dom.js";

const STEP = 1.25,
  MOST = 32,
  SQUARES = 160; // below so many pixels an image is drawn in squares

export function picture(key, place, detail) {
  if (!detail.images) return null;
  const state = { n: 0, scale: 1, x: 0, y: 0, chosen: {}, planes: null, mode: "pan" };
  const image = h("img", { alt: `image 1 of ${detail.images}`, draggable: "false" });
  const boxes = svg("svg", { class: "boxes", "aria-hidden": "true" });
  const canvas = h("div", { class: "canvas" }, image, boxes);
  const stage = h(
    "div",
    { class: "stage", tabindex: "0", role: "group", "aria-label": "Image; plus and minus zoom" },
    canvas,
  );
  const tools = h("div", { class: "tools" });
  const problem = h("p", { class: "problem", hidden: true });
  const moved = () =>
    canvas.style.setProperty("transform", `translate(${state.x}px, ${state.y}px) scale(${state.scale})`);
  const zoom = (by) => {
    state.scale = by ? Math.min(MOST, Math.max(1, state.scale * by)) : 1;
    if (state.scale === 1) state.x = state.y = 0;
    moved();
  };
  const load = () => {
    image.src = source(key, place, detail, state);
  };
  const show = async (n) => {
    Object.assign(state, { n, chosen: {}, planes: null });
    zoom(0);
    image.alt = `image ${n + 1} of ${detail.images}`;
    load();
    state.planes = await inside(key, place, detail, n).catch((error) => {
      tell(problem, error.message);
      return null;
    });
    if (state.planes) {
      problem.hidden = true;
      draw(boxes, state.planes.size, detail.boxes);
    }
    tools.replaceChildren(...controls(state, zoom, load));
  };
  image.addEventListener("load", () =>
    image.classList.toggle("squares", Math.max(image.naturalWidth, image.naturalHeight) < SQUARES),
  );
  image.addEventListener("error", () => tell(problem, "This image cannot be shown here."));
  drag(stage, state, moved, load, tools);
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(event.deltaY < 0 ? STEP : 1 / STEP);
    },
    { passive: false },
  );
  show(0);
  const turn = (by) => {
    const slider = tools.querySelector("input[type=range]");
    if (slider) {
      slider.stepUp(by);
      slider.dispatchEvent(new Event("input"));
    }
  };
  return {
    element: h("div", { class: "picture" }, stage, problem, tools, strip(key, place, detail, show)),
    keys: {
      "+": () => zoom(STEP),
      "=": () => zoom(STEP),
      "-": () => zoom(1 / STEP),
      0: () => zoom(0),
      "]": () => turn(1),
      "[": () => turn(-1),
    },
  };
}

const source = (key, place, detail, state) =>
  data.files ? detail.pictures[state.n]?.file || "data:," : data.image(key, place, state.n, state.chosen);

async function inside(key, place, detail, n) {
  return data.files
    ? { size: detail.pictures[n].size, levels: null, stacks: {}, at: {} }
    : data.planes(key, place, n);
}

function tell(problem, text) {
  problem.textContent = text;
  problem.hidden = false;
}

function strip(key, place, detail, show) {
  if (detail.images < 2) return null;
  return h(
    "div",
    { class: "strip" },
    Array.from({ length: detail.images }, (_, n) =>
      h(
        "button",
        { type: "button", "aria-label": `Show image ${n + 1}`, onclick: () => show(n) },
        h("img", {
          src: data.files ? detail.pictures[n].file : data.small(key, place, n),
          alt: "",
          loading: "lazy",
        }),
      ),
    ),
  );
}

function controls(state, zoom, load) {
  const button = (label, text, action) =>
    h("button", { type: "button", "aria-label": label, onclick: action }, text);
  const held = [
    button("Larger", "+", () => zoom(STEP)),
    button("Smaller", "−", () => zoom(1 / STEP)),
    button("whole", "whole", () => zoom(0)),
  ];
  if (state.planes) held.push(...stacks(state, load), ...levels(state, load));
  return held;
}

function stacks(state, load) {
  const { stacks: counts, at } = state.planes,
    names = Object.keys(counts);
  if (!names.length) return [];
  const start = Object.keys(at)[0] ?? names.at(-1);
  const turned = names[0] === "frame" || names[0] === "page";
  const shown = h("output", {});
  const slider = h("input", { type: "range", min: 0, "aria-label": "Slice" });
  const axis = turned
    ? null
    : h(
        "select",
        { "aria-label": "Axis" },
        names.map((name) => h("option", { selected: name === start }, name)),
      );
  const set = () => {
    const name = axis ? axis.value : names[0];
    state.chosen = {
      ...state.chosen,
      ...(turned ? { [name]: slider.value } : { axis: name, slice: slider.value }),
    };
    shown.textContent = `${Number(slider.value) + 1} of ${counts[name]}`;
  };
  const reset = (name) => {
    slider.max = counts[name] - 1;
    slider.value = at[name] ?? Math.floor(counts[name] / 2);
  };
  reset(start);
  shown.textContent = `${Number(slider.value) + 1} of ${counts[start]}`;
  slider.addEventListener("input", () => {
    set();
    load();
  });
  axis?.addEventListener("change", () => {
    reset(axis.value);
    set();
    load();
  });
  return [...(axis ? [axis] : []), slider, shown];
}

function levels(state, load) {
  if (!state.planes.levels) return [];
  const field = (label, index) => {
    const input = h("input", {
      type: "number",
      step: "any",
      value: Number(state.planes.levels[index].toPrecision(6)),
      "data-level": index,
    });
    input.addEventListener("change", () => {
      const next = [...state.planes.levels];
      next[index] = Number(input.value);
      if (next[0] < next[1]) window_(state, next, load);
    });
    return h("label", {}, `${label} `, input);
  };
  const mode = h(
    "button",
    {
      type: "button",
      "aria-pressed": "false",
      onclick: () => {
        state.mode = state.mode === "pan" ? "window" : "pan";
        mode.setAttribute("aria-pressed", state.mode === "window");
      },
    },
    "drag sets window",
  );
  return [field("black", 0), field("white", 1), mode];
}

function window_(state, next, load) {
  state.planes.levels = next;
  state.chosen = { ...state.chosen, low: next[0], high: next[1] };
  load();
}

// Drag to pan; in the window's mode sideways for its width, up and down for its level.
function drag(stage, state, moved, load, tools) {
  let from = null;
  stage.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, y: event.clientY, at: [state.x, state.y], levels: state.planes?.levels };
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointerup", () => {
    if (from?.next) window_(state, from.next, load);
    from = null;
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (state.mode === "pan" || !from.levels) {
      [state.x, state.y] = [from.at[0] + dx, from.at[1] + dy];
      moved();
      return;
    }
    const [low, high] = from.levels,
      width = (high - low) * Math.exp(dx / 200),
      middle = (low + high) / 2 + ((high - low) * dy) / 300;
    from.next = [middle - width / 2, middle + width / 2];
    tools.querySelectorAll("[data-level]").forEach((input, n) => {
      input.value = number(from.next[n]).replace("−", "-");
    });
  });
}

function svg(tag, properties) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  return element;
}

function draw(boxes, size, { gold, answer }) {
  boxes.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  boxes.replaceChildren(
    ...[
      ["gold", gold],
      ["answered", answer],
    ].flatMap(([kind, held]) =>
      held.map((box) => {
        const drawn = svg("rect", {
          class: kind,
          x: box.x0,
          y: box.y0,
          width: box.x1 - box.x0,
          height: box.y1 - box.y0,
        });
        const title = svg("title", {});
        title.textContent = `${kind} ${box.label}`;
        drawn.append(title);
        return drawn;
      }),
    ),
  );
}
