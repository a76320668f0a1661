"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const slider = document.querySelector(".timeline"), video = document.querySelector("video");
if (slider) {
  const [from, to] = data.ends, {forms, times, rows} = data.moments;
  const groups = [...document.querySelectorAll("[data-from]")];
  const longestGap = Math.max(1.5, 2 * (to - from) / times.length);  // of long recordings not every moment is here
  const state = document.querySelector(".state"), values = document.querySelector(".values");
  const within = (s, low, high) => Math.min(high, Math.max(low, s));
  let now = from;

  const clock = s => {
    const tenths = Math.round(s * 10);
    return Math.floor(tenths / 600) + ":" + String(Math.floor(tenths / 10) % 60).padStart(2, "0") + "." + tenths % 10;
  };
  const stateAt = s => {
    const span = data.spans.find(each => each.start_s <= s && (s < each.end_s || s === to && to <= each.end_s));
    if (!span) return data.idle;
    const what = {valid: "held", wrong: "not right", unseen: "not seen"}[span.kind];
    return what + (span.reason ? ": " + span.reason : "");
  };
  const rowAt = s => {  // the last moment that is not later, unless that is too long ago
    let low = 0, high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= s + .005) low = middle + 1; else high = middle;
    }
    return low > 0 && s - times[low - 1] <= longestGap ? rows[low - 1] : [];
  };
  const measured = s => {
    const [form, ...found] = rowAt(s);
    if (form === undefined) return [];
    return forms[form].map(([name, unit], at) => {
      const value = found[at];
      if (value === null) return [name, "not seen"];
      return [name, String(unit ? value : value.toFixed(2)).replace("-", "\u2212") + unit];
    });
  };
  const words = s => clock(s) + " " + [stateAt(s), ...measured(s).map(each => each.join(" "))].join(" \u00b7 ");
  const item = ([name, value]) => {
    const li = document.createElement("li"), b = document.createElement("b");
    b.textContent = value;
    li.append(name + " ", b);
    return li;
  };

  const show = s => {
    now = within(s, from, to);
    for (const group of groups) {
      const at = (now - group.dataset.from) / (group.dataset.to - group.dataset.from);
      group.style.setProperty("--at", at.toFixed(5));
      group.classList.toggle("away", at < 0 || at > 1);
    }
    state.textContent = clock(now) + " " + stateAt(now);
    values.replaceChildren(...measured(now).map(item));
  };
  const tell = () => {  // not sixty times a second: a screen reader would never come to an end
    slider.setAttribute("aria-valuenow", now.toFixed(1));
    slider.setAttribute("aria-valuetext", words(now));
  };
  const go = s => {
    show(s);
    tell();
    if (video && video.readyState > 0) video.currentTime = now - from;
  };

  const at = (plot, event) => {
    const box = plot.getBoundingClientRect(), style = getComputedStyle(plot);
    const [left, right] = ["--left", "--right"].map(name => +style.getPropertyValue(name));
    const {from: first, to: last} = plot.closest("[data-from]").dataset;
    return +first + within(((event.clientX - box.left) / box.width - left) / (right - left), 0, 1) * (last - first);
  };
  for (const plot of document.querySelectorAll(".plot")) {
    plot.addEventListener("pointerdown", event => {
      if (event.button) return;
      plot.setPointerCapture(event.pointerId);
      go(at(plot, event));
    });
    plot.addEventListener("pointermove", event => { if (event.buttons & 1) go(at(plot, event)); });
    plot.addEventListener("click", () => slider.focus({preventScroll: true}));
  }
  slider.addEventListener("keydown", event => {
    const step = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10}[event.key];
    const end = {Home: from, End: to}[event.key];
    if (step !== undefined) go(now + step); else if (end !== undefined) go(end); else return;
    event.preventDefault();
  });

  if (video) {
    const follow = () => {  // a video that ends before the moments do leaves the line where it was put
      if (!video.paused || now - from <= video.duration) show(from + video.currentTime);
    };
    const run = () => {
      follow();
      if (!video.paused && !video.ended) requestAnimationFrame(run);
    };
    video.addEventListener("play", run);
    for (const name of ["timeupdate", "seeked", "pause"]) video.addEventListener(name, () => { follow(); tell(); });
  }
  show(from);
  tell();
}
const folded = document.querySelectorAll("details:not([open])");
addEventListener("beforeprint", () => folded.forEach(each => { each.dataset.was = each.open; each.open = true; }));
addEventListener("afterprint", () => folded.forEach(each => { each.open = each.dataset.was === "true"; }));
