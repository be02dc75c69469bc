// What the server says, or the files of an export: the same values under the same names.

export const files = document.documentElement.dataset.source === "files";
const CHUNK = 200; // rows in a file of an export
const held = new Map();

// Why the server refused: the detail of what it said, or the words themselves.
async function reason(response) {
  const said = await response.text();
  try {
    return JSON.parse(said).detail ?? said;
  } catch {
    return said || `${response.url}: ${response.status}`;
  }
}

async function get(path, { fresh = false } = {}) {
  if (!fresh && held.has(path)) return held.get(path);
  const answer = fetch(path).then(async (response) => {
    if (response.ok) return response.json();
    throw new Error(await reason(response));
  });
  held.set(path, answer);
  answer.catch(() => held.delete(path));
  return answer;
}

export const runs = (fresh) => get(files ? "data/runs.json" : "api/runs", { fresh });
export const index = (key) => get(files ? `data/${key}/index.json` : `api/runs/${key}/index`);
export const reviews = (key) =>
  files ? { reviews: [], agreement: [] } : get(`api/runs/${key}/reviews`, { fresh: true });
export const planes = (key, place, n) => get(`api/runs/${key}/rows/${place}/images/${n}/planes`);

export async function row(key, place) {
  if (!files) return get(`api/runs/${key}/rows/${place}`);
  const chunk = await get(`data/${key}/rows-${Math.floor(place / CHUNK)}.json`);
  return chunk[place % CHUNK];
}

export const image = (key, place, n, chosen = {}) => {
  const query = new URLSearchParams(chosen).toString();
  return `api/runs/${key}/rows/${place}/images/${n}${query ? `?${query}` : ""}`;
};
export const small = (key, place, n) => `api/runs/${key}/rows/${place}/images/${n}/small`;

// The places of rows with a text. An export searches what its table holds, the server whole answers.
export async function found(key, text) {
  if (!files) return new Set(await get(`api/runs/${key}/found?text=${encodeURIComponent(text)}`));
  const table = await index(key),
    wanted = text.toLowerCase(),
    places = new Set();
  for (let place = 0; place < table.id.length; place += 1) {
    const words = `${table.id[place]} ${table.question[place]} ${table.answer[place]}`;
    if (words.toLowerCase().includes(wanted)) places.add(place);
  }
  return places;
}

export async function review(key, place, said) {
  const response = await fetch(`api/runs/${key}/rows/${place}/reviews`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(said),
  });
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
}
