// A hardware scanner is a keyboard that types faster than anybody. Wherever the focus is, whatever the input method or the
// caps lock do, what it types becomes one event "scanned" on the document, and nothing of it stays where the focus was.
"use strict";

(() => {
  const GAP = 40; // milliseconds between two keys of a scanner, nearly always
  const PAUSE = 150; // milliseconds that a scanner, or a busy machine, may pause within a code
  const SURE_AFTER = 5; // keys one upon the other so fast that it is no person
  const SILENCE = 160; // milliseconds: a scanner without a suffix has ended
  const LONG_SILENCE = 400; // of a code that may have hundreds of characters, on a machine that has much to do
  const TOGETHER = 1500; // milliseconds within which parts that a busy machine tore apart are of one code
  const OURS = /^(EL[A-Z][0-9]:|eyJ)/;
  const TEXT = "input:not([type=checkbox], [type=radio], [type=file], [type=submit], [type=button]), textarea";

  // What a key types on the layout that scanners use out of the box: for an input method that keeps the characters to itself,
  // and for a caps lock that turns them round.
  const PLAIN = "`-=[]\\;',./";
  const SHIFTED = '~_+{}|:"<>?';
  const CODES = ["Backquote", "Minus", "Equal", "BracketLeft", "BracketRight", "Backslash", "Semicolon", "Quote", "Comma"];
  CODES.push("Period", "Slash");
  const DIGITS = ")!@#$%^&*(";
  const byPosition = ({ code, shiftKey }) => {
    if (code.startsWith("Key")) return shiftKey ? code.slice(3) : code.slice(3).toLowerCase();
    if (code.startsWith("Digit")) return shiftKey ? DIGITS[Number(code.slice(5))] : code.slice(5);
    if (code === "Space") return " ";
    const place = CODES.indexOf(code);
    return place < 0 ? "" : (shiftKey ? SHIFTED : PLAIN)[place];
  };
  const characterOf = (event) => {
    const kept = event.isComposing || event.key === "Process" || event.keyCode === 229;
    if (kept || event.getModifierState("CapsLock")) return byPosition(event);
    return event.key.length === 1 ? event.key : "";
  };

  // Full-width letters come from an input method too; symbology identifiers ("]Q1", ISO/IEC 15424) from the scanner.
  const plain = (text) =>
    text
      .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
      .replace(/^\][A-Za-z][0-9A-Za-z]/, "")
      .replace(/[\u0000-\u001f\u007f]/g, "")
      .trim();
  const looksLikeCode = (text) => /^[\x21-\x7e]{12,}$/.test(text) || /^[A-Z]{2,4}[0-9]:/.test(text);

  let burst = null;
  let torn = null; // what was typed just before, should it turn out to be the beginning of a code

  // Keys that wait in the queue of a busy page come before the end is believed.
  const endInSilence = () => {
    const [one, seen] = [burst, burst.last];
    setTimeout(() => burst === one && one.last === seen && end(""), 60);
  };
  const awaitSilence = () => {
    burst.timer = setTimeout(() => burst && endInSilence(), OURS.test(plain(burst.text)) ? LONG_SILENCE : SILENCE);
  };

  const begin = (event, character) => {
    const target = event.target.closest?.(TEXT);
    burst = {
      text: character,
      last: event.timeStamp,
      fast: 0,
      slow: 0, // how many characters came before the last gap that was no scanner's, or a busy machine's
      sure: false,
      target,
      value: target?.value,
      from: target?.selectionStart ?? 0,
      to: target?.selectionEnd ?? 0,
      timer: 0,
      before: torn && event.timeStamp - torn.last < TOGETHER ? torn : null,
    };
    torn = null;
  };

  // What the first keys left behind, or an input method is still composing, is taken away again.
  const putBack = ({ target, value }) => {
    if (!target?.isConnected) return;
    target.blur();
    target.value = value;
    setTimeout(() => {
      if (target.value !== value && !burst) target.value = value; // what a composition left when it was broken off
    }, 0);
  };

  const end = (suffix) => {
    const done = burst;
    burst = null;
    clearTimeout(done.timer);
    // A key that somebody pressed just before is not of the code where the rest is one by itself.
    const rest = plain(done.text.slice(done.slow));
    let text = OURS.test(rest) ? rest : plain(done.text);
    const whole = done.before && !OURS.test(text) ? plain(done.before.text + done.text) : "";
    if (OURS.test(whole)) [text, done.value] = [whole, done.before.value];
    const field = document.getElementById("scan-text");
    putBack(done);
    const own = done.target && done.target !== field;
    if (looksLikeCode(text) || (suffix && !own)) {
      if (done.target === field && field) field.value = "";
      document.dispatchEvent(new CustomEvent("scanned", { detail: { text, from: "scanner" } }));
      if (field && !document.activeElement?.closest("h1")) field.focus();
      return;
    }
    // Short, and no end of a scanner: somebody types very fast, or pastes key by key. It stays where it was typed.
    const place = done.target ?? field;
    if (!place?.isConnected) return;
    place.focus();
    place.setRangeText(text, done.target ? done.from : 0, done.target ? done.to : place.value.length, "end");
    place.dispatchEvent(new Event("input", { bubbles: true }));
    if (suffix === "Enter") place.form?.requestSubmit();
  };

  addEventListener(
    "keydown",
    (event) => {
      if (event.repeat || ["Shift", "CapsLock", "NumLock"].includes(event.key)) return;
      const gap = burst ? event.timeStamp - burst.last : 0;
      if (burst && !burst.sure && gap >= PAUSE) {
        const { text, value, last, before } = burst;
        torn = { text: (before?.text ?? "") + text, value: before ? before.value : value, last };
        burst = null;
      }
      const suffix = ["Enter", "NumpadEnter", "Tab"].includes(event.code) ? event.code.replace("Numpad", "") : "";
      if (burst?.sure) {
        // Control characters of a code must not press the browser's own keys.
        event.preventDefault();
        event.stopImmediatePropagation();
        burst.last = event.timeStamp;
        clearTimeout(burst.timer);
        if (suffix) return end(suffix);
        if (!event.ctrlKey && !event.altKey && !event.metaKey) burst.text += characterOf(event);
        awaitSilence();
        return;
      }
      if (event.ctrlKey || event.altKey || event.metaKey || suffix) return void (burst = null);
      const character = characterOf(event);
      if (!character) return;
      if (!burst) return begin(event, character);
      burst.text += character;
      burst.last = event.timeStamp;
      burst.fast = gap < GAP ? burst.fast + 1 : 0;
      if (gap >= GAP) burst.slow = burst.text.length - 1;
      if (burst.fast < SURE_AFTER) return;
      burst.sure = true;
      event.preventDefault();
      event.stopImmediatePropagation();
      awaitSilence();
    },
    true,
  );
})();
