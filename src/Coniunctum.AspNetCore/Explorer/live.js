// The ledger's events, as long as someone looks: blocks, blocks that were undone, and finality.

import { base, get } from './api.js';

const mostUndone = 200;
const longestWait = 15_000;

/**
 * Follows the chain. Fires "change" with a block, disconnected or final event as its detail, "state" when the connection
 * comes or goes, and "resumed" when it is back after events may have been missed.
 */
class Live extends EventTarget {
  #source = null;
  #retry = 0;
  #wait = 1_000;
  #wasOpen = false;
  #cursor = '';
  #reorganization = null;

  /** Whether events arrive now. */
  isOpen = false;

  /** Reorganizations that were seen, the newest first: when, and which blocks they undid, by rising height. */
  reorganizations = [];

  start() {
    this.#open();
    document.addEventListener('visibilitychange', () => {
      // A browser has few connections for a host, and a tab that no one looks at needs none.
      if (document.hidden) this.#close();
      else if (this.#source === null) this.#open();
    });
    window.addEventListener('pagehide', () => this.#close());
    window.addEventListener('pageshow', () => { if (this.#source === null && !document.hidden) this.#open(); });
  }

  // A cursor that the node does not know any more is of a chain that was there before; any other refusal passes.
  #forgetUnknown(cursor) {
    if (cursor === '') return;
    get(`blocks/${cursor}`, new AbortController().signal).catch(problem => {
      if ([400, 404, 410].includes(problem.status) && this.#cursor === cursor) this.#cursor = '';
    });
  }

  #open() {
    clearTimeout(this.#retry);
    const url = new URL('events', base);
    if (this.#cursor !== '') url.searchParams.set('after', this.#cursor);
    this.#source = new EventSource(url);
    this.#source.addEventListener('open', () => {
      this.#wait = 1_000;
      this.#set(true);
      if (this.#wasOpen) this.dispatchEvent(new Event('resumed'));
      this.#wasOpen = true;
    });
    this.#source.addEventListener('error', () => {
      this.#set(false);
      // A lost connection is taken up by the browser itself, with the last cursor; an answer that was no stream is not.
      if (this.#source?.readyState !== EventSource.CLOSED) return;
      this.#forgetUnknown(this.#cursor);
      this.#source = null;
      this.#retry = setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(2 * this.#wait, longestWait);
    });
    for (const kind of ['block', 'disconnected', 'final']) {
      this.#source.addEventListener(kind, event => this.#take(kind, event));
    }
  }

  #close() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
    this.#set(false);
  }

  #set(isOpen) {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    this.dispatchEvent(new Event('state'));
  }

  #take(kind, event) {
    let change;
    this.#cursor = event.lastEventId;
    try {
      change = { ...JSON.parse(event.data), kind };
    } catch {
      return;
    }

    if (kind === 'disconnected') this.#undo(change);
    if (kind === 'block') this.#connect(change);
    this.dispatchEvent(new CustomEvent('change', { detail: change }));
  }

  // Blocks are undone from the tip downwards, one after another; the next block that joins ends the reorganization.
  #undo(change) {
    if (this.#reorganization === null) {
      this.#reorganization = { at: Date.now(), blocks: [] };
      this.reorganizations.unshift(this.#reorganization);
    }

    this.#reorganization.blocks.unshift(change);
    let count = 0;
    this.reorganizations = this.reorganizations.filter(entry => (count += entry.blocks.length) <= mostUndone || entry === this.#reorganization);
  }

  // A block that comes back is not undone any more.
  #connect(change) {
    this.#reorganization = null;
    for (const entry of this.reorganizations) entry.blocks = entry.blocks.filter(block => block.id !== change.id);
    this.reorganizations = this.reorganizations.filter(entry => entry.blocks.length > 0);
  }
}

export const live = new Live();
