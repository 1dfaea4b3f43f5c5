// The supervisor before this one was cut off: which programs had been killed for memory before their guardian swept them?

import type { Process } from '../../core/process.ts';
import type { Hello, PastFacts } from '../../guardian/link.ts';
import { livedSince, logTimeOf } from '../../kernel/clock.ts';
import type { Event } from '../../model/event.ts';
import type { IncidentsReply } from '../../model/oom-report.ts';
import { namespec } from '../../model/name.ts';
import type { Death, Identity } from '../../model/phase.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { EvidenceGatherer } from '../../oom/evidence.ts';
import { judgeUnseen, type UnseenCase } from '../../oom/unseen.ts';
import type { Ledger } from '../../spawn/ledger.ts';
import type { Setup } from '../life/setup.ts';
import type { RealHands } from '../hands.ts';
import type { Incidents } from './incidents.ts';
import { wasAsked } from '../life/past-life.ts';

export interface UnseenParts {
  readonly setup: { readonly link: { readonly hello: Pick<Hello, 'past'> } | null } & Pick<Setup, 'linux'>;
  readonly evidence: EvidenceGatherer;
  readonly ledger: Pick<Ledger, 'past'>;
  readonly plans: readonly ProcessPlan[];
  readonly hands: Pick<RealHands, 'slot'>;
  /** What earlier supervisors have told already. */
  readonly incidents: Pick<Incidents, 'list'>;
}

/** By namespec. */
export type UnseenDeaths = ReadonlyMap<string, Death>;

/** A record is known by its number and time: after another boot both begin anew. */
const toldBefore = ({ incidents }: IncidentsReply): ReadonlySet<string> =>
  new Set(
    incidents.flatMap(({ verdict }) =>
      (verdict.evidence?.records ?? []).map(({ seq, usec }) => `${seq} ${usec}`),
    ),
  );

const caseOf = ({ setup, evidence, incidents }: UnseenParts, machine: PastFacts['oom']): UnseenCase => {
  const { records, kernelLog } = evidence.recall();
  const told = records.length === 0 ? new Set() : toldBefore(incidents.list());
  return {
    records: records.filter(({ seq, usec }) => !told.has(`${seq} ${usec}`)),
    kernelLog,
    pidsMatch: setup.linux.oom.pidsMatch,
    machine,
  };
};

/** The kernel kills with SIGKILL, and so does the guardian. */
const deathOf = (leader: Identity, verdict: Verdict, wall: number): Death => ({
  leader,
  exit: { code: null, signal: 'SIGKILL' },
  lived: livedSince(leader.startTick),
  at: wall,
  verdict,
});

/** Only of those that ran when it was cut off: other deaths it had judged itself. None after an end that was asked for. */
export const findUnseen = (parts: UnseenParts): UnseenDeaths => {
  const { setup, ledger, plans, hands } = parts;
  const deaths = new Map<string, Death>();
  const facts = setup.link?.hello.past ?? null;
  if (facts === null || wasAsked(facts.exit)) return deaths;
  const about = caseOf(parts, facts.oom);
  if (about.records.length === 0) return deaths;
  for (const plan of plans) {
    const name = namespec(plan);
    const { state, leader = null } = ledger.past.get(name) ?? {};
    if (state !== 'STARTING' || leader === null) continue;
    const life = {
      leader,
      since: logTimeOf(leader.startTick),
      cgroupPath: hands.slot(plan).cgroup?.memoryPath ?? null,
      memoryMax: plan.memoryMax,
    };
    const verdict = judgeUnseen(life, about);
    if (verdict !== null) deaths.set(name, deathOf(leader, verdict, setup.linux.clock.wall()));
  }
  return deaths;
};

/** As if somebody had seen them. */
export const unseenEvents = (unseen: UnseenDeaths, processes: readonly Process[]): readonly Event[] =>
  processes.flatMap(({ plan: { group, name } }) => {
    const death = unseen.get(namespec({ group, name }));
    return death === undefined
      ? []
      : [{ type: 'died', process: { group, name }, death, reason: 'died', expected: false }];
  });
