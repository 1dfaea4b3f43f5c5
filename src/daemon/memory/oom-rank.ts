// Who dies next, on the machine and under each limit, as things are or as they would be?

import { release } from 'node:os';
import { TYPES, type Reading } from '../../config/types.ts';
import {
  createLimitLookup,
  machineTotals,
  readCandidate,
  type LimitedCgroup,
} from '../../kernel/candidates.ts';
import { TsvisorError } from '../../model/errors.ts';
import type { OomCandidate, OomDomain, OomRankReply } from '../../model/oom-report.ts';
import type { ScoreRequest } from '../../model/plan.ts';
import { rank, type RankFacts } from '../../oom/rank.ts';
import { chooseScore } from '../../oom/score.ts';
import { placeWords } from '../../oom/words.ts';
import type { Daemon } from '../boot.ts';

/** Strangers shown for each domain; ours are all shown, and so is the supervisor. */
const STRANGERS = 10;

/** `web=+500,db=-300`: what each names must be, read by `read`. */
const assumptions = <T>(text: string, read: (value: string) => T): ReadonlyMap<string, T> =>
  new Map(
    text
      .split(',')
      .filter((item) => item.trim() !== '')
      .map((item) => {
        const [name = '', value, more] = item.split('=').map((part) => part.trim());
        if (value === undefined || more !== undefined || name === '')
          throw new TsvisorError('BAD_REQUEST', { reason: `${item} is not NAME=VALUE` });
        return [name, read(value)] as const;
      }),
  );

/** Scores and sizes look at nothing but their text. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const NOWHERE = {} as Reading;

/** As `oom_score_adj` in a config. Refuses with BAD_REQUEST. */
export const readScore = (text: string): ScoreRequest => {
  const read = TYPES.score(text, NOWHERE);
  if ('refused' in read) throw new TsvisorError('BAD_REQUEST', { reason: `${read.refused} (${read.hint})` });
  return read;
};

const readSize = (text: string): number => {
  const read = TYPES.size(text, NOWHERE);
  if (typeof read === 'number') return read;
  throw new TsvisorError('BAD_REQUEST', {
    reason: read === null ? 'a limit is wanted, not none' : read.refused,
  });
};

interface Owned {
  readonly owner: string;
  readonly requested: number | null;
}

/** Which process each member belongs to. */
const owners = ({ supervisor, hands }: Daemon): ReadonlyMap<number, Owned> =>
  new Map(
    supervisor.processes.flatMap((process) => {
      const owned = { owner: process.namespec, requested: process.past.score?.requested ?? null };
      return hands.inspect(process.plan, process.leader).members.map((pid) => [pid, owned] as const);
    }),
  );

/** Names as everywhere: `process`, `group:process`, `group:*`, `all`. */
const isNamed = (name: string, owner: string): boolean => {
  if (name === 'all' || name === owner) return true;
  const [group = ''] = owner.split(':');
  return name === `${group}:*` || owner === `${name}:${name}`;
};

interface Seen {
  readonly candidate: OomCandidate;
  readonly limits: readonly LimitedCgroup[];
}

const see = (daemon: Daemon, scores: ReadonlyMap<string, ScoreRequest>): readonly Seen[] => {
  const mine = owners(daemon);
  const limitsOf = createLimitLookup();
  const supposed = (owner: string | null): number | null => {
    if (owner === null) return null;
    const found = [...scores].findLast(([name]) => isNamed(name, owner));
    return found === undefined ? null : chooseScore(found[1], daemon.setup.score);
  };
  return daemon.setup.linux.processes.all().flatMap(({ pid }) => {
    const read = readCandidate(pid);
    if (read === null) return [];
    const { owner = null, requested = null } = mine.get(pid) ?? {};
    const score = { requested, effective: supposed(owner) ?? read.score };
    // Node calls itself `node`: nobody would know whom it means.
    const comm = pid === process.pid ? 'tsvisor' : read.comm;
    return [
      { candidate: { ...read, comm, process: owner, score }, limits: owner === null ? [] : limitsOf(pid) },
    ];
  });
};

const domainOf = (
  name: string,
  about: { readonly limit: number; readonly used: number | null },
  ranking: { readonly candidates: readonly OomCandidate[]; readonly facts: RankFacts },
): OomDomain => {
  const ranked = rank(ranking.candidates, ranking.facts);
  const strangers = new Set(ranked.filter(({ process }) => process === null).slice(0, STRANGERS));
  const candidates = ranked.filter(
    (one) => one.process !== null || one.pid === process.pid || strangers.has(one),
  );
  return { name, ...about, candidates, more: ranked.length - candidates.length };
};

/** A limit that is only supposed: around the members of whatever the name says. */
const supposedDomains = (
  seen: readonly Seen[],
  limits: ReadonlyMap<string, number>,
  facts: RankFacts,
): OomDomain[] =>
  [...limits].map(([name, limit]) => {
    const inside = seen.filter(
      ({ candidate }) => candidate.process !== null && isNamed(name, candidate.process),
    );
    const candidates = inside.map(({ candidate }) => candidate);
    const used = candidates.reduce(
      (sum, { anon, shmem, swap, pageTables }) => sum + anon + shmem + swap + pageTables,
      0,
    );
    return domainOf(
      `${name} with ${limit} bytes`,
      { limit, used },
      { candidates, facts: { ...facts, total: limit } },
    );
  });

export const oomRank = (
  daemon: Daemon,
  asked: { readonly whatIf: string; readonly limits: string },
): OomRankReply => {
  const scores = assumptions(asked.whatIf, readScore);
  const supposed = assumptions(asked.limits, readSize);
  const { memory, swap, page } = machineTotals();
  const facts: RankFacts = { total: memory + swap, page, kernel: release() };
  const seen = see(daemon, scores);
  const available = daemon.setup.linux.memory.available();
  const machine = domainOf(
    'machine',
    { limit: memory, used: available === null ? null : memory - available },
    { candidates: seen.map(({ candidate }) => candidate), facts },
  );
  const limited = new Map(seen.flatMap(({ limits }) => limits.map((one) => [one.path, one])));
  const domains = [...limited.values()].map(({ path, limit, used }) => {
    const inside = seen.filter(({ limits }) => limits.some((one) => one.path === path));
    const candidates = inside.map(({ candidate }) => candidate);
    return domainOf(placeWords(path), { limit, used }, { candidates, facts: { ...facts, total: limit } });
  });
  return {
    memory: { total: memory, swap, available },
    kernel: facts.kernel,
    assumed: [...scores.keys(), ...supposed.keys()],
    domains: [machine, ...domains, ...supposedDomains(seen, supposed, facts)],
  };
};
