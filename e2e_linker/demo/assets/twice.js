"use strict";
(() => {
  const target = document.querySelector("[data-target]").dataset.target;
  document.addEventListener("DOMContentLoaded", () => location.assign(target));
  window.addEventListener("load", () => location.assign(target));
})();
