// The app without a network. SHELL (version, files, pages) stands above: the server writes it.
//
// Kept in the cache: files of the app, and its pages that hold nothing personal. What is personal (the codes of the
// day) lies in the database of the code page, and goes when the person signs out or acts for somebody else.
"use strict";

const CACHE = `shell-${SHELL.version}`;
const PERSONAL = "elicence-code";
const FORGETTING = /^\/(sign-out|acting-for|api\/v1\/acting-for|account\/sessions\/.*|rights\/.*\/end)$/;

const keepPages = async () => {
  const cache = await caches.open(CACHE);
  // With cookies: the pages come in the reader's language and size.
  await Promise.all(
    SHELL.pages.map(async (page) => {
      const answer = await fetch(page, { credentials: "same-origin", cache: "no-store" });
      if (answer.ok && !answer.redirected) await cache.put(page, answer);
    }),
  );
};

const forget = () =>
  new Promise((done) => {
    const asked = indexedDB.deleteDatabase(PERSONAL);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(SHELL.files.map((file) => new Request(file, { cache: "no-cache" })));
      await keepPages();
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("shell-") && name !== CACHE) await caches.delete(name);
      }
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

const kept = async (request) => (await caches.open(CACHE)).match(request);

const navigate = async (event, url) => {
  const page = SHELL.pages.includes(url.pathname);
  if (page && !/[?&](lang|display)=/.test(url.search)) {
    const ready = await kept(url.pathname);
    if (ready) {
      // Shown at once; the next start sees what changed meanwhile.
      event.waitUntil(Promise.resolve(event.preloadResponse).catch(() => {}).then(keepPages).catch(() => {}));
      return ready;
    }
  }
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (/[?&](lang|display)=/.test(url.search)) event.waitUntil(keepPages().catch(() => {}));
    return answer;
  } catch (error) {
    const instead = (await kept(url.pathname)) ?? (await kept("/offline"));
    if (instead) return instead;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && FORGETTING.test(url.pathname)) {
    event.respondWith(forget().then(() => fetch(request)));
    return;
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(navigate(event, url));
  else if (url.pathname.startsWith("/static/") || url.pathname === "/licence-colours.css") {
    event.respondWith(kept(request).then((ready) => ready ?? fetch(request)));
  }
});
