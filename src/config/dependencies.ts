// Can everybody who waits for others ever start? Names that mean nobody, conditions that never come true, and circles.

import { conditionFor, namedBy, type Dependency } from '../model/duty.ts';
import { namespec } from '../model/name.ts';
import type { GroupPlan, ProcessPlan } from '../model/plan.ts';
import { entryOf, problemAt } from './draft.ts';
import type { Origin, Section } from './draft.ts';
import type { Work } from './section.ts';

const KINDS = ['program', 'fcgi-program', 'eventlistener'];

/** Where its `depends_on` stands: in its own section, or in that of its group. */
const placeOf = ({ draft }: Work, process: ProcessPlan): { title: string; at: Origin } => {
  const sections = [...KINDS.map((kind) => `${kind}:${process.program}`), `group:${process.group}`]
    .map((name) => draft.sections.get(name))
    .filter((section): section is Section => section !== undefined);
  const [first] = sections;
  const section = sections.find((one) => entryOf(one, 'depends_on') !== undefined) ?? first;
  const at = section === undefined ? undefined : entryOf(section, 'depends_on');
  return {
    title: section?.title ?? namespec(process),
    at: at ?? section?.origin ?? { file: draft.file, line: 0, column: 0 },
  };
};

type Report = (process: ProcessPlan, why: string, hint: string) => void;

const reporter =
  (work: Work): Report =>
  (process, why, hint) => {
    const { title, at } = placeOf(work, process);
    work.report(problemAt(at, { key: 'depends_on', message: `cannot use ${title}: ${why}`, hint }));
  };

/** Why the condition can never be true of it; null when it can. */
const impossible = (dependency: Dependency, target: ProcessPlan): readonly [string, string] | null => {
  const condition = conditionFor(dependency, target.duty);
  if (condition === 'completed' && target.duty.type !== 'oneshot')
    return [
      `${namespec(target)} never completes: it is no oneshot`,
      `say type=oneshot there, or wait until it is ready`,
    ];
  if (condition === 'healthy' && target.duty.health === null)
    return [
      `${namespec(target)} is never found healthy: it has no health checks`,
      'give it health, or wait until it is ready',
    ];
  return null;
};

/** Those it waits for, itself included where a group of its own is meant. */
const targetsOf = (
  process: ProcessPlan,
  all: readonly ProcessPlan[],
  report: Report,
): readonly ProcessPlan[] =>
  process.duty.dependsOn.flatMap((dependency) => {
    const found = namedBy(dependency.on, all, (one) => one);
    if (found.length === 0)
      report(
        process,
        `it depends on '${dependency.on}', which is not there`,
        'a group, group:process or program of this config',
      );
    for (const target of found) {
      const why = impossible(dependency, target);
      if (why !== null) report(process, ...why);
    }
    return found;
  });

type Graph = ReadonlyMap<ProcessPlan, readonly ProcessPlan[]>;

/** The circles of a graph, each once, as the way round without its end. */
const circles = (graph: Graph): readonly (readonly ProcessPlan[])[] => {
  const found: (readonly ProcessPlan[])[] = [];
  const done = new Set<ProcessPlan>();
  const way: ProcessPlan[] = [];
  const walk = (at: ProcessPlan): void => {
    if (done.has(at)) return;
    const begun = way.indexOf(at);
    if (begun !== -1) {
      found.push(way.slice(begun));
      return;
    }
    way.push(at);
    for (const next of graph.get(at) ?? []) walk(next);
    way.pop();
    done.add(at);
  };
  for (const process of graph.keys()) walk(process);
  return found;
};

/** Reports what is wrong with the `depends_on` of all processes. */
export const checkDependencies = (work: Work, groups: readonly GroupPlan[]): void => {
  const all = groups.flatMap(({ processes }) => processes);
  const dependents = all.filter(({ duty }) => duty.dependsOn.length > 0);
  if (dependents.length === 0) return;
  const report = reporter(work);
  const graph: Graph = new Map(dependents.map((process) => [process, targetsOf(process, all, report)]));
  for (const circle of circles(graph)) {
    const [first] = circle;
    if (first === undefined) continue;
    const names = [...circle, first].map(namespec).join(' → ');
    report(first, `it waits for itself: ${names}`, 'take one of these out');
  }
};
