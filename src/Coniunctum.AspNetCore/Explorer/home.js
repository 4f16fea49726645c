// The first page: where the chain is, what its rule promises, and its last blocks as they come.

import { get } from './api.js';
import { drawChain } from './chain.js';
import { el, facts, link, section, table } from './dom.js';
import { live } from './live.js';
import { bytes, counted, grouped, intervalOf, moment, rateOf, scaled, span, units } from './numbers.js';
import { amount, certainty, isMined, promiseOf, time } from './words.js';

// Enough for a hash rate that is more than chance: the error of n intervals is about 1/sqrt(n).
const measured = 50;
const listed = 15;

export const home = {
  title: () => 'Chain',
  follows: true,
  every: 10_000,

  async load(_, signal) {
    const [status, page] = await Promise.all([get('status', signal), get('blocks', signal, { count: measured })]);
    return { status, blocks: page.blocks };
  },

  draw({ status, blocks }, width) {
    const promise = promiseOf(status);
    const undone = live.reorganizations.map(entry => ({ fork: entry.blocks[0].height - 1, isUndone: true, blocks: entry.blocks }));
    return [
      el('h1', {}, 'Chain'),
      el('p', { class: 'promise' }, el('strong', {}, `${promise.words}.`), ' ', promise.sentence, ' ', el('a', { href: '#/rule' }, `Rule: ${status.rule}`)),
      state(status),
      tiles(status, blocks),
      el('div', { class: 'drawing' }, drawChain(blocks, undone, width)),
      reorganizations(),
      legend(blocks, undone.length > 0),
      section('Newest blocks',
        table('Newest blocks', ['Height', 'Age', ['Id', 'wide'], ['Transactions', 'number wide'], ['Size', 'number wide'], ['Producer', 'wide'], 'State'],
          blocks.slice(0, listed).map(block => [
            link('block', block.id, grouped(block.height)), time(block.time), link('block', block.id), grouped(block.transactions ?? '\u2013'), block.bytes === null ? '\u2013' : bytes(block.bytes),
            block.producer ? link('address', block.producer) : '\u2013', certainty(block),
          ]))),
    ];
  },
};

function state(status) {
  if (status.halted) return el('p', { class: 'notice', role: 'alert' }, `This node accepts nothing any more: ${status.halted}`);
  if (!status.synchronizing) return null;
  return el('p', { class: 'notice' }, `This node is catching up: its peers are at height ${grouped(status.peersHeight)}, it is at ${grouped(status.height)}.`);
}

function tiles(status, blocks) {
  const rate = rateOf(blocks);
  const interval = intervalOf(blocks);
  const isWhole = units(status.supply) === units(status.scheduledSupply);
  return facts([
    ['Height', grouped(status.height)],
    ['Final up to', status.finalHeight === 0 && status.height > 0 ? 'genesis only' : grouped(status.finalHeight)],
    ['Supply', el('span', {}, amount(status.supply), isWhole ? null : el('strong', {}, ` not the ${grouped(status.scheduledSupply)} of the schedule`))],
    ['In the pool', el('a', { href: '#/pool' }, status.waiting > 0 ? `${grouped(status.pool)} + ${grouped(status.waiting)} waiting` : grouped(status.pool))],
    ['Peers', el('a', { href: '#/peers' }, grouped(status.peers))],
    isMined(status) ? ['Hash rate', el('a', { href: '#/plots', title: `Estimated from ${counted(blocks.length, 'block')}` }, Number.isFinite(rate) ? scaled(rate, 'H/s') : 'unknown')] : ['', ''],
    ['Block interval', Number.isFinite(interval) ? span(interval) : ''],
  ], 'tiles');
}

function reorganizations() {
  if (live.reorganizations.length === 0) return null;
  return el('ul', { class: 'reorganizations' }, live.reorganizations.slice(0, 3).map(entry => el('li', {},
    el('strong', {}, 'Reorganization'), ` at ${moment(entry.at).slice(11, 19)} UTC: ${counted(entry.blocks.length, 'block')} undone from height ${grouped(entry.blocks[0].height)} on: `,
    entry.blocks.slice(0, 5).flatMap((block, at) => [at ? ', ' : '', el('s', {}, link('block', block.id))]),
    entry.blocks.length > 5 ? ', \u2026' : '')));
}

function legend(blocks, hasUndone) {
  return el('p', { class: 'legend' },
    blocks.some(block => !block.final) ? [el('span', { class: 'key confirmed' }), 'not final '] : null,
    blocks.some(block => block.final) ? [el('span', { class: 'key final' }), 'final '] : null,
    hasUndone ? [el('span', { class: 'key undone' }), 'undone '] : null,
    el('a', { href: '#/forks' }, 'All branches'));
}

