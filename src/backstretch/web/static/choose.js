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
