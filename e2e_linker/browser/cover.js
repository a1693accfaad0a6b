// A Playwright selector engine that lays grey over texts of the document and finds nothing. It runs in the isolated
// world: the scripts of a page, or of a frame from elsewhere, do not learn what is covered, and no element is added that
// they could notice. Selectors:
//   on:NAMES   covers every text that is one of NAMES, a JSON list in base64
//   off:       covers nothing any more
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
  let sheet = null, sheeted = [];

  const trees = (root, found) => {
    found.push(root);
    for (const element of root === document ? findAll(root, "*") : findIn(root, "*")) {
      const shadow = shadowOf(element);
      if (shadow) trees(shadow, found);
    }
    return found;
  };

  // The page may break a name anywhere, and write it in any letters.
  const letter = (one) => (/\s/.test(one) ? "\\s+" : one.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
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
  };

  const cover = (names) => {
    lift();
    const roots = trees(document, []), sought = new RegExp(names.map(spelled).join("|"), "giu");
    const quoted = names.map((name) => `"${CSS.escape(name)}"`);
    // What a control shows is no text of the document.
    const controls = quoted.flatMap((name) => [`input[value*=${name} i]`, `input[placeholder*=${name} i]::placeholder`]);
    const choices = roots.flatMap((root) => [...(root === document ? findAll(root, "select") : findIn(root, "select"))]);
    if (choices.some((choice) => textOf(choice).search(sought) >= 0)) controls.push("select");
    sheet = new CSSStyleSheet();
    sheet.replaceSync(`${controls.join(", ")} { ${HIDDEN} } ::highlight(${KEY}) { ${HIDDEN}; background-color: ${GREY} }`);
    for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    sheeted = roots;
    CSS.highlights.set(KEY, new Highlight(...roots.flatMap((root) => places(root, sought))));
  };

  return {
    query(scope, selector) {
      return this.queryAll(scope, selector)[0];
    },
    queryAll(scope, selector) {
      const colon = selector.indexOf(":"), names = selector.slice(colon + 1);
      if (names) cover(JSON.parse(atob(names)));
      else lift();
      return [];
    },
  };
})()
