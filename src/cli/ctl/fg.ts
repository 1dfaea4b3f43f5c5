// fg: how does a process get what is typed, while what it says is shown?

import { pythonRepr } from '../../config/repr.ts';
import { STATES } from '../../model/state.ts';
import { createLatch } from '../life/latch.ts';
import { EXITS, FAULTS } from './faults.ts';
import { fieldsOf, numberOf } from './fields.ts';
import { helpOn } from './help.ts';
import { wordsOf } from './names.ts';
import type { Session } from './session.ts';
import { stream } from './log-actions.ts';
import type { Fault } from './python-errors.ts';

const faultWords = ({ code, text }: Fault): string => `ERROR: <Fault ${code}: ${pythonRepr(text)}>`;

const isRunning = async (session: Session, name: string): Promise<boolean> =>
  numberOf(fieldsOf(await session.call('getProcessInfo', name)), 'state') === STATES.RUNNING;

/** Null after what is wrong has been said. */
const nameFrom = (session: Session, text: string): string | null => {
  const [name, ...more] = wordsOf(text);
  if (name !== undefined && more.length === 0) return name;
  session.fail(
    name === undefined ? 'ERROR: no process name supplied' : 'ERROR: too many process names supplied',
  );
  if (name === undefined) helpOn(session, 'fg');
  return null;
};

const mayBegin = async (session: Session, name: string): Promise<boolean> => {
  const { fault, ...reply } = await session.attempt('getProcessInfo', name);
  if (fault !== undefined) {
    if (fault.code === FAULTS.BAD_NAME) session.fail('ERROR: bad process name supplied');
    else session.out(faultWords(fault));
    return false;
  }
  const state = 'value' in reply ? numberOf(fieldsOf(reply.value), 'state') : 0;
  if (state === STATES.RUNNING) return true;
  session.fail('ERROR: process not running', EXITS.GENERIC);
  return false;
};

/** Until the input ends, or the process does. */
const feed = async (session: Session, name: string): Promise<void> => {
  for (;;) {
    const line = await session.keyboard.read('');
    if (line === null) return;
    const { fault } = await session.attempt('sendProcessStdin', name, `${line}\n`);
    if (fault !== undefined) {
      session.out(fault.code === FAULTS.NOT_RUNNING ? 'Process got killed' : faultWords(fault));
      return;
    }
    if (!(await isRunning(session, name))) {
      session.out('Process got killed');
      return;
    }
  }
};

export const fg = async (session: Session, text: string): Promise<void> => {
  if (!(await session.isUp())) return;
  const name = nameFrom(session, text);
  if (name === null || !(await mayBegin(session, name))) return;
  session.out('==> Press Ctrl-C to exit <==');
  const left = createLatch();
  const shown = stream(session, [`/logtail/${name}/stdout`, `/logtail/${name}/stderr`], left.opened);
  try {
    await feed(session, name);
    session.out('Exiting foreground');
  } finally {
    left.open();
    await shown;
  }
};
