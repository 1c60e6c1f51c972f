// The browser of trajectories in report.html. A run's text is set as text and never becomes markup.
"use strict";

const LISTED = 100;
const FILTERS = ["outcome", "leaf", "mode", "blame"];
const byId = (id) => document.getElementById(id);
const form = byId("filters");

let entries, part, found = [], first = 0, chosen = null, searches = 0;
const parts = new Map();

// ---- data: base64 of deflated text in elements that no browser runs

async function inflate(id) {
  const bytes = Uint8Array.from(atob(byId(id).textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

function lines(number) {
  if (!parts.has(number)) parts.set(number, inflate(`rows-${number}`).then((text) => text.split("\n")));
  return parts.get(number);
}

const line = async (entry) => (await lines(Math.floor(entry.at / part)))[entry.at % part];

// ---- search, filters, order

async function refresh() {
  const turn = ++searches, wanted = Object.fromEntries(new FormData(form));
  const words = wanted.search.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = entries.filter((entry) => FILTERS.every((name) => passes(entry, name, wanted[name])));
  const hits = [];
  for (const entry of kept) {
    const text = wanted.deep && words.length ? (await line(entry)).toLowerCase() + entry.text : entry.text;
    if (turn !== searches) return; // another search has begun meanwhile
    if (words.every((word) => text.includes(word))) hits.push(entry);
  }
  found = wanted.sort === "slot" ? hits : hits.sort((a, b) => rank(a, wanted.sort) - rank(b, wanted.sort));
  first = 0;
  list();
}

function passes(entry, name, value) {
  if (name === "outcome" && value === "rejected") return entry.outcome !== "accepted";
  return value === "" || entry[name] === value;
}

const rank = (entry, name) => entry[name] ?? Infinity;

function options(name) {
  const counts = new Map();
  const count = (value) => counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const entry of entries) {
    count(entry[name]);
    if (name === "outcome" && entry.outcome !== "accepted") count("rejected");
  }
  const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  form[name].append(make("option", { value: "" }, "all"));
  for (const [value, count] of sorted) form[name].append(make("option", { value }, `${value} (${count})`));
}

// ---- the list

function list() {
  byId("count").textContent = `${found.length.toLocaleString("en")} of ${entries.length.toLocaleString("en")}`;
  byId("at").textContent = found.length ? `${first + 1} to ${Math.min(first + LISTED, found.length)}` : "";
  byId("back").disabled = first === 0;
  byId("on").disabled = first + LISTED >= found.length;
  byId("list").replaceChildren(...found.slice(first, first + LISTED).map(item));
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
  const asked = location.hash, slot = /^#slot=(\d+)$/.exec(asked)?.[1];
  const entry = entries.find((one) => String(one.slot) === slot);
  if (!entry) return;
  const row = JSON.parse(await line(entry));
  if (location.hash !== asked) return; // another was chosen meanwhile
  chosen = entry;
  first = Math.max(0, Math.floor(found.indexOf(entry) / LISTED) * LISTED);
  list();
  document.querySelector("#list [aria-current]")?.scrollIntoView({ block: "nearest" });
  byId("shown").replaceChildren(...trajectory(row, entry));
  byId(matchMedia("(min-width: 62rem)").matches ? "trajectories" : "shown").scrollIntoView();
}

function trajectory(row, entry) {
  const measures = row.measures ?? {};
  const facts = { "asked for": `${row.directive.mode}, about ${row.directive.steps} calls`,
    operator: row.directive.operator, cluster: row.cluster?.title,
    signature: measures.signature, CAC: measures.cac, novelty: row.novelty, "cost in tokens": spent(row.cost) };
  return [
    make("h3", {}, `Slot ${row.slot}: ${entry.goal || "no blueprint"}`), make("p", {}, ...tags(entry).slice(1)),
    cause(row), table(facts), judged(row.verdict), planned(row.blueprint), make("h4", {}, "Conversation"),
    ...(row.messages ?? []).map((message) => said(message, row)),
    row.reason && row.stop !== "completed" ? make("div", { className: "turn bad" }, `Ended here: ${row.reason}`) : "",
    folded("Locks of all tools", row.locks), folded("Tools as offered", row.tools), folded("The whole row", row),
  ];
}

function cause(row) {
  if (!row.reason) return "";
  const told = [row.detail, ...(row.faults ?? [])].filter(Boolean);
  const blamed = row.verdict ? `The judge blames: ${row.verdict.blame}. ${row.verdict.reasons}` : "It was not judged.";
  return make("div", { className: "cause" }, make("b", {}, `Rejected: ${row.reason}`),
    make("ul", {}, ...told.map((text) => make("li", {}, ...linked(text)))), blamed);
}

// A fault names its call: a click goes there.
function linked(text) {
  return text.split(/\b(call_\d+)\b/).map((piece, i) => {
    const node = i % 2 ? make("button", { type: "button" }, piece) : piece;
    if (i % 2) node.dataset.key = `call:${piece}`;
    return node;
  });
}

const spent = (cost) => cost && `${cost.input ?? "?"} in, ${cost.output ?? "?"} out, ${cost.answers} answers`;

function judged(verdict) {
  if (!verdict) return "";
  const scores = Object.entries(verdict.scores).map(([name, score]) =>
    tag(`${name.replaceAll("_", " ")} ${score}`, score < 3 ? "bad" : ""));
  const told = make("p", {}, `Blame: ${verdict.blame}. ${verdict.reasons}`);
  return make("div", {}, make("h4", {}, "Verdict"), ...scores, told);
}

function planned(blueprint) {
  if (!blueprint) return "";
  const { persona, policy, mode, steps } = blueprint;
  const calls = steps.map((step) => `${step.id} ${step.tool}`).join(", ") || "none: no tool fits";
  const facts = table({ persona, policy, mode, steps: calls });
  return make("div", {}, make("h4", {}, "Blueprint"), facts, folded("The whole blueprint", blueprint));
}

function said(message, row) {
  const seen = message.role === "tool" ? row.origins?.[message.tool_call_id] ?? {} : {};
  const named = (row.faults ?? []).some((fault) => fault.split(/\W+/).includes(message.tool_call_id));
  const bad = named || seen.ok === false || seen.lock_mismatch;
  const box = make("div", { className: `turn ${message.role}${bad ? " bad" : ""}` }, make("b", {}, `${message.role} `));
  if (message.role === "tool") box.dataset.call = message.tool_call_id;
  if (message.role === "tool") box.append(...observed(message, seen, row));
  else if (message.content) box.append(make("pre", { className: "said" }, message.content));
  for (const call of message.tool_calls ?? []) {
    const told = pretty(call.function.arguments), apart = told.includes("\n") ? "\n" : " ";
    box.append(make("pre", {}, make("b", {}, call.function.name), apart + told), tag(call.id));
  }
  return box;
}

function observed(message, seen, row) {
  const calls = row.messages.flatMap((other) => other.tool_calls ?? []);
  const name = calls.find((call) => call.id === message.tool_call_id)?.function.name ?? "";
  const mismatch = seen.lock_mismatch && make("p", { className: "cause" }, `Breaks its lock: ${seen.lock_mismatch}`);
  return [
    tag(`${message.tool_call_id} ${name}`), tag(`from: ${seen.origin ?? "unknown"}`, seen.origin === "lock" ? "bad" : ""),
    tag(seen.ok === false ? "error" : "ok", seen.ok === false ? "bad" : "good"), mismatch ?? "",
    make("pre", {}, pretty(message.content)), folded(`Lock of ${name}`, row.locks?.[name]),
  ];
}

// ---- elements

function make(name, properties, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children.filter((child) => child !== ""));
  return node;
}

function table(facts) {
  const told = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const line = ([name, value]) => make("tr", {}, make("th", {}, name), make("td", {}, String(value)));
  return make("table", {}, ...told.map(line));
}

function folded(title, value) {
  if (!value || !Object.keys(value).length) return "";
  const box = make("details", {}, make("summary", {}, title));
  box.addEventListener("toggle", () => box.append(make("pre", {}, JSON.stringify(value, null, 2))), { once: true });
  return box;
}

function pretty(text) {
  try {
    const value = JSON.parse(text), flat = JSON.stringify(value);
    if (typeof value?.code === "string") return value.code; // of the Code Tool: lines, not escapes
    return flat.length < 90 ? flat : JSON.stringify(value, null, 2);
  } catch {
    return text ?? ""; // not JSON: said as it is
  }
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
  entries.forEach((entry, at) => Object.assign(entry, { at, text: `${entry.goal}\n${entry.words}`.toLowerCase() }));
  FILTERS.forEach(options);
  for (const field of form.elements) field.addEventListener(field.type === "search" ? "input" : "change", refresh);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(refresh));
  byId("back").addEventListener("click", () => turn(-LISTED));
  byId("on").addEventListener("click", () => turn(LISTED));
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (key) pick(key);
  });
  addEventListener("hashchange", open);
  await refresh();
  await open();
  performance.mark("ready");
}

begin().catch((error) => {
  byId("count").textContent = `This list cannot be shown: ${error.message}. It needs a browser of 2023 or later.`;
  throw error;
});
