// Are restarts and OOM kills counted right, and are the counts never lost?

import { describe, expect, test } from 'vitest';
import { Tally } from '../../src/metrics/tally.ts';
import type { Event } from '../../src/model/event.ts';
import type { Death, Reason } from '../../src/model/phase.ts';
import type { Certainty, Verdict } from '../../src/model/verdict.ts';
import { ManualClock } from '../kernel/manual-clock.ts';

const process = { group: 'web', name: 'web' };
const leader = { pid: 100, startTick: 7 };

const verdictOf = (oom: Certainty): Verdict => ({
  oom,
  cause: oom === 'no' ? 'exit' : 'own-limit',
  because: 'its counter rose',
  victim: { pid: 100, comm: 'node' },
  evidence: null,
});

const launched: Event = {
  type: 'launched',
  process,
  leader,
  score: { requested: 0, effective: 0, refusal: null },
};

const died = (
  oom: Certainty,
  {
    lived = 0,
    reason = 'died',
    signal = null,
  }: { readonly lived?: number; readonly reason?: Reason; readonly signal?: Death['exit']['signal'] } = {},
): Event => ({
  type: 'died',
  process,
  death: {
    leader,
    exit: { code: signal === null ? 1 : null, signal },
    lived,
    at: 1_700_000_000_000,
    verdict: verdictOf(oom),
  },
  reason,
  expected: false,
});

const scene = (kept: unknown = null) => {
  const clock = new ManualClock();
  const asked: boolean[] = [];
  const tally = new Tally(kept, clock, (urgent) => asked.push(urgent));
  return { clock, asked, tally };
};

describe('the tally', () => {
  test('counts no restart for a first launch', () => {
    const { tally } = scene();
    tally.hear(launched);
    expect(tally.of(process).restarts).toEqual({});
  });

  test.each([
    ['oom', died('certain', { signal: 'SIGKILL' })],
    ['exit', died('no')],
    ['signal', died('no', { signal: 'SIGSEGV' })],
    ['operator', died('no', { reason: 'stop' })],
    ['watchdog', died('no', { reason: 'watchdog', signal: 'SIGKILL' })],
    ['unhealthy', died('no', { reason: 'unhealthy', signal: 'SIGKILL' })],
  ])('counts a restart after %s by its cause', (cause, death) => {
    const { tally } = scene();
    for (const event of [launched, death, launched]) tally.hear(event);
    expect(tally.of(process).restarts).toEqual({ [cause]: 1 });
  });

  test('counts an OOM kill by cause and certainty and asks for it to be written at once', () => {
    const { tally, asked } = scene();
    tally.hear(launched);
    tally.hear(died('certain'));
    expect(tally.of(process).oomKills).toEqual({ 'own-limit/certain': 1 });
    expect(asked).toContain(true);
  });

  test('counts a killed member though its leader lives', () => {
    const { tally } = scene();
    tally.hear({ type: 'member-killed', process, verdict: verdictOf('likely') });
    expect(tally.of(process).oomKills).toEqual({ 'own-limit/likely': 1 });
  });

  test('measures a recovery from the death itself, not from when it was judged', () => {
    const { tally, clock } = scene();
    tally.hear(launched);
    clock.advance(5000);
    tally.hear(died('certain', { lived: 4000 }));
    tally.hear({ type: 'swept', process, swept: { killed: 2, took: 3, remaining: [] } });
    clock.advance(500);
    tally.hear(launched);
    expect(tally.recoveries.sum).toBeCloseTo(1.5);
    expect(tally.sweeps.sum).toBeCloseTo(0.003);
  });

  test('goes on where the last supervisor ended', () => {
    const before = scene().tally;
    for (const event of [launched, died('certain'), launched]) before.hear(event);
    before.supervisorDied(verdictOf('certain'));
    const after = scene(JSON.parse(JSON.stringify(before.kept()))).tally;
    for (const event of [launched, died('certain'), launched]) after.hear(event);
    expect(after.of(process)).toMatchObject({ restarts: { oom: 2 }, oomKills: { 'own-limit/certain': 2 } });
    expect(after.supervisorDeaths).toEqual({ 'own-limit/certain': 1 });
    expect(after.recoveries.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  test.each([
    null,
    7,
    'x',
    [],
    { processes: 1 },
    { processes: { a: { restarts: { oom: 'many' } } }, sweeps: {} },
  ])('begins anew with a file that holds %j', (kept) => {
    const { tally } = scene(kept);
    for (const event of [launched, died('no'), launched]) tally.hear(event);
    expect(tally.of(process).restarts).toEqual({ exit: 1 });
  });

  test('forgets the longest silent processes rather than grow without end', () => {
    const { tally } = scene();
    for (let number = 0; number < 4010; number += 1)
      tally.hear({
        type: 'member-killed',
        process: { group: 'g', name: `p${number}` },
        verdict: verdictOf('certain'),
      });
    const kept = Object.keys(tally.kept().processes);
    expect(kept).toHaveLength(4000);
    expect(kept).not.toContain('g:p0');
    expect(kept).toContain('g:p4009');
  });
});
