// Deletes a session, once it is sure.
const sure = document.getElementById("sure");
const told = document.querySelector("[role=alert]");

for (const button of document.querySelectorAll("[data-delete]")) {
  button.addEventListener("click", () => {
    sure.returnValue = "no";
    sure.onclose = () => sure.returnValue === "yes" && remove(button);
    sure.showModal();
  });
}

async function remove(button) {
  const answer = await fetch(`/history/${button.dataset.delete}`, { method: "DELETE", referrerPolicy: "same-origin" });
  if (answer.ok) button.closest("tr").remove();
  else told.textContent = await answer.text();
}
