"use strict";
window.addEventListener("message", (event) => {
  if (event.origin !== "https://id.homepass.test" || event.data !== "homepass-session") return;
  document.querySelectorAll("button[data-locked]").forEach((button) => {
    button.disabled = false;
  });
});
