// The ledger's HTTP API. All that the pages show comes from here, by GET.

/** Where the API is: beside the page, whatever path the ledger is mapped under. */
export const base = new URL('../api/v1/', import.meta.url);

const patience = 15_000;

const headings = { 0: 'The node does not answer', 400: 'Not understood', 404: 'Not found', 429: 'Too many requests', 503: 'Not available' };

/** Why a request has no answer, in one line for people. Status 0 is a node that does not answer at all. */
export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
    this.heading = headings[status] ?? `The node answers with status ${status}`;
  }
}

/** Returns what a route answers; parameters that are undefined are omitted. Throws a Problem. */
export async function get(path, signal, parameters = {}) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }

  let response;
  try {
    response = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) });
    if (response.ok) return await response.json();
  } catch (error) {
    signal.throwIfAborted();
    const isLate = error.name === 'TimeoutError';
    throw new Problem(0, isLate ? 'It was asked, and said nothing for 15 seconds.' : 'It may have stopped, or the way to it is broken.');
  }

  throw await problemOf(response);
}

/** Returns a name as a part of a route. Throws a Problem for what no block, transaction or address is called. */
export function named(name) {
  if (/^[0-9A-Za-z]{1,128}$/.test(name)) return name;
  throw new Problem(404, `\u201c${name}\u201d is no height, no id and no address.`);
}

// Problem details (RFC 9457).
async function problemOf(response) {
  try {
    const { title, detail } = await response.json();
    return new Problem(response.status, [title, detail].filter(part => typeof part === 'string').join(' '));
  } catch {
    // A proxy in between has pages of its own.
    return new Problem(response.status, 'It gives no reason.');
  }
}
