// How are event listeners wired to what happens, to what programs write, and to their own stdin and stdout?

import { Ear } from '../events/ear.ts';
import type { Inlet } from '../events/listener.ts';
import type { Heard } from '../events/note.ts';
import { EventRoom, type EventSink } from '../events/room.ts';
import type { Clock } from '../kernel/port.ts';
import type { Journal } from '../logs/journal.ts';
import type { Listening } from '../logs/capture.ts';
import type { Listeners, StreamName } from '../logs/outputs.ts';
import type { GroupPlan, ProcessPlan } from '../model/plan.ts';
import { StdinPipe } from './inlet.ts';

/** Which streams of a process somebody must read, whatever becomes of their logs. */
export const isHeard = (plan: ProcessPlan, stream: StreamName): boolean => {
  if (stream === 'stdout' && plan.kind === 'eventlistener') return true;
  if (stream === 'stderr' && plan.redirectStderr) return false;
  return stream === 'stdout'
    ? plan.stdoutEvents || plan.stdoutSyslog || plan.stdoutCaptureMaxBytes > 0
    : plan.stderrEvents || plan.stderrSyslog || plan.stderrCaptureMaxBytes > 0;
};

const tell = (heard: Heard | null, to: (heard: Heard) => void): void => {
  if (heard !== null) to(heard);
};

const listeningTo = (
  { plan, stream }: { plan: ProcessPlan; stream: StreamName },
  ear: Ear,
  room: EventRoom,
): Listening => {
  const most = stream === 'stdout' ? plan.stdoutCaptureMaxBytes : plan.stderrCaptureMaxBytes;
  const events = stream === 'stdout' ? plan.stdoutEvents : plan.stderrEvents;
  const logged = (heard: Heard): void => room.logged(heard);
  return {
    follow: (pid) => ear.follow(pid),
    ...(most > 0 && { messages: { most, hear: (bytes) => room.communicated(ear.whole(bytes)) } }),
    ...(events && {
      logged: (bytes) => tell(ear.piece(bytes), logged),
      ended: () => tell(ear.end(), logged),
    }),
  };
};

/** Who hears what a process writes. */
export const listenersTo = (plan: ProcessPlan, room: EventRoom): Listeners => {
  const { group, name } = plan;
  const heard = (['stdout', 'stderr'] as const).filter((stream) => isHeard(plan, stream));
  const listening = heard.map((stream): [StreamName, Listening] =>
    stream === 'stdout' && plan.kind === 'eventlistener'
      ? [stream, { raw: (bytes) => room.listener({ group, name })?.hear(bytes) }]
      : [stream, listeningTo({ plan, stream }, new Ear({ group, name }, stream), room)],
  );
  return Object.fromEntries(listening);
};

export interface EventParts {
  readonly identifier: string;
  readonly groupOf: (name: string) => GroupPlan | undefined;
  /** Path of the named pipe that is a process's stdin; null where it has none. */
  readonly stdinOf: (plan: ProcessPlan) => string | null;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly hooks: EventSink;
}

const NO_STDIN: Inlet = { send: () => 'gone', clear: () => undefined };

const inletTo = (path: string, clock: Clock): Inlet => {
  const pipe = new StdinPipe(path, clock);
  return { send: (bytes) => (pipe.send(bytes) === 'sent' ? 'sent' : 'gone'), clear: () => pipe.clear() };
};

export const openEvents = ({ identifier, groupOf, stdinOf, journal, clock, hooks }: EventParts): EventRoom =>
  new EventRoom({
    server: identifier,
    groupOf,
    inlet: (plan) => {
      const path = stdinOf(plan);
      return path === null ? NO_STDIN : inletTo(path, clock);
    },
    sink: hooks,
    say: (level, text, process) => journal.say(level, text, process),
  });
