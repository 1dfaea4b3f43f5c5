// Where are the logs that the command line names? The supervisor is asked; where none answers, the config tells.

import { TsvisorError } from '../model/errors.ts';
import { namespec } from '../model/name.ts';
import type { LogTarget, Plan, ProcessPlan } from '../model/plan.ts';
import type { Invocation } from './commands.ts';
import { configFile } from './locate.ts';
import { select, type UnknownName } from './names.ts';
import { isAway, reach } from './reach.ts';

/** The word for the supervisor's own log. */
const SUPERVISOR = 'supervisor';

export interface LogPlace {
  readonly label: string;
  readonly path: string;
}

export interface LogPlaces {
  readonly places: readonly LogPlace[];
  readonly unknown: readonly UnknownName[];
}

interface Named {
  readonly group: string;
  readonly name: string;
  readonly stdoutLog: string;
  readonly stderrLog: string;
}

const pathOf = (target: LogTarget): string => (target.kind === 'file' ? target.path : '');

const fromPlan = ({ group, name, stdout, stderr, redirectStderr }: ProcessPlan): Named => ({
  group,
  name,
  stdoutLog: pathOf(stdout),
  stderrLog: redirectStderr ? '' : pathOf(stderr),
});

const loadedPlan = async (config: string | undefined): Promise<Plan> => {
  const { loadPlace } = await import('./place.ts');
  return (await loadPlace(configFile(config))).plan;
};

interface Answer {
  readonly processes: readonly Named[];
  readonly config: string;
}

/** Milliseconds: the files can be read without an answer. */
const TIMEOUT_MS = 5000;

const ask = async (invocation: Invocation): Promise<Answer> => {
  const { supervisor, processes } = await (await reach(invocation, TIMEOUT_MS)).status();
  return { config: supervisor.config, processes };
};

/** Null when nobody answers. */
const askIfThere = async (invocation: Invocation): Promise<Answer | null> => {
  try {
    return await ask(invocation);
  } catch (error) {
    if (isAway(error)) return null;
    throw error;
  }
};

const placesOf = (
  { group, name, stdoutLog, stderrLog }: Named,
  { stdout, stderr }: Invocation['options'],
): readonly LogPlace[] => {
  const both = stdout === stderr;
  const label = namespec({ group, name });
  return [
    { label, path: both || stdout === true ? stdoutLog : '' },
    { label: `${label} stderr`, path: both || stderr === true ? stderrLog : '' },
  ].filter(({ path }) => path !== '');
};

const supervisorPlace = ({ supervisor: { logfile } }: Plan): LogPlace => {
  if (logfile !== null && logfile !== 'syslog') return { label: SUPERVISOR, path: logfile };
  throw new TsvisorError('NO_LOG', {
    name: 'the supervisor',
    reason: logfile === null ? 'its config has no logfile' : 'it goes to syslog',
    cure: logfile === null ? 'set logfile in the config' : '`journalctl` or /var/log has it',
  });
};

/** Refuses with NO_LOG when the named processes write no file. */
export const findLogs = async (invocation: Invocation): Promise<LogPlaces> => {
  const { words, options } = invocation;
  const answer = await askIfThere(invocation);
  const config = options.config ?? answer?.config;
  const names = words.filter((word) => word !== SUPERVISOR);
  const plan = answer === null || names.length < words.length ? await loadedPlan(config) : null;
  const own = names.length < words.length && plan !== null ? [supervisorPlace(plan)] : [];
  if (own.length > 0 && names.length === 0) return { places: own, unknown: [] };
  const all = answer?.processes ?? plan?.groups.flatMap(({ processes }) => processes.map(fromPlan)) ?? [];
  const { processes, unknown } = select(names, all);
  const places = [...own, ...processes.flatMap((process) => placesOf(process, options))];
  if (places.length > 0 || unknown.length > 0) return { places, unknown };
  throw new TsvisorError('NO_LOG', {
    name: names.length === 0 ? 'any process' : names.join(', '),
    reason: `no log file is known${answer === null ? ', and the supervisor, which knows more, does not answer' : ''}`,
    cure: 'what goes to /dev/stdout or to NONE is in no file, what goes to journald is shown by `journalctl -t NAME`; the name of an AUTO log is known while the supervisor runs',
  });
};
