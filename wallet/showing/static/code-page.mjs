// The page of the code. What the phone keeps is on the screen first; the network is asked afterwards.

import { CODE_SECONDS, makeCode } from "./show-code.mjs";
import { SignedOut, forget, keptDay, now, phoneKey, refreshDay, usesAfter } from "./code-keeper.mjs";

const CHOSEN = "elicence-code-licence";
const ASK_EVERY = 3000; // milliseconds between two questions whether the code was used
const REFRESH_EVERY = 10 * 60 * 1000;

const part = (name) => document.getElementById(`code-${name}`);
const page = document.getElementById("code");
const words = page.dataset;
const english = document.documentElement.lang === "en";
const say = (text) => (text ? (english ? text.en : text.zh) : "");
const fill = (sentence, value) => sentence.replace("%s", value);

let day; // what the phone keeps
let licence; // the one on the screen
let code; // {text, id, seconds}
let cursor = null; // of the uses that were told of already
const drawing = words.drawing ? import(words.drawing) : Promise.reject(new Error("not installed"));
drawing.catch(() => {});

const state = (name) => {
  page.dataset.state = name;
};

const draw = async (text) => {
  const { generate, mode, correction } = await drawing;
  const symbol = generate(text, { minCorrectionLevel: correction.M, modes: [mode.alphaNumeric] });
  const quiet = 4;
  const canvas = part("picture");
  const scale = Math.max(3, Math.floor((1000 - 1) / (symbol.size + 2 * quiet)));
  const size = (symbol.size + 2 * quiet) * scale;
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, size, size);
  context.fillStyle = licence.state.usable ? "#000000" : "#a8231d";
  for (let y = 0; y < symbol.size; y += 1) {
    for (let x = 0; x < symbol.size; x += 1) {
      if (symbol.get(x, y)) context.fillRect((x + quiet) * scale, (y + quiet) * scale, scale, scale);
    }
  }
};

const wipe = () => {
  code = undefined;
  const canvas = part("picture");
  canvas.width = canvas.height = 1;
};

const refuse = (sentence) => {
  wipe();
  part("reason").textContent = sentence;
  part("reason").hidden = false;
  part("picture").hidden = true;
  part("left").textContent = "";
  state("without");
};

const showCode = async () => {
  if (document.hidden) return;
  const wrong = licence.state.usable ? "" : say(licence.state.reason) || say(licence.state.word);
  if (!licence.delegation) return refuse(wrong || say(licence.why_not) || words.failed);
  if (licence.expires <= now(day)) return refuse(words.ended);
  const { privateKey } = await phoneKey();
  code = await makeCode(privateKey, licence.compact, licence.delegation, Math.floor(now(day) / 1000));
  await draw(code.text);
  part("picture").hidden = false;
  part("reason").hidden = !wrong;
  part("reason").textContent = wrong;
  part("picture").setAttribute("aria-label", `${words.picture} ${say(licence.title)}`);
  page.dataset.code = code.id;
  tellLeft();
  if (!page.dataset.shownAfter) page.dataset.shownAfter = Math.round(performance.now());
  state(wrong ? "bad" : "good");
};

const moment = (milliseconds) =>
  new Intl.DateTimeFormat(english ? "en-GB" : "zh-CN", { dateStyle: "medium", timeStyle: "short" }).format(milliseconds);

const showWho = () => {
  part("who").hidden = false;
  const face = day.portrait;
  part("portrait").hidden = !face;
  if (face) {
    part("portrait").src = face;
    part("portrait").alt = fill(words.portrait, day.person.name);
  }
  part("name").textContent = day.actingFor ? `${licence.holder} · ${day.person.name}` : licence.holder;
  part("title").textContent = say(licence.title);
  part("issuer").textContent = say(licence.issuer);
  part("number").textContent = licence.number ?? "";
  const tag = part("state");
  tag.textContent = say(licence.state.word);
  tag.className = `tag tag--${licence.state.kind}`;
  part("band").hidden = !day.actingFor;
  if (day.actingFor) {
    const capacity = say(JSON.parse(words.capacities)[day.actingFor.capacity]);
    part("band").textContent = `${fill(words.acting, day.actingFor.name)}${capacity ? ` · ${capacity}` : ""}`;
    part("band").dataset.kind = day.actingFor.kind;
  }
  part("until").textContent = licence.expires ? fill(words.until, moment(licence.expires)) : "";
};

