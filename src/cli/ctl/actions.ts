// Which actions are there, and how does a line of text become one?

import { EXITS } from './faults.ts';
import type { Session } from './session.ts';
import { errorWords } from './words.ts';
import { RpcError } from '../../api/client-rpc.ts';

/** `leave` ends the shell. */
type Action = (session: Session, text: string) => Promise<void | 'leave'>;

const leave: Action = (session) => {
  session.out('');
  return Promise.resolve('leave');
};

/** The module of an action is loaded when the action is asked for. */
const ACTIONS: Readonly<Record<string, () => Promise<Action>>> = {
  add: async () => (await import('./changes.ts')).add,
  avail: async () => (await import('./looks.ts')).avail,
  clear: async () => (await import('./acts.ts')).clear,
  EOF: () => Promise.resolve(leave),
  exit: () => Promise.resolve(leave),
  fg: async () => (await import('./fg.ts')).fg,
  help: async () => (await import('./help.ts')).help,
  maintail: async () => (await import('./tails.ts')).maintail,
  open: async () => (await import('./whole.ts')).open,
  pid: async () => (await import('./looks.ts')).pid,
  quit: () => Promise.resolve(leave),
  reload: async () => (await import('./whole.ts')).reload,
  remove: async () => (await import('./changes.ts')).remove,
  reread: async () => (await import('./changes.ts')).reread,
  restart: async () => (await import('./acts.ts')).restart,
  shutdown: async () => (await import('./whole.ts')).shutdown,
  signal: async () => (await import('./acts.ts')).signal,
  start: async () => (await import('./acts.ts')).start,
  status: async () => (await import('./looks.ts')).status,
  stop: async () => (await import('./acts.ts')).stop,
  tail: async () => (await import('./tails.ts')).tail,
  update: async () => (await import('./changes.ts')).update,
  version: async () => (await import('./looks.ts')).version,
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
