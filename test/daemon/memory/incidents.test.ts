// Is each OOM kill kept with what was done about it, and no more of them than may be?

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Incidents } from '../../../src/daemon/memory/incidents.ts';
import { createLinux } from '../../../src/kernel/linux.ts';
import type { Event } from '../../../src/model/event.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { ManualClock } from '../../kernel/manual-clock.ts';

const APP = { group: 'ci', name: 'app' };
const verdict: Verdict = {
  oom: 'certain',
  cause: 'own-limit',
  because: 'killed',
  victim: null,
  evidence: null,
};
const died = (about: Verdict): Event => ({
  type: 'died',
  process: APP,
  death: {
    leader: { pid: 9, startTick: 1 },
    exit: { code: null, signal: 'SIGKILL' },
    lived: 5,
    at: 0,
    verdict: about,
  },
  reason: 'died',
  expected: false,
});
const launched: Event = {
  type: 'launched',
  process: APP,
  leader: { pid: 10, startTick: 2 },
  score: { requested: 300, effective: 300, refusal: null },
};

const SAMPLES = [{ before: 900, memory: 4096, score: 670, available: 1 << 30, pressure: 0 }];

let folder: string;
let clock: ManualClock;
let incidents: Incidents;
let failures: string[];

const open = (at: string): Incidents =>
  new Incidents({
    folder: at,
    linux: { ...createLinux(), clock },
    members: () => [process.pid],
    samples: () => SAMPLES,
    failed: (why) => failures.push(why),
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsvisor-incidents-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  clock = new ManualClock();
  failures = [];
  incidents = open(folder);
});

describe('an incident', () => {
  test('is kept with its members and with what followed, and read back by the next supervisor', () => {
    incidents.caught(APP, verdict);
    clock.advance(3);
    incidents.announce(died(verdict));
    incidents.announce({ type: 'swept', process: APP, swept: { killed: 2, took: 1.25, remaining: [] } });
    clock.advance(4);
    incidents.announce(launched);
    incidents.announce(launched);
    const [incident] = open(folder).list().incidents;
    expect(incident).toMatchObject({ process: APP, whom: 'leader', verdict: { cause: 'own-limit' } });
    expect(incident?.members[0]?.pid).toBe(process.pid);
    expect(incident?.samples).toEqual(SAMPLES);
    expect(incident?.acts).toEqual([
      { after: 3, text: 'swept: 2 members killed, seen empty in 1.3 ms' },
      { after: 7, text: 'restarted: pid 10, score 300' },
    ]);
  });

  test('of a member and of the leader that went down with it is one', () => {
    incidents.announce({ type: 'member-killed', process: APP, verdict });
    incidents.announce(died(verdict));
    expect(incidents.list().incidents).toMatchObject([
      { whom: 'member', acts: [{ text: 'the whole process was killed' }] },
    ]);
  });

  test('is none when it was not memory', () => {
    incidents.announce(died({ ...verdict, oom: 'no', cause: 'signal' }));
    incidents.announce(launched);
    incidents.past({ ...verdict, oom: 'unknown' }, 'nothing');
    expect(incidents.list().incidents).toEqual([]);
  });

  test('of the supervisor itself is kept too', () => {
    incidents.past(verdict, 'everything it left was killed');
    expect(incidents.list().incidents).toMatchObject([{ process: null, whom: 'supervisor' }]);
  });
});

test('the oldest go when there are more than fifty; what is no incident is passed over', () => {
  writeFileSync(join(folder, '0000-broken.json'), '{');
  for (let kill = 0; kill < 60; kill += 1) {
    clock.advance(1000);
    incidents.announce(died({ ...verdict, because: `kill ${kill}` }));
  }
  expect(readdirSync(folder)).toHaveLength(50);
  expect(incidents.list().incidents[0]?.verdict.because).toBe('kill 59');
});

test('a folder that cannot be written is told, and nothing breaks', () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  open(join(blocked, 'incidents')).announce(died(verdict));
  expect(failures).toEqual([expect.stringMatching(/cannot write the incident .*: ENOTDIR/)]);
});
