// Which names may a listener ask for, and does the page say so?

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { covers, EVENT_NAMES } from '../../src/model/event-names.ts';

const own = EVENT_NAMES.filter((name) => name.startsWith('TSVISOR_'));

describe('the page on events', () => {
  test("lists tsvisor's own events, all of them and no others", () => {
    const page = readFileSync('docs/reference/events.md', 'utf8');
    const listed = [...page.matchAll(/^\| `(TSVISOR_\w+)`/gm)].map(([, name]) => name);
    expect(own.length).toBeGreaterThan(3);
    expect(new Set(listed)).toEqual(new Set(own));
  });
});

describe('a name', () => {
  test.each([
    ['EVENT', 'TICK_5', true],
    ['EVENT', 'PROCESS_STATE_FATAL', true],
    ['EVENT', 'TSVISOR_DIED', false],
    ['PROCESS_STATE', 'PROCESS_STATE_FATAL', true],
    ['PROCESS_STATE', 'PROCESS_LOG_STDOUT', false],
    ['PROCESS_LOG', 'PROCESS_LOG_STDERR', true],
    ['TICK', 'TICK_3600', true],
    ['TICK_5', 'TICK_60', false],
    ['TSVISOR', 'TSVISOR_DIED', true],
    ['TSVISOR_DIED', 'TSVISOR_DIED', true],
  ] as const)('%s covers %s: %s', (asked, name, covered) => {
    expect(covers(asked, name)).toBe(covered);
  });
});
