// Besides the scanner: the camera, and files that are dropped on the page, chosen, or pasted into it.
"use strict";

(() => {
  const form = document.getElementById("scan-form");
  if (!form) return;
  const scanned = (detail) => document.dispatchEvent(new CustomEvent("scanned", { detail }));

  // -- files ---------------------------------------------------------------------------------------------------------
  const chooser = form.querySelector("input[type=file]");
  const TYPES = ["image/png", "image/jpeg", "image/webp", "application/pdf"];
  // Of several the first that may hold a code; any other file is told what it is, instead of nothing happening.
  const take = (files, any = true) => {
    const all = [...(files ?? [])];
    const file = all.find(({ type }) => TYPES.includes(type)) ?? (any ? all[0] : undefined);
    if (file) scanned({ file });
    return Boolean(file);
  };
  chooser?.addEventListener("change", () => {
    if (take(chooser.files)) chooser.value = "";
  });
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    document.documentElement.dataset.dropping = "yes";
  });
  const over = () => delete document.documentElement.dataset.dropping;
  addEventListener("dragleave", (event) => event.relatedTarget ?? over());
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over();
    take(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    if (take(event.clipboardData?.files, false)) event.preventDefault();
  });

  // -- camera --------------------------------------------------------------------------------------------------------
  const button = document.getElementById("camera-button");
  const panel = document.getElementById("camera");
  const view = document.getElementById("camera-view");
  const word = document.getElementById("camera-word");
  if (!button || !navigator.mediaDevices?.getUserMedia) return;
  if (!("BarcodeDetector" in globalThis) && !form.dataset.reader) return; // nothing here could read the picture
  button.hidden = false;
  const AGAIN = 5000; // milliseconds: a code that is still held before the camera is no new one
  let [stream, reader, last] = [null, null, { text: "", at: -Infinity }];

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    panel.hidden = true;
    button.setAttribute("aria-pressed", "false");
  };

  const look = async () => {
    if (!stream) return;
    let texts = [];
    try {
      if (view.videoWidth) texts = await reader.read(view);
    } catch {
      texts = []; // a picture that could not be read; the next one may be better
    }
    const now = performance.now();
    const text = texts[0];
    if (text && (text !== last.text || now - last.at > AGAIN)) scanned({ text });
    if (text) last = { text, at: now };
    setTimeout(look, reader.wait);
  };

  const start = async () => {
    panel.hidden = false;
    view.hidden = false;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      view.hidden = true;
      word.textContent = button.dataset.refused;
      return;
    }
    button.setAttribute("aria-pressed", "true");
    view.srcObject = stream;
    await view.play();
    reader ??= await codeReader.choose(form.dataset);
    if (!reader) return stop();
    form.dataset.readBy = reader.by;
    look();
  };
  button.addEventListener("click", () => (stream ? stop() : start()));
  addEventListener("pagehide", stop);
})();
