// What a reader does: keys from one trajectory to the next, and notes.

// ---- keys

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  const step = { j: 1, ArrowRight: 1, k: -1, ArrowLeft: -1 }[event.key];
  if (event.key === "/") form.search.focus();
  else if (step) location.hash = `slot=${(hits[hits.indexOf(chosen) + step] ?? chosen ?? hits[0])?.slot}`;
  else return;
  event.preventDefault();
}

// ---- notes: kept in this browser by the run's name, and saved as JSON lines

const noteKey = (slot) => `tdscaling ${document.title} ${slot}`;

function note(entry) {
  const field = make("textarea", { rows: 3, value: localStorage.getItem(noteKey(entry.slot)) ?? "" });
  field.addEventListener("input", () => {
    if (field.value) localStorage.setItem(noteKey(entry.slot), field.value);
    else localStorage.removeItem(noteKey(entry.slot));
    countNotes();
  });
  return make("label", { className: "notes" }, make("h4", {}, "Your note, kept in this browser"), field);
}

const notes = () => entries.map(({ slot }) => ({ slot, note: localStorage.getItem(noteKey(slot)) })).filter(({ note }) => note);
const countNotes = () => { byId("noted").textContent = `${notes().length} noted`; };

function saveNotes() {
  const text = notes().map((line) => `${JSON.stringify(line)}\n`).join("");
  const url = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  make("a", { href: url, download: "notes.jsonl" }).click();
  URL.revokeObjectURL(url);
}
