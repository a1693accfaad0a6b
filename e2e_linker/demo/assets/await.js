"use strict";
(async () => {
  const workers = navigator.serviceWorker; // none in a web view of iOS
  if (workers) {
    const taken = new Promise((done) => workers.addEventListener("controllerchange", done, { once: true }));
    await workers.register("/worker.js");
    if (!workers.controller) await taken;
  }
  const answer = await fetch("/form-is-ready");
  if (!answer.ok) return;
  const form = document.querySelector("template[data-form]");
  form.replaceWith(form.content.cloneNode(true));
  window.brightbulb.enhance(document);
})();
