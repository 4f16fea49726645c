// What an address owns, and what it has sent and received, by pages.

import { get, named } from './api.js';
import { el, facts, full, link, nothing, section, table } from './dom.js';
import { grouped, units } from './numbers.js';
import { amount, payer } from './words.js';

const page = 25;

export const address = {
  title: () => 'Address',
  follows: true,

  async load({ name, after }, signal) {
    const path = `addresses/${named(name)}`;
    const history = get(`${path}/transactions`, signal, { limit: page, after }).then(found => ({ found }), problem => ({ problem }));
    const owned = await get(path, signal);
    // A node may keep no history; what the address owns is known all the same.
    const { found, problem } = await history;
    return { owned, found, problem, after };
  },

  draw({ owned, found, problem, after }) {
    const locked = units(owned.balance) - units(owned.spendable);
    return [
      el('h1', {}, 'Address'),
      facts([
        ['Address', full(owned.address, 'address')],
        ['Balance', amount(owned.balance)],
        ['Spendable now', amount(owned.spendable)],
        ['Locked', locked > 0n ? el('span', {}, amount(locked.toString()), ' in rewards that mature later') : null],
        ['As of block', link('block', owned.height, grouped(owned.height))],
      ]),
      section(after ? 'Older transactions' : 'Transactions', found ? history(owned.address, found, after) : el('p', { class: 'notice' }, problem.message)),
    ];
  },
};

function history(own, found, after) {
  const isBehind = found.indexedHeight === null || found.indexedHeight === undefined;
  return [
    found.transactions.length === 0
      ? nothing(after ? 'There are no older ones.' : 'It has sent and received nothing yet.')
      : table('Transactions of this address, newest first', ['Transaction', 'Direction', 'With', ['Amount', 'number'], ['Fee', 'number wide'], ['Block', 'number']], found.transactions.map(transaction => rowOf(own, transaction))),
    el('p', { class: 'steps' },
      after ? el('a', { href: `#/address/${encodeURIComponent(own)}` }, '\u2190 Newest') : null,
      found.next ? el('a', { href: `#/address/${encodeURIComponent(own)}?after=${encodeURIComponent(found.next)}` }, 'Older \u2192') : null),
    el('p', { class: 'quiet' }, isBehind ? 'No block has been indexed yet.' : `Indexed up to block ${grouped(found.indexedHeight)}.`),
  ];
}

function rowOf(own, transaction) {
  const isOut = transaction.from === own;
  const isBoth = isOut && transaction.to === own;
  return [
    link('transaction', transaction.id),
    isBoth ? 'to itself' : isOut ? 'out' : 'in',
    isOut ? link('address', transaction.to) : payer(transaction),
    amount(transaction.amount, isBoth ? '' : isOut ? '\u2212' : '+'),
    isOut ? amount(transaction.fee) : '\u2013',
    link('block', transaction.block, grouped(transaction.height)),
  ];
}