const choose = async (id) => {
  licence = day.licences.find((one) => one.id === id) ?? day.licences[0];
  localStorage.setItem(CHOSEN, licence.id);
  showWho();
  await showCode();
};

const offerChoice = () => {
  const select = part("select");
  select.replaceChildren(
    ...day.licences.map((one) => {
      const sign = one.state.usable ? "" : ` (${say(one.state.word)})`;
      return new Option(`${say(one.title)} · ${one.holder}${sign}`, one.id, false, one.id === licence.id);
    }),
  );
  part("choice").hidden = day.licences.length < 2;
};

const present = async () => {
  if (day.licences.length === 0) return refuse(words.none);
  const asked = new URLSearchParams(location.search).get("licence");
  await choose(asked ?? licence?.id ?? localStorage.getItem(CHOSEN));
  offerChoice();
};

const leaveSignedOut = (error) => {
  wipe();
  location.replace(error.status === 401 ? `/sign-in?next=${encodeURIComponent("/code")}` : "/");
};

const refresh = async () => {
  if (!navigator.onLine && day) return;
  try {
    const before = JSON.stringify([day?.boundTo, licence?.state, licence?.expires, day?.licences.map((one) => one.id)]);
    day = await refreshDay();
    const same = day.licences.find((one) => one.id === licence?.id);
    const after = JSON.stringify([day.boundTo, same?.state, same?.expires, day.licences.map((one) => one.id)]);
    if (before !== after || !code) await present();
  } catch (error) {
    if (error instanceof SignedOut) leaveSignedOut(error);
    else if (!day) refuse(navigator.onLine ? words.failed : words.away);
  }
};

const tellUse = async (use) => {
  const line = document.createElement("p");
  const party = say(use.party);
  line.className = `code__use code__use--${use.outcome}`;
  line.textContent =
    use.outcome === "used"
      ? fill(words.used, party) + (use.item ? fill(words.usedFor, say(use.item)) : "")
      : fill(words.refused, party) + say(use.reason);
  const log = document.createElement("a");
  log.href = "/log";
  log.textContent = words.unasked;
  line.append(document.createElement("br"), log);
  part("notice").replaceChildren(line);
  navigator.vibrate?.(200);
  if (use.code_id === code?.id) await showCode();
};

const askForUses = async () => {
  if (!document.hidden && navigator.onLine && day) {
    try {
      const answer = await usesAfter(cursor);
      const news = cursor === null ? [] : answer.uses;
      cursor = answer.cursor;
      if (news.length > 0) await tellUse(news[news.length - 1]);
    } catch (error) {
      if (error instanceof SignedOut) return leaveSignedOut(error);
    }
  }
  setTimeout(askForUses, ASK_EVERY);
};

// The clock and the ring: what a picture of the screen cannot show.
const tellLeft = () => {
  const left = Math.max(0, Math.ceil(code.seconds + CODE_SECONDS - now(day) / 1000));
  part("left").textContent = fill(words.left, left);
  part("ring").setAttribute("stroke-dasharray", `${left} 60`);
  return left;
};

const tick = () => {
  const at = now(day);
  part("clock").textContent = new Date(at).toLocaleTimeString(english ? "en-GB" : "zh-CN", { hour12: false });
  if (code && tellLeft() === 0) {
    code = undefined;
    showCode().catch(() => refuse(words.failed));
  }
  setTimeout(tick, 1000 - (at % 1000));
};

// A code is not left lying about: out of sight it is wiped, and the way back leads over the first page.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return;
  wipe();
  location.replace("/");
});

part("select").addEventListener("change", (event) => choose(event.target.value));
addEventListener("online", refresh);

const start = async () => {
  tick();
  navigator.wakeLock?.request("screen").catch(() => {});
  try {
    day = await keptDay();
    if (day) await present();
  } catch {
    await forget();
    day = undefined;
  }
  await refresh();
  setInterval(refresh, REFRESH_EVERY);
  askForUses();
};

start();
