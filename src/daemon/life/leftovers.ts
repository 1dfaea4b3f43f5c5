// What did lives before this one leave behind, and which of today's processes must wait for it?

import { namespec } from '../../model/name.ts';
import type { Identity } from '../../model/phase.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { State } from '../../model/state.ts';
import { hunt, type HuntReport } from '../../spawn/hunt.ts';
import type { Ledger } from '../../spawn/ledger.ts';
import type { Setup } from './setup.ts';
import type { RealHands } from '../hands.ts';
import type { Notices } from './notices.ts';
import { wasAsked } from './past-life.ts';

const pids = (who: readonly Identity[]): string => who.map(({ pid }) => `pid ${pid}`).join(', ');

const sayHunt = ({ found, killed, took, remaining }: HuntReport, notices: Notices): void => {
  const ways = Object.entries(found).flatMap(([by, who]) =>
    who.length > 0 ? [`${who.length} by ${by}`] : [],
  );
  if (killed > 0)
    notices.add(
      `${killed} leftovers of an earlier tsvisor killed and seen gone in ${took.toFixed(1)} ms (found ${ways.join(', ')})`,
    );
  if (remaining.length > 0)
    notices.add(`cannot kill leftovers of an earlier tsvisor: ${pids(remaining)} in uninterruptible sleep`);
};

/**
 * What its own supervisors leave, the guardian has seen gone. What was there before it is hunted until one of them has
 * been ready: the first may be killed at that.
 */
export const huntLeftovers = async (
  setup: Setup,
  ledger: Ledger,
  notices: Notices,
): Promise<readonly Identity[]> => {
  const { link, linux, tier, instance, spare } = setup;
  const stuck = link?.hello.past?.stuck ?? [];
  if (link?.hello.settled === true) return stuck;
  const leaders = [...ledger.past.values()].flatMap(({ leader }) => leader ?? []);
  const { processes, clock } = linux;
  const report = await hunt({ processes, clock, tier, instance, ledger: leaders, spare });
  sayHunt(report, notices);
  return [...stuck, ...report.remaining];
};

/** By namespec: who has members that could not be killed, known by its cgroup or its line in the ledger. */
export const attribute = (
  stuck: readonly Identity[],
  plans: readonly ProcessPlan[],
  known: { readonly hands: RealHands; readonly ledger: Ledger },
): ReadonlyMap<string, readonly Identity[]> => {
  const owners = new Map<string, readonly Identity[]>();
  if (stuck.length === 0) return owners;
  for (const plan of plans) {
    const name = namespec(plan);
    const members = new Set(known.hands.slot(plan).cgroup?.members() ?? []);
    const leader = known.ledger.past.get(name)?.leader?.pid;
    const own = stuck.filter(({ pid }) => members.has(pid) || pid === leader);
    if (own.length > 0) owners.set(name, own);
  }
  return owners;
};

interface Remembered {
  /** By namespec. */
  readonly remembered: ReadonlyMap<string, State>;
  /** Namespecs of those whose last run succeeded. */
  readonly completed: ReadonlySet<string>;
}

/** Last states, where the supervisor before this one was cut off; an orderly start or restart begins anew. */
export const rememberedStates = ({ link }: Setup, ledger: Ledger): Remembered => {
  const past = link?.hello.past ?? null;
  const isKnown = past !== null && !wasAsked(past.exit);
  const known = isKnown ? [...ledger.past] : [];
  return {
    remembered: new Map(known.map(([name, { state }]) => [name, state])),
    completed: new Set(known.flatMap(([name, { completed }]) => (completed ? [name] : []))),
  };
};
