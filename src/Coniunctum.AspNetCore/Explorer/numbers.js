// Numbers as text, the same in every locale. Amounts arrive as decimal text and stay exact.

const end = 1n << 256n;
const narrowSpace = '\u202f';

/** Digits in groups of three: 12 345 678. What is no whole number stays as it is. */
export function grouped(number) {
  const text = String(number);
  return /^-?\d{4,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, narrowSpace) : text;
}

/** An amount as a number to reckon with; 0 for what is none. */
export function units(text) {
  return /^\d{1,40}$/.test(text) ? BigInt(text) : 0n;
}

/** The expected number of hashes until one is at or below a target: 2^256/(target+1). */
export function workOf(target) {
  return /^[0-9a-f]{64}$/i.test(target) ? Number(end / (BigInt(`0x${target}`) + 1n)) : NaN;
}

/** Three digits at most, with a unit's prefix: 12.3 k, 1.2 M. */
export function scaled(value, unit = '') {
  if (!Number.isFinite(value)) return '\u2013';
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
  let at = 0;
  while (Math.abs(value) >= 999.5 && at < prefixes.length - 1) {
    value /= 1000;
    at++;
  }

  return `${Number(value.toPrecision(3))} ${prefixes[at]}${unit}`.trimEnd();
}

/** Bytes, in the units of 1000. */
export function bytes(count) {
  return scaled(count, 'B');
}

/** A count with its noun, whose plural takes an s. */
export function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Seconds as text: 8.2 s, 4 min, 3 h, 12 d. */
export function span(seconds) {
  const size = Math.abs(seconds);
  if (size < 9.95) return `${Number(seconds.toFixed(1))} s`;
  if (size < 99.5) return `${Math.round(seconds)} s`;
  if (size < 5_970) return `${Math.round(seconds / 60)} min`;
  if (size < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** Milliseconds of Unix time as a date and time in UTC. Formats without timestamps have 0. */
export function moment(milliseconds) {
  if (!(milliseconds > 0 && milliseconds < 8.64e15)) return 'no time';
  return new Date(milliseconds).toISOString().replace('T', ' ').replace(/\.?0*Z$/, '');
}

/** How long ago a moment was; a chain's clock may be ahead of ours. */
export function age(milliseconds, now = Date.now()) {
  if (!(milliseconds > 0 && milliseconds < 8.64e15)) return '\u2013';
  const seconds = Math.round((now - milliseconds) / 1000);
  if (seconds === 0) return 'now';
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

/**
 * Hashes a second, from targets and times: the work of all blocks but the oldest, over the time since the oldest.
 * Blocks come the newest first; NaN for fewer than two, and where no time has passed.
 */
export function rateOf(blocks) {
  if (blocks.length < 2) return NaN;
  const seconds = (blocks[0].time - blocks.at(-1).time) / 1000;
  const work = blocks.slice(0, -1).reduce((sum, block) => sum + workOf(block.target), 0);
  return seconds > 0 ? work / seconds : NaN;
}

/** The mean time between blocks in seconds; NaN where there is none. */
export function intervalOf(blocks) {
  if (blocks.length < 2 || !(blocks.at(-1).time > 0)) return NaN;
  return (blocks[0].time - blocks.at(-1).time) / 1000 / (blocks.length - 1);
}
