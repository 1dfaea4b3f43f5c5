// Which processes does a program-like section stand for, and what is each of them like?

import type { Duty } from '../model/duty.ts';
import type { ProcessPlan } from '../model/plan.ts';
import { codePointOrder, strip } from './blanks.ts';
import { suffixOf } from './draft.ts';
import type { PROGRAM_KEYS } from './keys.ts';
import { namesIn, namesOfVariables } from './names.ts';
import type { Names, NameTable } from './names.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { SectionReader, Work } from './section.ts';
import { sharedOf } from './shared.ts';
import type { Shared } from './shared.ts';
import { sizesOf, streamsOf } from './streams.ts';

/** Processes of one section at most; supervisord would try any number. */
const MAX_NUMPROCS = 10_000;
/** Of all sections: with more, a plan would not fit beside the one before it into the supervisor's heap. */
const MAX_PROCESSES = 20_000;

type ProgramReader = SectionReader<typeof PROGRAM_KEYS>;

/** What every program has from the supervisor's own section. */
export interface Setting {
  /** Absolute folder that relative logs are relative to. */
  readonly cwd: string;
  /** Variables that a program's own come on top of. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Membership {
  readonly group: string;
  readonly kind: ProcessPlan['kind'];
  readonly setting: Setting;
}

/** The trimmed name, or why it cannot be one: names travel in events and URLs. */
export const nameOf = (text: string): string | Refusal => {
  const name = strip(text);
  const bad = /[ :/]/.exec(name)?.[0];
  return bad === undefined
    ? name
    : refuse(`the name '${name}' has a '${bad}' in it`, 'names go without blanks, colons and slashes');
};

const checkNames = (reader: ProgramReader, processName: string, numprocs: number): void => {
  const name = nameOf(processName);
  if (typeof name !== 'string') reader.refuse('process_name', name);
  if (numprocs > 1 && !processName.includes('%(process_num)')) {
    reader.refuse(
      'process_name',
      refuse(
        'numprocs is above 1 and every process would have the same name',
        'process_name=%(program_name)s_%(process_num)02d',
      ),
    );
  }
};

/** How many processes of the section are made; all that are too many in all are told at the first section that has some. */
const countOf = ({ total }: Work, reader: ProgramReader, numprocs: number): number => {
  if (numprocs > MAX_NUMPROCS)
    reader.refuse('numprocs', refuse(`${numprocs} processes are too many`, `at most ${MAX_NUMPROCS}`));
  const count = Math.min(numprocs, MAX_NUMPROCS);
  const room = MAX_PROCESSES - total.processes;
  total.processes += count;
  if (room >= 0 && count > room)
    reader.refuse('numprocs', refuse(`with it there are more than ${MAX_PROCESSES} processes in all`));
  return Math.max(0, Math.min(count, room));
};

/** The processes of one program-like section, in supervisord's order: by priority, then by name as text. */
export const processesOf = (work: Work, reader: ProgramReader, membership: Membership): ProcessPlan[] => {
  const program = nameOf(suffixOf(reader.section));
  if (typeof program !== 'string') {
    reader.refuse('', program);
    return [];
  }
  const base = namesIn({
    here: work.here,
    program_name: program,
    group_name: membership.group,
    host_node_name: work.reading.hostname,
  });
  const names: Names = [base, work.env];
  const shared = sharedOf(work, reader, names);
  const { plan, numprocs, first } = shared;
  checkNames(reader, reader.plain('process_name'), numprocs);
  if (plan.stopasgroup && !plan.killasgroup) {
    reader.refuse(
      'killasgroup',
      refuse('stopasgroup=true goes with killasgroup=true', 'leave killasgroup out'),
    );
  }
  const count = countOf(work, reader, numprocs);
  const one = processMaker({ work, reader, membership, program, shared, base });
  const made: ProcessPlan[] = [];
  for (let number = first; number < first + count; number += 1) made.push(one(number));
  if (made.length < 2) return made;
  const order = codePointOrder(made.map(({ name }) => name));
  return made.toSorted((a, b) => a.priority - b.priority || order(a.name, b.name));
};

interface Making {
  readonly work: Work;
  readonly reader: ProgramReader;
  readonly membership: Membership;
  readonly program: string;
  readonly shared: Shared;
  readonly base: NameTable;
}

/** The variables of both, the second's before the first's. Filled key by key: two spreads cost eight times as much. */
const merged = (
  first: Readonly<Record<string, string>>,
  second: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const both: Record<string, string> = {};
  for (const key in first) both[key] = first[key] ?? '';
  for (const key in second) both[key] = second[key] ?? '';
  return both;
};

const commandOf = (reader: ProgramReader, names: Names): string => {
  const command = reader.read('command', names);
  if (!reader.has('command'))
    reader.refuse('command', refuse('it has no command', 'command=/path/to/program'));
  return command ?? '';
};

/** Checks may name the process, so each has its own. */
const dutyOf = ({ reader, shared }: Making, names: Names): Duty => {
  const { duty } = shared.plan;
  return reader.has('health') ? { ...duty, health: reader.read('health', names) } : duty;
};

const processMaker = (making: Making): ((processNum: number) => ProcessPlan) => {
  const { work, reader, membership, program, shared, base } = making;
  // Variables that an earlier process of the section set stay known to the later ones, as in supervisord.
  const earlier = shared.numprocs > 1 ? new Map<string, string>() : null;
  const numbers = { process_num: 0, numprocs: shared.numprocs };
  const known = [base, namesIn(numbers), work.env, ...(earlier === null ? [] : [earlier])];
  const bare = Object.keys(membership.setting.environment).length === 0;
  return (processNum) => {
    numbers.process_num = processNum;
    const environment = reader.read('environment', known);
    const names: Names = [namesOfVariables(environment), ...known];
    const directory = reader.read('directory', names);
    const streams = streamsOf(reader, {
      names,
      cwd: membership.setting.cwd,
      redirect: shared.plan.redirectStderr,
      sizes: shared.sizes ?? sizesOf(reader, names),
      twice: work.reading.dialect === 'ini',
    });
    const command = commandOf(reader, names);
    const name = reader.read('process_name', names);
    if (earlier !== null)
      for (const [key, value] of Object.entries(environment)) earlier.set(`ENV_${key}`, value);
    return {
      ...shared.plan,
      duty: dutyOf(making, names),
      kind: membership.kind,
      group: membership.group,
      program,
      name,
      command,
      directory,
      environment: bare ? environment : merged(membership.setting.environment, environment),
      stdout: streams.stdout,
      stderr: streams.stderr,
      stdoutSyslog: streams.stdoutSyslog,
      stderrSyslog: streams.stderrSyslog,
    };
  };
};
