// `tsvisor check`: is this config right, what could be better in it, and what does a key mean?

import { advise } from '../config/advice.ts';
import { explainKey } from '../config/explain.ts';
import { loadPlan } from '../config/load.ts';
import { runtimeOf } from '../config/runtime.ts';
import type { Problem } from '../model/problem.ts';
import { formatProblem } from '../model/problem.ts';
import type { Invocation, Run } from './commands.ts';
import { complain, warn } from './text/complain.ts';
import { configFile } from './locate.ts';
import { painter, type Terminal } from './text/terminal.ts';

const BAD_CONFIG = 2;

const rowsOf = (key: string, terminal: Terminal): readonly string[] | null => {
  const { found, hint } = explainKey(key);
  if (found.length === 0) {
    complain(terminal, `${key}: no such key`, hint);
    return null;
  }
  const paint = painter(terminal.color);
  return found.map((row) =>
    [
      `${paint('bold', row.key)} in ${row.sections.length === 0 ? 'YAML' : row.sections.map((name) => `[${name}]`).join(' ')}${row.own ? " (tsvisor's own)" : ''}`,
      `  ${row.doc}`,
      `  value: ${row.value}${row.yamlValue === null ? '' : `; in YAML: ${row.yamlValue}`}`,
      `  default: ${row.default === null ? 'none' : row.default === '' ? 'empty' : row.default}`,
      `  names: ${row.names}`,
    ].join('\n'),
  );
};

const explain = (key: string, { options, terminal }: Invocation): number => {
  if (options.json === true) {
    const { found } = explainKey(key);
    terminal.out(JSON.stringify(found, null, 2));
    return found.length > 0 ? 0 : 1;
  }
  const rows = rowsOf(key, terminal);
  if (rows !== null) terminal.out(rows.join('\n\n'));
  return rows === null ? 1 : 0;
};

interface Findings {
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly advice: readonly Problem[];
  readonly groups: number;
  readonly processes: number;
}

const find = async (file: string, options: Invocation['options']): Promise<Findings> => {
  const { assumeExists = false, hostname } = options;
  const world = { assumeExists, ...(hostname === undefined ? {} : { hostname }) };
  const resolved = await loadPlan(file, world);
  const advice = await advise(file, world);
  if (resolved.plan === null)
    return { file, problems: resolved.problems, warnings: [], advice, groups: 0, processes: 0 };
  const { groups } = resolved.plan;
  const { problem } = runtimeOf(resolved.plan);
  return {
    file: resolved.plan.file,
    problems: problem === null ? [] : [problem],
    warnings: resolved.warnings,
    advice,
    groups: groups.length,
    processes: groups.reduce((sum, group) => sum + group.processes.length, 0),
  };
};

const tell = (
  { file, problems, warnings, advice, groups, processes }: Findings,
  terminal: Terminal,
): void => {
  const paint = painter(terminal.color);
  warn(terminal, warnings);
  for (const one of advice) terminal.err(`${paint('cyan', 'advice:')} ${formatProblem(one)}`);
  for (const problem of problems) complain(terminal, formatProblem(problem));
  if (problems.length === 0)
    terminal.out(`${file}: no problem found (groups: ${groups}, processes: ${processes})`);
};

export const run: Run = async (invocation) => {
  const { options, terminal } = invocation;
  if (options.explain !== undefined) return explain(options.explain, invocation);
  const findings = await find(configFile(options.config), options);
  if (options.json === true) terminal.out(JSON.stringify(findings, null, 2));
  else tell(findings, terminal);
  return findings.problems.length > 0 ? BAD_CONFIG : 0;
};
