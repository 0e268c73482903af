// The kiosk: what scanner and camera read is sent, a verdict sounds, and a screen that nobody touches clears itself.
"use strict";

(() => {
  const form = document.getElementById("scan-form");
  document.addEventListener("scanned", ({ detail: { text } }) => {
    if (!text || form.dataset.sent) return;
    form.elements.text.value = text;
    form.requestSubmit();
  });
  document.getElementById("print")?.addEventListener("click", () => print());

  const visit = document.getElementById("visit")?.parentElement;
  const sound = () => {
    const verdict = document.querySelector(".verdict:not([data-heard])");
    if (!verdict) return;
    verdict.dataset.heard = "yes";
    verdictSounds.play(verdictSounds.kindOf(verdict));
  };
  if (visit) {
    sound();
    new MutationObserver(sound).observe(visit, { childList: true, subtree: true });
  }

  // Each touch begins the time anew; the last fifteen seconds are counted down in sight.
  const idle = document.getElementById("idle");
  const seconds = Number(idle.dataset.seconds);
  if (!seconds) return;
  const left = document.getElementById("idle-left");
  const WARNED = 15;
  let ends = Date.now() + seconds * 1000;
  const stay = () => {
    ends = Date.now() + seconds * 1000;
    idle.hidden = true;
  };
  for (const name of ["pointerdown", "keydown", "touchstart", "scroll"]) addEventListener(name, stay, { passive: true });
  document.getElementById("idle-stay").addEventListener("click", stay);
  new MutationObserver((changes) => changes.some(({ target }) => target.id !== "idle-left" && target.closest?.("#visit")) && stay()).observe(
    document.getElementById("content"),
    { childList: true, subtree: true },
  );
  setInterval(() => {
    const rest = Math.ceil((ends - Date.now()) / 1000);
    if (rest <= 0) return document.getElementById("end-form").submit();
    if (rest > WARNED) return;
    left.textContent = String(rest);
    if (idle.hidden) {
      idle.hidden = false;
      document.getElementById("idle-stay").focus();
    }
  }, 500);
})();
