// What the last hundred blocks say: difficulty, hash rate, time between blocks. And the branches that are no part of the best chain.

import { get } from './api.js';
import { drawChain } from './chain.js';
import { el, link, nothing, section, table } from './dom.js';
import { grouped, intervalOf, moment, rateOf, scaled, span, workOf } from './numbers.js';
import { clock, plot } from './plot.js';
import { isMined } from './words.js';

const most = 100;
const averaged = 10;

export const plots = {
  title: () => 'Plots',
  follows: true,

  async load(_, signal) {
    const [page, status] = await Promise.all([get('blocks', signal, { count: most }), get('status', signal)]);
    return { blocks: page.blocks, status };
  },

  draw({ blocks, status }, width) {
    const rows = rowsOf(blocks);
    const column = name => rows.map(row => [row.height, row[name]]);
    const hasTime = rows.some(row => Number.isFinite(row.interval));
    const across = Math.min(width, 900);
    return [
      el('h1', {}, 'Plots'),
      el('p', {}, `The last ${grouped(blocks.length)} blocks, from height ${grouped(blocks.at(-1)?.height ?? 0)} to ${grouped(blocks[0]?.height ?? 0)}.`),
      isMined(status) ? plot('Difficulty', column('difficulty'), value => scaled(value), { note: 'Hashes that a block takes on average, from its target.' }, across) : null,
      isMined(status) && hasTime
        ? plot('Hash rate', column('rate'), value => scaled(value, 'H/s'), { mean: rateOf(blocks), note: `Estimated: the work of ${averaged} blocks over the time that they took.` }, across)
        : null,
      hasTime ? plot('Time between blocks', column('interval'), span, { bars: true, steps: clock, mean: intervalOf(blocks), note: `The profile intends ${span(status.blockIntervalMs / 1000)}.` }, across) : nothing('This chain\u2019s headers carry no time.'),
      plot('Transactions in a block', column('transactions'), value => grouped(Math.round(value)), { bars: true }, across),
      el('details', {}, el('summary', {}, 'The same as a table'),
        table('The plotted values', ['Block', ['Time (UTC)', 'wide'], ['Interval', 'number'], ['Difficulty', 'number'], ['Hash rate', 'number'], ['Transactions', 'number']], rows.toReversed().map(row => [
          link('block', row.height, grouped(row.height)), moment(row.time), Number.isFinite(row.interval) ? span(row.interval) : '\u2013', isMined(status) ? scaled(row.difficulty) : '\u2013',
          isMined(status) ? scaled(row.rate, 'H/s') : '\u2013', Number.isFinite(row.transactions) ? grouped(row.transactions) : '\u2013',
        ]))),
    ];
  },
};

// The oldest first. A block's interval needs the one before it, its hash rate the ten before it.
function rowsOf(blocks) {
  const rising = blocks.toReversed();
  return rising.map((block, at) => ({
    height: block.height,
    time: block.time,
    transactions: block.transactions ?? NaN,
    difficulty: workOf(block.target),
    interval: at > 0 && rising[at - 1].time > 0 ? (block.time - rising[at - 1].time) / 1000 : NaN,
    rate: at >= averaged ? rateOf(rising.slice(at - averaged, at + 1).reverse()) : NaN,
  }));
}

export const forks = {
  title: () => 'Forks',
  follows: true,
  every: 5_000,

  async load(_, signal) {
    const [found, page] = await Promise.all([get('forks', signal), get('blocks', signal, { count: 30 })]);
    return { heads: found.forks, blocks: page.blocks };
  },

  draw({ heads, blocks }, width) {
    const best = new Set(blocks.map(block => block.id));
    const branches = heads.filter(head => !best.has(head.id)).sort((a, b) => b.height - a.height);
    // Of a branch only its head is known by name; what lies between is as long as the heights say.
    const drawn = branches.map(head => ({
      fork: head.forkHeight,
      isUndone: false,
      blocks: Array.from({ length: Math.min(64, head.height - head.forkHeight) }, (_, at) => ({ height: head.height - at, id: at === 0 ? head.id : undefined })).reverse(),
    }));
    return [
      el('h1', {}, 'Forks'),
      el('p', {}, 'Branches that this node knows beside the best chain. One of them wins when the rule prefers it: the blocks that it replaces are then undone.'),
      el('div', { class: 'drawing' }, drawChain(blocks, drawn, width)),
      section(`${grouped(branches.length)} ${branches.length === 1 ? 'branch' : 'branches'}`,
        branches.length === 0
          ? nothing('There is none: all blocks that this node knows are on the best chain.')
          : table('Branches', ['Head', ['Height', 'number'], ['Forks after', 'number'], ['Blocks', 'number']], branches.map(head => [
            link('block', head.id), grouped(head.height), link('block', head.forkHeight, grouped(head.forkHeight)), grouped(head.height - head.forkHeight),
          ]))),
    ];
  },
};
