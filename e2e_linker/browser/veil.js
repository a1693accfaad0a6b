// Hides texts of one document while its picture is taken, its shadow trees included. Gives what lifts the veil again.
//   css     what applies to every document
//   hide    the declarations that make the text of a control invisible
//   names   texts to be covered wherever they stand; no element is added for it, so that the page does not notice
([css, hide, names]) => {
  const KEY = 'linker-cover';
  const roots = [];
  const gather = root => {
    roots.push(root);
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) gather(element.shadowRoot);
  };
  gather(document);

  // A name may be broken anywhere, and stand in any letters.
  const letter = one => /\s/.test(one) ? '\\s+' : one.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const spelled = name => [...name.trim()].map(letter).join('[\\u00ad\\u200b]*');
  const sought = names.length ? new RegExp(names.map(spelled).join('|'), 'giu') : null;

  const rules = [css];
  if (sought) {
    const quoted = names.map(name => `"${CSS.escape(name)}"`);
    const holding = quoted.flatMap(name => [`input[value*=${name} i]`, `input[placeholder*=${name} i]::placeholder`]);
    const choices = roots.flatMap(root => [...root.querySelectorAll('select')]);
    if (choices.some(choice => choice.textContent.search(sought) >= 0)) holding.push('select');
    rules.push(`${holding.join(', ')} {${hide}}`);
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules.join('\n'));
  for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  const placed = root => {
    const nodes = [], starts = [], ranges = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let text = '';
    while (walker.nextNode()) {
      nodes.push(walker.currentNode);
      starts.push(text.length);
      text += walker.currentNode.data;
    }
    for (const found of text.matchAll(sought)) {
      const range = new Range(), end = found.index + found[0].length;
      const first = starts.findLastIndex(start => start <= found.index);
      const last = starts.findLastIndex(start => start < end);
      range.setStart(nodes[first], found.index - starts[first]);
      range.setEnd(nodes[last], end - starts[last]);
      ranges.push(range);
    }
    return ranges;
  };
  const covering = sought && typeof Highlight === 'function' && CSS.highlights;
  if (covering) CSS.highlights.set(KEY, new Highlight(...roots.flatMap(placed)));

  return () => {
    if (covering) CSS.highlights.delete(KEY);
    for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter(one => one !== sheet);
  };
}
