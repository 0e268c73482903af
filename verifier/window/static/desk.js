// The window stays one page: what is scanned or sent goes by fetch, and only the part under the field is exchanged. So no key
// of the next scan is lost, and the desk is ready at once after a decision. Without this script every form works as a page.
"use strict";

(() => {
  const form = document.getElementById("scan-form");
  const desk = document.getElementById("desk");
  if (!form || !desk) return;
  const field = document.getElementById("scan-text");
  const told = document.getElementById("told");
  const word = document.getElementById("last-decision");
  document.documentElement.dataset.scripted = "yes";
  // Milliseconds: a scanner that reads the same code twice means it once; a code has up to a thousand characters, and one second reading is slow.
  const REPEAT = 6000;

  // -- what is on the screen -----------------------------------------------------------------------------------------

  // A verdict that has just appeared sounds, and is said to who cannot see it: after a scan, or when the wallet answered.
  const announced = new WeakSet();
  const announce = () => {
    for (const verdict of desk.querySelectorAll(".verdict")) {
      if (announced.has(verdict)) continue;
      announced.add(verdict);
      verdictSounds.play(verdictSounds.kindOf(verdict));
      told.textContent = verdict.textContent.replace(/\s+/g, " ").trim();
    }
  };
  new MutationObserver(announce).observe(desk, { childList: true, subtree: true });

  const focus = () => {
    const wanted = desk.querySelector("[aria-invalid=true], [autofocus]");
    (wanted ?? field).focus({ preventScroll: true });
    const verdict = innerWidth < 960 && desk.querySelector(".verdict");
    if (verdict) verdict.scrollIntoView();
    else scrollTo(0, 0);
  };

  // Styles and scripts that the page which came needs and this one has not.
  const bring = (fresh) => {
    for (const part of fresh.querySelectorAll("link[rel=stylesheet], script[src]")) {
      const address = part.getAttribute("href") ?? part.getAttribute("src");
      const name = part.localName;
      if (document.querySelector(`${name}[href="${CSS.escape(address)}"], ${name}[src="${CSS.escape(address)}"]`)) continue;
      const copy = document.createElement(name);
      for (const { name: key, value } of part.attributes) copy.setAttribute(key, value);
      document.head.append(copy);
    }
  };

  const exchange = (part) => {
    desk.replaceChildren(...part.cloneNode(true).childNodes);
    desk.dispatchEvent(new CustomEvent("kit:arrived", { bubbles: true }));
  };

  const show = (fresh, address) => {
    const part = fresh.getElementById("desk");
    if (!part) return false;
    bring(fresh);
    const context = fresh.getElementById("scan-context");
    if (context) document.getElementById("scan-context").replaceWith(document.importNode(context, true));
    const problem = fresh.getElementById("scan-problem");
    document.getElementById("scan-problem")?.remove();
    field.removeAttribute("aria-invalid");
    field.value = fresh.getElementById("scan-text")?.getAttribute("value") ?? "";
    if (problem) {
      form.append(document.importNode(problem, true));
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", "scan-problem");
      told.textContent = problem.textContent.trim();
      verdictSounds.play("warning");
    }
    exchange(part);
    document.title = fresh.title;
    history.replaceState(null, "", address);
    if (problem) field.select();
    else focus();
    return true;
  };

  const showError = (fresh) => {
    const part = document.createElement("div");
    part.append(...(fresh.getElementById("content")?.childNodes ?? []));
    exchange(part);
    verdictSounds.play("danger");
    told.textContent = part.textContent.replace(/\s+/g, " ").trim();
  };

  // -- what is sent --------------------------------------------------------------------------------------------------

  const request = async (address, body) => {
    const answer = await fetch(address, { method: body ? "POST" : "GET", body, headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { answer, fresh };
  };

  // One after the other, in the order in which they were scanned: the newest stays on the screen.
  let queue = Promise.resolve();
  const inTurn = (work) => {
    queue = queue.then(work).catch(() => say(desk.dataset.lost, "danger"));
    return queue;
  };

  const say = (text, kind, link) => {
    word.replaceChildren();
    word.className = `last-decision last-decision--${kind}`;
    word.append(text);
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = desk.dataset.record;
      word.append(" ", anchor);
    }
    word.hidden = !text;
    if (kind === "danger") verdictSounds.play("danger");
  };

  const send = (address, body) =>
    inTurn(async () => {
      desk.setAttribute("aria-busy", "true");
      try {
        const { answer, fresh } = await request(address, body);
        // The answer to a form has no address of its own; the switches of the page lead to the start from there.
        if (!answer.ok && !fresh.getElementById("desk")) showError(fresh);
        else if (!show(fresh, answer.redirected ? answer.url : "/")) location.assign(answer.url);
      } finally {
        desk.removeAttribute("aria-busy");
      }
    });

  // The empty desk, kept at hand while a decision is awaited, so that it stands there the moment one is taken.
  let ready = null;
  const prepare = async () => {
    if (!desk.querySelector("#decision") || ready) return;
    ready = request("/").then(({ answer, fresh }) => (answer.ok && fresh.getElementById("desk") ? fresh : null), () => null);
    kept = await ready;
  };
  let kept = null;
  desk.addEventListener("kit:arrived", () => prepare());
  new MutationObserver(() => prepare()).observe(desk, { childList: true, subtree: true });
  prepare();

  const decide = (target, body, label) => {
    const shown = location.href;
    const item = desk.querySelector("h1")?.textContent.trim();
    const what = item ? `${label} · ${item}` : label;
    const at = performance.now();
    if (kept) {
      show(kept, "/");
    } else {
      // It is still on its way; until it comes the desk is bare, and the field takes the next scan all the same.
      desk.replaceChildren();
      const bare = () => !desk.childElementCount;
      (ready ?? Promise.resolve(null))
        .then((fresh) => fresh ?? request("/").then((home) => home.fresh))
        .then((fresh) => bare() && show(fresh, "/"), () => {});
    }
    field.focus();
    ready = kept = null;
    say(`${what} …`, "busy");
    document.documentElement.dataset.readyAfter = String(Math.round((performance.now() - at) * 10) / 10);
    inTurn(async () => {
      let outcome;
      try {
        outcome = await request(target, body);
      } catch {
        return say(`${what}: ${desk.dataset.lost}`, "danger", shown);
      }
      const { answer, fresh } = outcome;
      if (answer.ok) return say(`✓ ${what}`, "done", answer.redirected ? answer.url : "");
      const sentence = fresh.querySelector("#content p")?.textContent.trim() ?? "";
      say(`${what}: ${desk.dataset.failed} ${sentence}`, "danger", shown);
    });
  };

  document.addEventListener("submit", (event) => {
    const sent = event.target;
    const inside = sent === form || desk.contains(sent);
    if (event.defaultPrevented || !inside || sent.method !== "post" || sent.hasAttribute("data-whole-page")) return;
    event.preventDefault();
    delete sent.dataset.sent; // the kit lets a form be sent once; this page stays
    const body = new FormData(sent, event.submitter ?? undefined);
    const target = event.submitter?.getAttribute("formaction") ?? sent.action;
    if (sent.closest("#decision")) {
      const label = event.submitter?.querySelector("span")?.textContent ?? event.submitter?.firstChild?.textContent ?? "";
      if (sent.dataset.going) return;
      sent.dataset.going = "yes";
      return decide(target, body, label.trim());
    }
    if (sent === form) {
      if (!field.value.trim() && !form.querySelector("input[type=file]")?.files.length) return field.focus();
      field.value = "";
      form.querySelector("input[type=file]").value = "";
    }
    send(target, body);
  });

  // -- what is scanned -----------------------------------------------------------------------------------------------

  let last = { text: "", at: -Infinity };
  document.addEventListener("scanned", ({ detail: { text, file } }) => {
    if (!text && !file) return;
    const now = performance.now();
    if (text && text === last.text && now - last.at < REPEAT) return void (last.at = now);
    last = { text, at: now };
    say("", "done");
    const body = new FormData(form);
    body.set("text", text ?? "");
    body.delete("file");
    if (file) body.set("file", file, file.name || "pasted");
    send(form.action, body);
  });
})();
