"use strict";
(() => {
  const show = () => {
    const view = location.hash.replace("#/", "") || "login";
    const template = document.querySelector(`template[data-view="${view}"]`);
    const place = document.querySelector("#view");
    if (!place || place.dataset.shown === view) return;
    place.dataset.shown = view;
    place.replaceChildren(template.content.cloneNode(true));
    window.brightbulb.enhance(place);
    const form = place.querySelector("form");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await fetch(form.action, {
        method: "POST",
        credentials: "include",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      const { next, error } = await answer.json();
      if (next) {
        location.assign(next);
        return;
      }
      delete form.dataset.sent;
      const alert = document.querySelector("#alert");
      alert.textContent = error;
      alert.hidden = false;
    });
  };
  window.addEventListener("hashchange", show);
  window.addEventListener("drawn", show);
  if (location.hash) show();
  else location.replace("#/login");
})();
