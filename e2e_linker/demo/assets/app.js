"use strict";
(() => {
  const app = document.querySelector("template[data-app]");
  const draw = () => {
    document.querySelector("#root").replaceWith(app.content.cloneNode(true));
    window.brightbulb.enhance(document);
    window.dispatchEvent(new Event("drawn"));
  };
  const ways = {
    plain: draw,
    agent() {
      const apple = /iPhone|iPad/.test(navigator.userAgent);
      const version = apple ? Number(navigator.userAgent.match(/Version\/([0-9]+)/)[1]) : 0;
      document.documentElement.dataset.apple = String(version);
      draw();
    },
    async font() {
      const faces = await document.fonts.load('30px "Bulb Icons"', "\ue000");
      if (faces.length) draw();
    },
    async parts() {
      const loaded = (host) =>
        new Promise((resolve, reject) => {
          Object.assign(new Image(), { onload: resolve, onerror: reject, src: `https://${host}/pixel.svg` });
        });
      await Promise.all([3, 11, 18].map((n) => loaded(`part${String(n).padStart(2, "0")}.pagekit.test`)));
      draw();
    },
    poll() {
      document.querySelector("#root").className = "spinner";
      const ask = async () => {
        const answer = await fetch("/poll", { cache: "no-store" }).catch(() => undefined);
        if (answer && (await answer.json()).ready) draw();
        else setTimeout(ask, 150);
      };
      ask();
    },
  };
  ways[app.dataset.app]();
})();
