// The first page without a network: the licences that this phone can show by itself.

import { keptDay, now } from "./code-keeper.mjs";

const page = document.getElementById("offline");
const english = document.documentElement.lang === "en";
const say = (text) => (english ? text.en : text.zh);
const moment = (milliseconds) =>
  new Intl.DateTimeFormat(english ? "en-GB" : "zh-CN", { dateStyle: "medium", timeStyle: "short" }).format(milliseconds);

const line = (name, text) => {
  const part = document.createElement("p");
  part.className = name;
  part.textContent = text;
  return part;
};

const cardOf = (licence, day) => {
  const card = document.createElement("li");
  card.className = `licence licence--${licence.card}${licence.state.usable ? "" : " licence--unusable"}`;
  const title = document.createElement("h2");
  const link = document.createElement("a");
  title.className = "licence__title";
  link.className = "licence__link";
  link.href = `/code?licence=${encodeURIComponent(licence.id)}`;
  link.textContent = say(licence.title);
  title.append(link);
  const good = licence.delegation && licence.expires > now(day);
  const promise = good ? page.dataset.until.replace("%s", moment(licence.expires)) : page.dataset.over;
  card.append(
    title,
    line("licence__holder", licence.holder),
    line("licence__number", licence.number ?? ""),
    line("licence__foot", `${say(licence.issuer)} · ${say(licence.state.word)} · ${promise}`),
  );
  return card;
};

const show = async () => {
  const day = await keptDay().catch(() => undefined);
  const some = day && day.licences.length > 0;
  document.getElementById(some ? "offline-some" : "offline-none").hidden = false;
  document.getElementById("offline-show").hidden = !some;
  if (some) {
    document.getElementById("offline-cards").replaceChildren(...day.licences.map((licence) => cardOf(licence, day)));
    page.append(line("fine", page.dataset.asOf.replace("%s", moment(day.heardAt))));
  }
};

show();
addEventListener("online", () => location.assign("/"));
