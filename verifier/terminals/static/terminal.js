// A device's key: made here, kept where scripts cannot read its private half, used to sign what the window asks.
"use strict";

(() => {
  const script = document.getElementById("terminal-script");
  const { csrf } = script.dataset;
  const [DATABASE, KEYS] = ["elicence-terminal", "keys"];
  const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };

  const opened = () =>
    new Promise((done, failed) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(KEYS);
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });

  const inStore = async (mode, act) => {
    const database = await opened();
    try {
      return await new Promise((done, failed) => {
        const transaction = database.transaction(KEYS, mode);
        const request = act(transaction.objectStore(KEYS));
        transaction.oncomplete = () => done(request.result);
        transaction.onerror = transaction.onabort = () => failed(transaction.error);
      });
    } finally {
      database.close();
    }
  };

  const encoded = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const segment = (value) => encoded(new TextEncoder().encode(JSON.stringify(value)));

  // A compact JWS (RFC 7515); the browser's ECDSA signature is raw r‖s, as ES256 wants it.
  const signed = async (key, typ, nonce) => {
    const input = `${segment({ alg: "ES256", typ })}.${segment({ aud: location.origin, nonce })}`;
    const signature = await crypto.subtle.sign(
      { name: "ECDSA", hash: "SHA-256" },
      key,
      new TextEncoder().encode(input),
    );
    return `${input}.${encoded(signature)}`;
  };

  const post = (address, body) =>
    fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(body),
    });

  // A new session for this device; false when it is no terminal (any more), an exception when nobody answers.
  const prove = async () => {
    const known = await inStore("readonly", (keys) => keys.get("device"));
    if (!known) return false;
    const { challenge } = await (await post("/terminal/challenge", {})).json();
    const proof = await signed(known.key, "elicence-terminal-session+jwt", challenge);
    return (await post("/terminal/session", { terminal: known.terminal, challenge, proof })).ok;
  };

  // As the server reads what was typed: the proof names the plain code.
  const plainCode = (text) =>
    text
      .trim()
      .toUpperCase()
      .replace(/^ELT1:/, "")
      .replace(/[-\s]/g, "")
      .replace(/[IL]/g, "1")
      .replaceAll("O", "0")
      .replaceAll("U", "V");

  const form = document.getElementById("enrol-form");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const word = document.getElementById("enrol-word");
    const say = (text) => {
      word.textContent = text;
      word.hidden = false;
      delete form.dataset.sent; // the kit lets a form be sent once
      form.elements.code.setAttribute("aria-invalid", "true");
      form.elements.code.select();
    };
    if (!crypto.subtle || !window.indexedDB) return say(word.dataset.old);
    try {
      const code = plainCode(form.elements.code.value);
      const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
      const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
      const proof = await signed(pair.privateKey, "elicence-terminal-enrolment+jwt", code);
      const answer = await post("/terminal/enrol", { code, key: { kty, crv, x, y }, proof });
      const body = await answer.json();
      if (!answer.ok) return say([body.detail, body.next?.[document.documentElement.lang.slice(0, 2)]].filter(Boolean).join(" "));
      await inStore("readwrite", (keys) => keys.put({ terminal: body.id, key: pair.privateKey }, "device"));
      location.assign(body.home);
    } catch {
      say(word.dataset.lost);
    }
  });

  // A browser that keeps no cookies would be led here again and again: proved just now, and asked again, is one.
  const LATELY = 5000; // milliseconds
  const proveOnce = async () => {
    if (Date.now() - Number(sessionStorage.getItem(DATABASE) ?? "0") < LATELY) return false;
    const proved = await prove();
    if (proved) sessionStorage.setItem(DATABASE, String(Date.now()));
    return proved;
  };

  const resume = document.getElementById("resume");
  if (resume) {
    proveOnce()
      .then((proved) => {
        if (proved) location.replace(resume.dataset.next);
        else document.getElementById("resume-failed").hidden = false;
      })
      .catch(() => (document.getElementById("resume-failed").hidden = false));
  }
  // The cookie is gone and the key is still there: no need to enrol anew.
  if (form) proveOnce().then((proved) => proved && location.reload(), () => {});

  // An open page signs again long before its session is over; a desk that is no terminal has nothing to sign with.
  const seconds = Number(script.dataset.renew || "0");
  if (seconds) setInterval(() => prove().catch(() => {}), seconds * 1000);
})();
