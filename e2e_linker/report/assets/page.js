"use strict";
// Comfort only: without this script the page shows the same.
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  for (const block of all("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(block.textContent);
        button.textContent = "Copied";
      } catch {
        // A page opened from a disk may have no clipboard: select the text, so that the keyboard can copy it.
        getSelection().selectAllChildren(block);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    button.setAttribute("aria-live", "polite");
    block.parentElement.append(button);
  }

  for (const tools of all(".tools")) tools.hidden = false;
  for (const button of all("[data-fold]")) {
    button.addEventListener("click", () => {
      for (const details of all("details.case")) details.open = button.dataset.fold === "open";
    });
  }

  for (const filters of all("[data-filters]")) {
    const rows = Array.from(filters.parentElement.querySelectorAll(".requests tbody > tr[data-host]"));
    const choices = Array.from(filters.querySelectorAll("select"));
    const told = filters.querySelector("[role=status]");
    const apply = () => {
      const wanted = choices.filter((choice) => choice.value);
      for (const row of rows) row.hidden = !wanted.every((choice) => row.dataset[choice.dataset.filter] === choice.value);
      told.textContent = wanted.length ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} requests` : "";
    };
    for (const choice of choices) choice.addEventListener("change", apply);
    filters.addEventListener("show-all", () => { for (const choice of choices) choice.value = ""; apply(); });
  }

  for (const area of all("[data-compare]")) {
    const [left, right] = area.querySelectorAll("select");
    const table = area.querySelector("table");
    const told = area.querySelector("[role=status]");
    const sides = (id) => new Map(JSON.parse(document.getElementById(id).dataset.sides));
    const cell = (tag, text) => {
      const made = document.createElement(tag);
      if (tag === "th") made.scope = "row";
      made.textContent = text === undefined ? "–" : text;
      return made;
    };
    const apply = () => {
      const body = table.querySelector("tbody");
      body.replaceChildren();
      table.hidden = !right.value;
      told.textContent = "";
      if (!right.value) return;
      const [one, other] = [sides(left.value), sides(right.value)];
      const [those, these] = [Array.from(one.keys()), Array.from(other.keys())];
      const pairs = (those.length > these.length ? those : these).flatMap((_, n) => [those[n], these[n]]);
      const labels = Array.from(new Set(pairs)).filter((label) => label !== undefined);
      const differing = labels.filter((label) => one.get(label) !== other.get(label));
      for (const label of [...differing, ...labels.filter((label) => !differing.includes(label))]) {
        const row = document.createElement("tr");
        row.className = differing.includes(label) ? "differs" : "";
        row.append(cell("th", label), cell("td", one.get(label)), cell("td", other.get(label)));
        body.append(row);
      }
      told.textContent = `${differing.length} of ${labels.length} differ`;
    };
    for (const choice of [left, right]) choice.addEventListener("change", apply);
  }

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.matches("tr[hidden]")) {
      target.closest("details.case").querySelector("[data-filters]").dispatchEvent(new Event("show-all"));
    }
    if (target.matches(".tokens > li")) for (const inner of target.querySelectorAll(":scope > details")) inner.open = true;
    for (let at = target; at; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details.case:not([open])");
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });

  for (const time of all("time")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime()) || moment.getTimezoneOffset() === 0) continue;
    const here = document.createElement("span");
    here.className = "small muted";
    here.textContent = ` (${moment.toLocaleString(undefined, { timeZoneName: "short" })})`;
    time.after(here);
  }
})();
