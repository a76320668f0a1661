// Deletes something of the person's own, once it is sure.
const sure = document.getElementById("sure");
const told = document.querySelector("main > [role=alert]");

for (const button of document.querySelectorAll("[data-delete]")) {
  button.addEventListener("click", () => {
    sure.querySelector("p").textContent = button.dataset.words;
    sure.returnValue = "no";
    sure.onclose = () => sure.returnValue === "yes" && remove(button);
    sure.showModal();
  });
}

async function remove(button) {
  const address = `/calibrate/${encodeURIComponent(button.dataset.delete)}${location.search}`;
  const answer = await fetch(address, { method: "DELETE", referrerPolicy: "same-origin" });
  if (answer.ok) location.reload();
  else told.textContent = await answer.text();
}
