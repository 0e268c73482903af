// The keyboard of the window: what is typed reaches the field, numbers choose a reason, typing filters the items.
"use strict";

(() => {
  const field = document.getElementById("scan-text");

  // A key that no button on the page wants belongs to the scan field.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, button, a, summary")) return;
    if (event.key.length === 1 && event.key !== " " && field) field.focus();
  });

  // As in the kit: a key that another follows at once came from a scanner, and chooses nothing. On the window, because the
  // kit stops such keys at the document.
  let choosing = 0;
  window.addEventListener("keydown", () => clearTimeout(choosing), true);

  // While a list of reasons is open, its numbers work and Enter no longer accepts.
  const openReasons = () => document.querySelector(".decision__more[open]");
  document.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches(".decision__more")) return;
      const accept = document.getElementById("accept");
      const open = openReasons();
      if (accept) {
        if (open) delete accept.dataset.key;
        else accept.dataset.key = "Enter";
      }
      if (event.target.open) event.target.querySelector("button[data-number]").focus();
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      const open = openReasons();
      if (!open || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
      const reason = open.querySelector(`button[data-number="${CSS.escape(event.key)}"]`);
      if (reason) {
        event.preventDefault();
        event.stopImmediatePropagation();
        choosing = setTimeout(() => reason.click(), 80);
      } else if (event.key === "Escape") {
        open.open = false;
        open.querySelector("summary").focus();
      }
    },
    true,
  );

  // The items filter as one types; Enter with one left starts it. They come and go with the part under the field.
  const items = () => [...document.querySelectorAll("#items .item")];
  const left = () => items().filter((item) => !item.hidden);
  field?.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    const looksLikeLicence = wanted.length > 60;
    for (const item of items()) item.hidden = !looksLikeLicence && !item.dataset.search.includes(wanted);
    const none = document.getElementById("no-items");
    if (none) none.hidden = left().length > 0;
  });
  field?.form.addEventListener("submit", (event) => {
    const found = left();
    if (field.value.trim() && found.length === 1) {
      event.preventDefault();
      event.stopPropagation();
      field.value = "";
      found[0].querySelector("button").click();
    }
  });
})();
