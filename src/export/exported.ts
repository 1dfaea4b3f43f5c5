// What does an export give, and from which parts of a plan is it made?

import { resolve } from 'node:path';
import { splitCommand } from '../model/command-line.ts';
import type { Plan, ProcessPlan } from '../model/plan.ts';
import { isSecret, looksSecret } from '../model/secrets.ts';

export interface ExportedFile {
  readonly name: string;
  readonly text: string;
}

export interface Exported {
  readonly files: readonly ExportedFile[];
  /** What whoever uses the files must know or bring, in words. */
  readonly warnings: readonly string[];
}

/** One process as every target needs it. */
export interface Part {
  readonly plan: ProcessPlan;
  /** The program's file first; the path is absolute, or a name to be searched for. */
  readonly words: readonly string[];
  /** Absolute; null where nobody says. */
  readonly directory: string | null;
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Names of variables whose values belong into a store of secrets. */
  readonly secrets: readonly string[];
}

/** Why a process cannot be taken along, or the process. */
export const partOf = (plan: ProcessPlan, { supervisor }: Plan): Part | string => {
  const name = `${plan.group}:${plan.name}`;
  if (plan.kind === 'eventlistener')
    return `${name} is not exported: an event listener speaks with its supervisor, and there is none`;
  const split = splitCommand(plan.command);
  if (split.refused !== undefined) return `${name} is not exported: its command has ${split.refused}`;
  const [file, ...rest] = split.words;
  if (file === undefined) return `${name} is not exported: it has no command`;
  const directory = plan.directory === null ? supervisor.directory : resolve(supervisor.cwd, plan.directory);
  const path = file.includes('/') ? resolve(directory ?? supervisor.cwd, file) : file;
  const entries = Object.entries(plan.environment);
  return {
    plan,
    words: [path, ...rest],
    directory,
    environment: entries.filter(([key, value]) => !isSecret(key, value)),
    secrets: entries.filter(([key, value]) => isSecret(key, value)).map(([key]) => key),
  };
};

/** It does its work and ends, and that end is no reason for another start. */
export const runsToItsEnd = ({ duty, autorestart, startsecs }: ProcessPlan): boolean =>
  duty.type === 'oneshot' || autorestart === 'never' || (autorestart === 'unexpected' && startsecs === 0);

/** Gives each thing a name of its own: what is taken gets a number. */
export const createNames = (): ((wanted: string) => string) => {
  const taken = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
    taken.add(name);
    return name;
  };
};

/** `group-name`, or one of them where they are the same. */
export const joinedName = ({ group, name }: ProcessPlan): string =>
  group === name ? name : `${group}-${name}`;

/** Programs whose command lines are not for everybody's eyes. */
export const exposures = (parts: readonly Part[]): readonly string[] =>
  parts
    .filter(({ words }) => looksSecret(words))
    .map(
      ({ plan }) =>
        `${plan.group}:${plan.name}: its command has what looks like a password, and is written as it is`,
    );

/** What the supervisor itself brings, and nobody does where there is none. */
export const lostWithSupervisor = ({ supervisor, groups }: Plan): readonly string[] => [
  'SUPERVISOR_ENABLED, SUPERVISOR_PROCESS_NAME, SUPERVISOR_GROUP_NAME and SUPERVISOR_SERVER_URL are not in the environment',
  ...(supervisor.inetServers.length > 0 ? ['web pages, XML-RPC, /metrics: no equivalent'] : []),
  ...(supervisor.hooks.length > 0
    ? [`hooks (${supervisor.hooks.map(({ name }) => name).join(', ')}): no equivalent`]
    : []),
  ...(supervisor.exitWhen.length > 0 ? ['exit_when: no equivalent'] : []),
  ...groups
    .filter(({ kind }) => kind === 'eventlistener')
    .map(({ name }) => `event listener ${name}: no equivalent`),
];
