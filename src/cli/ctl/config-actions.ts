// reread, add, remove, update: how does the server come to run what its files say now?

import { EXITS, FAULTS } from './faults.ts';
import { listOf, numberOf, printed, recordsOf, textOf } from './fields.ts';
import { takesNothing } from './status-actions.ts';
import { wordsOf } from './names.ts';
import type { Session } from './session.ts';
import { FaultError, type Fault } from './python-errors.ts';
import type { RpcValue } from '../../api/client-xml.ts';

interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** `[[added, changed, removed]]`. */
const changesOf = (value: RpcValue): Changes => {
  const [added, changed, removed] = listOf(listOf(value)[0]).map((names) => listOf(names).map(printed));
  return { added: added ?? [], changed: changed ?? [], removed: removed ?? [] };
};

const byCode = (left: string, right: string): number => (left < right ? -1 : 1);

const formatChanges = ({ added, changed, removed }: Changes): readonly string[] => {
  const words = new Map([
    ...added.map((name) => [name, 'available'] as const),
    ...changed.map((name) => [name, 'changed'] as const),
    ...removed.map((name) => [name, 'disappeared'] as const),
  ]);
  if (words.size === 0) return ['No config updates to processes'];
  return [...words]
    .toSorted(([left], [right]) => byCode(left, right))
    .map(([name, what]) => `${name}: ${what}`);
};

export const reread = async (session: Session, text: string): Promise<void> => {
  if (!takesNothing(session, 'reread', text)) return;
  const reply = await session.attempt('reloadConfig');
  if (reply.fault === undefined) {
    for (const line of formatChanges(changesOf(reply.value))) session.out(line);
    return;
  }
  session.exit = EXITS.GENERIC;
  if (reply.fault.code === FAULTS.SHUTDOWN_STATE) session.out('ERROR: supervisor shutting down');
  else if (reply.fault.code === FAULTS.CANT_REREAD) session.out(`ERROR: ${reply.fault.text}`);
  else throw new FaultError(reply.fault);
};

const sayNotAdded = (session: Session, name: string, fault: Fault): void => {
  if (fault.code === FAULTS.SHUTDOWN_STATE) session.fail('ERROR: shutting down');
  else if (fault.code === FAULTS.ALREADY_ADDED) session.out('ERROR: process group already active');
  else if (fault.code === FAULTS.BAD_NAME) session.fail(`ERROR: no such process/group: ${name}`);
  else {
    session.exit = EXITS.GENERIC;
    throw new FaultError(fault);
  }
};

export const add = async (session: Session, text: string): Promise<void> => {
  for (const name of wordsOf(text)) {
    const { fault } = await session.attempt('addProcessGroup', name);
    if (fault === undefined) session.out(`${name}: added process group`);
    else sayNotAdded(session, name, fault);
  }
};

export const remove = async (session: Session, text: string): Promise<void> => {
  for (const name of wordsOf(text)) {
    const { fault } = await session.attempt('removeProcessGroup', name);
    if (fault === undefined) session.out(`${name}: removed process group`);
    else if (fault.code === FAULTS.STILL_RUNNING) session.fail(`ERROR: process/group still running: ${name}`);
    else if (fault.code === FAULTS.BAD_NAME) session.fail(`ERROR: no such process/group: ${name}`);
    else {
      session.exit = EXITS.GENERIC;
      throw new FaultError(fault);
    }
  }
};

const sayUnknown = async (
  session: Session,
  wanted: ReadonlySet<string>,
  added: readonly string[],
): Promise<void> => {
  const infos = recordsOf(await session.call('getAllProcessInfo'));
  const known = new Set([...infos.map((info) => textOf(info, 'group')), ...added]);
  for (const name of wanted) if (!known.has(name)) session.fail(`ERROR: no such group: ${name}`);
};

const removeGroup = async (session: Session, name: string): Promise<void> => {
  const results = recordsOf(await session.call('stopProcessGroup', name));
  session.out(`${name}: stopped`);
  if (results.some((result) => numberOf(result, 'status') === FAULTS.FAILED)) {
    session.fail(`${name}: has problems; not removing`);
    return;
  }
  await session.call('removeProcessGroup', name);
  session.out(`${name}: removed process group`);
};

const replaceGroup = async (session: Session, name: string): Promise<void> => {
  await session.call('stopProcessGroup', name);
  session.out(`${name}: stopped`);
  await session.call('removeProcessGroup', name);
  await session.call('addProcessGroup', name);
  session.out(`${name}: updated process group`);
};

const addGroup = async (session: Session, name: string): Promise<void> => {
  await session.call('addProcessGroup', name);
  session.out(`${name}: added process group`);
};

export const update = async (session: Session, text: string): Promise<void> => {
  const reply = await session.attempt('reloadConfig');
  if (reply.fault !== undefined) {
    session.exit = EXITS.GENERIC;
    if (reply.fault.code !== FAULTS.SHUTDOWN_STATE) throw new FaultError(reply.fault);
    session.out('ERROR: already shutting down');
    return;
  }
  const { added, changed, removed } = changesOf(reply.value);
  const words = wordsOf(text);
  const wanted = new Set(words.includes('all') ? [] : words);
  if (wanted.size > 0) await sayUnknown(session, wanted, added);
  const isWanted = (name: string): boolean => wanted.size === 0 || wanted.has(name);
  for (const name of removed.filter(isWanted)) await removeGroup(session, name);
  for (const name of changed.filter(isWanted)) await replaceGroup(session, name);
  for (const name of added.filter(isWanted)) await addGroup(session, name);
};
