// Saves the answers; a plain form would not say where it comes from, since pages here send no referrer.
const form = document.querySelector("form");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer.ok) location.assign(answer.url);
  else form.querySelector("[role=alert]").textContent = await answer.text();
});
