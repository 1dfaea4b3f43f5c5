// Is what we write for Prometheus what it reads?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialectFor, expose, type Dialect, type Family } from '../../src/metrics/exposition.ts';

const counter = (value: string): Family => ({
  name: 'kills',
  help: 'How many.',
  type: 'counter',
  samples: [{ labels: { who: value }, value: 3 }],
});

const exposed = (families: readonly Family[], dialect: Dialect): string =>
  Buffer.concat(expose(families, dialect)).toString('utf8');

describe('the exposition', () => {
  test('names a counter without _total in OpenMetrics and with it in the older format', () => {
    expect(exposed([counter('a')], 'openmetrics')).toBe(
      '# HELP kills How many.\n# TYPE kills counter\nkills_total{who="a"} 3\n# EOF\n',
    );
    expect(exposed([counter('a')], 'text')).toBe(
      '# HELP kills_total How many.\n# TYPE kills_total counter\nkills_total{who="a"} 3\n',
    );
  });

  test('counts buckets of a histogram upwards and ends with all', () => {
    const text = exposed(
      [
        {
          name: 'took',
          help: 'h',
          type: 'histogram',
          value: { bounds: [0.5, 1], counts: [1, 2, 4], sum: 9.5 },
        },
      ],
      'text',
    );
    expect(text.split('\n').slice(2)).toEqual([
      'took_bucket{le="0.5"} 1',
      'took_bucket{le="1.0"} 3',
      'took_bucket{le="+Inf"} 7',
      'took_sum 9.5',
      'took_count 7',
      '',
    ]);
  });

  test('keeps any label value on one line, so that no name of a process can forge a sample', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const [, , line, ...rest] = exposed([counter(value)], 'openmetrics').split('\n');
        expect(rest).toEqual(['# EOF', '']);
        const quoted = /^kills_total\{who="((?:[^"\\\n]|\\[\\"n])*)"\} 3$/s.exec(line ?? '')?.[1];
        const back = quoted?.replaceAll(/\\(.)/gs, (_, c: string) => (c === 'n' ? '\n' : c));
        expect(back).toBe(value);
      }),
    );
  });

  test('leaves out families without samples', () => {
    expect(exposed([{ name: 'none', help: 'h', type: 'gauge', samples: [] }], 'text')).toBe('');
  });

  test('speaks OpenMetrics only to those who accept it', () => {
    expect(dialectFor('application/openmetrics-text;version=1.0.0,text/plain;q=0.5')).toBe('openmetrics');
    expect(dialectFor('text/plain')).toBe('text');
    expect(dialectFor(undefined)).toBe('text');
  });
});
