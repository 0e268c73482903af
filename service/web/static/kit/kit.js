// Small improvements of pages that work without them: copying, fresh status, keys, focus on what is wrong.
"use strict";

(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(source.textContent.trim());
      const label = button.textContent;
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = label), 2000);
    });
  }

  // A status region is replaced by the same region of a fresh page; it ends when the fresh one no longer asks for it.
  const refresh = (region) => {
    const wait = Number(region.dataset.refreshSeconds || "2") * 1000;
    setTimeout(async () => {
      let next = region;
      if (!document.hidden) {
        try {
          const answer = await fetch(region.dataset.refresh, { headers: { Accept: "text/html" } });
          if (answer.redirected) return location.assign(answer.url);
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(region.id);
          if (answer.ok && fresh) {
            if (fresh.innerHTML !== region.innerHTML || !fresh.dataset.refresh) {
              next = document.importNode(fresh, true);
              region.replaceWith(next);
              next.querySelector("[autofocus]")?.focus();
            }
          }
        } catch {
          // The network comes back or it does not; the page on screen stays true meanwhile.
        }
      }
      if (next.dataset.refresh) refresh(next);
    }, wait);
  };
  document.querySelectorAll("[data-refresh]").forEach(refresh);

  // Single keys press the button that names them, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (typing) return;
    for (const button of document.querySelectorAll("[data-key]")) {
      if (button.dataset.key.toLowerCase() === event.key.toLowerCase() && !event.target.closest("button, a, summary")) {
        event.preventDefault();
        button.click();
        return;
      }
    }
  });

  document.querySelector("[aria-invalid=true]")?.focus();

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
})();
