// The camera of the scan page: finds a code in the picture and puts it into the form that works without a script.
"use strict";

(() => {
  const form = document.getElementById("scan-form");
  const start = document.getElementById("camera-start");
  const button = document.getElementById("camera-button");
  const section = document.getElementById("camera");
  const view = document.getElementById("camera-view");
  const word = document.getElementById("camera-word");
  if (!navigator.mediaDevices?.getUserMedia) return;
  start.hidden = false;

  const token = form.elements.csrf_token.value;
  const isOurs = (text) => /[?&](credential_offer(_uri)?|request_uri)=/.test(text);
  let stream = null;

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    section.hidden = true;
    start.hidden = false;
  };

  const follow = (link) => {
    stop();
    form.elements.link.value = link;
    form.requestSubmit();
  };

  // The picture stays on the device where the browser or zxing-wasm reads codes; else one frame at a time goes to our server.
  const byServer = async () => {
    const canvas = codeReader.drawn(view, 960);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    const answer = await fetch("/scan/frame", {
      method: "POST",
      body: picture,
      headers: { "X-CSRF-Token": token, "Content-Type": "image/jpeg" },
    });
    return answer.status === 200 ? [(await answer.json()).link] : [];
  };

  // What reads, and how long to wait between two pictures; found out once, when the camera is opened.
  const chooseReader = async () =>
    (await codeReader.choose(form.dataset)) ?? { by: "server", read: byServer, wait: 700 };
  let reader = null;

  const look = async () => {
    if (!stream) return;
    let link;
    if (view.videoWidth) {
      try {
        link = (await reader.read(view)).find(isOurs);
      } catch {
        link = undefined; // a frame that could not be read; the next one may be better
      }
    }
    if (link) follow(link);
    else setTimeout(look, reader.wait);
  };

  button.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      word.textContent = button.dataset.refused;
      section.hidden = false;
      view.hidden = true;
      start.hidden = true;
      return;
    }
    view.srcObject = stream;
    section.hidden = false;
    start.hidden = true;
    await view.play();
    reader ??= await chooseReader();
    form.dataset.readBy = reader.by;
    look();
  });
  window.addEventListener("pagehide", stop);
})();
