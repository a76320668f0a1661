// Being led: sends the camera's pictures to the program on this machine, and shows what it answers.
import { draw } from "./body.js";
import { Camera, HEAD_BYTES, lacking } from "./camera.js";
import { Link } from "./link.js";

const VERSION = 1;
const AGAIN_MS = 1000;
const REMARK_MS = 10000; // how long a remark of the program is shown
const KEYS = { " ": "pause", n: "next", b: "back", p: "pain", q: "quit" };

const at = (id) => document.getElementById(id);
const { name, who, makes, region } = document.body.dataset;
const query = who ? `?who=${encodeURIComponent(who)}` : "";
const video = at("camera");
let link = null;
let isOn = false;
let muted = false;
let lock = null;
let remark = "";
let told = null; // the last look
const other = { number: 0, picture: null }; // the last picture of a camera that is not the browser's

const eye = () => at("eye")?.value ?? "page"; // whose camera it is
const camera = new Camera(video, {
  isWanted: () => isOn && link?.isOpen,
  send: (picture) => link.send(picture),
});

// ---- the program ----

function connect(first) {
  link = new Link("/eye", {
    opened: () => link.say(first),
    hear: (what) => (what instanceof ArrayBuffer ? receive(what) : hear(what)),
    lost: () => {
      if (!isOn) return;
      show({ ...last, status: "unseen", title: "Waiting", words: "The program does not answer. Has its terminal been closed?", note: "", steps: [] });
      setTimeout(() => isOn && connect({ go_on: true }), AGAIN_MS);
    },
  });
}

function say(what) {
  link?.say(what);
}

async function receive(buffer) {
  const number = new DataView(buffer).getUint32(0, true);
  const picture = await createImageBitmap(new Blob([buffer.slice(HEAD_BYTES)], { type: "image/jpeg" })).catch(() => null);
  say({ shown: number });
  if (!picture || number < other.number) return;
  other.picture?.close();
  Object.assign(other, { number, picture });
  if (told) paint();
}

function wish(more = {}) {
  if (makes) return { begin: { makes, name, region, who, side: at("side").value, camera: eye(), ...more } };
  const number = (id) => (at(id).value ? Number(at(id).value) : null);
  const sore = at("sore") ? { sore: number("sore") } : {};
  const dose = { side: at("side")?.value ?? "both", hold_s: number("hold"), repetitions: number("times") };
  return { begin: { name, who, camera: eye(), ...dose, ...sore, ...more } };
}

function hear(what) {
  if (!isOn) return;
  if (what.v !== VERSION) location.reload();
  else if ("look" in what) look(what);
  else if (what.ended) end(what.ended);
  else if (what.refused) stop(what.refused);
  else if (what.remark) note(what.remark);
  else if (what.question) ask(what.question, "Do it all the same", () => say(wish({ anyway: true })));
  else if (what.busy) ask("Another page is being led at the moment.", "Take over here", () => say({ take_over: true }));
  else if (what.taken) stop("Another page has taken over.");
}

function note(words) {
  remark = words;
  setTimeout(() => {
    if (remark === words) remark = "";
  }, REMARK_MS);
}

function ask(words, label, onYes) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "main";
  button.textContent = label;
  button.addEventListener("click", () => {
    at("problem").textContent = "";
    onYes();
  });
  at("problem").replaceChildren(`${words} `, button);
}

// ---- what is shown ----

let last = { phase: "placing", status: "calm", title: "Ready", words: "", steps: [] };

function look(what) {
  told = what;
  if (told.camera === "page" && told.look !== null) camera.answered(told.look);
  at("start").hidden = true;
  paint();
  at("slow").hidden = !(told.slow || remark);
  put("slow", told.slow || remark);
  if (told.muted !== muted) {
    muted = told.muted;
    document.querySelector('[data-do="mute"]').setAttribute("aria-pressed", muted);
  }
  show(told.scene);
}

function paint() {
  const source = told.camera === "page" ? video : other.picture;
  draw(at("body"), source, told.body, told.marks);
}

const ring = Object.fromEntries(
  Object.entries({ arc: ".arc", number: ".number", of: ".small" }).map(([key, each]) => [key, document.querySelector(`.ring ${each}`)]),
);

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function put(id, text) {
  write(at(id), text);
}

// The demonstration beside the picture, where there is one.
function demonstrate({ phase, pose, has_film: hasFilm }) {
  const isShown = hasFilm && (!makes || makes === "own");
  at("inset").hidden = !isShown || !["trying", "holding"].includes(phase);
  const address = `/poses/${pose}.mp4${query}`;
  if (isShown && at("inset").getAttribute("src") !== address) at("inset").src = address;
}

