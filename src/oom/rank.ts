// Whom would the kernel kill next? Its own formula, for now and for the moment when it really comes; pure.

import type { OomCandidate, RankedCandidate } from '../model/oom-report.ts';
import { megabytes } from '../model/megabytes.ts';

/** What the formula takes besides the candidate. */
export interface RankFacts {
  /** Bytes of memory and swap of the domain: the machine's, or the limit of a cgroup. */
  readonly total: number;
  /** Bytes of a page. */
  readonly page: number;
  /** Release of the kernel, e.g. `6.1.0-13-amd64`. */
  readonly kernel: string;
}

const NEVER = -1000;
const MB = 1024 * 1024;

/** Whether a release is at least `major.minor`. */
export const isSince = (kernel: string, major: number, minor: number): boolean => {
  const [own = 0, ownMinor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return own > major || (own === major && ownMinor >= minor);
};

/**
 * The machine's first process, and one between vfork and exec, are never chosen. Since 5.9 the kernel's own score tells:
 * it is 0 for them, and for nobody else whose oom_score_adj is above this.
 */
const SURELY_ABOVE = -990;

const isExempt = ({ pid, kernelScore, score }: OomCandidate, { kernel }: RankFacts): boolean =>
  kernelScore === 0 && (isSince(kernel, 5, 9) ? score.effective > SURELY_ABOVE : pid === 1);

const pages = (bytes: number, { page }: RankFacts): number => Math.floor(bytes / page);

/**
 * oom_badness of mm/oom_kill.c, in pages: resident and swapped pages and page tables, and a thousandth of the domain for
 * each point of oom_score_adj. Null: never chosen.
 */
export const badnessOf = (
  candidate: OomCandidate,
  facts: RankFacts,
  kept: 'now' | 'later',
): number | null => {
  const { rss, file, swap, pageTables, score } = candidate;
  if (score.effective === NEVER || isExempt(candidate, facts)) return null;
  const resident = kept === 'now' ? rss : rss - file;
  const own = pages(resident, facts) + pages(swap, facts) + pages(pageTables, facts);
  return own + score.effective * Math.floor(pages(facts.total, facts) / 1000);
};

/**
 * proc_oom_score of fs/proc/base.c. Since Linux 5.9 badness may be negative and 667 stands for nothing used; before, it
 * was cut at 1 and stood in thousandths.
 */
export const kernelScoreOf = (badness: number | null, facts: RankFacts): number => {
  const total = pages(facts.total, facts);
  if (isSince(facts.kernel, 5, 9))
    return badness === null ? 0 : Math.trunc(((1000 + Math.trunc((badness * 1000) / total)) * 2) / 3);
  return badness === null ? 0 : Math.trunc((Math.max(1, badness) * 1000) / total);
};

const scoreWords = ({ score }: OomCandidate, { total }: RankFacts): string => {
  if (score.effective === 0) return '';
  const counts = megabytes((Math.abs(score.effective) * total) / 1000);
  return score.effective > 0
    ? ` plus ${counts} for its score ${score.effective}`
    : ` less ${counts} for its score ${score.effective}`;
};

const whyOf = (candidate: OomCandidate, facts: RankFacts): string => {
  if (candidate.score.effective === NEVER) return 'never: its score is -1000';
  if (isExempt(candidate, facts)) return 'never: the kernel spares it';
  const { rss, file, swap, pageTables } = candidate;
  const own = rss - file + swap + pageTables;
  const dropped = file > MB ? `; ${megabytes(file)} of file pages go first and do not count` : '';
  return `${megabytes(own)} that cannot be dropped${scoreWords(candidate, facts)}${dropped}`;
};

/** A candidate that cannot be chosen comes last; of equals the kernel takes the one it sees last, which has the higher pid. */
const byVictim = (a: RankedCandidate, b: RankedCandidate): number => {
  const [left, right] = [a.later ?? -Infinity, b.later ?? -Infinity];
  if (left !== right) return right > left ? 1 : -1;
  return (b.badness ?? -Infinity) - (a.badness ?? -Infinity) || b.pid - a.pid;
};

/** The next victim first. */
export const rank = (candidates: readonly OomCandidate[], facts: RankFacts): RankedCandidate[] => {
  const bytes = (badness: number | null): number | null => (badness === null ? null : badness * facts.page);
  return candidates
    .map((candidate) => ({
      ...candidate,
      badness: bytes(badnessOf(candidate, facts, 'now')),
      later: bytes(badnessOf(candidate, facts, 'later')),
      why: whyOf(candidate, facts),
    }))
    .toSorted(byVictim);
};
