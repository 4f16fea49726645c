// The shell: which page an address means, when it is read again, and what is said about the connection.

import { get, named, Problem } from './api.js';
import { address } from './address.js';
import { block, transaction } from './block.js';
import { el } from './dom.js';
import { home } from './home.js';
import { live } from './live.js';
import { peers, pool, rule } from './node.js';
import { counted, grouped } from './numbers.js';
import { forks, plots } from './plots.js';
import { tick } from './words.js';

const pages = { '': home, block, transaction, address, pool, peers, plots, forks, rule };
const alone = new Set(['', 'pool', 'peers', 'plots', 'forks', 'rule']);

const leastPause = 1_000;
const announcedEvery = 3_000;

const main = document.getElementById('main');
const banner = document.getElementById('banner');
const connection = document.getElementById('connection');
const pause = document.getElementById('pause');

// What is shown: its page, its route, what was read for it, when by the calendar, and when by the steady clock.
let shown = { page: null, route: null, data: null, readAt: 0, readMark: 0, isReading: false };
let reading = new AbortController();
let timer = 0;
let isPaused = false;
let isFirst = true;

/** Reads an address's page. Returns nothing for what is none, such as the target of the skip link. */
function routeOf(hash) {
  if (hash !== '' && !hash.startsWith('#/')) return undefined;
  const [path, query = ''] = hash.slice(2).split('?', 2);
  const [kind, ...rest] = path.split('/').map(decoded);
  const name = rest.join('/');
  return { kind, name, after: new URLSearchParams(query).get('after') ?? undefined };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function show() {
  const route = routeOf(location.hash);
  if (route === undefined) return;
  clearTimeout(timer);
  reading.abort();
  reading = new AbortController();
  const { signal } = reading;
  const isPage = Object.hasOwn(pages, route.kind) && alone.has(route.kind) === (route.name === '');
  shown = { page: isPage ? pages[route.kind] : null, route, data: null, readAt: 0, readMark: 0, isReading: false };
  mark(route.kind);
  main.setAttribute('aria-busy', 'true');
  if (route.kind === 'search') await search(route.name, signal);
  else if (isPage) await read(signal);
  else fail(new Problem(404, 'The explorer has no such page.'));
  if (signal.aborted) return;
  main.removeAttribute('aria-busy');
  scrollTo(0, 0);
  // Whoever reads the page aloud continues with its heading; on the first page the browser begins at the top itself.
  if (!isFirst) main.querySelector('h1')?.focus({ preventScroll: true });
  isFirst = false;
}

async function read(signal) {
  const { page, route } = shown;
  shown.isReading = true;
  try {
    const data = await page.load(route, signal);
    if (signal.aborted) return;
    shown.data = data;
    shown.readAt = Date.now();
    shown.readMark = performance.now();
    draw();
  } catch (error) {
    if (signal.aborted) return;
    // A page that was read keeps what it shows while the node is away.
    if (shown.data === null || !(error instanceof Problem) || error.status !== 0) fail(error);
    else say(error);
  }

  shown.isReading = false;
  if (page.every) timer = setTimeout(again, page.every);
}

/** Reads the page again, unless no one looks, it was stopped, or something on it is being selected. */
function again() {
  clearTimeout(timer);
  if (shown.page === null || isPaused || document.hidden) return;
  const pauseLeft = leastPause - (performance.now() - shown.readMark);
  if (pauseLeft > 0 || shown.isReading || isSelecting()) timer = setTimeout(again, Math.max(pauseLeft, 200));
  else read(reading.signal);
}

function isSelecting() {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && main.contains(selection.anchorNode);
}

function draw() {
  const { page, data } = shown;
  const keep = focused();
  const open = main.querySelector('details')?.open ?? false;
  main.replaceChildren(...page.draw(data, innerWidthOf(main)).filter(node => node !== null));
  main.querySelector('h1').tabIndex = -1;
  const details = main.querySelector('details');
  if (details) details.open = open;
  // Only what scrolls needs to be reached by the keyboard.
  for (const area of main.querySelectorAll('.scroll')) {
    if (area.scrollWidth > area.clientWidth) area.tabIndex = 0;
  }

  keep?.();
  say(null);
  document.title = `${page.title(data)} \u00b7 ${data.status?.network ?? 'Coniunctum'}`;
  if (data.status) document.getElementById('network').textContent = data.status.network;
}

function innerWidthOf(element) {
  const style = getComputedStyle(element);
  return element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}

// A page that is drawn anew has other elements in the same places: the focus goes to the one like the one that had it.
function focused() {
  const active = document.activeElement;
  if (active === null || active === main || !main.contains(active)) return null;
  const like = element => `${element.tagName} ${element.getAttribute('href') ?? element.getAttribute('aria-label') ?? ''}`;
  const selector = 'a, button, summary, h1, [tabindex]';
  const alike = () => [...main.querySelectorAll(selector)].filter(element => like(element) === key);
  const key = like(active);
  const at = alike().indexOf(active);
  return () => {
    const found = alike();
    (found[at] ?? found[0] ?? main).focus({ preventScroll: true });
  };
}

function fail(error) {
  shown.data = null;
  const isKnown = error instanceof Problem;
  const heading = isKnown ? error.heading : 'This page cannot be shown';
  const retry = el('button', { type: 'button' }, 'Try again');
  retry.addEventListener('click', show);
  const isAbsent = error.status === 404 || error.status === 400;
  main.replaceChildren(
    el('h1', { tabindex: -1 }, heading),
    el('p', { class: 'problem' }, isKnown ? error.message : String(error)),
    isAbsent ? el('p', {}, 'A block is found by its height or id, a transaction by its id, an address by its text. ', el('a', { href: '#/' }, 'To the chain')) : el('p', {}, retry));
  document.title = `${heading} \u00b7 Coniunctum`;
  if (!isKnown) console.error(error);
}

function say(problem) {
  const text = problem === null ? '' : `${problem.heading}. What is shown is from ${new Date(shown.readAt).toISOString().slice(11, 19)} UTC.`;
  banner.hidden = problem === null;
  // The same text again would be read aloud again.
  if (banner.textContent !== text) banner.textContent = text;
}

function mark(kind) {
  for (const anchor of document.querySelectorAll('#pages a')) {
    if (anchor.getAttribute('href') === `#/${kind}`) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
}

// A height is a block and a short text an address. What has an id's length may be a block or a transaction.
async function search(query, signal) {
  const found = await kindOf(query.trim(), signal).catch(error => (signal.aborted || fail(error), undefined));
  if (found !== undefined && !signal.aborted) location.replace(`#/${found}/${encodeURIComponent(query.trim())}`);
}

async function kindOf(query, signal) {
  if (/^\d{1,20}$/.test(query) || query === 'tip') return 'block';
  if (!/^[0-9a-f]{64}$/i.test(named(query))) return 'address';
  try {
    await get(`blocks/${query}`, signal);
    return 'block';
  } catch (error) {
    if (error.status !== 404) throw error;
    return 'transaction';
  }
}

// New blocks are announced together, so that a fast chain does not talk without end.
const announced = { blocks: 0, last: null, undone: 0, timer: 0 };

function announce(change) {
  if (change.kind === 'final') return;
  if (change.kind === 'disconnected') announced.undone++;
  else [announced.blocks, announced.last] = [announced.blocks + 1, change];
  announced.timer ||= setTimeout(() => {
    const texts = [];
    if (announced.undone > 0) texts.push(`Reorganization: ${counted(announced.undone, 'block')} undone.`);
    if (announced.blocks === 1) texts.push(`Block ${grouped(announced.last.height)} with ${counted(announced.last.transactions.length, 'transaction')}.`);
    if (announced.blocks > 1) texts.push(`${grouped(announced.blocks)} new blocks, the newest at height ${grouped(announced.last.height)}.`);
    if (!isPaused) document.getElementById('announcements').textContent = texts.join(' ');
    Object.assign(announced, { blocks: 0, last: null, undone: 0, timer: 0 });
  }, announcedEvery);
}

function showConnection() {
  connection.textContent = isPaused ? 'Paused' : live.isOpen ? 'Live' : 'Not connected, trying again';
  document.getElementById('dot').className = `dot ${isPaused ? 'paused' : live.isOpen ? 'open' : 'away'}`;
  pause.setAttribute('aria-pressed', String(isPaused));
}

pause.addEventListener('click', () => {
  isPaused = !isPaused;
  showConnection();
  if (!isPaused) again();
});
document.getElementById('skip').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});
document.getElementById('search').addEventListener('submit', event => {
  event.preventDefault();
  const query = document.getElementById('query').value.trim();
  if (query !== '') location.hash = `#/search/${encodeURIComponent(query)}`;
});
live.addEventListener('state', () => {
  showConnection();
  // Whether it was the connection alone, or the node is away, shows when it is asked.
  if (!live.isOpen) again();
});
live.addEventListener('resumed', () => (shown.data === null ? show() : again()));
live.addEventListener('change', event => {
  announce(event.detail);
  if (shown.page?.follows) again();
});
window.addEventListener('hashchange', show);
document.addEventListener('visibilitychange', again);
let width = innerWidth;
window.addEventListener('resize', () => {
  if (shown.data !== null && innerWidth !== width) draw();
  width = innerWidth;
});
setInterval(tick, 1_000);
live.start();
show();
