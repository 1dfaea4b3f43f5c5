// What is a listener told of an event? supervisord's name for it and its payload, byte for byte.

import type { Event, EventType } from '../model/event.ts';
import type { EventName } from '../model/event-names.ts';
import type { Exit } from '../model/phase.ts';
import type { PastLife } from '../model/command.ts';
import type { State } from '../model/state.ts';
import type { Verdict } from '../model/verdict.ts';
import { isOom } from '../model/verdict.ts';

/** An event in the words of the protocol. */
export interface Note {
  readonly name: EventName;
  readonly payload: string;
}

type Of<T extends EventType> = { readonly [Type in T]: Extract<Event, { readonly type: Type }> }[T];
type Notes = { readonly [T in EventType]?: (event: Of<T>) => readonly Note[] };
type StateEvent = Of<'state'>;

const whose = ({ group, name }: StateEvent['process']): string => `processname:${name} groupname:${group}`;

const MORE: Readonly<Record<State, (event: StateEvent) => string>> = {
  STARTING: ({ tries }) => ` tries:${tries}`,
  BACKOFF: ({ tries }) => ` tries:${tries}`,
  RUNNING: ({ pid }) => ` pid:${pid}`,
  STOPPING: ({ pid }) => ` pid:${pid}`,
  STOPPED: ({ pid }) => ` pid:${pid}`,
  EXITED: ({ expected, pid }) => ` expected:${expected ? 1 : 0} pid:${pid}`,
  FATAL: () => '',
  UNKNOWN: () => '',
};

const stateNote = (event: StateEvent): Note => ({
  name: `PROCESS_STATE_${event.to}`,
  payload: `${whose(event.process)} from_state:${event.from}${MORE[event.to](event)}`,
});

/** `pid` of the victim: the leader, or another member. */
const oomNote = (process: StateEvent['process'], verdict: Verdict, leader: number | null): Note => {
  const pid = verdict.victim?.pid ?? leader ?? 0;
  const whom = pid === leader ? 'leader' : 'member';
  const facts = `pid:${pid} whom:${whom} oom:${verdict.oom} cause:${verdict.cause}`;
  return { name: 'TSVISOR_OOM_KILLED', payload: `${whose(process)} ${facts}\n${verdict.because}` };
};

const ending = ({ code, signal }: Exit): string =>
  signal === null ? `exitcode:${code ?? '-'}` : `signal:${signal}`;

const diedNotes = ({ process, death, reason, expected }: Of<'died'>): readonly Note[] => {
  const { leader, exit, lived, verdict } = death;
  const words = `pid:${leader.pid} ${ending(exit)} expected:${expected ? 1 : 0} reason:${reason} lived:${Math.round(lived)}`;
  const died: Note = { name: 'TSVISOR_DIED', payload: `${whose(process)} ${words}` };
  return verdict !== null && isOom(verdict) ? [oomNote(process, verdict, leader.pid), died] : [died];
};

const inSeconds = (milliseconds: number): number => Math.trunc(milliseconds / 1000);

const NOTES: Notes = {
  state: (event) => [stateNote(event)],
  mood: ({ mood }) => [
    {
      name: mood === 'RUNNING' ? 'SUPERVISOR_STATE_CHANGE_RUNNING' : 'SUPERVISOR_STATE_CHANGE_STOPPING',
      payload: '',
    },
  ],
  group: ({ group, change }) => [
    {
      name: change === 'added' ? 'PROCESS_GROUP_ADDED' : 'PROCESS_GROUP_REMOVED',
      payload: `groupname:${group}\n`,
    },
  ],
  died: diedNotes,
  'member-killed': ({ process, verdict }) => [oomNote(process, verdict, null)],
  swept: ({ process, swept: { killed, took, remaining } }) => [
    {
      name: 'TSVISOR_SWEPT',
      payload: `${whose(process)} killed:${killed} took:${Math.round(took)} remaining:${remaining.length}`,
    },
  ],
  delayed: ({ process, seconds, why }) => [
    { name: 'TSVISOR_DELAYED', payload: `${whose(process)} seconds:${seconds}\n${why}` },
  ],
  readiness: ({ process, readiness: { ready, health, text } }) => [
    {
      name: 'TSVISOR_READINESS',
      payload: `${whose(process)} ready:${ready === null ? '-' : Number(ready)} health:${health ?? '-'}\n${text ?? ''}`,
    },
  ],
  scheduled: ({ process, act, due, next }) => [
    {
      name: 'TSVISOR_SCHEDULED',
      payload: `${whose(process)} act:${act} due:${inSeconds(due)} next:${next === null ? '-' : inSeconds(next)}`,
    },
  ],
};

/** The notes for one event, in order; none for what the protocol has no name for. Pure. */
export const notesFor = <T extends EventType>(event: Of<T>): readonly Note[] => {
  const type: T = event.type;
  return NOTES[type]?.(event) ?? [];
};

/** The supervisor before this one was killed, and what it left was killed by the guardian. */
export const pastLifeNote = ({ exit, killed, took, verdict }: PastLife): Note => ({
  name: 'TSVISOR_SUPERVISOR_KILLED',
  payload: `${ending(exit)} killed:${killed} took:${Math.round(took)} oom:${verdict.oom}\n${verdict.because}`,
});

export type Channel = 'stdout' | 'stderr';

/** A piece of a program's output: whose, of which leader, and the text. */
export interface Heard {
  readonly process: StateEvent['process'];
  readonly pid: number;
  readonly channel: Channel;
  readonly text: string;
}

const UPPER = { stdout: 'STDOUT', stderr: 'STDERR' } as const;

export const logNote = ({ process, pid, channel, text }: Heard): Note => ({
  name: `PROCESS_LOG_${UPPER[channel]}`,
  payload: `${whose(process)} pid:${pid} channel:${channel}\n${text}`,
});

export const communicationNote = ({ process, pid, channel, text }: Heard): Note => ({
  name: `PROCESS_COMMUNICATION_${UPPER[channel]}`,
  payload: `${whose(process)} pid:${pid}\n${text}`,
});

export const remoteNote = (type: string, data: string): Note => ({
  name: 'REMOTE_COMMUNICATION',
  payload: `type:${type}\n${data}`,
});
