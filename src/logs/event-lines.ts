// In which words does the journal tell an event? supervisord's where it has some, since scripts read them.

import { dueWords } from '../model/duty.ts';
import type { Event, EventType, ProcessName, Score } from '../model/event.ts';
import { isGivenUp, type Exit, type Swept } from '../model/phase.ts';
import { namespec } from '../model/name.ts';
import { readinessWords, type Readiness } from '../model/readiness.ts';
import type { Verdict } from '../model/verdict.ts';
import { isOom } from '../model/verdict.ts';
import type { Journal, Level, Line } from './journal.ts';

/** What the words need and events do not carry. */
export interface Facts {
  /** Seconds. */
  startsecs(process: ProcessName): number;
}

type Of<T extends EventType> = { readonly [Type in T]: Extract<Event, { readonly type: Type }> }[T];
type Words = { readonly [T in EventType]: (event: Of<T>, facts: Facts) => readonly Line[] };

export const exitText = ({ code, signal }: Exit): string => {
  if (signal !== null) return `terminated by ${signal}`;
  return code === null ? 'exit status unknown' : `exit status ${code}`;
};

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const refusedScore = (name: string, { requested, effective, refusal }: Score): string => {
  const cure =
    refusal === 'EACCES' || refusal === 'EPERM'
      ? 'a lower one needs CAP_SYS_RESOURCE: run tsvisor with that capability, or ask for a score no lower than what it got'
      : 'ask for a score between -1000 and 1000';
  return `cannot set oom_score_adj ${requested} for ${name}: the kernel refused it (${refusal}), it runs with ${effective}; ${cure}`;
};

const verdictLine = (process: ProcessName, verdict: Verdict): Line => {
  const isHeap = verdict.cause === 'runtime-heap';
  const certainty = verdict.oom === 'no' ? (isHeap ? 'its own heap' : 'not memory') : verdict.oom;
  const level: Level = isOom(verdict) || isHeap ? 'warn' : verdict.oom === 'unknown' ? 'info' : 'debug';
  return { level, text: `oom: ${process.name} (${certainty}): ${verdict.because}`, process };
};

const died = (event: Of<'died'>, facts: Facts): readonly Line[] => {
  const { process, death, reason } = event;
  const how = exitText(death.exit);
  // Too quick is never expected, whatever the exit status.
  const quick = reason === 'died' && death.lived < facts.startsecs(process) * 1000;
  const expected = event.expected && !quick;
  const level: Level = expected ? 'info' : 'warn';
  const text =
    reason === 'died' || isGivenUp(reason)
      ? `exited: ${process.name} (${how}; ${expected ? 'expected' : 'not expected'})`
      : `stopped: ${process.name} (${how})`;
  const line = { level, text, process };
  if (death.verdict === null) return [line];
  return isGivenUp(reason)
    ? [{ level: 'warn', text: `${reason}: ${process.name}: ${death.verdict.because}`, process }, line]
    : [line, verdictLine(process, death.verdict)];
};

const stuckText = (name: string): string =>
  `cannot sweep ${name}: SIGKILL does not end all of its processes, often because of a dead disk or network mount; it is started again when they are gone`;

const swept = ({ killed, took, remaining }: Swept, process: ProcessName): readonly Line[] => {
  const lines: Line[] = [];
  if (killed > 0) {
    const whom = counted(killed, 'process that', 'processes that');
    const text = `swept: ${whom} ${process.name} left behind, in ${Math.round(took)} ms`;
    lines.push({ level: 'info', text, process });
  }
  if (remaining.length > 0) {
    const pids = remaining.map(({ pid }) => pid).join(', ');
    lines.push({ level: 'error', text: `${stuckText(process.name)} (pid ${pids})`, process });
  }
  return lines;
};

const changed = ({ process, from, to }: Of<'state'>, facts: Facts): readonly Line[] => {
  const { name } = process;
  const info = (text: string): readonly Line[] => [{ level: 'info', text, process }];
  if (from === 'STARTING' && to === 'RUNNING') {
    const seconds = facts.startsecs(process);
    return info(
      `success: ${name} entered RUNNING state, process has stayed up for > than ${seconds} seconds (startsecs)`,
    );
  }
  if (to === 'FATAL') return info(`gave up: ${name} entered FATAL state, too many start retries too quickly`);
  if (to === 'UNKNOWN') return [{ level: 'error', text: stuckText(name), process }];
  return to === 'STOPPING' ? info(`waiting for ${name} to stop`) : [];
};

