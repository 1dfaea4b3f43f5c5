// status, pid, version, avail: what does the server say of its processes?

import { isStoppedState, STATES, type State } from '../../model/state.ts';
import { EXITS, FAULTS } from './faults.ts';
import { fieldsOf, numberOf, printed, recordsOf, textOf, type Fields } from './fields.ts';
import { helpOn } from './help.ts';
import { joinNamespec, splitNamespec, wordsOf } from './names.ts';
import type { Session } from './session.ts';
import { FaultError } from './python-errors.ts';

const NAME_WIDTH = 30;

const nameOf = (info: Fields): string =>
  joinNamespec({ group: textOf(info, 'group'), process: textOf(info, 'name') });

const stateOf = (number: number): State | undefined =>
  Object.entries(STATES).find((entry): entry is [State, (typeof STATES)[State]] => entry[1] === number)?.[0];

const isAtRest = (info: Fields): boolean => {
  const state = stateOf(numberOf(info, 'state'));
  return state !== undefined && isStoppedState(state);
};

const show = (session: Session, infos: readonly Fields[]): void => {
  const width = Math.max(NAME_WIDTH, ...infos.map((info) => nameOf(info).length)) + 3;
  for (const info of infos)
    session.out(
      nameOf(info).padEnd(width) + textOf(info, 'statename').padEnd(10) + textOf(info, 'description'),
    );
};

const matching = (session: Session, all: readonly Fields[], name: string): readonly Fields[] => {
  const { group, process } = splitNamespec(name);
  const found = all.filter(
    (info) => textOf(info, 'group') === group && (process === null || textOf(info, 'name') === process),
  );
  if (found.length === 0) {
    const words = process === null ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`;
    session.fail(words, EXITS.UNKNOWN);
  }
  return found;
};

export const status = async (session: Session, text: string): Promise<void> => {
  if (!(await session.isUp())) {
    session.exit = EXITS.UNKNOWN;
    return;
  }
  const all = recordsOf(await session.call('getAllProcessInfo'));
  const names = wordsOf(text);
  const infos =
    names.length === 0 || names.includes('all') ? all : names.flatMap((name) => matching(session, all, name));
  show(session, infos);
  if (infos.some(isAtRest)) session.exit = EXITS.AT_REST;
};

const pidOf = async (session: Session, name: string): Promise<void> => {
  const reply = await session.attempt('getProcessInfo', name);
  if (reply.fault !== undefined) {
    session.exit = EXITS.GENERIC;
    if (reply.fault.code !== FAULTS.BAD_NAME) throw new FaultError(reply.fault);
    session.out(`No such process ${name}`);
    return;
  }
  const pid = numberOf(fieldsOf(reply.value), 'pid');
  session.out(String(pid));
  if (pid === 0) session.exit = EXITS.NOT_RUNNING;
};

export const pid = async (session: Session, text: string): Promise<void> => {
  if (!(await session.isUp())) return;
  const names = wordsOf(text);
  if (names.length === 0) session.out(printed(await session.call('getPID')));
  else if (names.includes('all'))
    for (const info of recordsOf(await session.call('getAllProcessInfo'))) session.out(textOf(info, 'pid'));
  else for (const name of names) await pidOf(session, name);
};

/** Whether the action was given nothing, as it must be; else that has been said. */
export const takesNothing = (session: Session, action: string, text: string): boolean => {
  if (text === '') return true;
  session.fail(`Error: ${action} accepts no arguments`);
  helpOn(session, action);
  return false;
};

export const version = async (session: Session, text: string): Promise<void> => {
  if (!takesNothing(session, 'version', text) || !(await session.isUp())) return;
  session.out(printed(await session.call('getSupervisorVersion')));
};

const availWords = (config: Fields): string =>
  [
    nameOf(config).padEnd(32),
    (config['inuse'] === true ? 'in use' : 'avail').padEnd(9),
    (config['autostart'] === true ? 'auto' : 'manual').padEnd(9),
    `${textOf(config, 'group_prio')}:${textOf(config, 'process_prio')}`,
  ].join(' ');

export const avail = async (session: Session, text: string): Promise<void> => {
  if (!takesNothing(session, 'avail', text)) return;
  const reply = await session.attempt('getAllConfigInfo');
  if (reply.fault === undefined) {
    for (const config of recordsOf(reply.value)) session.out(availWords(config));
    return;
  }
  session.exit = EXITS.GENERIC;
  if (reply.fault.code !== FAULTS.SHUTDOWN_STATE) throw new FaultError(reply.fault);
  session.out('ERROR: supervisor shutting down');
};
