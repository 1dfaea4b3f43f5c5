// tail and maintail: what is at the end of a log, and what comes next?

import { followLog } from '../../api/client-follow.ts';
import { RpcError } from '../../api/client-rpc.ts';
import type { RpcReply } from '../../api/client-xml.ts';
import { pythonRepr } from '../../config/repr.ts';
import { EXITS, FAULTS } from './faults.ts';
import { createLatch } from '../life/latch.ts';
import { printed } from './fields.ts';
import { helpOn } from './help.ts';
import { wordsOf } from './names.ts';
import type { Session } from './session.ts';
import { errorWords, FaultError } from './python-errors.ts';

/** Bytes of a tail without a number. */
const USUAL_BYTES = 1600;

/** `-f`, `-100`; null when it is neither. */
const modifierOf = (word: string): number | 'follow' | null => {
  const what = word.slice(1);
  if (what === 'f') return 'follow';
  return /^[+-]?\d+(?:_\d+)*$/.test(what) ? Number(what.replaceAll('_', '')) : null;
};

const whyNot = (error: unknown): string => {
  if (!(error instanceof RpcError)) throw error;
  if (error.failure.kind === 'http') return `Cannot read, status code ${error.failure.status}`;
  const [kind = '', ...reason] = (errorWords(error) ?? '').replace('error: ', '').split(', ');
  return `Cannot connect, error: ${kind} (${reason.join(', ')})`;
};

/** Feeds the terminal with logs until the server ends them, somebody interrupts or nobody reads; failures go to stderr. */
export const stream = async (
  session: Session,
  paths: readonly string[],
  interrupted: Promise<void>,
): Promise<void> => {
  const { terminal } = session;
  const deaf = createLatch();
  const feed = (bytes: Uint8Array): void => (terminal.gone() ? deaf.open() : terminal.write(bytes));
  const followings = paths.map((path) => ({
    path,
    ...followLog(session.target, { path: encodeURI(path), feed }),
  }));
  const ended = followings.map(async (following) => {
    try {
      await following.ended;
    } catch (error) {
      terminal.err(`${session.target.url}${following.path} ${whyNot(error)}`);
    }
  });
  await Promise.race([Promise.all(ended), interrupted, deaf.opened]);
  for (const following of followings) following.close();
};

const follow = async (session: Session, path: string): Promise<void> => {
  session.out('==> Press Ctrl-C to exit <==');
  const interrupted = createLatch();
  const release = session.keyboard.onInterrupt(() => {
    session.out('');
    interrupted.open();
  });
  try {
    await stream(session, [path], interrupted.opened);
  } finally {
    release();
  }
};

const FAILURES: Readonly<Record<number, string>> = {
  [FAULTS.NO_FILE]: 'no log file',
  [FAULTS.FAILED]: 'unknown error reading log',
};

const tellLog = (
  session: Session,
  name: string,
  { reply, failures }: { readonly reply: RpcReply; readonly failures: typeof FAILURES },
): void => {
  if (reply.fault === undefined) {
    session.out(printed(reply.value));
    return;
  }
  session.exit = EXITS.GENERIC;
  const failure = failures[reply.fault.code];
  if (failure === undefined) throw new FaultError(reply.fault);
  session.out(`${name}: ERROR (${failure})`);
};

const tooMany = (session: Session, count: 'few' | 'many', action: string): void => {
  session.fail(`Error: too ${count} arguments`);
  helpOn(session, action);
};

interface Wanted {
  readonly name: string;
  readonly channel: 'stdout' | 'stderr';
  readonly modifier: string | null;
}

const isChannel = (word: string): word is Wanted['channel'] => word === 'stdout' || word === 'stderr';

/** Null after what is wrong has been said. */
const wantedFrom = (session: Session, words: readonly string[]): Wanted | null => {
  const [first = ''] = words;
  const modifier = first.startsWith('-') ? first : null;
  const rest = modifier === null ? words : words.slice(1);
  const [name] = rest;
  if (name === undefined) {
    session.fail('Error: tail requires process name');
    return null;
  }
  const channel = rest.length === 1 ? 'stdout' : (rest.at(-1) ?? '').toLowerCase();
  if (isChannel(channel)) return { name, channel, modifier };
  session.fail(`Error: bad channel ${pythonRepr(channel)}`);
  return null;
};

const READERS = { stdout: 'readProcessStdoutLog', stderr: 'readProcessStderrLog' } as const;

export const tail = async (session: Session, text: string): Promise<void> => {
  if (!(await session.isUp())) return;
  const words = wordsOf(text);
  if (words.length === 0 || words.length > 3) {
    tooMany(session, words.length === 0 ? 'few' : 'many', 'tail');
    return;
  }
  const wanted = wantedFrom(session, words);
  if (wanted === null) return;
  const { name, channel, modifier } = wanted;
  const bytes = modifier === null ? USUAL_BYTES : modifierOf(modifier);
  if (bytes === null) session.fail(`Error: bad argument ${modifier ?? ''}`);
  else if (bytes === 'follow') await follow(session, `/logtail/${name}/${channel}`);
  else {
    const failures = { ...FAILURES, [FAULTS.BAD_NAME]: 'no such process name' };
    tellLog(session, name, { reply: await session.attempt(READERS[channel], name, -bytes, 0), failures });
  }
};

export const maintail = async (session: Session, text: string): Promise<void> => {
  if (!(await session.isUp())) return;
  const [word, ...more] = wordsOf(text);
  if (more.length > 0) {
    tooMany(session, 'many', 'maintail');
    return;
  }
  const bytes = word === undefined ? USUAL_BYTES : word.startsWith('-') ? modifierOf(word) : null;
  if (bytes === null) session.fail(`Error: bad argument ${word ?? ''}`);
  else if (bytes === 'follow') await follow(session, '/mainlogtail');
  else
    tellLog(session, 'supervisord', {
      reply: await session.attempt('readLog', -bytes, 0),
      failures: FAILURES,
    });
};