const readinessLine = (process: ProcessName, readiness: Readiness): Line => ({
  level: readiness.health === 'unhealthy' ? 'warn' : 'info',
  text: `${process.name}: ${readinessWords(readiness)}`,
  process,
});

const WORDS: Words = {
  state: changed,
  launched: ({ process, leader, score }) => {
    const spawned: Line = {
      level: 'info',
      text: `spawned: '${process.name}' with pid ${leader.pid}`,
      process,
    };
    if (score.refusal === null) return [spawned];
    return [{ level: 'warn', text: refusedScore(process.name, score), process }, spawned];
  },
  'launch-failed': ({ process, error }) => [{ level: 'info', text: `spawnerr: ${error}`, process }],
  died,
  'member-killed': ({ process, verdict }) => [verdictLine(process, verdict)],
  swept: (event) => swept(event.swept, event.process),
  signalled: ({ process, pid, signal }) =>
    signal === 'SIGKILL'
      ? [{ level: 'warn', text: `killing '${process.name}' (${pid}) with SIGKILL`, process }]
      : [{ level: 'debug', text: `killing ${process.name} (pid ${pid}) with signal ${signal}`, process }],
  delayed: ({ process, seconds, why }) => [
    { level: 'info', text: `delayed: ${process.name} is started in ${seconds} s: ${why}`, process },
  ],
  renewed: ({ process, because }) => [
    { level: 'info', text: `restarting ${process.name}: ${because}`, process },
  ],
  'memory-care': ({ process, text }) => [
    { level: 'warn', text: `memory: ${process.name}: ${text}`, process },
  ],
  scheduled: ({ process, act, due, next }) => [
    {
      level: act === 'started' ? 'info' : 'warn',
      text: `schedule: ${process.name}: ${dueWords({ act, due, next })}`,
      process,
    },
  ],
  readiness: ({ process, readiness }) => [readinessLine(process, readiness)],
  mood: ({ mood }) => [{ level: 'debug', text: `supervisor mood: ${mood}`, process: null }],
  group: ({ group, change }) => [{ level: 'debug', text: `group ${change}: ${group}`, process: null }],
};

/** The lines for one event, in order; none for what supervisord does not tell either. Pure. */
export const wordsFor = <T extends EventType>(event: Of<T>, facts: Facts): readonly Line[] => {
  const type: T = event.type;
  return WORDS[type](event, facts);
};

const lineOf = (level: Level, text: string): Line => ({ level, text, process: null });

/** supervisord's lines about itself, for which there is no event. */
export const MESSAGES = {
  started: (pid: number) => lineOf('info', `supervisord started with pid ${pid}`),
  daemonizing: () => lineOf('info', 'daemonizing the supervisord process'),
  exitRequest: (signal: NodeJS.Signals) => lineOf('warn', `received ${signal} indicating exit request`),
  restartRequest: (signal: NodeJS.Signals) => lineOf('warn', `received ${signal} indicating restart request`),
  reopenRequest: (signal: NodeJS.Signals) =>
    lineOf('info', `received ${signal} indicating log reopen request`),
  reopened: () => lineOf('info', 'supervisord logreopen'),
  /** At most every three seconds while the supervisor stops. */
  waitingToDie: (names: readonly string[]) => lineOf('info', `waiting for ${names.join(', ')} to die`),
} as const;

/** A new text alone is no news for the log: some programs have one each second. */
const createNews = (): ((event: Event) => boolean) => {
  const told = new Map<string, string>();
  return (event) => {
    if (event.type !== 'readiness') return true;
    const key = namespec(event.process);
    const { ready, health } = event.readiness;
    const now = `${ready} ${health}`;
    const isNew = told.get(key) !== now;
    told.set(key, now);
    return isNew;
  };
};

/** A subscriber of the bus that writes events into a journal; a refused score is told once, not at each restart. */
export const createEventWriter = (journal: Pick<Journal, 'say'>, facts: Facts): ((event: Event) => void) => {
  const told = new Set<string>();
  const isNews = createNews();
  return (event) => {
    const news = isNews(event);
    for (const { level, text, process } of wordsFor(event, facts)) {
      const again = event.type === 'launched' && level === 'warn' && told.has(text);
      if (level === 'warn' && event.type === 'launched') told.add(text);
      if (!again) journal.say(news ? level : 'debug', text, process);
    }
  };
};
