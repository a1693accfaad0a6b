"use strict";
document.querySelectorAll("form[data-guard]").forEach((form) => {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form, event.submitter)),
    });
    if (answer.ok) location.assign((await answer.json()).next);
  });
});
