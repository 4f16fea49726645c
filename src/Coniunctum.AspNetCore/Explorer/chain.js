// Draws a chain: its last blocks from left to right, and below them the branches that lost.

import { svg } from './dom.js';
import { grouped } from './numbers.js';

const step = 76;
const box = { width: 60, height: 44 };
const rowHeight = 66;
const edge = 8;
const mostRows = 4;

/** How many blocks fit into a width. */
export function blocksThatFit(width) {
  return Math.max(3, Math.min(16, Math.floor((width - 2 * edge + step - box.width) / step)));
}

/**
 * Draws blocks, the newest first as the API lists them. A branch has the height of its fork, whether it was undone or never
 * was the best, and blocks with their height, and their id where it is known.
 */
export function drawChain(blocks, branches, width) {
  const shown = blocks.slice(0, blocksThatFit(width)).reverse();
  const first = shown[0]?.height ?? 0;
  const last = shown.at(-1)?.height ?? 0;
  const visible = branches
    .map(branch => ({ ...branch, blocks: branch.blocks.filter(block => block.height >= first) }))
    .filter(branch => branch.blocks.length > 0)
    .slice(0, mostRows);
  const highest = Math.max(last, ...visible.flatMap(branch => branch.blocks.map(block => block.height)));
  const size = { width: 2 * edge + (highest - first) * step + box.width, height: 2 * edge + box.height + visible.length * rowHeight };
  const left = height => edge + (height - first) * step;
  const middle = row => edge + row * rowHeight + box.height / 2;

  const links = [];
  if (first > 0) links.push(svg('path', { class: 'before', d: `M0 ${middle(0)}H${left(first)}` }));
  for (const block of shown.slice(1)) links.push(svg('path', { d: `M${left(block.height) - step + box.width} ${middle(0)}H${left(block.height)}` }));
  visible.forEach((branch, at) => links.push(...linksOf(branch, at + 1, first, left, middle)));

  return svg('svg', {
    class: 'chain', width: size.width, height: size.height, viewBox: `0 0 ${size.width} ${size.height}`, role: 'group',
    'aria-label': `The chain's last ${shown.length} blocks, with ${visible.length} ${visible.length === 1 ? 'branch' : 'branches'} beside it`,
  },
    svg('g', { class: 'links', 'aria-hidden': 'true' }, links),
    shown.map(block => boxOf(block, left(block.height), edge, block.final ? 'final' : 'confirmed', block.height === last)),
    visible.flatMap((branch, at) => branch.blocks.map(block =>
      boxOf(block, left(block.height), edge + (at + 1) * rowHeight, branch.isUndone ? 'undone' : 'side', false))));
}

// From the block that both share down to the branch, then along it. A fork that is older than what is drawn comes in from the left.
function linksOf(branch, row, first, left, middle) {
  const start = left(branch.blocks[0].height);
  const links = [];
  if (branch.fork >= first) {
    const from = left(branch.fork) + box.width - 14;
    links.push(svg('path', { class: 'fork', d: `M${from} ${middle(0) + box.height / 2}V${middle(row) - 10}Q${from} ${middle(row)} ${from + 10} ${middle(row)}H${start}` }));
  } else {
    links.push(svg('path', { class: 'fork', d: `M0 ${middle(row)}H${start}` }));
  }

  for (const block of branch.blocks.slice(1)) links.push(svg('path', { class: 'fork', d: `M${left(block.height) - step + box.width} ${middle(row)}H${left(block.height)}` }));
  return links;
}

const states = { final: 'final', confirmed: 'not final', undone: 'undone by a reorganization', side: 'on a branch beside the best chain' };

function boxOf(block, x, y, state, isTip) {
  // A number in lists of blocks, ids in events, and nothing where only the header was kept.
  const count = Array.isArray(block.transactions) ? block.transactions.length : block.transactions ?? undefined;
  const number = String(block.height).length > 7 ? `\u2026${String(block.height).slice(-6)}` : String(block.height);
  const size = count === undefined ? '' : `${grouped(count)} tx`;
  // Whoever speaks to the browser says what can be read in the box, so that its name must hold that.
  const name = `Block ${number}${size && ` ${size}`}, ${states[state]}`;
  const content = [
    svg('rect', { x, y, width: box.width, height: box.height, rx: 9 }),
    svg('text', {},
      svg('tspan', { class: 'height', x: x + box.width / 2, y: y + 19 }, number), svg('tspan', { class: 'gap' }, ' '),
      svg('tspan', { x: x + box.width / 2, y: y + 35 }, size)),
    state === 'undone' ? svg('path', { class: 'strike', d: `M${x + 4} ${y + box.height - 5}L${x + box.width - 4} ${y + 5}` }) : null,
  ];
  const style = `box ${state}${isTip ? ' tip' : ''}`;
  return block.id
    ? svg('a', { class: style, href: `#/block/${encodeURIComponent(block.id)}`, 'aria-label': name }, content)
    : svg('g', { class: style, role: 'img', 'aria-label': name }, content);
}
