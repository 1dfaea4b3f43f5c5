// How is a supervisor started in the background, and when is it up?

import { spawn, type ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import { createClient } from '../api/client.ts';
import type { StatusReply } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { statusOf } from './ending.ts';
import { lockHeld, runningAlready } from './holder.ts';
import { openLastWords, type LastWords } from './last-words.ts';
import type { Place } from './place.ts';
import { readReport, type Report } from './report.ts';
import { commandLine, LOCK_HELD, REPORT_FD, type CommandLine } from './spawning.ts';
import { until } from './until.ts';

/** Milliseconds in which a supervisor is up: the hunt for leftovers waits 10 s for those that do not die. */
const PATIENCE_MS = 60_000;

/** Milliseconds in which a tsvisor that is stopping lets go of the lock. */
const LOCK_PATIENCE_MS = 2000;

interface Newborn {
  readonly child: ChildProcess;
  readonly report: Promise<Report>;
  /** Exit status of guardian or supervisor, in words and number. */
  readonly ended: Promise<Ended>;
}

interface Ended {
  readonly kind: 'ended';
  readonly status: number | null;
  readonly words: string;
}

const failed = (reason: string): TsvisorError => new TsvisorError('START_FAILED', { reason });

const whenEnded = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve({ kind: 'ended', status: null, words: error.message }));
    child.once('exit', (status, signal) => {
      const words = signal === null ? `it ended with status ${status}` : `it was killed by ${signal}`;
      resolve({ kind: 'ended', status, words });
    });
  });

const bear = ({ file, words, environment }: CommandLine, stderr: number): Newborn => {
  const child = spawn(file, words, {
    detached: true,
    env: environment,
    stdio: ['ignore', 'ignore', stderr, 'ignore', 'pipe'],
  });
  const stream = child.stdio[REPORT_FD];
  const report =
    stream instanceof Readable ? readReport(stream) : Promise.resolve({ kind: 'silent' } as const);
  return { child, report, ended: whenEnded(child) };
};

const timeOver = (): TsvisorError =>
  failed(`it is not up after ${PATIENCE_MS / 1000} s; it may still come: ask \`tsvisor status\``);

const answer = async ({ socket }: Place, within: number): Promise<StatusReply> => {
  const client = createClient(socket);
  const reply = await until(() => statusOf(client), { within });
  if (reply === null) throw timeOver();
  return reply;
};

/** The first supervisor was silent to its end; its guardian may have started another. */
const answerOrEnd = (place: Place, { ended }: Newborn): Promise<StatusReply | Ended> =>
  Promise.race([answer(place, PATIENCE_MS), ended]);

const reportInTime = (report: Promise<Report>): Promise<Report | null> => {
  const { promise, stop } = limit(PATIENCE_MS);
  return Promise.race([report, promise]).finally(stop);
};

const limit = (ms: number): { readonly promise: Promise<null>; readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return { promise, stop: () => clearTimeout(timer) };
};

const outcomeOf = async (
  place: Place,
  newborn: Newborn,
  lastWords: LastWords,
): Promise<StatusReply | 'lock-held'> => {
  const report = await reportInTime(newborn.report);
  if (report === null) throw timeOver();
  if (report.kind === 'ready') return answer(place, PATIENCE_MS);
  if (report.kind === 'failed')
    throw failed([report.errors.join('\n'), report.hint].filter(Boolean).join('\n  '));
  const seen = await answerOrEnd(place, newborn);
  if (!('kind' in seen)) return seen;
  if (seen.status === LOCK_HELD) return 'lock-held';
  throw failed([seen.words, lastWords.read()].filter((text) => text !== '').join('; its last words:\n'));
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
  const client = createClient(place.socket);
  const booted = await until(
    async () => {
      const outcome = await tryOnce(place);
      if (outcome !== 'lock-held') return outcome;
      const holder = await statusOf(client);
      if (holder !== null) throw runningAlready(holder);
      return null;
    },
    { within: LOCK_PATIENCE_MS },
  );
  if (booted === null) throw lockHeld(place);
  return booted;
};
