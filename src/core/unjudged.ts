// What is written of an end that nobody needs to judge?

import type { Identity, Phase } from '../model/phase.ts';
import type { Verdict } from '../model/verdict.ts';
import type { CoreClock, Process } from './process.ts';

export const quietVerdict = (oom: Verdict['oom'], because: string): Verdict => ({
  oom,
  cause: 'tsvisor',
  because,
  victim: null,
  evidence: null,
});

/** Of a process that fell with another of its group. */
export const sweptWith = (trigger: Process): Verdict =>
  quietVerdict('no', `swept together with its group after the OOM kill of ${trigger.namespec}`);

/** A life that ended while no supervisor looked: only its members tell that it was. */
export const unseenEnd = (leader: Identity, clock: CoreClock): Extract<Phase, { name: 'settling' }> => {
  const verdict = quietVerdict('unknown', 'it ended together with the supervisor before this one');
  const death = { leader, exit: { code: null, signal: null }, lived: Infinity, at: clock.wall(), verdict };
  const since = clock.now();
  return { name: 'settling', reason: 'died', from: 'RUNNING', leader, since, verdict, death, swept: null };
};
