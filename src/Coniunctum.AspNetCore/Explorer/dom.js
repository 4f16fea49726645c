// Makes elements. Whatever comes from outside becomes text, never markup: nothing here reads HTML.

const svgSpace = 'http://www.w3.org/2000/svg';

/** Makes an HTML element. Children are nodes, text, or nothing. */
export function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Makes an SVG element. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(svgSpace, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    // The pages lead to each other only: no address from outside becomes a link.
    if (name === 'href' && !String(value).startsWith('#')) throw new Error(`A link must lead to a page of the explorer, not to ${value}.`);
    if (name === 'style' || name.startsWith('on')) throw new Error(`${name} is no attribute that is set here.`);
    element.setAttribute(name, value === true ? '' : value);
  }

  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** A section with its heading. */
export function section(heading, ...content) {
  return el('section', {}, el('h2', {}, heading), ...content);
}

/** A list of names and values; those without a value are omitted. */
export function facts(rows, style = 'facts') {
  return el('dl', { class: style }, rows
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

/**
 * A table. A column is a heading, or a heading with a class: "number" aligns digits, "wide" is left out on narrow screens.
 * Where a row's cells are too many for the screen, the table scrolls, not the page.
 */
export function table(caption, columns, rows) {
  const styled = columns.map(column => (Array.isArray(column) ? column : [column, '']));
  return el('div', { class: 'scroll', role: 'region', 'aria-label': caption },
    el('table', {},
      el('caption', { class: 'unseen' }, caption),
      el('thead', {}, el('tr', {}, styled.map(([heading, style]) => el('th', { scope: 'col', class: style || null }, heading)))),
      el('tbody', {}, rows.map(cells => el('tr', {}, cells.map((cell, at) => el('td', { class: styled[at][1] || null }, cell)))))));
}

/** A sentence for an empty list. */
export function nothing(text) {
  return el('p', { class: 'nothing' }, text);
}

/** An id or address, shortened for the eye: its middle has no width, so that whoever copies it copies all of it. */
export function short(text, head = 8, tail = 6) {
  const whole = String(text);
  if (whole.length <= head + tail + 3) return el('span', { class: 'id' }, whole);
  return el('span', { class: 'id', title: whole },
    whole.slice(0, head), el('span', { class: 'middle' }, whole.slice(head, -tail)), whole.slice(-tail));
}

/** An id or address in full, with a button that copies it. */
export function full(text, what) {
  const whole = String(text);
  const button = el('button', { type: 'button', class: 'copy', 'aria-label': `Copy the ${what}` }, 'Copy');
  button.addEventListener('click', async () => {
    button.textContent = await copy(whole) ? 'Copied' : 'Not copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 2_000);
  });
  return el('span', { class: 'whole' }, el('span', { class: 'id' }, whole), ' ', button);
}

/** A link to a block, a transaction or an address. */
export function link(kind, name, ...content) {
  return el('a', { href: `#/${kind}/${encodeURIComponent(name)}` }, content.length ? content : short(name));
}

/** A word that says what state something is in. */
export function chip(state, text = state) {
  return el('span', { class: `chip ${/^[a-z]+$/.test(state) ? state : ''}` }, text);
}

// The clipboard is for pages that came safely (https, or this machine); elsewhere the selection is copied.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el('textarea', { class: 'unseen', readonly: true, tabindex: -1 }, text);
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    return isCopied;
  }
}
