"use strict";
document.querySelectorAll("[data-window]").forEach((button) => {
  button.addEventListener("click", () => {
    window.open(button.dataset.window, "signin", "popup,width=460,height=680");
  });
});
document.querySelectorAll("[data-continue]").forEach((note) => {
  if (window.opener) {
    window.opener.location.href = note.dataset.continue;
    window.close();
  } else {
    location.href = note.dataset.continue;
  }
});
