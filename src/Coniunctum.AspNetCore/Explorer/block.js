// A block, and a transaction with its life.

import { get, named } from './api.js';
import { chip, el, facts, full, link, section } from './dom.js';
import { bytes, counted, grouped, moment, scaled, workOf } from './numbers.js';
import { amount, certainty, isMined, payer, promiseOf, time, transfers } from './words.js';

export const block = {
  title: ({ block }) => `Block ${block.height}`,
  follows: true,

  async load({ name }, signal) {
    const [found, status] = await Promise.all([get(`blocks/${named(name)}`, signal), get('status', signal)]);
    return { block: found, status };
  },

  draw({ block, status }) {
    const isBest = block.confirmations > 0;
    return [
      el('h1', {}, `Block ${grouped(block.height)} `, certainty(block)),
      isBest ? null : el('p', { class: 'notice' }, 'This block was part of the best chain, or could have been. Another branch won: what it held counts only as far as other blocks hold it.'),
      el('p', { class: 'steps' },
        block.height > 0 ? link('block', block.previous, '\u2190 Previous block') : null,
        isBest && block.height < status.height ? link('block', block.height + 1, 'Next block \u2192') : null),
      facts([
        ['Id', full(block.id, 'id of the block')],
        ['Time', block.time > 0 ? el('span', {}, `${moment(block.time)} UTC, `, time(block.time)) : 'none: this chain\u2019s headers carry no time'],
        ['Confirmations', grouped(block.confirmations)],
        ['Previous block', block.height > 0 ? link('block', block.previous) : 'none: this is genesis'],
        ['Producer', block.producer ? link('address', block.producer) : null],
        ['Size', bytes(block.bytes)],
        ['Ruleset', block.ruleset > 0 ? String(block.ruleset) : null],
        ['Merkle root', full(block.merkleRoot, 'Merkle root')],
        isMined(status) ? ['Work', `${scaled(workOf(block.target))} hashes expected`] : ['', ''],
        isMined(status) ? ['Target', el('span', { class: 'id' }, block.target)] : ['', ''],
        isMined(status) ? ['Nonce', grouped(block.nonce)] : ['', ''],
      ]),
      section(counted(block.transactions.length, 'transaction'),
        transfers('Transactions of this block', block.transactions)),
    ];
  },
};

export const transaction = {
  title: () => 'Transaction',
  follows: true,
  every: 5_000,

  async load({ name }, signal) {
    const [found, status] = await Promise.all([get(`transactions/${named(name)}`, signal), get('status', signal)]);
    return { transaction: found, status };
  },

  draw({ transaction, status }) {
    return [
      el('h1', {}, 'Transaction'),
      life(transaction, status),
      facts([
        ['Id', full(transaction.id, 'id of the transaction')],
        ['From', payer(transaction, whole)],
        ['To', link('address', transaction.to, whole(transaction.to))],
        ['Amount', amount(transaction.amount)],
        ['Fee', amount(transaction.fee)],
        ['Size', transaction.bytes === null ? null : bytes(transaction.bytes)],
        ['Call of an application', transaction.payload ? el('span', { class: 'id' }, cut(transaction.payload)) : null],
        ['Block', transaction.block ? el('span', {}, link('block', transaction.block, grouped(transaction.height)), ' ', link('block', transaction.block)) : null],
      ]),
    ];
  },
};

const whole = text => el('span', { class: 'id' }, text);

function cut(payload) {
  return payload.length <= 512 ? payload : `${payload.slice(0, 512)}\u2026 (${counted(payload.length / 2, 'byte')})`;
}

// Pool, block, finality: each step is done, is where the transaction is now, or is still to come.
function life(transaction, status) {
  const isConfirmed = transaction.state === 'confirmed';
  const isFinal = isConfirmed && transaction.height <= status.finalHeight;
  const isFromPool = transaction.from !== null && transaction.from !== undefined;
  const steps = [
    isFromPool
      ? [!isConfirmed, true, 'In the pool', transaction.state === 'waiting' ? 'It waits for a balance, or for the heights at which it is valid.' : isConfirmed ? 'It has left the pool.' : 'It is ready for the next block that has room.']
      : [false, true, 'Made with its block', 'A reward, or a balance of genesis, is never in the pool.'],
    [isConfirmed && !isFinal, isConfirmed, 'Confirmed', isConfirmed
      ? el('span', {}, 'Block ', link('block', transaction.block, grouped(transaction.height)), `, ${counted(transaction.confirmations, 'confirmation')}.`)
      : 'No block holds it yet.'],
    [isFinal, isFinal, 'Final', isFinal ? 'Nothing can undo it any more.' : promiseOf(status).sentence],
  ];
  return el('ol', { class: 'life', 'aria-label': 'Life of the transaction' }, steps.map(([isNow, isDone, name, text]) =>
    el('li', { class: isNow ? 'now' : isDone ? 'done' : 'later', 'aria-current': isNow ? 'step' : null },
      el('h2', {}, name, isNow && transaction.state === 'waiting' ? [' ', chip('waiting')] : null), el('p', {}, text))));
}
