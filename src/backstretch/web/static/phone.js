// The phone as the camera: sends pictures to the computer that let it in, and shows and speaks what comes back.
import { Camera, lacking } from "./camera.js";
import { Link } from "./link.js";
import { Speaker } from "./voice.js";

const VERSION = 1;
const AGAIN_MS = 1000;
const FACING = { user: "environment", environment: "user" };
const IDLE = { status: "calm", title: "Ready", words: "Choose a stretch on the computer, and “the phone” as its camera.", note: "", name: "" };

const at = (id) => document.getElementById(id);
const speaker = new Speaker();
let link = null;
let isOn = false;
let isIn = false;
let facing = "user";
let isWanted = false; // by a session

const camera = new Camera(at("camera"), {
  isWanted: () => link?.isOpen && isIn && isWanted,
  send: (picture) => link.send(picture),
});

// ---- the computer ----

function connect() {
  link = new Link("/eye", { opened: () => {}, hear, lost });
}

async function lost() {
  if (!isOn) return;
  show({ ...IDLE, status: "unseen", title: "Waiting", words: "The computer does not answer. Is it in the same network, and the program running?" });
  const answer = await fetch("/phone").catch(() => null);
  if (answer?.status === 401) part("");
  else setTimeout(() => isOn && connect(), AGAIN_MS);
}

function hear(told) {
  if (told.v !== VERSION) location.reload();
  else if (told.phone) stand(told.phone);
  else if ("look" in told) look(told);
  else if (told.heard) for (const each of told.heard) each.earcon ? speaker.play(each.earcon) : speaker.say(each);
  else if (told.wanted) isWanted = true;
  else if (told.over) rest();
  else if (told.closed) part(told.closed);
  else if (told.refused) stop(told.refused);
}

function stand({ number, is_in }) {
  isIn = is_in;
  isWanted = false; // until it is said
  at("start").hidden = true;
  at("waits").hidden = isIn;
  write(at("number"), number);
  if (isIn) show(IDLE);
}

function look({ look: last, scene }) {
  if (last !== null) camera.answered(last);
  show(scene);
}

function rest() {
  isWanted = false;
  show({ ...IDLE, title: "Done", words: "The computer shows what you did." });
}

// ---- what is shown ----

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show(scene) {
  for (const each of document.querySelectorAll(".band, .word")) each.dataset.status = scene.status;
  write(at("title"), scene.title);
  write(at("words"), scene.words);
  write(at("note"), scene.note || scene.progress || "");
  write(at("name"), scene.name ?? "");
  const isRest = (scene.left_s ?? null) !== null;
  const [now, all] = isRest ? [scene.left_s, scene.rest_s] : [scene.valid_s ?? 0, scene.asked_s ?? 0];
  document.querySelector(".ring .arc").setAttribute("stroke-dasharray", `${all ? Math.min(100, (100 * now) / all) : 0} 100`);
  write(document.querySelector(".ring .number"), String(isRest ? Math.ceil(now) : Math.floor(now)));
  write(document.querySelector(".ring .small"), isRest ? "rest" : all ? `of ${all} s` : "");
}

function stop(words) {
  isOn = isIn = false;
  camera.close();
  speaker.stop();
  link?.close();
  at("waits").hidden = true;
  at("start").hidden = false;
  at("open").disabled = false;
  write(at("problem"), words);
}

// The way back is a new code.
function part(why) {
  stop(`${why} To be the camera again, scan the code that the computer shows.`.trim());
  write(document.querySelector("#start h1"), "This phone is not the camera any more");
  for (const each of document.querySelectorAll("#start .before")) each.hidden = true;
}

// ---- what is pressed ----

async function openCamera() {
  camera.close();
  document.body.classList.toggle("back", facing === "environment");
  await camera.open(() => isOn && stop("The camera is gone. Press Start to open it again."), facing);
}

async function stayAwake() {
  if (isOn && !document.hidden) await navigator.wakeLock?.request("screen").catch(() => null);
}

at("open").addEventListener("click", async () => {
  speaker.unlock();
  const missing = lacking();
  if (missing.length) return stop(`This browser lacks ${missing.join(", ")}. Use a newer one.`);
  write(at("problem"), "");
  at("open").disabled = true;
  facing = document.querySelector("[name=facing]:checked").value;
  try {
    await openCamera();
  } catch (error) {
    return stop(error.message);
  }
  isOn = true;
  await stayAwake();
  connect();
});

at("turn").addEventListener("click", async () => {
  facing = FACING[facing];
  try {
    await openCamera();
  } catch (error) {
    stop(error.message);
  }
});

at("voice").addEventListener("click", () => {
  speaker.isOn = !speaker.isOn;
  if (!speaker.isOn) speaker.stop();
  tellVoice();
});

function tellVoice() {
  at("voice").setAttribute("aria-pressed", speaker.isOn);
  write(at("voice"), speaker.isOn ? (speaker.voice ? "Voice on" : "Sounds on") : speaker.voice ? "Voice off" : "Sounds off");
  at("voiceless").hidden = Boolean(speaker.voice);
}

window.speechSynthesis?.addEventListener("voiceschanged", tellVoice); // they come late
document.addEventListener("visibilitychange", stayAwake);
tellVoice();
at("open").disabled = false;
