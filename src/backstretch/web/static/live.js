// Being led: sends the camera's pictures to the program on this machine, and shows what it answers.
import { draw } from "./body.js";

const VERSION = 1;
const MOST_ON_THE_WAY = 2; // of pictures: no queue can grow
const QUALITY = 0.8;
const AGAIN_MS = 1000;
const LOST_MS = 1000; // a picture without an answer was left out
const REMARK_MS = 10000; // how long a remark of the program is shown
const WH = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" };
const KEYS = { " ": "pause", n: "next", b: "back", p: "pain", q: "quit" };
const REFUSED = {
  NotAllowedError: "The browser does not allow the camera. Allow it beside the address, then press Start.",
  NotFoundError: "There is no camera. Plug one in, then press Start.",
  NotReadableError: "The camera is in use by another program. Close that, then press Start.",
};
const NEEDED = { getUserMedia: navigator.mediaDevices?.getUserMedia, WebSocket: window.WebSocket, toBlob: HTMLCanvasElement.prototype.toBlob };

const at = (id) => document.getElementById(id);
const { name, who } = document.body.dataset;
const video = at("camera");
const sheet = document.createElement("canvas");
let socket = null;
let stream = null;
let sent = 0; // the number of the last picture
let onTheWay = new Map(); // picture -> when it was sent
let isOn = false;
let isTaking = false;
let muted = false;
let lock = null;
let remark = "";

// ---- pictures ----

function watch() {
  if (!isOn) return;
  if (video.requestVideoFrameCallback) {
    video.requestVideoFrameCallback((now, { captureTime }) => {
      take(captureTime ?? now);
      watch();
    });
  } else {
    requestAnimationFrame((now) => {
      take(now);
      watch();
    });
  }
}

function take(timeMs) {
  const isReady = socket?.readyState === WebSocket.OPEN && !document.hidden && !isTaking;
  for (const [number, sentMs] of onTheWay) if (performance.now() - sentMs > LOST_MS) onTheWay.delete(number);
  if (!isReady || onTheWay.size >= MOST_ON_THE_WAY || !video.videoWidth) return;
  sheet.width = video.videoWidth;
  sheet.height = video.videoHeight;
  sheet.getContext("2d").drawImage(video, 0, 0);
  isTaking = true;
  sheet.toBlob(
    (jpeg) => {
      isTaking = false;
      if (!jpeg || socket?.readyState !== WebSocket.OPEN) return;
      const head = new DataView(new ArrayBuffer(16));
      sent += 1;
      onTheWay.set(sent, performance.now());
      head.setUint32(0, sent, true);
      head.setFloat64(8, timeMs, true);
      socket.send(new Blob([head.buffer, jpeg]));
    },
    "image/jpeg",
    QUALITY,
  );
}

// ---- the program ----

function connect(first) {
  socket = new WebSocket(`${location.origin.replace("http", "ws")}/eye`);
  onTheWay = new Map();
  socket.addEventListener("open", () => say(first));
  socket.addEventListener("message", ({ data }) => hear(JSON.parse(data)));
  socket.addEventListener("close", () => {
    if (!isOn) return;
    show({ ...last, status: "unseen", title: "Waiting", words: "The program does not answer. Has its terminal been closed?", note: "", steps: [] });
    setTimeout(() => isOn && connect({ go_on: true }), AGAIN_MS);
  });
}

function say(what) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
}

function wish(more = {}) {
  const number = (id) => (at(id).value ? Number(at(id).value) : null);
  const sore = at("sore") ? { sore: number("sore") } : {};
  const dose = { side: at("side")?.value ?? "both", hold_s: number("hold"), repetitions: number("times") };
  return { begin: { name, who, ...dose, ...sore, ...more } };
}

function hear(told) {
  if (told.v !== VERSION) location.reload();
  else if ("look" in told) look(told);
  else if (told.ended) end(told.ended);
  else if (told.refused) stop(told.refused);
  else if (told.remark) note(told.remark);
  else if (told.question) ask(told.question, "Do it all the same", () => say(wish({ anyway: true })));
  else if (told.busy) ask("Another page is being led at the moment.", "Take over here", () => say({ take_over: true }));
  else if (told.taken) stop("Another page has taken over.");
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

function look(told) {
  for (const number of onTheWay.keys()) if (told.look !== null && number <= told.look) onTheWay.delete(number);
  at("start").hidden = true;
  draw(at("body"), video, told.body, told.marks);
  at("slow").hidden = !(told.slow || remark);
  put("slow", told.slow || remark);
  if (told.muted !== muted) {
    muted = told.muted;
    document.querySelector('[data-do="mute"]').setAttribute("aria-pressed", muted);
  }
  show(told.scene);
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

function show(scene) {
  last = scene;
  document.body.dataset.phase = scene.phase;
  at("inset").hidden = !["trying", "holding"].includes(scene.phase);
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
  write(ring.number, String(isRest ? Math.ceil(now) : Math.floor(now)));
  write(ring.of, isRest ? "rest" : all ? `of ${all} s` : "");
  write(document.querySelector('[data-command="pause"] span'), scene.phase === "paused" ? "Go on" : "Pause");
  at("breath").hidden = !(scene.breath && scene.status === "in");
  if (scene.breath) {
    document.querySelector(".disc").style.setProperty("--full", scene.breath[0]);
    put("breathing", scene.breath[1] ? "Breathe in" : "Breathe out");
  }
  steps(scene.steps ?? [], scene.step_at);
  const pose = scene.pose && `/poses/${scene.pose}.mp4`;
  if (pose && !at("inset").src.endsWith(pose)) at("inset").src = pose;
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

function end({ title, rows, advice, report }) {
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
  const words = advice.map((each) => Object.assign(document.createElement("p"), { textContent: each }));
  const links = document.createElement("p");
  const home = who ? `/?who=${encodeURIComponent(who)}` : "/";
  for (const [href, label] of [[report, "Open the report"], [home, "Choose another"]]) {
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
  stream?.getTracks().forEach((track) => track.stop());
  lock?.release();
  socket?.close();
  socket = stream = lock = null;
  draw(at("body"), video, null, []);
}

// ---- buttons and keys ----

async function start(isGoingOn) {
  const lacking = Object.keys(NEEDED).filter((each) => !NEEDED[each]);
  if (lacking.length) return stop(`This browser lacks ${lacking.join(", ")}. Use a newer one.`);
  at("problem").textContent = "";
  at("begin").disabled = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: WH, audio: false });
  } catch (error) {
    return stop(REFUSED[error.name] ?? `The camera cannot be opened (${error.name}).`);
  }
  stream.getVideoTracks()[0].addEventListener("ended", () => isOn && stop("The camera is gone. Plug it in, then press Start."));
  video.srcObject = stream;
  await video.play();
  isOn = true;
  lock = await navigator.wakeLock?.request("screen").catch(() => null);
  connect(isGoingOn ? { go_on: true } : wish());
  watch();
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
