// Lets the page open without a network, so that it can say so. Answers only when the network fails: a new deployment shows
// at once, and no response of the API is ever stored. frontend/build/page-plugins.ts sets the two constants.
const version = "__VERSION__";
const files = __FILES__;
const isChat = /^\/(c\/[^/]+)?$/;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(version).then((cache) => cache.addAll(files)));
});

addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (isChat.test(pathname)) event.respondWith(fromNetwork(event, "/index.html"));
  } else if (files.includes(pathname)) {
    event.respondWith(fromNetwork(event, pathname));
  }
});

async function takeOver() {
  for (const name of await caches.keys()) if (name !== version) await caches.delete(name);
  // The browser sends a navigation's request while it starts this worker.
  await registration.navigationPreload?.enable();
  await clients.claim();
}

async function fromNetwork(event, file) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (error) {
    const stored = await caches.match(file);
    if (stored === undefined) throw error;
    return stored;
  }
}
