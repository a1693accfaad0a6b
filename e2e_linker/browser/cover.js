// A Playwright selector engine that hides what a picture must not show. It runs in the isolated world: the scripts of a
// page, or of a frame from elsewhere, do not learn what is covered and cannot hinder it, and no element is added that
// they could notice. Selectors:
//   on:WHAT   applies WHAT.css, and lays grey over every text that is one of WHAT.names; WHAT is JSON in base64.
//             Finds the root element where fonts are on their way, so that the page may show nothing of its texts yet.
//   hides:    finds the root element where something is hidden now: a name, or what was typed
//   off:      hides nothing any more
(() => {
  const KEY = "linker-cover", GREY = "#9aa0a6";
  const HIDDEN = "color: transparent !important; -webkit-text-fill-color: transparent !important; text-shadow: none !important";
  const method = (proto, name) => (el, ...rest) => proto[name].apply(el, rest);
  const getter = (proto, name) => {
    const read = Object.getOwnPropertyDescriptor(proto, name).get;
    return (el) => read.call(el);
  };
  const shadowOf = getter(Element.prototype, "shadowRoot"), textOf = getter(Node.prototype, "textContent");
  const walkerOf = method(Document.prototype, "createTreeWalker"), findAll = method(Document.prototype, "querySelectorAll");
  const findIn = method(DocumentFragment.prototype, "querySelectorAll");
  const matching = (roots, selector) => roots.flatMap((root) => [...(root === document ? findAll(root, selector) : findIn(root, selector))]);
  let sheet = null, sheeted = [], named = false;

  const trees = (root, found) => {
    found.push(root);
    for (const element of root === document ? findAll(root, "*") : findIn(root, "*")) {
      const shadow = shadowOf(element);
      if (shadow) trees(shadow, found);
    }
    return found;
  };

  // The page may break a name anywhere, and write it in any letters. By its number, no sign means anything else.
  const letter = (one) => (/\s/.test(one) ? "\\s+" : `\\u{${one.codePointAt(0).toString(16)}}`);
  const spelled = (name) => [...name.trim()].map(letter).join("[\\u00ad\\u200b]*");

  const places = (root, sought) => {
    const nodes = [], starts = [], ranges = [];
    const walker = walkerOf(document, root, NodeFilter.SHOW_TEXT);
    let text = "";
    while (walker.nextNode()) {
      nodes.push(walker.currentNode);
      starts.push(text.length);
      text += walker.currentNode.data;
    }
    for (const found of text.matchAll(sought)) {
      const range = new Range(), end = found.index + found[0].length;
      const first = starts.findLastIndex((start) => start <= found.index);
      const last = starts.findLastIndex((start) => start < end);
      range.setStart(nodes[first], found.index - starts[first]);
      range.setEnd(nodes[last], end - starts[last]);
      ranges.push(range);
    }
    return ranges;
  };

  const lift = () => {
    CSS.highlights.delete(KEY);
    for (const root of sheeted) root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter((one) => one !== sheet);
    sheeted = [];
    named = false;
  };

  const greyed = (roots, names) => {
    const sought = new RegExp(names.map(spelled).join("|"), "giu");
    CSS.highlights.set(KEY, new Highlight(...roots.flatMap((root) => places(root, sought))));
    const quoted = names.map((name) => `"${CSS.escape(name)}"`);
    // What a control shows is no text of the document.
    const showing = "input:not([type=hidden i], [type=checkbox i], [type=radio i])";
    const values = quoted.map((name) => `${showing}[value*=${name} i]`), hints = quoted.map((name) => `${showing}[placeholder*=${name} i]`);
    const controls = [...values, ...hints.map((hint) => `${hint}::placeholder`)];
    const chosen = matching(roots, "select").some((choice) => textOf(choice).search(sought) >= 0);
    if (chosen) controls.push("select");
    named = chosen || CSS.highlights.get(KEY).size > 0 || matching(roots, [...values, ...hints].join(", ")).length > 0;
    return `${controls.join(", ")} { ${HIDDEN} } ::highlight(${KEY}) { ${HIDDEN}; background-color: ${GREY} }`;
  };

  const cover = ({ names, css }) => {
    lift();
    const roots = trees(document, []);
    sheet = new CSSStyleSheet();
    sheet.replaceSync(names.length ? `${css} ${greyed(roots, names)}` : css);
    for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    sheeted = roots;
  };

  const UNTYPED = new Set(["submit", "button", "reset", "image", "checkbox", "radio", "hidden", "range", "color", "file"]);
  const isFilled = (field) => (field.isContentEditable ? textOf(field).trim() : field.value && !UNTYPED.has(field.type));
  const hides = () => {
    const fields = "input, textarea, [contenteditable]:not([contenteditable=false])";
    return named || matching(sheeted, fields).some(isFilled);
  };

  return {
    query(scope, selector) {
      return this.queryAll(scope, selector)[0];
    },
    queryAll(scope, selector) {
      if (selector.startsWith("hides")) return hides() ? [document.documentElement] : [];
      const what = selector.slice(selector.indexOf(":") + 1);
      if (what) cover(JSON.parse(atob(what)));
      else lift();
      return what && document.fonts.status === "loading" ? [document.documentElement] : [];
    },
  };
})()
