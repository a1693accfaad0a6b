"use strict";
document.querySelectorAll("form[data-guard]").forEach((form) => {
  form.addEventListener("submit", () => alert("Brightbulb is signing you in."));
});
