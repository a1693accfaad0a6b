"use strict";
window.addEventListener("load", () => {
  setTimeout(() => {
    const form = document.querySelector("template[data-form]");
    const content = form.content.cloneNode(true);
    form.replaceWith(content);
    window.brightbulb.enhance(document);
  }, 120);
});
