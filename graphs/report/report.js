// The browser of trajectories in report.html: data, search, filters, the list.

const LISTED = 100;
const FILTERS = ["outcome", "leaf", "mode", "blame"];
const byId = (id) => document.getElementById(id);
const form = byId("filters");

let entries, part, hits = [], first = 0, chosen = null, searches = 0;
const parts = new Map();

// ---- data: base64 of deflated text in elements that no browser runs

async function inflate(id) {
  const bytes = Uint8Array.from(atob(byId(id).textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

function inflated(id, read) {
  if (!parts.has(id)) parts.set(id, inflate(id).then(read));
  return parts.get(id);
}

const place = (entry) => Math.floor(entry.at / part);
const line = async (entry) => (await inflated(`rows-${place(entry)}`, (text) => text.split("\n")))[entry.at % part];
const requests = async (entry) => (await inflated(`requests-${place(entry)}`, JSON.parse))[entry.at % part];

// ---- search, filters, order

async function refresh() {
  const turn = ++searches, wanted = Object.fromEntries(new FormData(form));
  const words = wanted.search.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = entries.filter((entry) => FILTERS.every((name) => passes(entry, name, wanted[name])) &&
    offers(entry, wanted) && (!wanted.origin || entry.origins.includes(wanted.origin)));
  const matches = [];
  for (const entry of kept) {
    const text = wanted.deep && words.length ? (await line(entry)).toLowerCase() + entry.text : entry.text;
    if (turn !== searches) return; // another search has begun meanwhile
    if (words.every((word) => text.includes(word))) matches.push(entry);
  }
  hits = wanted.sort === "slot" ? matches : matches.sort((a, b) => rank(a, wanted.sort) - rank(b, wanted.sort));
  first = 0;
  list();
}

function passes(entry, name, value) {
  if (name === "outcome" && value === "rejected") return entry.outcome !== "accepted";
  return value === "" || entry[name] === value;
}

// A tool is `service/name`; a service's own name may hold a slash.
function offers(entry, { service, tool }) {
  if (!service && !tool) return true;
  return entry.tools.some((key) => {
    const cut = key.lastIndexOf("/");
    return key.slice(0, cut).includes(service) && key.slice(cut + 1).includes(tool);
  });
}

const rank = (entry, name) => entry[name] ?? Infinity;

function options(name, valuesOf) {
  const counts = new Map();
  for (const entry of entries)
    for (const value of new Set(valuesOf(entry))) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  const list = form[name].list ?? form[name]; // a field with a datalist, or a select
  if (list === form[name]) list.append(make("option", { value: "" }, "all"));
  for (const [value, count] of sorted) list.append(make("option", { value }, `${value} (${count})`));
}

// ---- the list

function list() {
  byId("count").textContent = `${hits.length.toLocaleString("en")} of ${entries.length.toLocaleString("en")}`;
  byId("at").textContent = hits.length ? `${first + 1} to ${Math.min(first + LISTED, hits.length)}` : "";
  byId("back").disabled = first === 0;
  byId("on").disabled = first + LISTED >= hits.length;
  byId("list").replaceChildren(...hits.slice(first, first + LISTED).map(item));
}

function item(entry) {
  const button = make("button", { type: "button" }, ...tags(entry),
    make("div", {}, entry.goal || "no blueprint"));
  if (entry === chosen) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => { location.hash = `slot=${entry.slot}`; });
  return make("li", {}, button);
}

function tags(entry) {
  const score = entry.score === null ? [] : [tag(`score ${entry.score}`)];
  return [make("b", {}, `#${entry.slot} `), outcome(entry), tag(entry.mode), tag(entry.leaf), ...score];
}

const tag = (text, kind = "") => make("span", { className: `tag ${kind}` }, text);
const outcome = (entry) => tag(entry.outcome, entry.outcome === "accepted" ? "good" : "bad");

function turn(step) {
  first += step;
  list();
  byId("list").scrollTop = 0;
}

// ---- one trajectory

async function open() {
  const hash = location.hash, slot = /^#slot=(\d+)$/.exec(hash)?.[1];
  const entry = entries.find(({ slot: number }) => String(number) === slot);
  if (!entry) return;
  const row = JSON.parse(await line(entry)), asked = await requests(entry);
  if (location.hash !== hash) return; // another was chosen meanwhile
  chosen = entry;
  first = Math.max(0, Math.floor(hits.indexOf(entry) / LISTED) * LISTED);
  list();
  document.querySelector("#list [aria-current]")?.scrollIntoView({ block: "nearest" });
  byId("shown").replaceChildren(...trajectory(row, entry, asked));
  byId(matchMedia("(min-width: 62rem)").matches ? "trajectories" : "shown").scrollIntoView();
}

// ---- what a reader does

function pick(key) {
  const name = key.slice(0, key.indexOf(":")), value = key.slice(name.length + 1);
  if (name === "slot") return void (location.hash = `slot=${value}`);
  if (name === "call") return document.querySelector(`[data-call="${CSS.escape(value)}"]`)?.scrollIntoView();
  form.reset();
  form[name].value = value;
  byId("trajectories").scrollIntoView();
  refresh();
}

async function begin() {
  const index = JSON.parse(await inflate("index"));
  ({ part, entries } = index);
  entries.forEach((entry, at) => Object.assign(entry,
    { at, text: `${entry.goal}\n${entry.tools.join("\n")}\n${entry.words}`.toLowerCase() }));
  FILTERS.forEach((name) => options(name, (entry) =>
    name === "outcome" && entry.outcome !== "accepted" ? [entry.outcome, "rejected"] : [entry[name]]));
  options("origin", (entry) => entry.origins);
  options("service", (entry) => entry.tools.map((key) => key.slice(0, key.lastIndexOf("/"))));
  options("tool", (entry) => entry.tools.map((key) => key.slice(key.lastIndexOf("/") + 1)));
  for (const field of form.elements) field.addEventListener(field.matches("input[type=search], input[list]") ? "input" : "change", refresh);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(refresh));
  byId("back").addEventListener("click", () => turn(-LISTED));
  byId("on").addEventListener("click", () => turn(LISTED));
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (key) pick(key);
  });
  addEventListener("hashchange", open);
  addEventListener("keydown", press);
  byId("notes").addEventListener("click", saveNotes);
  countNotes();
  await refresh();
  await open();
  performance.mark("ready");
}

begin().catch((error) => {
  byId("count").textContent = `This list cannot be shown: ${error.message}. It needs a browser of 2023 or later.`;
  throw error;
});