function show(scene) {
  last = scene;
  document.body.dataset.phase = scene.phase;
  document.querySelector(".band").dataset.status = scene.status;
  document.querySelector(".word").dataset.status = scene.status;
  put("title", scene.title);
  put("words", scene.words);
  put("note", scene.note || scene.progress || "");
  put("name", scene.name || "");
  const isRest = scene.left_s !== null && scene.left_s !== undefined;
  const [now, all] = isRest ? [scene.left_s, scene.rest_s] : [scene.valid_s ?? 0, scene.asked_s ?? 0];
  const share = all ? Math.min(1, now / all) : 0;
  ring.arc.setAttribute("stroke-dasharray", `${100 * share} 100`);
  document.querySelector(".ring").classList.toggle("empty", !all);
  write(ring.number, String(isRest ? Math.ceil(now) : Math.floor(now)));
  write(ring.of, isRest ? "rest" : all ? `of ${all} s` : "");
  write(document.querySelector('[data-command="pause"] span'), scene.phase === "paused" ? "Go on" : "Pause");
  at("breath").hidden = !(scene.breath && scene.status === "in");
  if (scene.breath) {
    document.querySelector(".disc").style.setProperty("--full", scene.breath[0]);
    put("breathing", scene.breath[1] ? "Breathe in" : "Breathe out");
  }
  steps(scene.steps ?? [], scene.step_at);
  demonstrate(scene);
}

function steps(words, now) {
  const list = at("steps");
  if (list.children.length !== words.length || list.firstChild?.textContent !== words[0]) {
    list.replaceChildren(
      ...words.map((each) => Object.assign(document.createElement("li"), { textContent: each })),
    );
  }
  [...list.children].forEach((each, index) => each.classList.toggle("now", index === now));
}

function end({ title, rows, advice, report, faults = [], more = [] }) {
  quiet();
  const panel = at("ended");
  const heading = Object.assign(document.createElement("h1"), { textContent: title });
  const table = document.createElement("table");
  for (const row of rows) {
    const holds = row.asked === 1 ? "hold" : "holds";
    const line = table.insertRow();
    const head = Object.assign(document.createElement("th"), { textContent: row.name, scope: "row" });
    line.append(head);
    line.insertCell().textContent = `${Math.round(row.held_s)} s`;
    line.insertCell().textContent = `${row.done} of ${row.asked} ${holds} of ${row.asked_s} s${row.done >= row.asked ? " ✓" : ""}`;
    if (row.trouble) {
      const cell = table.insertRow().insertCell();
      cell.colSpan = 3;
      cell.textContent = `Mostly in the way: ${row.trouble}`;
    }
  }
  const words = [
    ...faults.map((each) => Object.assign(document.createElement("p"), { textContent: each, className: "problem" })),
    ...advice.map((each) => Object.assign(document.createElement("p"), { textContent: each })),
  ];
  const links = document.createElement("p");
  const home = makes ? `/calibrate${query}` : `/${query}`;
  for (const [href, label] of [[report, "Open the report"], ...more, [home, "Choose another"]]) {
    if (href) links.append(Object.assign(document.createElement("a"), { href, textContent: label, className: "button" }), " ");
  }
  panel.firstElementChild.replaceChildren(heading, table, ...words, links);
  panel.hidden = false;
  panel.querySelector("a").focus();
}

function stop(words) {
  quiet();
  at("start").hidden = false;
  at("problem").textContent = words;
  at("begin").disabled = false;
}

function quiet() {
  isOn = false;
  camera.close();
  lock?.release();
  link?.close();
  link = lock = told = null;
  draw(at("body"), video, null, []);
}

// ---- buttons and keys ----

async function start(isGoingOn) {
  const missing = [...lacking(), ...(window.createImageBitmap ? [] : ["createImageBitmap"])];
  if (missing.length) return stop(`This browser lacks ${missing.join(", ")}. Use a newer one.`);
  at("problem").textContent = "";
  at("begin").disabled = true;
  if (eye() === "page") {
    try {
      await camera.open(() => isOn && stop("The camera is gone. Plug it in, then press Start."));
    } catch (error) {
      return stop(error.message);
    }
  }
  isOn = true;
  lock = await navigator.wakeLock?.request("screen").catch(() => null);
  connect(isGoingOn ? { go_on: true } : wish());
}

at("begin").addEventListener("click", () => start(false));
if (document.body.dataset.going) start(true); // a session whose page was loaded again

function press(what) {
  if (what === "mute") say({ mute: true });
  else if (what === "full") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  else if (isOn) say({ command: what });
}

for (const button of document.querySelectorAll("[data-command], [data-do]")) {
  button.addEventListener("click", () => press(button.dataset.command ?? button.dataset.do));
}

document.addEventListener("keydown", (event) => {
  if (!isOn || !at("keys").checked || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  const what = KEYS[key] ?? { m: "mute", f: "full" }[key];
  if (!what) return;
  event.preventDefault();
  if (!event.repeat) press(what);
});
