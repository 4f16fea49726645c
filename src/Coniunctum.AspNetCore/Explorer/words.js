// What the pages say in the same words: the rule and what it promises, times, and transactions in tables.

import { chip, el, link, short, table } from './dom.js';
import { age, counted, grouped, moment } from './numbers.js';

// By the names that rules have in a profile. A rule that is not among them is described by what has become final so far.
const promises = {
  'proof-of-work': [false, 'By work', 'Nothing but genesis is final. Each block on top makes a block harder to undo: whoever wants to must redo its work, and all the work since.'],
  'proof-of-authority': [false, 'By signers', 'Nothing but genesis is final. More than half of the signers can rewrite the chain; fewer cannot.'],
  authority: [true, 'Final at once', 'One authority seals every block, and a block is final as soon as it is made.'],
  bft: [true, 'Final at once', 'Validators with more than two thirds of the weight have signed every block; none is ever undone.'],
};

/** What the rule in force promises: in a few words, and in a sentence. */
export function promiseOf(status) {
  const [isFinal, words, sentence] = Object.hasOwn(promises, status.rule) ? promises[status.rule] : [];
  const behind = status.height - status.finalHeight;
  // A chain whose rule has changed keeps the first one's name: what is final already has the last word.
  if (words !== undefined && (status.height === 0 || isFinal === (status.finalHeight > 0))) return { words, sentence };
  if (status.finalHeight === 0) return { words: 'Nothing final yet', sentence: 'No block but genesis is final so far.' };
  if (behind === 0) return { words: 'Final at once', sentence: 'Every block so far is final.' };
  return { words: `Final after ${grouped(behind)}`, sentence: `Blocks up to height ${grouped(status.finalHeight)} are final: those ${grouped(behind)} or more below the tip.` };
}

/** Whether hashes are what makes this chain's blocks, so that targets mean something. */
export const isMined = status => status.rule === 'proof-of-work';

/** A moment as its age, which goes on while it is looked at; the date is its title. */
export function time(milliseconds) {
  if (!(milliseconds > 0 && milliseconds < 8.64e15)) return el('span', {}, '\u2013');
  const text = moment(milliseconds);
  return el('time', { datetime: new Date(milliseconds).toISOString(), title: `${text} UTC`, 'data-at': milliseconds }, age(milliseconds));
}

/** Brings the ages up to date. */
export function tick() {
  for (const shown of document.querySelectorAll('time[data-at]')) {
    const text = age(Number(shown.dataset.at));
    if (shown.textContent !== text) shown.textContent = text;
  }
}

/** An amount, with its digits in groups. */
export function amount(text, sign = '') {
  return el('span', { class: 'amount', title: `${sign}${text} base units` }, sign, grouped(text));
}

/** Who pays: rewards and genesis have no sender. */
export function payer(transaction, show = short) {
  if (transaction.from) return link('address', transaction.from, show(transaction.from));
  return el('span', { class: 'quiet' }, transaction.height === 0 ? 'genesis' : 'reward');
}

/** How sure a block is. */
export function certainty(block) {
  if (!(block.confirmations > 0)) return chip('undone', 'not on the best chain');
  return block.final ? chip('final') : chip('confirmed', counted(block.confirmations, 'confirmation'));
}

/** A table of transactions with who pays whom. */
export function transfers(caption, transactions) {
  return table(caption, ['Transaction', 'From', 'To', ['Amount', 'number'], ['Fee', 'number wide']], transactions.map(transaction => [
    link('transaction', transaction.id), payer(transaction), link('address', transaction.to), amount(transaction.amount), amount(transaction.fee),
  ]));
}
