"use strict";
parent.postMessage({ next: document.querySelector("[data-next]").dataset.next }, "*");
