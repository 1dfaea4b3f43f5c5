// What plan is in a file? The one door from a path to a plan, or to every problem on the way.

import { resolve } from 'node:path';
import type { Plan, Resolved } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { distinct } from './distinct.ts';
import { emptyDraft, problemAt } from './draft.ts';
import type { Drafted } from './draft.ts';
import { includeFiles } from './include.ts';
import { readIni } from './ini.ts';
import { interpreted } from './interpreted.ts';
import { environmentNames, namesIn } from './names.ts';
import { isRefusal } from './refusal.ts';
import { resolveDraft } from './resolve.ts';
import { readText } from './text-file.ts';
import { worldOf } from './world.ts';
import type { World, WorldOptions } from './world.ts';

export interface LoadOptions extends WorldOptions {
  /** Keeps several groups or processes of one name, as supervisord's parser does; such a plan is for print, not to run. */
  readonly asWritten?: boolean;
  /** Included files for which this is false are not seen. */
  readonly mayRead?: (path: string) => boolean;
}

export interface DraftOptions extends LoadOptions {
  /** See Including. */
  readonly keepHere?: boolean;
}

export const isYaml = (file: string): boolean => /\.ya?ml$/i.test(file);

const draftIni = (file: string, text: string, more: { world: World; options: DraftOptions }): Drafted => {
  const draft = emptyDraft('ini', file);
  const problems = readIni(draft, file, text);
  if (problems.length > 0) return { draft, includedFiles: [], problems, warnings: [] };
  const host = namesIn({ host_node_name: more.world.hostname });
  const names = [host, environmentNames(more.world.env)];
  const { mayRead, keepHere } = more.options;
  const included = includeFiles(draft, { names, mayRead, keepHere });
  return { draft, includedFiles: included.files, problems: included.problems, warnings: included.warnings };
};

/** Reads a file and what it includes, without asking what it means. */
export const draftFile = async (path: string, world: World, options: DraftOptions = {}): Promise<Drafted> => {
  const file = resolve(world.cwd, path);
  const text = readText(file);
  if (isRefusal(text)) {
    const origin = { file, line: 0, column: 0 };
    const problem = problemAt(origin, {
      message: `cannot read this config file: ${text.refused}`,
      hint: text.hint,
    });
    return { draft: emptyDraft('ini', file), includedFiles: [], problems: [problem], warnings: [] };
  }
  if (!isYaml(file)) return draftIni(file, text, { world, options });
  const { draftYaml } = await import('./yaml-draft.ts');
  return draftYaml(file, text, world);
};

/** In the order in which the files were read, then of their lines. */
const refused = ({ draft, includedFiles }: Drafted, problems: readonly Problem[]): Resolved => {
  const files = [draft.file, ...includedFiles];
  const sorted = problems.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
  return { plan: null, problems: sorted };
};

const runnable = (plan: Plan, warnings: readonly Problem[]): Resolved => {
  const made = distinct(plan);
  return { plan: made.plan, warnings: [...warnings, ...made.warnings] };
};

const hasSchedule = ({ draft }: Drafted): boolean =>
  [...draft.sections.values()].some(
    ({ entries, defaults }) => entries.has('schedule') || defaults.has('schedule'),
  );

/** The library of cron expressions is loaded only for a file that has one. */
const withClock = async (world: World, drafted: Drafted): Promise<World> =>
  hasSchedule(drafted) ? { ...world, refuseCron: (await import('./cron.ts')).refuseCron } : world;

const load = async (path: string, options: LoadOptions): Promise<Resolved> => {
  const bare = worldOf(options);
  const drafted = await draftFile(path, bare, options);
  const world = await withClock(bare, drafted);
  if (drafted.draft.sections.size === 0 && drafted.problems.length > 0)
    return refused(drafted, drafted.problems);
  // A draft with holes is resolved all the same: the reader wants every problem at once.
  const resolved = resolveDraft({ draft: drafted.draft, world, includedFiles: drafted.includedFiles });
  if (resolved.plan === null) return refused(drafted, [...drafted.problems, ...resolved.problems]);
  if (drafted.problems.length > 0) return refused(drafted, drafted.problems);
  const warnings = [...drafted.warnings, ...resolved.warnings];
  return options.asWritten === true ? { plan: resolved.plan, warnings } : runnable(resolved.plan, warnings);
};

/**
 * The plan of a config file, ini or (by its name, .yaml or .yml) YAML. Never throws for what is in the file or for what the
 * path names: that comes back as problems.
 */
export const loadPlan = (path: string, options: LoadOptions = {}): Promise<Resolved> =>
  interpreted(() => load(path, options));
