// On every page of the wallet: start the service worker, say when there is no network, offer to install.
"use strict";

(() => {
  if ("serviceWorker" in navigator) {
    addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
  }

  const bar = document.getElementById("offline-bar");
  const tell = () => {
    if (bar) bar.hidden = navigator.onLine;
  };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();

  // The browser offers once; a person who says "not now" is not asked again on this device.
  const hint = document.getElementById("install-hint");
  const later = "elicence-install-later";
  if (!hint || localStorage.getItem(later) || matchMedia("(display-mode: standalone)").matches) return;
  let offered = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = event;
    hint.hidden = false;
  });
  hint.querySelector("[data-install]").addEventListener("click", async () => {
    await offered?.prompt();
    hint.hidden = true;
  });
  hint.querySelector("[data-later]").addEventListener("click", () => {
    localStorage.setItem(later, "yes");
    hint.hidden = true;
  });
})();
