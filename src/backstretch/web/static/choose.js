// Shows the stretches that fit what is chosen above them.
const form = document.querySelector(".filters");
const cards = [...document.querySelectorAll("#shown .card")];
const told = form.querySelector("output");

function fits(card) {
  const { region, position, gentle } = form.elements;
  return (
    (!region.value || card.dataset.regions.split(" ").includes(region.value)) &&
    (!position.value || card.dataset.positions.split(" ").includes(position.value)) &&
    (!gentle.checked || card.dataset.gentle === "yes")
  );
}

function show() {
  for (const card of cards) card.hidden = !fits(card);
  const count = cards.filter((card) => !card.hidden).length;
  told.textContent = count === 1 ? "1 stretch" : count ? `${count} stretches` : "No stretch fits all of that.";
}

form.addEventListener("change", show);
form.addEventListener("submit", (event) => event.preventDefault());
show();

// A card that is pointed at, or has the focus, shows how the stretch is done.
const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;

function play(card) {
  if (!moves || card.querySelector("video")) return;
  const film = Object.assign(document.createElement("video"), { muted: true, loop: true, playsInline: true, src: card.dataset.clip });
  film.setAttribute("aria-hidden", "true");
  card.querySelector(".pictures").append(film);
  film.play().catch(() => stop(card));
}

function stop(card) {
  if (!card.matches(":hover, :focus-within")) card.querySelector("video")?.remove();
}

for (const card of document.querySelectorAll("[data-clip]")) {
  for (const event of ["pointerenter", "focusin"]) card.addEventListener(event, () => play(card));
  for (const event of ["pointerleave", "focusout"]) card.addEventListener(event, () => setTimeout(() => stop(card)));
}
