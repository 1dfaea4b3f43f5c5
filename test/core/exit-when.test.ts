// Does everything end when it shall, and with the status of whoever caused it?

import { describe, expect, test } from 'vitest';
import { culprit } from '../../src/core/exit-when.ts';
import type { Death, Exit, Phase, Reason } from '../../src/model/phase.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { plan } from '../model/process-plan.ts';
import { KILLED, OK, verdict } from './stage.ts';

const death = (exit: Exit, at = 1, judged: Verdict = verdict('no')): Death => ({
  leader: { pid: 9, startTick: 9 },
  exit,
  lived: 1,
  at,
  verdict: judged,
});

const one = (
  name: string,
  phase: Phase,
  { reason = 'died', ...keys }: Parameters<typeof plan>[0] & { readonly reason?: Reason } = {},
) => {
  const lastDeath = 'death' in phase && phase.death !== null ? { ...phase.death, reason } : null;
  return {
    plan: plan({ group: name, name, ...keys }),
    phase,
    past: { lastDeath, score: null, startedAt: 0, stoppedAt: 0, completed: false },
  };
};

const exited = (exit: Exit, expected: boolean, at = 1): Phase => ({
  name: 'exited',
  death: death(exit, at),
  expected,
  why: '',
});
const up: Phase = { name: 'running', leader: { pid: 5, startTick: 5 }, since: 0 };
const stopped: Phase = { name: 'stopped' };
const fatal: Phase = { name: 'fatal', error: 'no such file' };

describe('any_fatal', () => {
  const rules = [{ kind: 'any_fatal' }] as const;

  test('waits while nobody is FATAL, whatever else has ended', () => {
    expect(culprit(rules, [one('a', up), one('b', exited({ code: 3, signal: null }, false))])).toBe(null);
  });

  test('ends with 1 for a process that never ran', () => {
    expect(culprit(rules, [one('a', up), one('b', fatal)])).toEqual({
      status: 1,
      why: 'b is FATAL: no such file',
    });
  });

  test('ends with the status of its last death, and never as if all were well', () => {
    const ended = (exit: Exit) => {
      const process = one('b', fatal);
      return culprit(rules, [
        { ...process, past: { ...process.past, lastDeath: { ...death(exit), reason: 'died' } } },
      ])?.status;
    };
    expect([ended({ code: 7, signal: null }), ended(KILLED), ended(OK)]).toEqual([7, 137, 1]);
  });
});

describe('all_exited', () => {
  const rules = [{ kind: 'all_exited' }] as const;

  test('waits for the last, and does not end what an operator has stopped', () => {
    expect(culprit(rules, [one('a', up), one('b', exited(OK, true))])).toBe(null);
    expect(culprit(rules, [one('a', stopped), one('b', stopped)])).toBe(null);
    expect(culprit(rules, [])).toBe(null);
  });

  test('ends with 0 when all went well, and else with the first that did not', () => {
    const well = one('a', exited(OK, true, 1));
    expect(culprit(rules, [well, one('z', stopped)])?.status).toBe(0);
    const later = one('b', exited({ code: 4, signal: null }, false, 9));
    const first = one('c', exited({ code: 5, signal: null }, false, 2));
    expect(culprit(rules, [well, later, first])?.status).toBe(5);
  });
});

describe('NAME exits', () => {
  const rules = [{ kind: 'exits', name: 'web:*' }] as const;
  const keys = { group: 'web', name: 'web-1' };

  test('means a process by its name or its group, and the status is its own, 0 included', () => {
    const processes = [one('x', exited({ code: 9, signal: null }, false)), one('w', exited(OK, true), keys)];
    expect(culprit(rules, processes)?.status).toBe(0);
    expect(culprit([{ kind: 'exits', name: 'web:web-1' }], processes)?.status).toBe(0);
    expect(culprit([{ kind: 'exits', name: 'web' }], processes)).toBe(null);
  });

  test('is not the end of one that restarts with its group, nor of one swept with it', () => {
    const restarts = { ...exited(KILLED, false), death: death(KILLED, 1, verdict('certain')) } as Phase;
    expect(culprit(rules, [one('w', restarts, { ...keys, onOom: 'restart-group' })])).toBe(null);
    expect(culprit(rules, [one('w', restarts, keys)])?.status).toBe(137);
    expect(culprit(rules, [one('w', restarts, { ...keys, reason: 'oom-group' })])).toBe(null);
  });
});
