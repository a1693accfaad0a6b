"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (new URL(event.request.url).pathname === "/form-is-ready") {
    event.respondWith(fetch("/captcha.svg").then((found) => new Response(null, { status: found.ok ? 204 : 502 })));
  }
});
