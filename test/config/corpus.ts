// What did the real supervisord read from these files? The corpus beside the checkout, for the comparison test.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { configShape } from '../../src/config/shape.ts';
import { loadPlan } from '../../src/config/load.ts';
import { assumedUsers, machineUsers } from '../../src/config/users.ts';
import { formatProblem } from '../../src/model/problem.ts';

const CORPUS = process.env['TSVISOR_CORPUS'] ?? resolve('../shared/corpus');

export const corpusIsThere = existsSync(join(CORPUS, 'README.md'));

interface Answer {
  readonly ok: boolean;
  readonly config?: unknown;
  readonly error?: string | null;
  readonly env: Readonly<Record<string, string>>;
}

interface Expected {
  readonly verdict: string;
  readonly hostname: string;
  readonly oracle: { readonly mode: 'lenient' | 'strict' };
  readonly as_main: Answer;
  readonly as_included?: Answer;
  readonly supervisorctl: Answer;
}

export interface Case {
  readonly name: string;
  readonly file: string;
  readonly tree: string | null;
  readonly expected: Expected;
}

const casesIn = (folder: string, answers: string): Case[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.conf'))
    .toSorted()
    .map((name) => {
      const bare = name.replace(/\.conf$/, '');
      const byNumber = readdirSync(answers).find(
        (file) => file === `${bare}.json` || file === `${bare.slice(0, 3)}.json`,
      );
      const tree = join(folder, `${bare}.tree`);
      return {
        name: bare,
        file: join(folder, name),
        tree: existsSync(tree) ? tree : null,
        expected: JSON.parse(readFileSync(join(answers, byNumber ?? ''), 'utf8')) as Expected,
      };
    });

export const corpusCases = (): Case[] => casesIn(join(CORPUS, 'files'), join(CORPUS, 'expected'));
export const edgeCases = (): Case[] => casesIn(join(CORPUS, 'edge'), join(CORPUS, 'edge', 'expected'));

/** A main file for a fragment that only stands in a conf.d folder. */
const WRAP = `[unix_http_server]
file=%(here)s/supervisor.sock

[supervisord]

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock

[include]
files = conf.d/fragment.conf
`;

export interface Ours {
  readonly ok: boolean;
  readonly config: unknown;
  readonly problems: readonly string[];
}

interface Place {
  readonly here: string;
  readonly cwd: string;
  readonly file: string;
}

/** Lays the files out as the oracle did. */
export const laidOut = (one: Case, sandbox: string, wrapped: boolean): Place => {
  const here = join(sandbox, 'here');
  const cwd = join(sandbox, 'cwd');
  const file = join(here, 'supervisord.conf');
  const folder = wrapped ? join(here, 'conf.d') : here;
  mkdirSync(folder, { recursive: true });
  mkdirSync(cwd, { recursive: true });
  if (one.tree !== null) cpSync(one.tree, folder, { recursive: true });
  cpSync(one.file, join(folder, wrapped ? 'fragment.conf' : 'supervisord.conf'));
  if (wrapped) writeFileSync(file, WRAP);
  return { here, cwd, file };
};

/** Reads a case with the environment and the host name that the oracle had. */
export const readCase = async (
  one: Case,
  { env, wrapped }: { readonly env: Answer['env']; readonly wrapped: boolean },
  sandbox: string,
): Promise<Ours & Place> => {
  const place = laidOut(one, sandbox, wrapped);
  const lenient = one.expected.oracle.mode === 'lenient';
  const users = lenient ? assumedUsers() : machineUsers();
  const resolved = await loadPlan(place.file, {
    env,
    cwd: place.cwd,
    hostname: one.expected.hostname,
    assumeExists: lenient,
    users,
    asWritten: true,
    mayRead: (path) => path.startsWith(`${place.here}/`),
  });
  if (resolved.plan === null)
    return { ok: false, config: null, problems: resolved.problems.map(formatProblem), ...place };
  const config = configShape(resolved.plan, { nameOf: users.nameOf, warnings: resolved.warnings });
  return { ok: true, config, problems: [], ...place };
};

/** Every place where two answers differ, as `path: theirs ≠ ours`. */
export const differences = (theirs: unknown, ours: unknown, path = ''): string[] => {
  if (Object.is(theirs, ours)) return [];
  if (typeof theirs !== 'object' || typeof ours !== 'object' || theirs === null || ours === null) {
    return [`${path}: ${JSON.stringify(theirs)} ≠ ${JSON.stringify(ours)}`];
  }
  const left = new Map(Object.entries(theirs));
  const right = new Map(Object.entries(ours));
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(left.get(key), right.get(key), `${path}.${key}`),
  );
};

/** Their answer with our folders. Theirs stood at the root, so that a path out of it began with a plain slash. */
export const placed = (config: unknown, where: { readonly here: string; readonly cwd: string }): unknown => {
  const out = dirname(where.here);
  const text = JSON.stringify(config)
    .replaceAll('/oracle-here', where.here)
    .replaceAll('/oracle-cwd', where.cwd);
  // A path that leaves the folder by .. ended at the root there.
  const up = text.includes(`${where.here}/..`);
  const answer = JSON.parse(up ? text.replaceAll('"/var/supervisord.', `"${out}/var/supervisord.`) : text);
  // supervisord repeats a warning for every process; see repeated-warning in docs/supervisord.md.
  return 'warnings' in answer ? { ...answer, warnings: [...new Set(answer.warnings)] } : answer;
};
