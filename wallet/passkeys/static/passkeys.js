// Passkeys: register one, sign in with one, prove with one that it is still you. Forms say where to ask and where to send.
"use strict";

(() => {
  if (!window.PublicKeyCredential) return;
  const english = document.documentElement.lang === "en";
  const words = {
    away: english ? "That did not work. Try again." : "没有成功，请再试一次。",
    cancelled: english ? "Cancelled. Nothing was changed." : "已取消，没有任何改动。",
    known: english ? "This device is registered already." : "本设备已登记过通行密钥。",
  };

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const readable = (options) => {
    const read = { ...options, challenge: bytes(options.challenge) };
    if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      if (options[list]) read[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
    }
    return read;
  };

  const sendable = (credential) => {
    const { response } = credential;
    const parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = text(response[name]);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: parts,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const post = async (form, address, body) => {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    if (form.dataset.csrf) headers["X-CSRF-Token"] = form.dataset.csrf;
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      const told = said.message ? said.message[english ? "en" : "zh"] : words.away;
      const next = said.next ? said.next[english ? "en" : "zh"] : "";
      throw Object.assign(new Error(`${told} ${next}`), { told: true, type: said.type || "" });
    }
    return said;
  };

  const run = async (form, make) => {
    const button = form.querySelector("button[type=submit]");
    const told = form.querySelector("[data-told]");
    button.disabled = true;
    told.textContent = "";
    try {
      const options = readable(await post(form, form.dataset.options, {}));
      const credential = make
        ? await navigator.credentials.create({ publicKey: options })
        : await navigator.credentials.get({ publicKey: options });
      const body = { credential: sendable(credential), next: form.dataset.next };
      if (make) body.name = form.elements.name.value;
      const said = await post(form, form.dataset.send, body);
      location.assign(said.next || form.dataset.next);
    } catch (error) {
      if (error.type && error.type.endsWith("step-up-required")) {
        location.assign(`/step-up?next=${encodeURIComponent(location.pathname)}`);
        return;
      }
      if (error.told) told.textContent = error.message;
      else if (error.name === "NotAllowedError") told.textContent = words.cancelled;
      else if (error.name === "InvalidStateError") told.textContent = words.known;
      else told.textContent = words.away;
      button.disabled = false;
    }
  };

  for (const [id, make] of [["passkey-register", true], ["passkey-use", false]]) {
    const form = document.getElementById(id);
    if (!form) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form, make);
    });
  }
})();
