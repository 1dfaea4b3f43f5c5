// Is the page about metrics what the table says, and does it hold what is exposed?

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METRICS } from '../../src/metrics/families.ts';
import { metricsPage } from '../../src/metrics/reference.ts';

/** Names in the examples as Prometheus knows them. */
const named = (path: string): readonly string[] => [
  ...new Set([...readFileSync(path, 'utf8').matchAll(/tsvisor_[a-z_]+/g)].map(([name]) => name)),
];

const known = Object.entries(METRICS).flatMap(([name, { type }]) => {
  if (type === 'counter') return [`${name}_total`];
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
});

test('the page is as `node scripts/docs.mjs` writes it', () => {
  expect(readFileSync('docs/reference/metrics.md', 'utf8')).toBe(metricsPage());
  expect(Object.keys(METRICS).length).toBeGreaterThan(20);
});

test.each(['examples/prometheus/tsvisor.rules.yml', 'examples/grafana/tsvisor.json'])(
  '%s names no metric that does not exist',
  (path) => {
    expect(named(path).length).toBeGreaterThan(8);
    expect(named(path).filter((name) => !known.includes(name))).toEqual([]);
  },
);
