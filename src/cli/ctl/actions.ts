// Which actions are there, and how does a line of text become one?

import * as acts from './process-actions.ts';
import * as changes from './config-actions.ts';
import { EXITS } from './faults.ts';
import * as looks from './status-actions.ts';
import type { Session } from './session.ts';
import * as whole from './server-actions.ts';
import { errorWords } from './python-errors.ts';
import { RpcError } from '../../api/client-rpc.ts';

/** `leave` ends the shell. */
type Action = (session: Session, text: string) => Promise<void | 'leave'>;

const leave: Action = (session) => {
  session.out('');
  return Promise.resolve('leave');
};

/** What is long or needs node:http is loaded when it is asked for; the rest in one file is faster. */
const ACTIONS: Readonly<Record<string, () => Promise<Action>>> = {
  add: () => Promise.resolve(changes.add),
  avail: () => Promise.resolve(looks.avail),
  clear: () => Promise.resolve(acts.clear),
  EOF: () => Promise.resolve(leave),
  exit: () => Promise.resolve(leave),
  fg: async () => (await import('./fg.ts')).fg,
  help: async () => (await import('./help.ts')).help,
  maintail: async () => (await import('./log-actions.ts')).maintail,
  open: () => Promise.resolve(whole.open),
  pid: () => Promise.resolve(looks.pid),
  quit: () => Promise.resolve(leave),
  reload: () => Promise.resolve(whole.reload),
  remove: () => Promise.resolve(changes.remove),
  reread: () => Promise.resolve(changes.reread),
  restart: () => Promise.resolve(acts.restart),
  shutdown: () => Promise.resolve(whole.shutdown),
  signal: () => Promise.resolve(acts.signal),
  start: () => Promise.resolve(acts.start),
  status: () => Promise.resolve(looks.status),
  stop: () => Promise.resolve(acts.stop),
  tail: async () => (await import('./log-actions.ts')).tail,
  update: () => Promise.resolve(changes.update),
  version: () => Promise.resolve(looks.version),
};

/** What people may type; the end of input is an action too, but nobody types it. */
export const ACTION_NAMES: readonly string[] = Object.keys(ACTIONS).filter((name) => name !== 'EOF');

interface Line {
  readonly action: string;
  readonly text: string;
}

/** Letters, digits and `_` are the action, the rest is for it: `status-x` is `status` of `-x`. `?x` is `help x`. */
const parseLine = (line: string): Line => {
  const written = line.startsWith('?') ? `help ${line.slice(1)}` : line;
  const action = /^\w*/.exec(written)?.[0] ?? '';
  return { action, text: written.slice(action.length).trim() };
};

const isUnauthorized = (error: unknown): boolean =>
  error instanceof RpcError && error.failure.kind === 'http' && error.failure.status === 401;

/** False when nobody typed anything. */
const askWhoItIs = async (session: Session): Promise<boolean> => {
  session.out('Server requires authentication');
  if (!session.interactive) return false;
  const username = await session.keyboard.read('Username:');
  const password = username === null ? null : await session.keyboard.readSecret('Password:');
  if (username === null || password === null) return false;
  session.out('');
  session.target = { ...session.target, username, password };
  return true;
};

const attempt = async (session: Session, action: Action, text: string): Promise<void | 'leave'> => {
  for (;;)
    try {
      return await action(session, text);
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      session.exit = EXITS.GENERIC;
      if (!(await askWhoItIs(session))) throw error;
      session.exit = 0;
    }
};

/** Runs one line; every expected failure is printed and leaves its exit status in the session. */
export const runLine = async (session: Session, typed: string): Promise<void | 'leave'> => {
  const line = typed.trim();
  if (line === '') return;
  const { action, text } = parseLine(line);
  const load = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (load === undefined) {
    session.fail(`*** Unknown syntax: ${line}`);
    return;
  }
  try {
    return await attempt(session, await load(), text);
  } catch (error) {
    const words = errorWords(error);
    if (words === null) throw error;
    session.fail(words);
  }
};
