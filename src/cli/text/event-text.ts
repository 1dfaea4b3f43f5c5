// How does an event read as one line?

import { dueWords } from '../../model/duty.ts';
import type { Event, EventType } from '../../model/event.ts';
import { namespec } from '../../model/name.ts';
import { isGivenUp, type Exit, type Reason } from '../../model/phase.ts';
import { readinessWords } from '../../model/readiness.ts';
import { isOom, type Verdict } from '../../model/verdict.ts';
import type { Paint, Style } from './terminal.ts';

type Words = { readonly [T in EventType]: (event: Extract<Event, { readonly type: T }>) => string };

const exitWords = ({ code, signal }: Exit): string => {
  if (signal !== null) return `by ${signal}`;
  return code === null ? 'nobody saw how' : `exit status ${code}`;
};

const verdictWords = (verdict: Verdict | null, reason: Reason): string => {
  if (verdict !== null && isOom(verdict)) return `; oom ${verdict.oom}: ${verdict.because}`;
  return isGivenUp(reason) ? `; ${reason}: ${verdict?.because ?? ''}` : '';
};

const WORDS: Words = {
  state: ({ from, to, pid }) => `${from} → ${to}${pid === 0 ? '' : ` (pid ${pid})`}`,
  launched: ({ leader, score: { requested, effective, refusal } }) =>
    refusal === null
      ? `launched, pid ${leader.pid}, score ${effective}`
      : `launched, pid ${leader.pid}, score ${effective} instead of ${requested} (${refusal})`,
  'launch-failed': ({ error }) => `not launched: ${error}`,
  died: ({ death, expected, reason }) =>
    `died, ${exitWords(death.exit)}${expected || reason !== 'died' ? '' : ', not expected'}${verdictWords(death.verdict, reason)}`,
  'member-killed': ({ verdict }) => `a member was killed: ${verdict.because}`,
  swept: ({ swept: { killed, remaining } }) =>
    `swept, ${killed} killed${remaining.length === 0 ? '' : `, ${remaining.length} cannot be killed`}`,
  signalled: ({ pid, signal }) => `${signal} to pid ${pid}`,
  delayed: ({ seconds, why }) => `starts in ${seconds} s: ${why}`,
  renewed: ({ because }) => `is restarted: ${because}`,
  'memory-care': ({ text }) => `memory: ${text}`,
  scheduled: ({ act, due, next }) => dueWords({ act, due, next }),
  readiness: ({ readiness }) => readinessWords(readiness),
  mood: ({ mood }) => mood,
  group: ({ change }) => `group ${change}`,
};

const STYLES: Readonly<Partial<Record<EventType, Style>>> = {
  state: 'cyan',
  'launch-failed': 'red',
  'member-killed': 'red',
  'memory-care': 'yellow',
  delayed: 'yellow',
};

const nameIn = (event: Event): string => {
  if (event.type === 'mood') return 'supervisor';
  return event.type === 'group' ? event.group : namespec(event.process);
};

const wordsOf = (event: Event): string => {
  // The compiler cannot see that the row found by the type takes the event of that type.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const row = WORDS[event.type] as (event: Event) => string;
  return row(event);
};

const styleOf = (event: Event): Style | undefined => {
  if (event.type === 'died')
    return (event.expected || (event.reason !== 'died' && !isGivenUp(event.reason))) &&
      !isOom(event.death.verdict)
      ? undefined
      : 'red';
  return STYLES[event.type];
};

const two = (value: number): string => String(value).padStart(2, '0');

/** `14:02:07.123`, local. Epoch milliseconds in. */
const clockWords = (at: number): string => {
  const date = new Date(at);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

const isKnown = (type: unknown): type is EventType => typeof type === 'string' && Object.hasOwn(WORDS, type);

/** An event of a supervisor of the same version; another may have types that are not known here. */
export const isEvent = (
  data: Readonly<Record<string, unknown>>,
): data is Readonly<Record<string, unknown>> & Event & { readonly at: number } => isKnown(data['type']);

export const eventText = (event: Event & { readonly at: number }, paint: Paint): string => {
  const [style, words] = [styleOf(event), wordsOf(event)];
  const text = words.replaceAll(/\p{C}/gu, '?');
  return `${paint('dim', clockWords(event.at))} ${nameIn(event)}: ${style === undefined ? text : paint(style, text)}`;
};
