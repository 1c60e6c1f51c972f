// One trajectory as elements. A run's text is set as text and never becomes markup.
"use strict";

function trajectory(row, entry, asked) {
  const measures = row.measures ?? {};
  const facts = { "asked for": `${row.directive.mode}, about ${row.directive.steps} calls`,
    operator: row.directive.operator, cluster: row.cluster?.title,
    signature: measures.signature, CAC: measures.cac, novelty: row.novelty, "cost in tokens": spent(row.cost) };
  return [
    make("h3", {}, `Slot ${row.slot}: ${entry.goal || "no blueprint"}`), make("p", {}, ...tags(entry).slice(1)),
    cause(row), table(facts), judged(row.verdict), planned(row.blueprint), make("h4", {}, "Conversation"),
    ...(row.messages ?? []).map((message) => showMessage(message, row)),
    row.reason && row.stop !== "completed" ? make("div", { className: "turn bad" }, `Ended here: ${row.reason}`) : "",
    requested(asked), note(entry), folded("Locks of all tools", row.locks), folded("Tools as offered", row.tools), folded("The whole row", row),
  ];
}

function cause(row) {
  if (!row.reason) return "";
  const causes = [row.detail, ...(row.faults ?? [])].filter(Boolean);
  const blamed = row.verdict ? `The judge blames: ${row.verdict.blame}. ${row.verdict.reasons}` : "It was not judged.";
  return make("div", { className: "cause" }, make("b", {}, `Rejected: ${row.reason}`),
    make("ul", {}, ...causes.map((text) => make("li", {}, ...linked(text)))), blamed);
}

// A fault names its call: a click goes there.
function linked(text) {
  return text.split(/\b(call_\d+)\b/).map((piece, i) => {
    const node = i % 2 ? make("button", { type: "button" }, piece) : piece;
    if (i % 2) node.dataset.key = `call:${piece}`;
    return node;
  });
}

function requested(asked) {
  if (!asked.length) return "";
  const columns = ["role", "input", "cached", "output", "seconds"];
  const heads = make("tr", {}, ...["", ...columns].map((name) => make("th", {}, name)));
  const cells = (request, at) => [at + 1, ...columns.map((name) => request[name] ?? "–")];
  const rows = asked.map((request, at) => make("tr", {}, ...cells(request, at).map((cell) => make("td", {}, String(cell)))));
  const prompts = asked.map(({ role, prompt }, at) => prompt ? unfolded(`Prompt ${at + 1}, ${role}`, prompt) : "");
  return make("div", {}, make("h4", {}, "Requests, in tokens and seconds"),
    make("div", { className: "scroll" }, make("table", {}, heads, ...rows)), ...prompts);
}

const spent = (cost) => cost && `${cost.input ?? "?"} in, ${cost.output ?? "?"} out, ${cost.answers} answers`;

function judged(verdict) {
  if (!verdict) return "";
  const scores = Object.entries(verdict.scores).map(([name, score]) =>
    tag(`${name.replaceAll("_", " ")} ${score}`, score < 3 ? "bad" : ""));
  const reasons = make("p", {}, `Blame: ${verdict.blame}. ${verdict.reasons}`);
  return make("div", {}, make("h4", {}, "Verdict"), ...scores, reasons);
}

function planned(blueprint) {
  if (!blueprint) return "";
  const { persona, policy, mode, steps } = blueprint;
  const calls = steps.map((step) => `${step.id} ${step.tool}`).join(", ") || "none: no tool fits";
  const facts = table({ persona, policy, mode, steps: calls });
  return make("div", {}, make("h4", {}, "Blueprint"), facts, folded("The whole blueprint", blueprint));
}

function showMessage(message, row) {
  const seen = message.role === "tool" ? row.origins?.[message.tool_call_id] ?? {} : {};
  const named = (row.faults ?? []).some((fault) => fault.split(/\W+/).includes(message.tool_call_id));
  const bad = named || seen.ok === false || seen.lock_mismatch;
  const box = make("div", { className: `turn ${message.role}${bad ? " bad" : ""}` }, make("b", {}, `${message.role} `));
  if (message.role === "tool") box.dataset.call = message.tool_call_id;
  if (message.role === "tool") box.append(...observed(message, seen, row));
  else if (message.content) box.append(make("pre", { className: "said" }, message.content));
  for (const call of message.tool_calls ?? []) {
    const text = pretty(call.function.arguments), apart = text.includes("\n") ? "\n" : " ";
    box.append(make("pre", {}, make("b", {}, call.function.name), apart + text), tag(call.id));
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
  const cells = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const line = ([name, value]) => make("tr", {}, make("th", {}, name), make("td", {}, String(value)));
  return make("table", {}, ...cells.map(line));
}

function folded(title, value) {
  return value && Object.keys(value).length ? unfolded(title, JSON.stringify(value, null, 2)) : "";
}

function unfolded(title, text) {
  const box = make("details", {}, make("summary", {}, title));
  box.addEventListener("toggle", () => box.append(make("pre", {}, text)), { once: true });
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
