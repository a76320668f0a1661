// Lets a phone in as the camera: the code that it scans, the number to compare, and the button that ends it.
const EVERY_MS = 1000;
const at = (id) => document.getElementById(id);
const SAID = {
  none: "",
  waits: "A phone is here. Compare its number.",
  in: "Your phone is the camera.",
};
let shown = {};

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show(state) {
  for (const each of ["none", "waits", "in"]) at(each).hidden = each !== state.standing;
  if (state.standing === "none" && state.code !== shown.code) at("code").src = `/phone-setup/code.svg?n=${state.code}`;
  write(at("address"), state.address ?? "");
  write(at("number"), state.number);
  write(at("how"), state.is_connected ? "It is connected. Start a session, and choose it as the camera." : "It is not connected at the moment. Open its page again on the phone.");
  if (shown.standing && state.standing !== shown.standing) write(at("said"), SAID[state.standing]);
  shown = state;
}

async function look() {
  try {
    const answer = await fetch("/phone-setup/state");
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.json());
    write(at("problem"), "");
  } catch {
    write(at("problem"), "The program does not answer. Has its terminal been closed?");
  }
}

async function ask(path) {
  await fetch(`/phone-setup/${path}`, { method: "POST", referrerPolicy: "same-origin" }).catch(() => null);
  await look();
}

at("yes").addEventListener("click", () => ask(`let-in/${shown.number}`));
at("no").addEventListener("click", () => ask("end"));
at("end").addEventListener("click", () => ask("end"));

for (;;) {
  await look();
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
