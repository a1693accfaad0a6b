"use strict";
(() => {
  const back = () => location.assign(document.querySelector("[data-target]").dataset.target);
  window.addEventListener("load", () => back());
  window.addEventListener("load", () => back());
})();
