// A Playwright selector engine that answers questions about the document instead of finding elements in it.
// It runs in the isolated world, where page scripts can neither see nor break it, and hands its answer out as the
// text of an element that is never put into the document. Selectors:
//   look:          all that a person could see and use, as JSON
//   look:VERSION   the same, or "=" where nothing has changed since the answer of that version
//   element:UID    the control with that uid in the last answer
//   aim:UID        the same; the next press is kept from whatever else has taken its place by then
//   missed:        the root element unless that control, and nothing else, has heard of a press since the last "aim"
//   frame:N        the N-th frame element of the last answer
//   quiet:         nothing; from then on pictures of the document violate no policy of it
(() => {
  // Texts that are kept are cut where secrets are known, so they go there with SPARE more (cutting.py).
  const SPARE = 4096, MAX_TEXT = 4000 + SPARE, MAX_LABEL = 200 + SPARE, MAX_TITLE = 300 + SPARE, NEAR = 120;
  const MAX_ELEMENTS = 20000, MAX_CONTROLS = 200, MAX_FRAMES = 20, MAX_MS = 400;
  const MOST_VEILS = 5, SCROLLBAR = 20, ENOUGH_TEXT = 200, ENOUGH_TEXTS = 50, ICON = 64, FIRST_WORDS = 20;
  const born = Math.random().toString(36).slice(2);
  const uids = new WeakMap(), watched = new WeakSet();
  let byUid = new Map(), frames = [], scopes = [document], uid = 0, changes = 0, changedAt = performance.now();
  const observer = new MutationObserver(() => changed());
  const changed = () => { changes++; changedAt = performance.now(); };

  // Forms and documents show their named fields as properties of their own (<input name="id">): go by the prototypes.
  const method = (proto, name) => (el, ...rest) => proto[name].apply(el, rest);
  const getter = (proto, name) => {
    const read = Object.getOwnPropertyDescriptor(proto, name).get;
    return (el) => read.call(el);
  };
  const attr = method(Element.prototype, "getAttribute"), matches = method(Element.prototype, "matches");
  const closest = method(Element.prototype, "closest"), boxOf = method(Element.prototype, "getBoundingClientRect");
  const boxesOf = method(Element.prototype, "getClientRects");
  const rendered = method(Element.prototype, "checkVisibility"), rootOf = method(Node.prototype, "getRootNode");
  const tagOf = getter(Element.prototype, "localName"), shadowOf = getter(Element.prototype, "shadowRoot");
  const childrenOf = getter(Element.prototype, "children"), slotOf = getter(Element.prototype, "assignedSlot");
  const firstOf = getter(Node.prototype, "firstChild"), nextOf = getter(Node.prototype, "nextSibling");
  const typeOf = getter(Node.prototype, "nodeType");
  const parentOf = getter(Node.prototype, "parentNode"), textOf = getter(Node.prototype, "textContent");
  const connected = getter(Node.prototype, "isConnected"), holds = method(Node.prototype, "contains");
  const walkerOf = method(Document.prototype, "createTreeWalker"), create = method(Document.prototype, "createElement");
  const hitAt = method(Document.prototype, "elementFromPoint"), titleOf = getter(Document.prototype, "title");
  const findAll = method(Document.prototype, "querySelectorAll"), findIn = method(Element.prototype, "querySelectorAll");
  const hitsAt = method(Document.prototype, "elementsFromPoint");
  const root = () => getter(Document.prototype, "documentElement")(document);

  const MUTE = new Set("script style noscript template textarea select option svg head title".split(" "));
  const MOST_OPTIONS = 20;
  const INLINE = new Set("span a b i em strong small code label".split(" "));
  const CLICKABLE = new Set("a div span li p td img".split(" "));
  const LANDMARKS = new Set("nav header footer aside search navigation banner contentinfo complementary".split(" "));
  const TYPED = "[role=textbox],[role=searchbox],[role=combobox],[contenteditable=''],[contenteditable=true]";
  const FIELDS = `input:not([type=hidden]),textarea,select,${TYPED}`;
  const BUTTONS = "button,input[type=submit],input[type=button],input[type=image],input[type=reset],[role=button],summary";
  const BOXES = "input[type=checkbox],input[type=radio],[role=checkbox],[role=radio],[role=switch],[aria-checked]:not([role],:has(input))";
  const LINKS = "a[href],[role=link],area[href]";
  const ANSWERS = "[name=g-recaptcha-response],[name=h-captcha-response],[name=cf-turnstile-response]";
  const UPGRADING = "meta[http-equiv='content-security-policy' i][content*='upgrade-insecure-requests' i]";
  const COOKIE = /cookie|gdpr|onetrust|usercentrics|didomi|truste|cmp-|consent-banner|cc-window/i;
  const FAULTY = /(^|[^a-z])(error|errors|errorlist|invalid|danger|alert|warning|fail(ed|ure)?|fehler)([^a-z]|$)/i;

  // Names of alerts that complain of nothing, and those by which they would.
  const WELL = /(^|[^a-zA-Z])success([^a-z]|$)|[a-z]Success([^a-z]|$)/, WRONG = /error|invalid|danger|fail/i;

  const squeeze = (text, limit = 200) => (text || "").replace(/\s+/g, " ").trim().slice(0, limit);
  // What an element is drawn in: where it is slotted into a shadow tree, its slot.
  const above = (el) => {
    const parent = slotOf(el) || parentOf(el);
    return parent instanceof ShadowRoot ? parent.host : parent instanceof Element ? parent : null;
  };
  const uidOf = (el) => {
    if (!uids.has(el)) uids.set(el, ++uid);
    return uids.get(el);
  };

  // How much of an element is left of 1, after all that its ancestors and itself are faded and clipped.
  let presence = new Map();
  const clipped = (style) => {
    const inset = /^inset\(([^)]*?)(?: round .*)?\)$/.exec(style.clipPath), sides = inset ? inset[1].split(/\s+/) : [];
    const [top, right = top, bottom = top, left = right] = sides.map((side) => (side.endsWith("%") ? parseFloat(side) : 0));
    return top + bottom >= 100 || left + right >= 100;
  };
  // Whether a mask lets nothing through: every layer is of no size, or a gradient that is clear from end to end.
  const CLEAR = /rgba\([^()]*, 0(?:\.0+)?\)|\btransparent\b/g, OPAQUE = /url|image|element|rgb|hsl|hwb|lab|lch|color|#/;
  const masked = (style) => {
    const image = style.maskImage || style.webkitMaskImage || "none";
    if (image === "none") return false;
    const sizes = (style.maskSize || style.webkitMaskSize || "auto").split(",");
    if (sizes.every((size) => /(^|\s)0(px|%)?(\s|$)/.test(size.trim()))) return true;
    const rest = image.replace(CLEAR, "");
    return rest !== image && /^[a-z-]*gradient\(/.test(image) && !OPAQUE.test(rest);
  };

  // Whether an element shows its back, which it hides: on its own, and with what turns it in the same space.
  const spun = (style) => {
    const turn = (style.rotate || "none").split(" "), angle = turn.pop();
    const axis = turn.length === 1 ? `rotate${turn[0].toUpperCase()}(${angle})` : turn.length ? `rotate3d(${turn.join()}, ${angle})` : `rotate(${angle})`;
    return new DOMMatrix(`${angle === "none" ? "" : axis} ${style.transform === "none" ? "" : style.transform}`.trim());
  };
  const FLATTENING = ["filter", "clipPath", "maskImage"];
  const flat = (style) => style.overflowX !== "visible" || style.opacity !== "1" || style.mixBlendMode !== "normal"
    || style.isolation === "isolate" || FLATTENING.some((name) => style[name] && style[name] !== "none");
  const turnedAway = (el, style) => {
    if (style.backfaceVisibility !== "hidden" || style.transformStyle === "preserve-3d") return false;
    let matrix = spun(style);
    for (let up = above(el); up; up = above(up)) {
      const around = getComputedStyle(up);
      if (around.display === "contents") continue;
      if (around.transformStyle !== "preserve-3d") break;
      if (flat(around)) return false;
      matrix = spun(around).multiply(matrix);
    }
    const { m11, m12, m13, m21, m22, m23, m31, m32, m33 } = matrix, face = m11 * m22 - m12 * m21;
    const sign = m11 * (m22 * m33 - m23 * m32) - m12 * (m21 * m33 - m23 * m31) + m13 * (m21 * m32 - m22 * m31);
    return face * Math.sign(sign) < -0.2 * Math.hypot(m11, m12, m13) * Math.hypot(m21, m22, m23);
  };
  const presenceOf = (el) => {
    if (!el) return 1;
    if (!presence.has(el)) {
      const style = getComputedStyle(el), faded = /opacity\(([\d.]+)(%?)\)/.exec(style.filter || "");
      const own = parseFloat(style.opacity) * (faded ? parseFloat(faded[1]) / (faded[2] ? 100 : 1) : 1) * (clipped(style) || masked(style) || turnedAway(el, style) ? 0 : 1);
      presence.set(el, presenceOf(above(el)) * (style.display === "contents" || Number.isNaN(own) ? 1 : own));
    }
    return presence.get(el);
  };

  const drawn = (el, rect) => rect.width >= 2 && rect.height >= 2
    && rendered(el, { opacityProperty: true, visibilityProperty: true }) && presenceOf(el) >= 0.02;
  const boxless = (el) => getComputedStyle(el).display === "contents" && getComputedStyle(el).visibility === "visible";
  const visible = (el, rect) => drawn(el, rect) && onPage(rect);
  const onPage = (rect) => {
    const x = rect.x + scrollX, y = rect.y + scrollY;
    return x + rect.width > 0 && y + rect.height > 0 && x < Math.max(root().scrollWidth, root().clientWidth);
  };

  // Whether an element lies beyond the edge of something that cuts it off, where no finger can scroll it back.
  const cutOff = (el, rect) => {
    let { left, right, top, bottom } = rect, position = getComputedStyle(el).position;
    const spread = getComputedStyle(root()).overflowX === "visible";
    for (let up = above(el); up; up = above(up)) {
      const style = getComputedStyle(up), page = up === root() || (spread && tagOf(up) === "body");
      const container = page || style.transform !== "none" || (style.position !== "static" && position !== "fixed");
      if (!container && (position === "absolute" || position === "fixed")) continue;
      const box = page ? { left: -Infinity, right: innerWidth } : boxOf(up), scrolls = /auto|scroll/;
      if (/hidden|clip/.test(style.overflowX) && (right <= box.left + 1 || left >= box.right - 1)) return true;
      if (!page && /hidden|clip/.test(style.overflowY) && (bottom <= box.top + 1 || top >= box.bottom - 1)) return true;
      if (!page && scrolls.test(style.overflowX)) ({ left, right } = box);
      if (!page && scrolls.test(style.overflowY)) ({ top, bottom } = box);
      position = style.position;
    }
    return false;
  };

  // Whether an element lies below the window of a page that no finger scrolls. What a script may move is left out.
  const heldBelow = (el, rect) => {
    const style = getComputedStyle(root()), body = getter(Document.prototype, "body")(document);
    const scroller = style.overflowY === "visible" && body ? body : root();
    if (rect.top < innerHeight - 1 || !/hidden|clip/.test(getComputedStyle(scroller).overflowY)) return false;
    for (let up = el; up; up = above(up)) {
      const around = getComputedStyle(up);
      if (around.position === "fixed" || around.transform !== "none" || /transform|scroll/.test(around.willChange)) return false;
      if (up !== el && up !== scroller && /auto|scroll/.test(around.overflowY)) return false;
    }
    return true;
  };

  // Colours: null for those in a notation that is not read here, or where a picture lies.
  const colour = (text) => /^rgb/.test(text) ? text.match(/[\d.]+/g).map(Number) : null;
  const clear = (tone) => tone !== null && tone.length > 3 && tone[3] < 0.5;
  const alike = (one, other) => Boolean(one && other) && !clear(one) && [0, 1, 2].every((i) => Math.abs(one[i] - other[i]) < 12);
  const PICTURES = new Set("img svg canvas video picture object embed".split(" "));

  // The elements at the centre of a box, from the top; null outside the window.
  const stackAt = (el, rect) => {
    const x = rect.x + rect.width / 2, y = rect.y + rect.height / 2;
    return x < 0 || y < 0 || x >= innerWidth || y >= innerHeight ? null : stackIn(rootOf(el), x, y);
  };
  // Firefox tells of a shadow tree only what is in it: what lies around its host comes from the tree of that.
  const stackIn = (home, x, y) => {
    if (!(home instanceof ShadowRoot)) return Array.from(hitsAt(document, x, y));
    const hits = home.elementsFromPoint(x, y);
    if (hits.some((hit) => rootOf(hit) !== home)) return hits;
    const around = stackIn(rootOf(home.host), x, y), at = around.indexOf(home.host);
    return at < 0 ? [...hits, ...around.filter((hit) => holds(hit, home.host))] : [...around.slice(0, at), ...hits, ...around.slice(at)];
  };
  const opaque = (el) => PICTURES.has(tagOf(el)) || getComputedStyle(el).backgroundImage !== "none" || !clear(colour(getComputedStyle(el).backgroundColor));
  const ground = (els) => {
    const el = els.find(opaque);
    if (!el) return /dark/.test(getComputedStyle(root()).colorScheme) ? null : [255, 255, 255];
    return PICTURES.has(tagOf(el)) || getComputedStyle(el).backgroundImage !== "none" ? null : colour(getComputedStyle(el).backgroundColor);
  };

  // Whether something that an element draws before or after its content lies over what is inside it.
  const curtain = (el, rect) => ["::before", "::after"].some((which) => {
    const style = getComputedStyle(el, which), tone = colour(style.backgroundColor);
    return tone !== null && !clear(tone) && /fixed|absolute/.test(style.position) && !/^(none|normal)$/.test(style.content) && parseFloat(style.opacity) > 0.5
      && parseFloat(style.width) >= rect.width && parseFloat(style.height) >= rect.height;
  });

  // Something solid over all that the window shows which lets fingers through: no point of the page is found to be under
  // it. For a moment it is made to stop fingers, and only where it is then found on top does it lie over anything.
  const covers = (rect) => rect.left <= 0 && rect.top <= 0 && rect.right >= innerWidth - SCROLLBAR && rect.bottom >= innerHeight - SCROLLBAR;
  const veils = (el, rect) => {
    if (!covers(rect) || rootOf(el) !== document || PICTURES.has(tagOf(el))) return false;
    const style = getComputedStyle(el), tone = colour(style.backgroundColor);
    const solid = tone !== null && (tone.length < 4 || tone[3] >= 0.95) && presenceOf(el) >= 0.95;
    return solid && style.pointerEvents === "none" && /fixed|absolute/.test(style.position)
      && ["transform", "filter", "clipPath"].every((name) => style[name] === "none") && (style.maskImage || "none") === "none"
      && style.mixBlendMode === "normal" && !/text/.test(style.backgroundClip);
  };
  const pathTo = (el) => {
    const up = parentOf(el);
    return up instanceof Element ? `${pathTo(up)} > :nth-child(${Array.from(childrenOf(up)).indexOf(el) + 1})` : ":root";
  };
  const firm = (els) => {
    const sheet = new CSSStyleSheet(), stronger = ":not(#\\#)".repeat(3);
    sheet.replaceSync(`${els.map((el) => pathTo(el) + stronger).join(", ")} { pointer-events: auto !important }`);
    const before = Array.from(document.adoptedStyleSheets);
    document.adoptedStyleSheets = [...before, sheet];
    return () => { document.adoptedStyleSheets = before; };
  };

  // Whether the text straight in an element can be made out: nothing solid lies over it, and it has a colour of its own.
  const legible = (el) => {
    const style = getComputedStyle(el), stack = stackAt(el, boxOf(el));
    if (stack === null || /text/.test(style.backgroundClip || style.webkitBackgroundClip)) return true;
    const own = stack.findIndex((hit) => hit === el || holds(hit, el) || holds(el, hit));
    if (own < 0) return true;
    if (stack.indexOf(el) > own && holds(stack[own], el) && curtain(stack[own], boxOf(el))) return false;
    if (style.pointerEvents !== "none" && stack.slice(0, own).some(opaque)) return false;
    const tone = colour(style.color);
    return tone === null || !(clear(tone) || alike(tone, ground(stack.slice(own))));
  };

  // Many a page draws the boxes for a one-time code itself, and lays one field of no colour over all of them.
  const forCode = (el) => /one-time-code/.test(attr(el, "autocomplete") || "");

  // Whether nothing of a field or a button stands out: no border, ground, shadow, picture or text of another colour.
  // While a picture is taken, its text may have lost its colour to us (veil.py, cover.js): what was seen before stands.
  const judged = new WeakMap();
  const faint = (el, rect) => {
    if (!getComputedStyle(el).getPropertyValue("--linker-veil")) judged.set(el, blends(el, rect));
    return judged.get(el) || false;
  };
  const blends = (el, rect) => {
    if (matches(el, ":disabled") || forCode(el)) return false;  // engines pale what cannot be used yet
    const style = getComputedStyle(el), stack = stackAt(el, rect);
    if (!stack || !stack.includes(el) || el.type === "checkbox" || el.type === "radio" || tagOf(el) === "select") return false;
    if (style.backgroundImage !== "none" || style.boxShadow !== "none" || findIn(el, "img,svg,canvas").length) return false;
    const under = ground(stack.slice(stack.indexOf(el) + 1)), fill = colour(style.backgroundColor);
    if (under === null || fill === null || !(clear(fill) || alike(fill, under))) return false;
    const sides = ["Top", "Right", "Bottom", "Left"].filter((side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none");
    const same = (text) => { const tone = colour(text); return tone !== null && (clear(tone) || alike(tone, under)); };
    return sides.every((side) => same(style[`border${side}Color`])) && same(style.color)
      && (!attr(el, "placeholder") || same(getComputedStyle(el, "::placeholder").color || style.color)) && Array.from(findIn(el, "*")).every((inner) => same(getComputedStyle(inner).color));
  };

  const CONTROLS = new Set("input button select textarea a area summary".split(" "));
  const bare = (el) => tagOf(el) === "a" && attr(el, "href") === null;  // an anchor that leads nowhere by itself
  const plain = (el) => (!CONTROLS.has(tagOf(el)) || bare(el)) && attr(el, "role") === null
    && attr(el, "contenteditable") === null && attr(el, "aria-checked") === null;

  // A radio button that says only to screen readers what it is: a component by that name, with nothing else to use in it.
  const ownRadio = (el) => /-radio$/.test(tagOf(el)) && shadowOf(el) !== null && plain(el) && attr(el, "tabindex") !== null
    && !shadowOf(el).querySelector(INNER) && !findIn(el, INNER).length;
  const kindOf = (el) => {
    if (plain(el)) return ownRadio(el) ? "checkbox" : null;
    if (matches(el, BOXES)) return "checkbox";
    if (matches(el, BUTTONS)) return "button";
    if (matches(el, LINKS)) return "link";
    return matches(el, FIELDS) ? "field" : null;
  };

  // Something to press that says so only by its mouse pointer, or by the name of the component that it is: what else a
  // component is to a screen reader it may keep to itself, and one painted as a button may be no stop for the tab key.
  const INNER = `${BUTTONS},${LINKS},${FIELDS},${BOXES}`, PRESSED_NAME = /(^|-)(button|btn)(-|$)/;
  const inPointed = (el) => above(el) && getComputedStyle(above(el)).cursor === "pointer";
  const takes = (el) => bare(el) && (attr(el, "onclick") !== null || (attr(el, "tabindex") !== null && el.tabIndex >= 0));
  const heeds = (el) => takes(el) && !inPointed(el);
  const heeding = (el) => { for (let up = above(el); up; up = above(up)) if (takes(up)) return true; return false; };
  const pointed = (el) => getComputedStyle(el).cursor === "pointer" && !inPointed(el) && !heeding(el);
  const pressable = (el) => {
    if (CLICKABLE.has(tagOf(el))) return (pointed(el) || heeds(el)) && !closest(el, `label,${BUTTONS},${LINKS}`) && textOf(el).length < 60;
    const named = PRESSED_NAME.test(tagOf(el)), painted = named && coloured(getComputedStyle(el));
    if (!tagOf(el).includes("-") || !(el.tabIndex >= 0 || painted) || !(named || pointed(el))) return false;
    const shadow = shadowOf(el), text = shown(el, 60);
    return text.length > 0 && text.length < 60 && !closest(el, `label,${BUTTONS},${LINKS}`)
      && !Array.from(findIn(el, INNER)).some((inner) => rendered(inner)) && !(shadow && shadow.querySelector(INNER));
  };

  // What is drawn in an element, in order: its shadow tree, and in a slot what was put there.
  const drawnIn = (el, use) => {
    const slotted = tagOf(el) === "slot" && rootOf(el) instanceof ShadowRoot ? el.assignedNodes() : [];
    if (slotted.length) return slotted.some(use);
    for (let node = firstOf(shadowOf(el) || el); node; node = nextOf(node)) if (use(node)) return true;
    return false;
  };

  // The text of an element as it is shown, without what is hidden in it and what was typed into it.
  const speaks = (el) => !(MUTE.has(tagOf(el)) || (!plain(el) && matches(el, TYPED)))
    && (rendered(el, { visibilityProperty: true }) || boxless(el));
  const shown = (el, limit = 200) => {
    let text = "";
    const read = (node) => {
      const type = typeOf(node);
      if (type === 3) text += node.data;
      else if (type === 1 && speaks(node)) {
        text += tagOf(node) === "img" ? ` ${attr(node, "alt") || ""} ` : " ";
        drawnIn(node, read);
      }
      return text.length >= limit * 2;
    };
    drawnIn(el, read);
    return squeeze(text, limit);
  };

  // Whether a field is clear as glass and in use all the same, as kits of components have it until it is typed into: its
  // words are drawn where it lies, and a press there reaches it. A trap for robots has no words of its own in its place.
  const TYPED_INTO = "input:not([type=checkbox],[type=radio],[type=file],[type=range],[type=color],[type=hidden],[type=submit],[type=button],[type=image],[type=reset]),textarea";
  const glassy = (el, rect) => {
    if (rect.width < 40 || rect.height < 10 || !matches(el, TYPED_INTO) || attr(el, "tabindex") === "-1") return false;
    if (!onPage(rect) || !rendered(el, { visibilityProperty: true })) return false;
    let pane = el;
    for (; pane && presenceOf(pane) < 0.5; pane = above(pane)) {
      const style = getComputedStyle(pane);
      if (clipped(style) || masked(style) || turnedAway(pane, style)) return false;
    }
    for (let up = el; up; up = above(up)) if (attr(up, "aria-hidden") === "true") return false;
    if (!pane || pane === el) return false;
    while (above(pane) && boxOf(above(pane)).height < rect.height + 60) pane = above(pane);
    return (forCode(el) || writtenOver(pane, labelled(el, rect))) && !coverOf(el, rect);
  };
  // Where words are a field's own: those of the label that it lies in may begin a little above it, or end below.
  const labelled = (el, { left, right, top, bottom, height }) => {
    const room = el.labels instanceof NodeList && Array.from(el.labels).some((label) => holds(label, el)) ? height / 2 : 0;
    return { left, right, top: top - room, bottom: bottom + room };
  };
  const writtenOver = (outer, rect) => drawnIn(outer, (node) => {
    if (typeOf(node) !== 3) return typeOf(node) === 1 && speaks(node) && presenceOf(node) >= 0.5 && writtenOver(node, rect);
    if (!node.data.trim()) return false;
    const range = new Range();
    range.selectNodeContents(node);
    const { x, y, width, height } = range.getBoundingClientRect(), across = x + width / 2, down = y + height / 2;
    return width > 2 && across > rect.left && across < rect.right && down > rect.top && down < rect.bottom;
  });

  const referred = (el, name) => {
    const home = rootOf(el), ids = (attr(el, name) || "").split(/\s+/).filter(Boolean);
    const find = (id) => (home instanceof Document || home instanceof ShadowRoot) && home.getElementById(id);
    return ids.map(find).filter((other) => other instanceof Element);
  };

  // The label of the component that a box is, or is all there is to use of.
  const componentLabel = (el) => {
    const home = rootOf(el), host = ownRadio(el) ? el : home instanceof ShadowRoot && home.querySelectorAll(INNER).length === 1 ? home.host : null;
    if (!host) return null;
    const around = rootOf(host), named = `label[for="${CSS.escape(attr(host, "id") || "")}"]`;
    return closest(host, "label") || (attr(host, "id") && (around instanceof ShadowRoot ? around.querySelector(named) : findAll(document, named)[0]));
  };

  const labelOf = (el, kind) => {
    const pressed = kind === "button" || kind === "link" || kind === "generic", input = tagOf(el) === "input";
    const labels = el.labels instanceof NodeList ? Array.from(el.labels) : [];
    const told = (text) => squeeze(text, MAX_LABEL), component = kind === "checkbox" && !labels.length && componentLabel(el);
    return told(referred(el, "aria-labelledby").map((other) => textOf(other)).join(" "))
      || told(attr(el, "aria-label"))
      || told(labels.map((label) => shown(label, MAX_LABEL)).join(" "))
      || (component && shown(component, MAX_LABEL))
      || (pressed && input && told(el.type === "image" ? attr(el, "alt") : el.value))
      || (pressed && !input && shown(el, MAX_LABEL))
      || told(attr(el, "placeholder")) || told(attr(el, "title")) || (input && el.type === "submit" ? "Submit" : "");
  };

  const named = (el) => {
    const id = attr(el, "id"), first = squeeze(attr(el, "class")).split(" ")[0];
    return tagOf(el) + (id ? `#${id}` : first ? `.${first}` : "");
  };

  // Whether a component keeps to itself what it shows: nobody can look into a closed shadow root, but it may hold much.
  const sealed = (el) => tagOf(el).includes("-") && matches(el, ":defined") && !shadowOf(el) && !textOf(el).trim()
    && rendered(el, { visibilityProperty: true });

  // What a finger on the centre of the control would touch instead of it. Unknown (null) below the fold.
  const coverOf = (el, rect) => {
    const x = rect.x + rect.width / 2, y = rect.y + rect.height / 2;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return null;
    let hit = hitAt(document, x, y);
    for (let deeper = hit; deeper && shadowOf(deeper) && deeper !== el;) {
      const next = shadowOf(deeper).elementFromPoint(x, y);
      if (!next || next === deeper) break;
      hit = deeper = next;
    }
    if (!hit) return null;
    const labels = el.labels instanceof NodeList ? Array.from(el.labels) : [];
    for (let up = hit; up; up = above(up)) if (up === el || labels.includes(up)) return null;
    for (let up = el; up; up = above(up)) {
      if (up === hit) return (stackAt(el, rect) || []).includes(el) && curtain(hit, rect) ? `${named(hit)}::after` : null;
    }
    return named(hit);
  };

  const coloured = (style) => {
    const [red, green, blue, alpha = 1] = (style.backgroundColor.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    if (alpha < 0.5) return style.backgroundImage.includes("gradient");
    return Math.max(red, green, blue) - Math.min(red, green, blue) > 40 || red + green + blue < 300;
  };

  // Whether a header or footer is that of a form, a card or a dialog, and not the page's. What wraps a whole page has its
  // main part or its menus in it; one with a field, as for a newsletter, stands for itself.
  const LAID_OVER = "dialog,[role=dialog],[role=alertdialog],[aria-modal=true]", GUIDING = new Set(["nav", "navigation", "search"]);
  const PARTS = { header: `form,${LAID_OVER}`, footer: `form,article,section,main,${LAID_OVER}` };
  const ofPart = (el) => {
    const around = PARTS[tagOf(el)] && above(el) && closest(above(el), PARTS[tagOf(el)]);
    return Boolean(around) && !findIn(around, "main,nav,[role=main],[role=navigation]").length && !findIn(el, TYPED_INTO).length;
  };

  // Whether an element holds a side column over all of the window, as a drawer is that leaves nothing else to use.
  const overAll = (outer, region) => Boolean(outer) && /^(aside|complementary)$/.test(region)
    && getComputedStyle(outer).position === "fixed" && covers(boxOf(outer));

  // For each element the overlay it is part of, as an index into layers, and the landmark it stands in.
  const placing = (layers) => {
    const memo = new Map();
    const place = (el) => {
      if (!el) return { layer: null, region: null };
      if (!memo.has(el)) memo.set(el, placed(el, place(above(el))));
      return memo.get(el);
    };
    const placed = (el, up) => {
      const tag = tagOf(el), role = attr(el, "role") || "";
      const modal = tag === "dialog" || role.endsWith("dialog") || attr(el, "aria-modal") === "true";
      const own = LANDMARKS.has(role) ? role : LANDMARKS.has(tag) && !ofPart(el) ? tag : up.region;
      const region = (modal || overAll(above(el), own)) && !GUIDING.has(own) ? null : own;
      const cookie = tag !== "body" && tag !== "html" && COOKIE.test(`${attr(el, "id")} ${attr(el, "class")}`);
      if (!modal && !cookie && !["fixed", "sticky"].includes(getComputedStyle(el).position)) return { layer: up.layer, region };
      layers.push({ text: shown(el, 400), modal, cookie: cookie || (up.layer !== null && layers[up.layer].cookie) });
      return { layer: layers.length - 1, region };
    };
    return place;
  };

  // Whether a button turns something on and off, as the one that shows what was typed as a password.
  const TOGGLE = /(^|[^a-z])(toggles?|reveal(er)?|eye|visibility|unmask)([^a-z]|$)/;
  const toggles = (el) => attr(el, "aria-pressed") !== null
    || TOGGLE.test(["class", "part", "slot", "id", "name"].map((key) => attr(el, key) || "").join(" ").replace(/[A-Z]/g, "-$&").toLowerCase());

  // Whether a field asks for digits only, as far as its author says so.
  const numeric = (el) => /^(number|tel)$/.test(el.type) || /^(numeric|decimal)$/i.test(attr(el, "inputmode") || "")
    || /^\^?\(?(\\d|\[0-9\])/.test(attr(el, "pattern") || "");

  // The condition that the value of a field breaks, so that the browser does not send its form; empty where there is none.
  const unfit = (el, form) => {
    const state = /^(input|select|textarea)$/.test(tagOf(el)) && el.validity instanceof ValidityState ? el.validity : null;
    if (!state || state.valid || !el.willValidate || unchecked(form)) return "";
    if (state.valueMissing) return "required";
    if (state.typeMismatch || state.badInput) return `type=${el.type}`;
    if (state.patternMismatch) return `pattern=${squeeze(attr(el, "pattern"), 80)}`;
    if (state.tooShort || state.tooLong) return state.tooShort ? `minlength=${el.minLength}` : `maxlength=${el.maxLength}`;
    if (state.rangeUnderflow || state.rangeOverflow) return squeeze(state.rangeUnderflow ? `min=${el.min}` : `max=${el.max}`, 80);
    return state.stepMismatch ? squeeze(`step=${el.step}`, 80) : state.customError ? "setCustomValidity" : "";
  };
  // Whether the browser sends a form whatever its fields hold.
  const unchecked = (form) => !form || attr(form, "novalidate") !== null || findIn(form, "[formnovalidate]").length > 0;

  // Whether a page draws a select itself that lacks its choice: it says so of it, or the empty field does that is behind it.
  const DRAWN_SELECT = "[role=combobox]:not(select),[aria-haspopup=listbox]";
  const lacking = (el) => {
    const behind = el.nextElementSibling, typed = tagOf(el) === "input";
    if (!matches(el, DRAWN_SELECT) || (typed && (el.value || !(el.readOnly || presenceOf(el) < 0.02)))) return false;
    const empty = behind && /^(input|select)$/.test(tagOf(behind)) && !visible(behind, boxOf(behind)) && unfit(behind, behind.form) === "required";
    const told = attr(el, "aria-required") === "true" && attr(el, "data-placeholder") !== null;
    return empty || told || attr(el, "aria-invalid") === "true";
  };

  // What a select has chosen, with "…" where that is no answer, and then what it offers: an empty text for what has no
  // value or cannot be chosen.
  const optionsOf = (el) => {
    const told = (option) => (option && option.value.trim() && !option.hidden && !matches(option, ":disabled") ? squeeze(option.label) : "");
    const chosen = el.options[el.selectedIndex], first = told(chosen) || `${squeeze(chosen && chosen.label)} …`;
    return [first, ...Array.from(el.options).slice(0, MOST_OPTIONS).map(told)];
  };

  // What a switch is for: its own words, unless it is one word that may say "on" or "off", or those of the row that it
  // stands in. Where nobody can tell which words are its own, those before and behind it.
  const switched = ({ el, kind }) => kind === "checkbox" && tagOf(el) !== "input" && /^(switch)?$/.test(attr(el, "role") || "");
  const rowOf = (el) => {
    const own = shown(el, NEAR + 1);
    if (own.includes(" ")) return own.length > NEAR ? "" : own;
    for (let up = above(el); up && !matches(up, "form,body"); up = above(up)) {
      if (Array.from(findIn(up, INNER)).some((other) => !holds(el, other) && !matches(other, LINKS))) return "";
      const text = shown(up, NEAR + 1);
      if (text) return text.length > NEAR ? "" : text;
    }
    return "";
  };

  // What its author calls a form, and where it is sent: its action, unless that or a button of its own goes without TLS.
  const CALLED = "id name class role aria-label".split(" ");
  const sentTo = (form) => {
    const home = rootOf(form), named = "[formaction]";
    const buttons = Array.from(home instanceof ShadowRoot ? home.querySelectorAll(named) : findAll(document, named)).filter((el) => el.form === form);
    const written = [attr(form, "action"), ...buttons.map((el) => attr(el, "formaction"))];
    return written.find((text) => /^\s*http:/i.test(text || "")) || written[0];
  };

  // What an animation moves sideways just now, unless it goes on for ever.
  const MOVING = new Set("transform translate scale left right width maxWidth flexBasis marginLeft marginRight insetInlineStart insetInlineEnd".split(" "));
  const sliding = () => method(Document.prototype, "getAnimations")(document)
    .filter(({ playState, effect }) => playState === "running" && effect instanceof KeyframeEffect && effect.target
      && Number.isFinite(effect.getComputedTiming().endTime)
      && effect.getKeyframes().some((frame) => Object.keys(frame).some((name) => MOVING.has(name))))
    .map(({ effect }) => effect.target);
  const moves = (el, slides) => {
    for (let up = slides.length ? el : null; up; up = above(up)) if (slides.includes(up)) return true;
    return false;
  };

  // The label that a field lies in: a finger anywhere on it reaches the field. Where it is drawn in pieces, there is room
  // between them that is none of it.
  const tapped = (el) => {
    const around = el.labels instanceof NodeList ? Array.from(el.labels).find((label) => holds(label, el)) : null;
    const rect = around && boxesOf(around).length === 1 && boxOf(around);
    return rect && visible(around, rect) ? { x: rect.x + scrollX, y: rect.y + scrollY, width: rect.width, height: rect.height } : null;
  };

  // What a box without a label is drawn as: something beside it that is pressed, no larger than a switch, and nothing
  // else to use around the two.
  const drawnFor = (el) => {
    const around = above(el), put = (name) => attr(el, name);
    if (!around || !el.type || put("tabindex") === "-1" || put("aria-hidden") === "true" || !rendered(el, { visibilityProperty: true })) return null;
    if (findIn(around, INNER).length !== 1 || textOf(around).length > NEAR) return null;
    return Array.from(childrenOf(around)).find((one) => {
      const { width, height } = boxOf(one);
      return Math.min(width, height) >= 12 && width <= 100 && height <= 60 && getComputedStyle(one).cursor === "pointer" && visible(one, boxOf(one));
    }) || null;
  };

  const FAINTABLE = new Set(["field", "button", "generic"]);
  const describe = (item, forms, place, slides) => {
    const { el, kind } = item, style = getComputedStyle(el), form = el.form instanceof Element ? el.form : closest(el, "form");
    const pressed = kind === "button" || kind === "generic", hiddenBox = kind === "checkbox" && !item.visible;
    const label = hiddenBox && el.labels instanceof NodeList ? Array.from(el.labels).find((l) => visible(l, boxOf(l))) || (el.labels.length ? null : drawnFor(el)) : null;
    const rect = label ? boxOf(label) : item.rect, tap = kind === "field" ? tapped(el) : null;
    if (form && !forms.includes(form)) forms.push(form);
    const lacks = kind !== "generic" && lacking(el);
    return {
      uid: uidOf(el), kind: pressed ? "button" : kind, type: lacks ? "combobox" : ownRadio(el) ? "radio" : kind === "generic" ? kind : String(el.type || attr(el, "role") || tagOf(el)),
      name: attr(el, "name"), id: attr(el, "id"), label: labelOf(el, kind), near: switched(item) ? rowOf(el) || squeeze(`${item.before} ${item.near}`) : item.near, heading: item.heading,
      value: pressed ? squeeze(attr(el, "value"), 40) : "", toggle: pressed && toggles(el),
      autocomplete: attr(el, "autocomplete"), href: kind === "link" ? attr(el, "href") : null,
      x: rect.x + scrollX, y: rect.y + scrollY, width: rect.width, height: rect.height, tap,
      visible: item.visible, out_of_reach: item.beyond, held_below: item.visible && heldBelow(el, rect), faint: item.visible && FAINTABLE.has(kind) && faint(el, rect), by_label: Boolean(label) || ownRadio(el), covered_by: item.visible || label ? coverOf(label || el, rect) : null,
      enabled: !matches(el, ":disabled") && attr(el, "aria-disabled") !== "true" && attr(el, "aria-busy") !== "true", read_only: el.readOnly === true,
      checked: el.checked === true || attr(el, "aria-checked") === "true" || (ownRadio(el) && shadowOf(el).querySelector(".checked") !== null),
      required: el.required === true || attr(el, "aria-required") === "true",
      filled: kind === "field" && Boolean(matches(el, TYPED) && !("value" in el) ? textOf(el).trim() : el.value),
      unfit: lacks ? "required" : kind === "field" || kind === "checkbox" ? unfit(el, form) : "",
      options: tagOf(el) === "select" && !el.multiple ? optionsOf(el) : undefined,
      max_length: el.maxLength > 0 ? el.maxLength : null, numeric: kind === "field" && numeric(el), form: form ? forms.indexOf(form) : null,
      font_px: parseFloat(style.fontSize) || null, solid: pressed && coloured(style), moving: moves(el, slides), ...place(el),
    };
  };

  // The nearest element around a text that begins a line of its own. What stands in a row, or floats, does not.
  const blockOf = (el, known) => {
    const passed = [];
    let block = el;
    while (block && !known.has(block) && flows(block)) {
      passed.push(block);
      block = above(block);
    }
    if (block && known.has(block)) block = known.get(block);
    for (const inner of passed) known.set(inner, block);
    return block;
  };
  const flows = (el) => {
    const style = getComputedStyle(el);
    if (/^(inline|contents)/.test(style.display) || (INLINE.has(tagOf(el)) && style.float !== "none")) return true;
    const around = INLINE.has(tagOf(el)) && above(el) ? getComputedStyle(above(el)) : style;
    return around !== style && /flex/.test(around.display) && !/^column/.test(around.flexDirection);
  };

  const walk = () => {
    const out = { items: [], headings: [], alerts: [], errors: [], inner: [], text: "", length: 0, count: 0, shown: 0, stopped: "", readable: 0, pictures: 0, veils: [], sealed: [] };
    const deadline = performance.now() + MAX_MS;
    const read = new Map();
    presence = new Map();
    const blocks = new Map();
    let lastText = "", lastHeading = "", box = null, legibles = 0, lastBlock = null, parted = false;
    const note = (list, el, limit, most) => {
      const text = list.length < most ? shown(el, limit + 1) : "";
      if (/[\p{L}\p{N}]/u.test(text) && text.length <= limit) list.push(text);
    };
    const onText = (node, parent) => {
      const piece = squeeze(node.data, MAX_TEXT);
      if (!piece) return;
      out.length += piece.length + 1;
      if (out.readable >= ENOUGH_TEXT || legibles >= ENOUGH_TEXTS) out.readable += piece.length;
      else {
        if (!read.has(parent)) {
          read.set(parent, legible(parent) && !cutOff(parent, boxOf(parent)));
          if (read.get(parent)) legibles++;
        }
        if (read.get(parent)) out.readable += piece.length;
      }
      if (out.text.length < MAX_TEXT) {
        const block = blockOf(parent, blocks), broken = parted || block !== lastBlock || !INLINE.has(tagOf(parent));
        out.text += (out.text ? (broken ? "\n" : " ") : "") + piece;
        lastBlock = block;
        parted = false;
      }
      if (box) box.near = piece.length > NEAR ? piece.slice(0, NEAR).replace(/[!-~]+$/, "") : piece;
      box = null;
      lastText = piece.length > NEAR ? piece.slice(-NEAR).replace(/^[!-~]+/, "") : piece;
    };
    const onControl = (el, kind, rect, ok) => {
      const beyond = (ok || drawn(el, rect)) && cutOff(el, rect);
      const item = { el, kind, rect, visible: ok && !beyond, beyond, before: lastText, near: kind === "field" ? lastText : "", heading: lastHeading };
      out.items.push(item);
      if (kind === "field") lastText = "";
      box = kind === "checkbox" ? item : kind === "field" ? null : box;
    };
    const onShown = (el, tag, kind) => {
      out.shown++;
      if (/^h[1-6]$/.test(tag) || tag === "legend" || attr(el, "role") === "heading") {
        lastHeading = shown(el, 120) || lastHeading;
        if (!/^(h[4-6]|legend)$/.test(tag)) note(out.headings, el, 200, 20);
      }
      if (attr(el, "aria-invalid") === "true") {
        for (const other of [...referred(el, "aria-errormessage"), ...referred(el, "aria-describedby")]) note(out.alerts, other, 300, 10);
      }
      const called = `${attr(el, "class")} ${attr(el, "id")}`;
      if (WELL.test(`${called} ${attr(el, "data-status")}`) && !WRONG.test(called)) return;
      if (attr(el, "role") === "alert" || attr(el, "aria-live") === "assertive") note(out.alerts, el, 300, 10);
      else if (!kind && tag !== "body" && FAULTY.test(called)) note(out.errors, el, 300, 10);
    };
    const onElement = (el) => {
      const tag = tagOf(el), rect = boxOf(el), own = kindOf(el);
      const ok = visible(el, rect) || (own === "field" && glassy(el, rect));
      const kind = own || (ok && pressable(el) ? "generic" : null);
      if (kind) onControl(el, kind, rect, ok);
      if (kind === "field" ? ok : tag === "br" && above(el) && !INLINE.has(tagOf(above(el)))) parted = true;
      if ((tag === "iframe" || tag === "frame") && out.inner.length < MAX_FRAMES) out.inner.push({ el, rect, visible: ok });
      if (ok) onShown(el, tag, kind);
      if (ok && out.veils.length < MOST_VEILS && veils(el, rect)) out.veils.push(el);
      if (out.sealed.length < MOST_VEILS && sealed(el)) out.sealed.push(named(el));
      if (ok && PICTURES.has(tag) && Math.min(rect.width, rect.height) >= ICON) out.pictures++;
      return ok || tag === "body" || getComputedStyle(el).display === "contents";
    };
    const go = (scope, muteAbove) => {
      if (!watched.has(scope)) observer.observe(scope, { subtree: true, childList: true, attributes: true, characterData: true });
      watched.add(scope);
      scopes.push(scope);
      const walker = walkerOf(document, scope, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT), mute = new Map(), shows = new Map();
      for (let node = walker.nextNode(); node && !out.stopped; node = walker.nextNode()) {
        const parent = parentOf(node), muted = mute.has(parent) ? mute.get(parent) : muteAbove;
        if (node.nodeType === 3) {
          if (!muted && shows.get(parent)) onText(node, parent);
        } else if (++out.count > MAX_ELEMENTS || (out.count % 256 === 0 && performance.now() > deadline)) {
          out.stopped = `stopped after ${out.count - 1} elements`;
        } else {
          shows.set(node, onElement(node));
          mute.set(node, muted || MUTE.has(tagOf(node)) || (!plain(node) && matches(node, TYPED)));
          if (shadowOf(node)) go(shadowOf(node), mute.get(node));
        }
      }
    };
    scopes = [];
    go(document, false);
    return out;
  };

  // What can be seen comes before what cannot, and fields and buttons before links, where there are too many.
  const choose = (items) => {
    const weight = (item) => (item.visible ? 0 : 2) + (item.kind === "link" || item.kind === "generic" ? 1 : 0);
    const order = items.map((item, i) => ({ item, i })).sort((a, b) => weight(a.item) - weight(b.item) || a.i - b.i);
    return order.slice(0, MAX_CONTROLS).sort((a, b) => a.i - b.i).map((entry) => entry.item);
  };

  const version = () => {
    if (observer.takeRecords().length) changed();
    return `${born}-${changes}-${document.readyState}-${styled()}`;
  };

  // Whether a widget that asks for a proof of humanity is open or solved; the badge of an invisible one is neither.
  const captcha = () => {
    const answers = Array.from(findAll(document, ANSWERS)).filter((el) => !closest(el, ".grecaptcha-badge"));
    if (answers.some((el) => Boolean(el.value))) return "solved";
    return answers.some((el) => above(el) && boxOf(above(el)).height >= 20) ? "open" : "";
  };

  // The HTTP status of the document, 0 where the engine does not tell, and since when it has been coming.
  const navigation = () => performance.getEntriesByType("navigation")[0] || {};
  const status = () => navigation().responseStatus || 0;
  const age = () => performance.now() - (navigation().responseStart || 0);

  // Since when the document has shown something to read or to use, and until when it had not.
  const watch = { content: null, empty: null, looks: 0 };
  const noteContent = (out) => {
    if (watch.content !== null) return;
    const shows = out !== null && (out.readable >= FIRST_WORDS || out.items.some((item) => item.visible && (item.kind === "field" || item.kind === "button")));
    if (shows) watch.content = performance.now();
    else Object.assign(watch, { empty: performance.now(), looks: watch.looks + 1 });
  };
  const firstPaint = () => (performance.getEntriesByName("first-contentful-paint")[0] || { startTime: null }).startTime;

  // A link that has its sheet is drawn with it. Engines differ on one that failed to come: a sheet without rules, or an
  // error event and no sheet. One with an onload handler is about to be switched to style the page.
  const failed = new WeakSet();
  document.addEventListener("error", (event) => event.target instanceof HTMLLinkElement && failed.add(event.target), true);
  const SHEETS = "link[rel~=stylesheet i]:not([rel~=alternate i]), link[rel~=preload i][as=style i][onload], style";
  const awaited = (el) => {
    if (el.sheet) return importing(el.sheet);
    if (tagOf(el) === "style") return textOf(el).includes("@import");
    return !el.disabled && !failed.has(el) && Boolean(attr(el, "href"))
      && (attr(el, "onload") !== null || !el.media || matchMedia(el.media).matches);
  };

  // Whether a sheet still waits for one that it imports; what another origin's sheet imports it does not tell.
  const importing = (sheet) => {
    let rules;
    try {
      rules = sheet.cssRules;
    } catch {
      return false;
    }
    for (let n = 0; n < rules.length && !(rules[n] instanceof CSSStyleRule); n++) {
      if (rules[n] instanceof CSSImportRule && (!rules[n].styleSheet || importing(rules[n].styleSheet))) return true;
    }
    return false;
  };

  // Whether every style sheet that applies has come: before that a browser draws nothing, and sizes mean nothing.
  const styled = () => scopes.every((scope) =>
    !Array.from(scope === document ? findAll(document, SHEETS) : scope.querySelectorAll(SHEETS)).some(awaited));

  const look = () => {
    const seen = walk();
    if (!seen.veils.length) return told(seen);
    const lift = firm(seen.veils);
    try {
      return told(walk());
    } finally {
      lift();
    }
  };

  const told = (out) => {
    const forms = [], layers = [], place = placing(layers), chosen = choose(out.items), page = root(), slides = sliding();
    const meta = findAll(document, "meta[name=viewport]")[0];
    noteContent(out);
    byUid = new Map(chosen.map((item) => [uidOf(item.el), item.el]));
    frames = out.inner.map((item) => item.el);
    return {
      document: born, version: version(), url: location.href, title: squeeze(titleOf(document), MAX_TITLE), ready_state: document.readyState,
      styled: styled(),
      status: status(),
      age_ms: age(), quiet_ms: performance.now() - changedAt,
      lang: page && attr(page, "lang"), viewport_meta: meta ? attr(meta, "content") : null,
      text: out.text.slice(0, MAX_TEXT), text_length: out.length, stopped: out.stopped,
      headings: out.headings, alerts: out.alerts, errors: out.errors,
      elements: Math.max(findAll(document, "*").length, out.count), visible_elements: out.shown,
      scroll_width: page ? page.scrollWidth : 0, client_width: page ? page.clientWidth : 0, client_height: page ? page.clientHeight : 0,
      captcha: captcha(), readable_length: out.readable, pictures: out.pictures, sealed: out.sealed, first_paint_ms: firstPaint(),
      content_ms: watch.content, empty_until_ms: watch.empty, empty_looks: watch.looks,
      controls: chosen.map((item) => describe(item, forms, place, slides)), layers,
      forms: forms.map((form) => squeeze([...CALLED.map((key) => attr(form, key)), sentTo(form)].filter(Boolean).join(" "), 300)).map((name) => findAll(document, UPGRADING).length ? name.replace(/http:(?=\S+$)/i, "https:") : name),
      frames: out.inner.map(({ el, rect, visible: ok }) => ({
        src: attr(el, "src") || "", title: attr(el, "title") || "", x: rect.x + scrollX + el.clientLeft, y: rect.y + scrollY + el.clientTop,
        width: rect.width, height: rect.height, visible: ok, covered_by: ok ? coverOf(el, rect) : null,
      })),
    };
  };

  // Scripts may write half surrogate pairs into a page, and cutting a text may leave one: no file can hold them.
  const whole = (key, value) => (typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value);
  const written = (value) => {
    const text = JSON.stringify(value);
    return text.includes("\\ud") ? JSON.stringify(value, whole) : text;
  };

  // Before each picture in Firefox and WebKit Playwright puts an empty style sheet into the head for a moment. A strict
  // Content-Security-Policy forbids it, and the browser would report that to the site as if its own page had done it.
  const NOTHING = "body {}";
  const quieten = () => {
    const head = getter(Document.prototype, "head")(document);
    if (head) head.appendChild = (el) => (textOf(el) === NOTHING ? el : method(Node.prototype, "appendChild")(head, el));
    return [];
  };

  // What is pressed without Playwright's own look at the place may hit what came there a moment before, or a button that
  // does not hear of it, being disabled since.
  const PRESSES = "pointerdown touchstart mousedown pointerup touchend mouseup click".split(" ");
  const AIM_MS = 5000;
  let aim = null, heard = false, missed = false, guarded = 0;
  const guard = (event) => {
    if (!aim || heard || !event.isTrusted) return;
    if (event.composedPath().includes(aim) && !matches(aim, ":disabled")) {
      heard = true;
      return;
    }
    if (performance.now() > guarded) return;
    missed = true;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const aimAt = (el) => {
    // A listener of the window cannot prevent a touch unless it says that it will.
    for (const type of PRESSES) addEventListener(type, guard, { capture: true, passive: false });
    [aim, heard, missed, guarded] = [el, false, false, performance.now() + AIM_MS];
  };
  // Playwright's own guard comes first and lets nobody hear of what it keeps a press from.
  const hasMissed = () => {
    guarded = 0;
    return missed || (aim !== null && !heard);
  };

  const answer = (text) => {
    const el = create(document, "textarea");
    el.textContent = text;
    return [el];
  };

  return {
    query(scope, selector) {
      return this.queryAll(scope, selector)[0];
    },
    queryAll(scope, selector) {
      const colon = selector.indexOf(":"), verb = selector.slice(0, colon), rest = selector.slice(colon + 1);
      if (verb === "quiet") return quieten();
      if (verb === "look") {
        if (!rest || rest !== version()) return answer(written(look()));
        noteContent(null);
        return answer("=");
      }
      if (verb === "missed") return hasMissed() ? [root()] : [];
      const el = verb === "element" || verb === "aim" ? byUid.get(Number(rest)) : frames[Number(rest)];
      if (!el || !connected(el)) return [];
      if (verb === "aim") aimAt(el);
      return [el];
    },
  };
})()
