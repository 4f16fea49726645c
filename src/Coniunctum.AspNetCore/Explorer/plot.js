// Draws one value per block as a line or as bars. What a plot shows is said in words too, under it.

import { el, svg } from './dom.js';
import { grouped } from './numbers.js';

/** Steps of round numbers, of which one divides the way to a value into five parts at most. */
const decimal = most => [0.2, 0.5, 1, 2].map(part => part * 10 ** Math.floor(Math.log10(most)));

/** The same for seconds, round in minutes, hours and days. */
export const clock = most => [...(most < 5 ? decimal(most) : [1, 2]), 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, Math.max(86_400, most / 5)];

const height = 170;
const margin = { top: 10, right: 10, bottom: 24, left: 74 };

/**
 * A figure. Points are [block height, value], the oldest first; values that are no numbers leave a gap.
 * `text` writes a value with its unit; a mean is drawn where one is given; ticks lie `steps` apart.
 */
export function plot(heading, points, text, { bars = false, mean = NaN, note = '', steps = decimal } = {}, width = 640) {
  const known = points.filter(([, value]) => Number.isFinite(value));
  const title = el('h2', {}, heading);
  if (known.length < 2) return el('figure', { class: 'plot' }, title, el('figcaption', {}, 'There are too few blocks for a plot yet.'));

  const values = known.map(([, value]) => value);
  const [least, most, newest] = [Math.min(...values), Math.max(...values), values.at(-1)];
  const ticks = ticksUpTo(most, steps);
  const top = Math.max(ticks.at(-1), most) || 1;
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const slot = inner.width / points.length;
  const x = at => margin.left + (at + 0.5) * slot;
  const y = value => margin.top + inner.height * (1 - Math.max(0, value) / top);
  const summary = `From ${text(least)} to ${text(most)}${Number.isFinite(mean) ? `, ${text(mean)} on average` : ''}; ${text(newest)} at the newest block.`;

  const grid = ticks.map(tick => svg('g', {},
    svg('line', { x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
    svg('text', { x: margin.left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, text(tick))));
  const ends = [[0, 'start'], [points.length - 1, 'end']].map(([at, anchor]) =>
    svg('text', { x: at === 0 ? margin.left : width - margin.right, y: height - 6, 'text-anchor': anchor }, `block ${grouped(points[at][0])}`));

  return el('figure', { class: 'plot' }, title,
    svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${heading}. ${summary}` },
      svg('g', { class: 'grid' }, grid, ends),
      bars ? barsOf(points, x, y, slot) : lineOf(points, x, y),
      Number.isFinite(mean) ? svg('line', { class: 'mean', x1: margin.left, x2: width - margin.right, y1: y(mean), y2: y(mean) }) : null,
      // Each block answers the pointer over its whole height.
      points.map(([block, value], at) => svg('rect', { class: 'spot', x: margin.left + at * slot, y: margin.top, width: slot, height: inner.height },
        svg('title', {}, `Block ${grouped(block)}: ${text(value)}`)))),
    el('figcaption', {}, summary, note ? ` ${note}` : ''));
}

function barsOf(points, x, y, slot) {
  const width = Math.max(1, Math.min(12, slot * 0.7));
  return svg('g', { class: 'bars' }, points.map(([, value], at) => (Number.isFinite(value)
    ? svg('rect', { x: x(at) - width / 2, y: y(value), width, height: Math.max(0.5, y(0) - y(value)) })
    : null)));
}

function lineOf(points, x, y) {
  let path = '';
  let isDrawing = false;
  points.forEach(([, value], at) => {
    const isKnown = Number.isFinite(value);
    if (isKnown) path += `${isDrawing ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    isDrawing = isKnown;
  });
  return svg('path', { class: 'line', d: path });
}

// 0 and three to five round numbers above it, up to the first that is not below the greatest value.
function ticksUpTo(most, steps) {
  if (!(most > 0)) return [0];
  const size = steps(most).find(step => most / step <= 5);
  return Array.from({ length: Math.ceil(most / size) + 1 }, (_, at) => at * size);
}
