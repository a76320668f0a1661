// Recordings: sends files to the program on this machine one after the other, and shows how far each one is.
const LOOK_MS = 700;
const GIGA = 1e9;
const OPTIONS = { referrerPolicy: "same-origin" };
const STAGES = { arriving: "Being copied", waiting: "Waits for those before it", resting: "Waits until the session has ended", analysing: "Being analysed" };

const form = document.getElementById("drop");
const input = document.getElementById("files");
const list = document.getElementById("films");
const status = document.querySelector("output[role=status]");
const problem = document.querySelector("[role=alert]");
const who = form.dataset.who;
const most = Number(form.dataset.most);
const items = new Map(); // id of the program, or a file that is not there yet -> what shows it
const waiting = []; // files that are still to be sent
let isSending = false;
let timer = null;

// ---- choosing ----

function add(files) {
  problem.textContent = "";
  for (const file of files) {
    const each = { file, wish: wish(file) };
    const trouble = file.size === 0 ? "The file is empty." : file.size > most ? `The file is too large; up to ${most / GIGA} GB can be taken.` : "";
    show(file, { name: file.name, stage: trouble ? "failed" : "waiting", share: 0, words: trouble });
    if (!trouble) waiting.push(each);
  }
  send();
}

function wish(file) {
  const { stretch, side, mirrored } = form.elements;
  const values = { name: file.name, who, stretch: stretch.value, side: side.value, mirrored: mirrored.checked ? "yes" : "no", changed: file.lastModified };
  return new URLSearchParams(values);
}

async function send() {
  if (isSending) return;
  isSending = true;
  while (waiting.length) {
    const { file, wish } = waiting.shift();
    const stop = new AbortController();
    items.get(file).stop = stop;
    const answer = fetch(`/recordings?${wish}`, { method: "PUT", body: file, signal: stop.signal, ...OPTIONS });
    look();
    await answer.then((got) => sent(file, got), (error) => lost(file, error));
  }
  isSending = false;
  look();
}

async function sent(file, answer) {
  if (answer.ok) {
    const { id } = await answer.json();
    const item = items.get(file);
    items.delete(file);
    if (items.has(id)) item?.line.remove();
    else if (item) items.set(id, item);
  } else if (items.has(file)) {
    show(file, { name: file.name, stage: "failed", share: 0, words: await answer.text() });
  }
}

function lost(file, error) {
  if (error.name === "AbortError" || !items.has(file)) return;
  show(file, { name: file.name, stage: "failed", share: 0, words: "The file did not get through. Is it still there, and does the program still run?" });
}

// ---- how far they are ----

async function look() {
  clearTimeout(timer);
  let films;
  try {
    films = await (await fetch(`/recordings/list?${new URLSearchParams({ who })}`)).json();
    if (problem.dataset.lost) problem.textContent = problem.dataset.lost = "";
  } catch {
    problem.textContent = problem.dataset.lost = "The program does not answer. Has its terminal been closed?";
    timer = setTimeout(look, LOOK_MS * 3);
    return;
  }
  const arriving = [...items].find(([key, item]) => key instanceof File && item.stop);
  for (const film of films) {
    // The one that is being sent is shown where its file stands.
    const isArriving = film.stage === "arriving" && arriving && !items.has(film.id);
    if (isArriving) arriving[1].id = film.id;
    const isThere = arriving && arriving[1].id === film.id;
    show(isThere ? arriving[0] : film.id, film);
  }
  const known = new Set(films.map((film) => film.id));
  for (const [key, item] of items) if (!(key instanceof File) && !known.has(key)) remove(key, item);
  const isBusy = isSending || films.some((film) => film.stage in STAGES);
  if (isBusy) timer = setTimeout(look, LOOK_MS);
}

function make(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...more });
}

function show(key, film) {
  if (!items.has(key)) {
    const line = make("li", "");
    list.append(line);
    items.set(key, { line, shown: "" });
  }
  const item = items.get(key);
  const shown = JSON.stringify({ ...film, share: null });
  if (item.shown === shown) {
    const bar = item.line.querySelector("progress");
    if (bar) bar.value = film.share;
    return;
  }
  item.shown = shown;
  const head = make("h2", film.name);
  const parts = film.stage === "failed" ? failed(film) : film.stage === "done" ? done(key, film) : running(film);
  const hadFocus = item.line.contains(document.activeElement);
  item.line.replaceChildren(head, ...parts, actions(key, film));
  if (hadFocus) item.line.querySelector("button:last-child").focus();
  if (film.stage in STAGES === false) status.textContent = `${film.name}: ${film.words || summary(film)}`;
}

