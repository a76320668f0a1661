// Saves the answers. The policy lets the browser say where they come from; a plain form would not, on a page
// without a referrer.
const form = document.querySelector("form[method=post]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body, referrerPolicy: "same-origin" });
  if (answer.ok) location.assign(answer.url);
  else form.querySelector("[role=alert]").textContent = await answer.text();
});
