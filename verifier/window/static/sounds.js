// Three verdicts, three sounds, made here: rising for passed, falling and harsh for not passed, one that wavers for cannot tell.
"use strict";

globalThis.verdictSounds = (() => {
  const MUTED = "elicence-window-muted";
  // [frequency in Hz, start and length in seconds], and how it is to sound
  const SOUNDS = {
    success: { shape: "sine", notes: [[660, 0, 0.12], [990, 0.13, 0.2]] },
    danger: { shape: "square", notes: [[220, 0, 0.16], [165, 0.2, 0.32]] },
    warning: { shape: "triangle", notes: [[440, 0, 0.12], [415, 0.16, 0.12], [440, 0.32, 0.14]] },
  };
  let context = null;

  // Browsers let a page sound only after somebody touched it; a scanner's key counts.
  const wake = () => {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume();
  };
  for (const name of ["keydown", "pointerdown"]) addEventListener(name, wake, { capture: true, passive: true });

  const read = () => {
    try {
      return localStorage.getItem(MUTED) === "yes";
    } catch {
      return false; // storage is forbidden: it sounds
    }
  };
  let muted = read();

  const button = document.getElementById("mute");
  const show = () => {
    if (!button) return;
    button.hidden = false;
    button.setAttribute("aria-pressed", String(muted));
    button.querySelector("[data-on]").hidden = muted;
    button.querySelector("[data-off]").hidden = !muted;
  };
  button?.addEventListener("click", () => {
    muted = !muted;
    try {
      localStorage.setItem(MUTED, muted ? "yes" : "no");
    } catch {
      // It holds until the page is left.
    }
    show();
  });
  show();

  const play = (kind) => {
    document.documentElement.dataset.sounded = kind;
    if (muted || !context || !SOUNDS[kind]) return;
    const now = context.currentTime + 0.01;
    for (const [frequency, start, length] of SOUNDS[kind].notes) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.type = SOUNDS[kind].shape;
      tone.frequency.value = frequency;
      // Without a ramp at both ends the loudspeaker clicks.
      volume.gain.setValueAtTime(0, now + start);
      volume.gain.linearRampToValueAtTime(tone.type === "square" ? 0.08 : 0.2, now + start + 0.015);
      volume.gain.linearRampToValueAtTime(0, now + start + length);
      tone.connect(volume).connect(context.destination);
      tone.start(now + start);
      tone.stop(now + start + length + 0.02);
    }
  };

  const kindOf = (verdict) => Object.keys(SOUNDS).find((kind) => verdict.classList.contains(`verdict--${kind}`));
  return { play, kindOf };
})();