function running(film) {
  const bar = make("progress", "", { max: 1, ariaLabel: `${film.name}, ${STAGES[film.stage]}` });
  if (film.stage !== "waiting") bar.value = film.share;
  return film.stage === "waiting" ? [make("p", STAGES.waiting)] : [make("p", STAGES[film.stage]), bar];
}

function failed(film) {
  return [make("p", film.words, { className: "problem" })];
}

function seconds(value) {
  return `${value.toFixed(1)} s`;
}

function summary(film) {
  if (film.held_s > 0) return `${seconds(film.held_s)} held`;
  return film.alike.length ? `it looks like ${film.alike[0]}` : "nothing was held";
}

function done(key, film) {
  const words = summary(film);
  const parts = [make("p", `${words[0].toUpperCase()}${words.slice(1)}.`, { className: "held" })];
  const rows = film.found.filter((each) => each.held_s > 0);
  if (rows.length) {
    const found = make("ul", "");
    for (const each of rows) found.append(make("li", `${each.name}: ${seconds(each.held_s)}`));
    parts.push(found);
  }
  if (film.notes.length) {
    const notes = make("details", "");
    const count = film.notes.length === 1 ? "1 note" : `${film.notes.length} notes`;
    notes.append(make("summary", count), ...film.notes.map((each) => make("p", each)));
    parts.push(notes);
  }
  return parts;
}

function actions(key, film) {
  const row = make("p", "", { className: "actions" });
  if (film.stage === "done") row.append(make("a", "Report", { href: `/recordings/${film.id}/report`, className: "button", target: "_blank" }), " ", ...saving(key, film));
  const label = film.stage in STAGES ? "Cancel" : "Take from the list";
  const button = make("button", label, { type: "button", ariaLabel: `${label}: ${film.name}` });
  button.addEventListener("click", () => cancel(key));
  row.append(button);
  return row;
}

function saving(key, film) {
  const day = make("input", "", { type: "date", value: film.day, max: new Date().toLocaleDateString("sv"), min: "1990-01-01" });
  const label = make("label", "Recorded on ");
  label.append(day);
  const button = make("button", film.saved === null ? "Save to your sessions" : "Save with this date", { type: "button", ariaLabel: `Save ${film.name} to your sessions` });
  button.addEventListener("click", () => save(film, day));
  const history = who ? `/history?${new URLSearchParams({ who })}` : "/history";
  const saved = film.saved === null ? [] : [make("a", `Saved as session ${film.saved}`, { href: history }), " "];
  return [label, " ", button, " ", ...saved];
}

async function save(film, day) {
  problem.textContent = "";
  const answer = await fetch(`/recordings/${film.id}/save?${new URLSearchParams({ day: day.value })}`, { method: "POST", ...OPTIONS });
  if (!answer.ok) problem.textContent = await answer.text();
  else status.textContent = `${film.name}: saved`;
  look();
}

async function cancel(key) {
  const item = items.get(key);
  const id = key instanceof File ? item.id : key;
  item.stop?.abort();
  const place = waiting.findIndex(({ file }) => file === key);
  if (place >= 0) waiting.splice(place, 1);
  remove(key, item);
  if (id) await fetch(`/recordings/${id}`, { method: "DELETE", ...OPTIONS });
}

function remove(key, item) {
  const next = item.line.nextElementSibling ?? item.line.previousElementSibling;
  const hadFocus = item.line.contains(document.activeElement);
  item.line.remove();
  items.delete(key);
  if (hadFocus) (next?.querySelector("button") ?? input).focus();
}

// ---- the form ----

input.addEventListener("change", () => {
  add(input.files);
  input.value = "";
});

form.elements.stretch.addEventListener("change", ({ target }) => {
  const hasSides = "sides" in target.selectedOptions[0].dataset;
  document.getElementById("side").hidden = !hasSides;
  if (!hasSides) form.elements.side.value = "both";
});

// A file that misses the place must not take the page away.
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
form.addEventListener("dragover", () => form.classList.add("over"));
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("drop", ({ dataTransfer }) => {
  form.classList.remove("over");
  const files = [...dataTransfer.items].filter((each) => each.kind === "file");
  const folders = files.filter((each) => each.webkitGetAsEntry?.()?.isDirectory);
  add(files.filter((each) => !folders.includes(each)).map((each) => each.getAsFile()));
  if (folders.length) problem.textContent = "A folder cannot be taken; drop the files that are in it.";
});

look();
