// How is a supervisor started in the background, and when is it up?

import { spawn, type ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import { createClient } from '../../api/client.ts';
import type { StatusReply } from '../../model/command.ts';
import { TsvisorError } from '../../model/errors.ts';
import { statusInTime, statusOf } from './ending.ts';
import { supervisorDown } from './guardian.ts';
import { lockHeld, runningAlready } from './holder.ts';
import { openLastWords, type LastWords } from './last-words.ts';
import type { Place } from '../place.ts';
import { readReport, type Report } from './report.ts';
import { commandLine, LOCK_HELD, REPORT_FD, type CommandLine } from '../spawning.ts';
import { until } from '../until.ts';

/** Milliseconds in which a supervisor is up: the hunt for leftovers waits 10 s for those that do not die. */
const TIMEOUT_MS = 60_000;

/** Milliseconds in which a tsvisor that is stopping lets go of the lock. */
const LOCK_TIMEOUT_MS = 2000;

/** Milliseconds from the words of a failed start to its end. */
const END_MS = 2000;

/** How guardian or supervisor ended, in words and as an exit status. */
interface Ended {
  readonly status: number | null;
  readonly words: string;
}

interface Newborn {
  readonly child: ChildProcess;
  readonly report: Promise<Report>;
  /** Null while it lives. */
  ended(): Ended | null;
}

const failed = (reason: string): TsvisorError => new TsvisorError('START_FAILED', { reason });

const watchEnd = (child: ChildProcess): (() => Ended | null) => {
  let ended: Ended | null = null;
  child.once('error', (error) => {
    ended = { status: null, words: error.message };
  });
  child.once('exit', (status, signal) => {
    const words = signal === null ? `it ended with status ${status}` : `it was killed by ${signal}`;
    ended = { status, words };
  });
  return () => ended;
};

const bear = ({ file, words, environment }: CommandLine, stderr: number): Newborn => {
  const child = spawn(file, words, {
    detached: true,
    env: environment,
    stdio: ['ignore', 'ignore', stderr, 'ignore', 'pipe'],
  });
  const stream = child.stdio[REPORT_FD];
  const report =
    stream instanceof Readable ? readReport(stream) : Promise.resolve({ kind: 'silent' } as const);
  return { child, report, ended: watchEnd(child) };
};

const timeOver = (): TsvisorError =>
  failed(`it is not up after ${TIMEOUT_MS / 1000} s; it may still come: ask \`tsvisor status\``);

/** Where two are started at once, the one that got the lock answers on the socket of both. */
const isFrom = ({ child }: Newborn, { supervisor }: StatusReply): boolean =>
  supervisor.guardian.pid === child.pid || supervisor.pid === child.pid;

/**
 * Waits for an answer also after the first supervisor went without a word: its guardian may have started another.
 * Null when nothing is left that could answer.
 */
const answer = async (place: Place, newborn: Newborn): Promise<StatusReply | null> => {
  const client = createClient(place.socket);
  const seen = await until(
    async () => {
      const reply = await statusInTime(client);
      return reply !== null && isFrom(newborn, reply) ? reply : newborn.ended();
    },
    { within: TIMEOUT_MS },
  );
  if (seen === null) throw timeOver();
  return 'supervisor' in seen ? seen : null;
};

const reportInTime = (report: Promise<Report>): Promise<Report | null> => {
  const { promise, stop } = limit(TIMEOUT_MS);
  return Promise.race([report, promise]).finally(stop);
};

const limit = (ms: number): { readonly promise: Promise<null>; readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return { promise, stop: () => clearTimeout(timer) };
};

const whyItEnded = (newborn: Newborn, lastWords: LastWords): TsvisorError => {
  const words = newborn.ended()?.words ?? 'it ended';
  const last = lastWords.read();
  return failed(last === '' ? words : `${words}; its last words:\n${last}`);
};

/** Its exit status is known a moment after its words. */
const end = async (newborn: Newborn): Promise<null> => {
  await until(() => Promise.resolve(newborn.ended()), { within: END_MS });
  return null;
};

/** What the supervisor says in our own words is not said twice. */
const whyItFailed = ({ errors, hint }: Extract<Report, { kind: 'failed' }>): TsvisorError => {
  const { message: ours, hint: known } = failed('');
  const reasons = errors.map((error) => (error.startsWith(ours) ? error.slice(ours.length) : error));
  return failed([...reasons, ...(hint === '' || hint === known ? [] : [`hint: ${hint}`])].join('\n'));
};

const outcomeOf = async (
  place: Place,
  newborn: Newborn,
  lastWords: LastWords,
): Promise<StatusReply | 'lock-held'> => {
  const report = await reportInTime(newborn.report);
  if (report === null) throw timeOver();
  const reply = report.kind === 'failed' ? await end(newborn) : await answer(place, newborn);
  if (reply !== null) return reply;
  if (newborn.ended()?.status === LOCK_HELD) return 'lock-held';
  throw report.kind === 'failed' ? whyItFailed(report) : whyItEnded(newborn, lastWords);
};

const tryOnce = async (place: Place): Promise<StatusReply | 'lock-held'> => {
  const line = commandLine(place, false);
  const lastWords = openLastWords(place.runtimeDir);
  try {
    const newborn = bear(line, lastWords.fd);
    newborn.child.unref();
    return await outcomeOf(place, newborn, lastWords);
  } finally {
    lastWords.close();
  }
};

/** Starts a supervisor and answers when it does; a lock that is just being let go of is waited for. */
export const boot = async (place: Place): Promise<StatusReply> => {
  const client = createClient(place.socket, { timeout: LOCK_TIMEOUT_MS });
  const booted = await until(
    async () => {
      const outcome = await tryOnce(place);
      if (outcome !== 'lock-held') return outcome;
      const holder = await statusOf(client);
      if (holder !== null) throw runningAlready(holder);
      return null;
    },
    { within: LOCK_TIMEOUT_MS },
  );
  if (booted === null) throw supervisorDown(place.socket) ?? lockHeld(place);
  return booted;
};
