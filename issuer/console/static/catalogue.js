// The preview of a licence type follows what is typed. Everything works without this file: saving draws it anew.
"use strict";

const card = document.querySelector("[data-preview='card']");
const show = {
  name: (value) => {
    card.querySelector("[data-preview='name']").textContent = value;
  },
  background: (value) => {
    card.style.backgroundColor = value;
  },
  text: (value) => {
    card.style.color = value;
  },
};

for (const input of document.querySelectorAll("[data-live]")) {
  input.addEventListener("input", () => {
    const [kind, place] = input.dataset.live.split(":");
    if (kind !== "label") {
      show[kind](input.value);
      return;
    }
    for (const label of document.querySelectorAll(`[data-label-of="${place}"]`)) label.textContent = input.value;
  });
}

for (const row of document.querySelectorAll(".swatches")) {
  row.hidden = false;
  row.addEventListener("click", (event) => {
    const colour = event.target.dataset.colour;
    if (!colour) return;
    const input = document.getElementById("field-appearance.background");
    input.value = colour;
    input.dispatchEvent(new Event("input"));
  });
}

if (location.hash.startsWith("#field-")) openTo(location.hash.slice(1));
window.addEventListener("hashchange", () => openTo(location.hash.slice(1)));

// A mistake may lie in a field that is folded up.
function openTo(id) {
  const target = document.getElementById(decodeURIComponent(id));
  const folded = target && target.closest("details");
  if (folded) folded.open = true;
  if (target) target.focus();
}
