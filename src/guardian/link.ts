// Is there a guardian above us, what does it know of the lives before ours, and does it still live?

import { Socket } from 'node:net';
import type { Exit, Identity } from '../model/phase.ts';
import { signalName } from '../model/signals.ts';

/** How the supervisor before this one ended: the guardian's facts, not yet judged. */
export interface PastFacts {
  readonly exit: Exit;
  /** Processes that the guardian had to kill. */
  readonly killed: number;
  /** Milliseconds from the death to the last of them gone. */
  readonly took: number;
  /** `oom_kill` of /proc/vmstat at that supervisor's start and after its end; null when unreadable. */
  readonly oom: { readonly before: number | null; readonly after: number | null };
  /** Members that SIGKILL had not removed within 10 s. */
  readonly stuck: readonly Identity[];
}

export interface Hello {
  readonly guardianPid: number;
  /** The guardian's own effective oom_score_adj. */
  readonly score: number;
  /** Supervisors this guardian has started, this one included. */
  readonly life: number;
  /** Null for the first life. */
  readonly past: PastFacts | null;
  /** A supervisor of this guardian was ready once, so what guardians before it left behind is gone. */
  readonly settled: boolean;
  /** Null where no service manager (systemd) listens. */
  readonly service: {
    /** Milliseconds within which it wants to hear that all is well; null: it does not. */
    readonly watchdog: number | null;
  } | null;
}

export interface Link {
  readonly hello: Hello;
  /** Tells the guardian that we are up: from now on a failing end is a reason to start a successor. */
  ready(): void;
  /** Tells the guardian that no successor is wanted, however we end, and that our status is its own. */
  ending(): void;
  /** A line of sd_notify(3) for the service manager; dropped where the guardian does not read. */
  notify(text: string): void;
  /** Resolves when the guardian is gone. */
  readonly lost: Promise<void>;
}

/** Set by the guardian for the supervisor; programs must not see it. */
export const GUARDIAN_MARK = 'TSVISOR_GUARDIAN';
/** Where the guardian puts the socket. */
const LINK_FD = 3;
/** Bytes; a guardian's hello is below 2 kB. */
const HELLO_MAX = 16 * 1024;
const HELLO_MS = 5000;
/** Bytes that a guardian which does not read is worth. */
const UNREAD_MAX = 16 * 1024;

const PAST =
  /^past (?<how>exit|signal) (?<number>\d+) killed (?<killed>\d+) took (?<took>\d+) oom (?<before>-?\d+) (?<after>-?\d+) stuck (?<stuck>.+)$/;

const counter = (word: string | undefined): number | null =>
  word === undefined || word.startsWith('-') ? null : Number(word);

const parseStuck = (word: string | undefined): Identity[] =>
  word === undefined || word === '-'
    ? []
    : word.split(',').map((one) => {
        const [pid, tick] = one.split(':');
        return { pid: Number(pid), startTick: Number(tick) };
      });

const parsePast = (line: string): PastFacts | null => {
  const facts = PAST.exec(line)?.groups;
  if (facts === undefined) return null;
  const number = Number(facts['number']);
  return {
    exit:
      facts['how'] === 'exit' ? { code: number, signal: null } : { code: null, signal: signalName(number) },
    killed: Number(facts['killed']),
    took: Number(facts['took']) / 1000,
    oom: { before: counter(facts['before']), after: counter(facts['after']) },
    stuck: parseStuck(facts['stuck']),
  };
};

const parseService = (line: string): Hello['service'] => {
  const time = /^notify (\d+)$/.exec(line)?.[1];
  if (time === undefined) return null;
  return { watchdog: Number(time) > 0 ? Number(time) / 1000 : null };
};

/** Pure. Null when the text is not (yet) a whole hello; grammar at the head of guardian.c. */
export const parseHello = (text: string): Hello | null => {
  const lines = text.split('\n');
  const end = lines.indexOf('end');
  const first = /^guardian (\d+) (-?\d+) (\d+)$/.exec(lines[0] ?? '');
  if (end === -1 || first === null) return null;
  const facts = lines.slice(1, end);
  return {
    guardianPid: Number(first[1]),
    score: Number(first[2]),
    life: Number(first[3]),
    past: facts.map(parsePast).find((one) => one !== null) ?? null,
    settled: facts.includes('settled'),
    service: facts.map(parseService).find((one) => one !== null) ?? null,
  };
};

/** Null when the guardian is gone before it said hello, says something else, or says nothing for 5 s. */
const readHello = (socket: Socket): Promise<Hello | null> =>
  new Promise((settle) => {
    let text = '';
    const finish = (hello: Hello | null): void => {
      clearTimeout(waitTimer);
      socket.removeAllListeners('data');
      settle(hello);
    };
    const waitTimer = setTimeout(() => finish(null), HELLO_MS);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const hello = parseHello(text);
      if (hello !== null || text.length > HELLO_MAX) finish(hello);
    });
    socket.once('close', () => finish(null));
  });

/**
 * The link to the guardian that started us, or null when none did. Takes the guardian's mark out of `env`, so that it
 * does not travel on to programs. The link alone does not keep the event loop alive.
 */
export const openLink = async (
  options: { readonly socket?: Socket; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Link | null> => {
  const env = options.env ?? process.env;
  const marked = env[GUARDIAN_MARK] === '1';
  delete env[GUARDIAN_MARK];
  if (!marked) return null;
  const socket = options.socket ?? new Socket({ fd: LINK_FD, readable: true, writable: true });
  const lost = new Promise<void>((settle) => {
    socket.once('close', () => settle());
  });
  // A reset is followed by 'close', which is all there is to know.
  socket.on('error', () => socket.destroy());
  const hello = await readHello(socket);
  if (hello === null) {
    socket.destroy();
    return null;
  }
  socket.resume();
  socket.unref();
  return {
    hello,
    ready: () => void socket.write('ready\n'),
    ending: () => void socket.write('ending\n'),
    notify: (text) => {
      if (socket.writableLength < UNREAD_MAX) socket.write(`notify ${text.replaceAll(/\s+/g, ' ')}\n`);
    },
    lost,
  };
};
