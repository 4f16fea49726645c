// What the node knows beside the chain: its pool, its peers, the rule in force.

import { get } from './api.js';
import { chip, el, facts, full, link, nothing, section, table } from './dom.js';
import { bytes, counted, grouped, units } from './numbers.js';
import { amount, payer, promiseOf } from './words.js';

const mostPooled = 100;

export const pool = {
  title: () => 'Pool',
  follows: true,
  every: 3_000,

  async load(_, signal) {
    const [found, status] = await Promise.all([get('pool', signal, { limit: mostPooled }), get('status', signal)]);
    return { pool: found, status };
  },

  draw({ pool, status }) {
    const fees = pool.transactions.filter(transaction => transaction.state !== 'waiting').reduce((sum, transaction) => sum + units(transaction.fee), 0n);
    const isPart = pool.transactions.length < pool.ready + pool.waiting;
    return [
      el('h1', {}, 'Pool: the coming block'),
      el('p', {}, 'What waits to be confirmed. The next block, on top of ', link('block', status.tip, `block ${grouped(status.height)}`), ', takes of the ready ones what it has room for.'),
      facts([
        ['Height to come', grouped(status.height + 1)],
        ['Ready', grouped(pool.ready)],
        ['Waiting', grouped(pool.waiting)],
        ['Size', `${bytes(pool.transactions.reduce((sum, transaction) => sum + (transaction.bytes ?? 0), 0))}${isPart ? ' of those shown' : ''}`],
        [isPart ? 'Fees of those shown' : 'Fees', amount(fees.toString())],
      ], 'tiles'),
      el('p', { class: 'quiet' }, `Production: ${status.productionReason || status.production}.`,
        pool.waiting > 0 ? ' Those that wait lack a balance, or the heights at which they are valid are still to come.' : ''),
      section('Transactions',
        pool.transactions.length === 0
          ? nothing('The pool is empty.')
          : table('Transactions in the pool', ['Transaction', 'State', ['From', 'wide'], ['To', 'wide'], ['Amount', 'number'], ['Fee', 'number']], pool.transactions.map(transaction => [
            link('transaction', transaction.id), chip(transaction.state), payer(transaction), link('address', transaction.to), amount(transaction.amount), amount(transaction.fee),
          ])),
        isPart ? el('p', { class: 'quiet' }, `${grouped(pool.transactions.length)} of ${grouped(pool.ready + pool.waiting)} are shown.`) : null),
    ];
  },
};

export const peers = {
  title: () => 'Peers',
  every: 5_000,

  async load(_, signal) {
    const [found, status] = await Promise.all([get('peers', signal), get('status', signal)]);
    return { peers: found, status };
  },

  draw({ peers, status }) {
    return [
      el('h1', {}, 'Peers'),
      status.nodeId
        ? facts([
          ['This node', full(status.nodeId, 'id of this node')],
          ['Listens on', status.addresses.join(', ')],
          ['Height', `${grouped(status.height)}${status.peersHeight > status.height ? `, its peers ${grouped(status.peersHeight)}` : ''}`],
          ['Synchronized', status.synchronizing ? 'catching up' : status.synchronized ? 'yes' : 'not yet'],
        ])
        : nothing('This node is connected with no others: it has no network.'),
      section(counted(peers.peers.length, 'connection'),
        peers.peers.length === 0
          ? nothing('There are none now.')
          : table('Connections', ['Node', 'Address', ['Dialled by', 'wide'], ['Height', 'number'], ['Received', 'number wide'], ['Sent', 'number wide']], peers.peers.map(peer => [
            peer.id ? el('span', { class: 'id', title: peer.id }, peer.id.slice(0, 12)) : 'not known yet', el('span', { class: 'id' }, peer.endpoint), peer.outbound ? 'this node' : 'the other',
            peer.hasLedger ? grouped(peer.height) : 'another chain', bytes(peer.bytesReceived), bytes(peer.bytesSent),
          ]))),
      peers.failures.length > 0
        ? section('Not connected', table('Nodes that were dialled in vain', ['Address', 'Why'], peers.failures.map(failure => [el('span', { class: 'id' }, failure.endpoint), failure.message])))
        : null,
      peers.lastFailure ? el('p', { class: 'notice' }, `The last synchronisation that failed: ${peers.lastFailure}`) : null,
    ];
  },
};

export const rule = {
  title: () => 'Rule',
  follows: true,

  async load(_, signal) {
    const [profile, status] = await Promise.all([get('profile', signal), get('status', signal)]);
    return { profile, status };
  },

  draw({ profile, status }) {
    const promise = promiseOf(status);
    return [
      el('h1', {}, 'Rule in force'),
      el('p', { class: 'promise' }, el('strong', {}, `${promise.words}.`), ' ', promise.sentence),
      facts([
        ['Rule', status.rule],
        ['Network', status.network],
        ['Chain id', full(status.chainId, 'chain id')],
        ['Height', grouped(status.height)],
        ['Final up to', grouped(status.finalHeight)],
        ['Supply', amount(status.supply)],
        ['By schedule', amount(status.scheduledSupply)],
        ['Indexed up to', status.indexedHeight === null || status.indexedHeight === undefined ? 'no index is kept' : grouped(status.indexedHeight)],
        ['Blocks made here', status.productionReason || status.production],
        ['Version', status.version],
      ]),
      section('Profile',
        el('p', {}, 'From this line others start the same chain.'),
        full(profile.profile.trim(), 'profile')),
    ];
  },
};
