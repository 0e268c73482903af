// Small improvements of pages that work without them: copying, fresh status, keys, focus on what is wrong.
"use strict";

(() => {
  // Buttons that need a script show themselves only where there is one; also in regions that arrive later.
  const reveal = (part) => {
    if (navigator.clipboard) for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
  };
  const regions = (part) => [...part.querySelectorAll("[data-refresh]")].map((region) => [region, region.innerHTML]);
  const there = regions(document);
  reveal(document);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 2000);
  });

  // What a reader unfolded stays unfolded.
  const keepOpen = (before, after) => {
    const open = [...before.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
    for (const summary of after.querySelectorAll("details > summary"))
      if (open.includes(summary.textContent)) summary.parentElement.open = true;
  };

  // A status region is replaced by the same region of a fresh page; it ends when the fresh one no longer asks for it.
  const refresh = (region, known) => {
    const wait = Number(region.dataset.refreshSeconds || "2") * 1000;
    setTimeout(async () => {
      if (!region.isConnected) return; // another part of the page has taken its place
      let [next, told] = [region, known];
      if (!document.hidden) {
        try {
          const answer = await fetch(region.dataset.refresh, { headers: { Accept: "text/html" } });
          if (answer.redirected) return location.assign(answer.url);
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(region.id);
          if (answer.ok && fresh && region.isConnected) {
            // Compared with what the server said before, not with the screen: readers open and close things there.
            if (fresh.innerHTML !== known || !fresh.dataset.refresh) {
              told = fresh.innerHTML;
              next = document.importNode(fresh, true);
              keepOpen(region, next);
              region.replaceWith(next);
              reveal(next);
              next.querySelector("[autofocus]")?.focus();
            }
          }
        } catch {
          // The network comes back or it does not; the page on screen stays true meanwhile.
        }
      }
      if (next.dataset.refresh) refresh(next, told);
    }, wait);
  };
  for (const [region, known] of there) refresh(region, known);
  // Whoever puts a new part into the page says so on it; the event bubbles up to here.
  document.addEventListener("kit:arrived", (event) => {
    reveal(event.target);
    for (const [region, known] of regions(event.target)) refresh(region, known);
  });

  // A hardware scanner is a keyboard, and whoever holds a code under it chooses the keys. Its characters follow one another
  // faster than a person's: what comes right after a character presses nothing, and takes back what that one would press.
  const SECOND_KEY_OF_A_SCANNER = 40; // milliseconds
  let [lastCharacter, pressing] = [-Infinity, 0];
  document.addEventListener(
    "keydown",
    (event) => {
      const scanned = event.timeStamp - lastCharacter < SECOND_KEY_OF_A_SCANNER;
      if (event.key.length === 1) lastCharacter = event.timeStamp;
      clearTimeout(pressing);
      if (scanned && !event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  // Single keys press the button that names them, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (typing) return;
    // Enter and space belong to the button or link that has the focus; letters to whoever names them.
    if (["Enter", " "].includes(event.key) && event.target.closest("button, a, summary")) return;
    for (const button of document.querySelectorAll("[data-key]")) {
      if (button.dataset.key.toLowerCase() === event.key.toLowerCase()) {
        event.preventDefault();
        pressing = setTimeout(() => button.click(), 2 * SECOND_KEY_OF_A_SCANNER);
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
