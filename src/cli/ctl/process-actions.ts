// start, stop, restart, signal, clear: what is done to processes by name, and which line each result becomes?

import type { RpcParam } from '../../api/client-xml.ts';
import { EXITS, exitOf, FAULTS } from './faults.ts';
import { numberOf, recordsOf, textOf, type Fields } from './fields.ts';
import { helpOn } from './help.ts';
import { joinNamespec, splitNamespec, wordsOf, type Namespec } from './names.ts';
import type { Session } from './session.ts';
import { FaultError, ValueError } from './python-errors.ts';

/** One line of results: words by fault number. */
interface Act {
  readonly verb: 'start' | 'stop' | 'signal' | 'clear';
  readonly done: string;
  readonly failures: Readonly<Record<number, string>>;
  /** The fault that is no failure for the exit status. */
  readonly ignored?: number;
  readonly all: string;
  /** Null: groups are asked for as if they were processes. */
  readonly group: string | null;
  readonly one: string;
  /** Exit status for a group that is unknown. */
  readonly noGroup: number;
}

const START: Act = {
  verb: 'start',
  done: 'started',
  failures: {
    [FAULTS.BAD_NAME]: 'no such process',
    [FAULTS.NO_FILE]: 'no such file',
    [FAULTS.NOT_EXECUTABLE]: 'file is not executable',
    [FAULTS.ALREADY_STARTED]: 'already started',
    [FAULTS.SPAWN_ERROR]: 'spawn error',
    [FAULTS.ABNORMAL_TERMINATION]: 'abnormal termination',
  },
  ignored: FAULTS.ALREADY_STARTED,
  all: 'startAllProcesses',
  group: 'startProcessGroup',
  one: 'startProcess',
  noGroup: EXITS.INVALID_ARGS,
};

const SIGNAL_FAILURES: Act['failures'] = {
  [FAULTS.BAD_NAME]: 'no such process',
  [FAULTS.BAD_SIGNAL]: 'bad signal name',
  [FAULTS.NOT_RUNNING]: 'not running',
};

const STOP: Act = {
  verb: 'stop',
  done: 'stopped',
  failures: SIGNAL_FAILURES,
  ignored: FAULTS.NOT_RUNNING,
  all: 'stopAllProcesses',
  group: 'stopProcessGroup',
  one: 'stopProcess',
  noGroup: EXITS.GENERIC,
};

const SIGNAL: Act = {
  verb: 'signal',
  done: 'signalled',
  failures: SIGNAL_FAILURES,
  all: 'signalAllProcesses',
  group: 'signalProcessGroup',
  one: 'signalProcess',
  noGroup: EXITS.GENERIC,
};

const CLEAR: Act = {
  verb: 'clear',
  done: 'cleared',
  failures: { [FAULTS.BAD_NAME]: 'no such process', [FAULTS.FAILED]: 'failed' },
  all: 'clearAllProcessLogs',
  group: null,
  one: 'clearProcessLogs',
  noGroup: EXITS.GENERIC,
};

interface Result extends Namespec {
  readonly status: number;
  readonly description: string;
}

const resultOf = (fields: Fields): Result => ({
  group: textOf(fields, 'group'),
  process: textOf(fields, 'name'),
  status: numberOf(fields, 'status'),
  description: textOf(fields, 'description'),
});

const lineOf = (act: Act, result: Result): string => {
  const name = joinNamespec(result);
  if (result.status === FAULTS.SUCCESS) return `${name}: ${act.done}`;
  const failure = act.failures[result.status];
  if (failure !== undefined) return `${name}: ERROR (${failure})`;
  if (act.failures === SIGNAL_FAILURES && result.status === FAULTS.FAILED) return result.description;
  throw new ValueError(`Unknown result code ${result.status} for ${name}`);
};

const tell = (session: Session, act: Act, result: Result): void => {
  session.out(lineOf(act, result));
  session.exit = exitOf(result.status, act.ignored) ?? session.exit;
};

const actOnOne = async (
  session: Session,
  act: Act,
  params: readonly [string, ...RpcParam[]],
): Promise<void> => {
  const reply = await session.attempt(act.one, ...params);
  const { code, text } = reply.fault ?? { code: FAULTS.SUCCESS, text: '' };
  tell(session, act, { ...splitNamespec(params[0]), status: code, description: text });
};

const actOnGroup = async (
  session: Session,
  act: Act,
  params: readonly [string, ...RpcParam[]],
): Promise<void> => {
  const reply = await session.attempt(act.group ?? act.one, ...params);
  if (reply.fault === undefined) {
    for (const fields of recordsOf(reply.value)) tell(session, act, resultOf(fields));
    return;
  }
  if (reply.fault.code !== FAULTS.BAD_NAME) throw new FaultError(reply.fault);
  session.fail(`${params[0]}: ERROR (no such group)`, act.noGroup);
};

const actOn = async (
  session: Session,
  act: Act,
  { names, more = [] }: { readonly names: readonly string[]; readonly more?: readonly RpcParam[] },
): Promise<void> => {
  if (names.includes('all')) {
    for (const fields of recordsOf(await session.call(act.all, ...more)))
      tell(session, act, resultOf(fields));
    return;
  }
  for (const name of names) {
    const { group, process } = splitNamespec(name);
    if (process === null && act.group !== null) await actOnGroup(session, act, [group, ...more]);
    else await actOnOne(session, act, [name, ...more]);
  }
};

const refuseWithout = (session: Session, verb: string, exit: number): void => {
  session.fail(`Error: ${verb} requires a process name`, exit);
  helpOn(session, verb);
};

const named =
  (act: Act, exit: number) =>
  async (session: Session, text: string): Promise<void> => {
    if (!(await session.isUp())) return;
    const names = wordsOf(text);
    if (names.length === 0) refuseWithout(session, act.verb, exit);
    else await actOn(session, act, { names });
  };

export const start = named(START, EXITS.INVALID_ARGS);
export const stop = named(STOP, EXITS.GENERIC);
export const clear = named(CLEAR, EXITS.GENERIC);

export const signal = async (session: Session, text: string): Promise<void> => {
  if (!(await session.isUp())) return;
  const [name, ...names] = wordsOf(text);
  if (name === undefined || names.length === 0) {
    session.fail('Error: signal requires a signal name and a process name');
    helpOn(session, 'signal');
    return;
  }
  await actOn(session, SIGNAL, { names, more: [name] });
};

export const restart = async (session: Session, text: string): Promise<void> => {
  if (!(await session.isUp())) return;
  if (wordsOf(text).length === 0) {
    refuseWithout(session, 'restart', EXITS.GENERIC);
    return;
  }
  await stop(session, text);
  await start(session, text);
};
