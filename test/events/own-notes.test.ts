// In which words do listeners and hooks hear of readiness and of runs by the clock?

import { expect, test } from 'vitest';
import { notesFor } from '../../src/events/note.ts';
import { wordsFor } from '../../src/logs/event-lines.ts';

const process = { group: 'g', name: 'app' };
const FACTS = { startsecs: () => 1 };

test('readiness tells what is known and what is not, then the words', () => {
  const readiness = { ready: null, health: 'unhealthy', text: 'connection refused' } as const;
  const event = { type: 'readiness', process, readiness } as const;
  expect(notesFor(event)).toEqual([
    {
      name: 'TSVISOR_READINESS',
      payload: 'processname:app groupname:g ready:- health:unhealthy\nconnection refused',
    },
  ]);
  expect(wordsFor(event, FACTS)).toMatchObject([
    { level: 'warn', text: 'app: unhealthy: connection refused' },
  ]);
});

test.each([
  ['started', 'info', 'is started; the next one is due 2026-01-02T00:00:00Z'],
  [
    'missed',
    'warn',
    'is skipped: nobody was there to start it in time; the next one is due 2026-01-02T00:00:00Z',
  ],
] as const)('a run that is %s is told with its time and the next', (act, level, words) => {
  const [due, next] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)];
  const event = { type: 'scheduled', process, act, due, next } as const;
  expect(notesFor(event)).toEqual([
    {
      name: 'TSVISOR_SCHEDULED',
      payload: `processname:app groupname:g act:${act} due:${due / 1000} next:${next / 1000}`,
    },
  ]);
  expect(wordsFor(event, FACTS)).toMatchObject([
    { level, text: `schedule: app: the run of 2026-01-01T00:00:00Z ${words}` },
  ]);
});
