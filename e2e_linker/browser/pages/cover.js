// A Playwright selector engine that hides what a picture must not show. It runs in the isolated world: the scripts of a
// page, or of a frame from elsewhere, do not learn what is covered and cannot hinder it, and no element is added that
// they could notice. Selectors:
//   on:WHAT   applies WHAT.css, and lays grey over every text that is one of WHAT.names; WHAT is JSON in base64.
//             Finds the root element where fonts are on their way, so that the page may show nothing of its texts yet.
//   hides:    finds the root element where something is hidden now: a name, or what was typed
//   off:      hides nothing any more
//   texts:    every piece of text that is drawn now, as a list of lists in JSON, one for each tree; "" where it is too
//             much. Handed out as the text of an element that is never put into the document.
(() => {
  const KEY = "linker-cover", GREY = "#9aa0a6", MOST_TEXT = 500000, SMALLEST_FRAME = 8;
  const HIDDEN = "color: transparent !important; -webkit-text-fill-color: transparent !important; text-shadow: none !important; --linker-veil: 1 !important";
  const method = (proto, name) => (el, ...rest) => proto[name].apply(el, rest);
  const getter = (proto, name) => {
    const read = Object.getOwnPropertyDescriptor(proto, name).get;
    return (el) => read.call(el);
  };
  const attr = method(Element.prototype, "getAttribute"), rendered = method(Element.prototype, "checkVisibility");
  const tagOf = getter(Element.prototype, "localName"), parentOf = getter(Node.prototype, "parentNode");
  const nearest = method(Element.prototype, "closest"), create = method(Document.prototype, "createElement");
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

  // What controls and broken pictures show is no text of the document; what was typed is hidden, and not gathered.
  const drawn = (el) => {
    if (!el || rendered(el, { opacityProperty: true, visibilityProperty: true })) return Boolean(el);
    const style = getComputedStyle(el);  // without a box of its own it may be drawn in that of its parent
    return style.display === "contents" && style.visibility === "visible" && drawn(parentOf(el) instanceof ShadowRoot ? parentOf(el).host : parentOf(el));
  };
  // Whatever the veil hides: a document that is edited as a whole (designMode) shows its texts.
  const typed = (el) => tagOf(el) === "textarea" || nearest(el, "[contenteditable]:not([contenteditable=false])") !== null;
  const TOLD = `${["button", "submit", "reset", "image"].map((type) => `input[type=${type} i]`)}, input:placeholder-shown, textarea:placeholder-shown`;
  function* aside(root) {
    for (const el of matching([root], TOLD)) if (drawn(el)) yield el.type === "image" ? attr(el, "alt") : UNTYPED.has(el.type) ? el.value : attr(el, "placeholder");
    for (const el of matching([root], "img[alt]")) if (!el.naturalWidth && drawn(el)) yield attr(el, "alt");
    for (const el of matching([root], "select")) if (drawn(el)) for (const option of el.options) yield option.label;
    for (const el of matching([root], "bdo")) if (drawn(el)) yield [...textOf(el)].reverse().join("");
  }
  const folded = (el) => tagOf(el) === "details" && attr(el, "open") === null;  // it is drawn, and no text straight in it
  const written = (root) => {
    const walker = walkerOf(document, root, NodeFilter.SHOW_TEXT), pieces = [], shows = new Map();
    let size = 0;
    for (let node = walker.nextNode(); node && size <= MOST_TEXT; node = walker.nextNode()) {
      const parent = parentOf(node) instanceof ShadowRoot ? root.host : parentOf(node);
      if (!shows.has(parent)) shows.set(parent, !typed(parent) && !folded(parent) && drawn(parent));
      if (!shows.get(parent)) continue;
      pieces.push(node.data);
      size += node.data.length;
    }
    return pieces;
  };
  function* gathered() {
    if (Math.min(innerWidth, innerHeight) < SMALLEST_FRAME || (frameElement && !drawn(frameElement))) return;
    for (const root of trees(document, [])) {
      yield written(root);
      for (const text of aside(root)) yield [text || ""];
    }
  }
  const texts = () => {
    const told = [], el = create(document, "textarea");
    let size = 0;
    for (const pieces of gathered()) {
      told.push(pieces);
      for (const piece of pieces) size += piece.length;
      if (size > MOST_TEXT) break;
    }
    el.textContent = size > MOST_TEXT ? "" : JSON.stringify(told);
    return [el];
  };

  return {
    query(scope, selector) {
      return this.queryAll(scope, selector)[0];
    },
    queryAll(scope, selector) {
      if (selector.startsWith("texts")) return texts();
      if (selector.startsWith("hides")) return hides() ? [document.documentElement] : [];
      const what = selector.slice(selector.indexOf(":") + 1);
      if (what) cover(JSON.parse(atob(what)));
      else lift();
      return what && document.fonts.status === "loading" ? [document.documentElement] : [];
    },
  };
})()
