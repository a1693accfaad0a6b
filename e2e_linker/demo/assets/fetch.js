"use strict";
document.querySelectorAll("form[data-guard]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    fetch(form.action, { method: "POST", body }).catch(() => undefined);
  });
});
