"use strict";
document.querySelectorAll("form[data-guard]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (!confirm("Leave Brightbulb and return to Alexa?")) event.preventDefault();
  });
});
