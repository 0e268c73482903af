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

  // Where the browser reads codes itself the picture stays on the device; else one frame at a time goes to our server.
  const detector = "BarcodeDetector" in window ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  const readHere = async () => (await detector.detect(view)).map((code) => code.rawValue).find(isOurs);
  const canvas = document.createElement("canvas");
  const readThere = async () => {
    const scale = Math.min(1, 960 / Math.max(view.videoWidth, view.videoHeight));
    canvas.width = view.videoWidth * scale;
    canvas.height = view.videoHeight * scale;
    canvas.getContext("2d").drawImage(view, 0, 0, canvas.width, canvas.height);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    const answer = await fetch("/scan/frame", {
      method: "POST",
      body: picture,
      headers: { "X-CSRF-Token": token, "Content-Type": "image/jpeg" },
    });
    return answer.status === 200 ? (await answer.json()).link : undefined;
  };

  const look = async () => {
    if (!stream) return;
    let link;
    if (view.videoWidth) {
      try {
        link = await (detector ? readHere() : readThere());
      } catch {
        link = undefined; // a frame that could not be read; the next one may be better
      }
    }
    if (link) follow(link);
    else setTimeout(look, detector ? 150 : 700);
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
    look();
  });
  window.addEventListener("pagehide", stop);
})();
