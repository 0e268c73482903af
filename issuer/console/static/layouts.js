// The sample follows what is typed. Everything works without this file: saving draws it anew.
"use strict";

const form = document.getElementById("layout-form");
const typed = document.getElementById("field-text");
const pictures = document.getElementById("layout-pictures");
const problem = document.getElementById("layout-problem");
const PAUSE_MS = 500;
let waiting = 0;
let asked = 0;

typed.addEventListener("input", () => {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(draw, PAUSE_MS);
});

async function draw() {
  asked += 1;
  const mine = asked;
  pictures.classList.add("layouts--stale");
  let answer;
  try {
    const response = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
    if (!response.ok) return;
    answer = await response.json();
  } catch {
    return; // saving still works, and says what is wrong
  }
  if (mine !== asked) return; // something newer is on its way
  typed.toggleAttribute("aria-invalid", Boolean(answer.error));
  if (answer.error) {
    problem.replaceChildren(banner(answer));
    return;
  }
  problem.replaceChildren();
  pictures.classList.remove("layouts--stale");
  pictures.replaceChildren(...answer.pictures.map(page));
}

function page(source, index) {
  const image = document.createElement("img");
  image.className = "layout-page";
  image.src = source;
  image.alt = pictures.dataset.page.replace("#", String(index + 1));
  return image;
}

function banner(answer) {
  const box = document.createElement("div");
  box.className = "banner banner--danger";
  const inner = document.createElement("div");
  inner.append(line("banner__text", answer.error));
  const more = [answer.place, answer.next].filter(Boolean).join(" · ");
  if (more) inner.append(line("banner__next", more));
  box.append(inner);
  return box;
}

function line(name, text) {
  const paragraph = document.createElement("p");
  paragraph.className = name;
  paragraph.textContent = text;
  return paragraph;
}
