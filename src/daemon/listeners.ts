// How are event listeners wired to what happens, to what programs write, and to their own stdin and stdout?

import { Ear } from '../events/ear.ts';
import type { Inlet } from '../events/listener.ts';
import type { Heard } from '../events/note.ts';
import { EventRoom } from '../events/room.ts';
import type { Clock } from '../kernel/port.ts';
import type { Journal } from '../logs/journal.ts';
import type { Listening } from '../logs/capture.ts';
import type { Listeners, StreamName } from '../logs/outputs.ts';
import type { GroupPlan, ProcessPlan } from '../model/plan.ts';
import { StdinPipe } from './inlet.ts';

/** Who hears the two streams of one process. */
export interface Hearing {
  readonly listeners: Listeners;
  /** What is heard from now on is of this leader. */
  follow(pid: number): void;
}

/** Which streams of a process somebody must read, whatever becomes of their logs. */
export const isHeard = (plan: ProcessPlan, stream: StreamName): boolean => {
  if (stream === 'stdout' && plan.kind === 'eventlistener') return true;
  if (stream === 'stderr' && plan.redirectStderr) return false;
  return stream === 'stdout'
    ? plan.stdoutEvents || plan.stdoutCaptureMaxBytes > 0
    : plan.stderrEvents || plan.stderrCaptureMaxBytes > 0;
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
    ...(most > 0 && { messages: { most, hear: (bytes) => room.communicated(ear.whole(bytes)) } }),
    ...(events && {
      logged: (bytes) => tell(ear.piece(bytes), logged),
      ended: () => tell(ear.end(), logged),
    }),
  };
};

/** Null: nobody hears it. */
export const hearingOf = (plan: ProcessPlan, room: EventRoom): Hearing | null => {
  const { group, name } = plan;
  const streams = (['stdout', 'stderr'] as const).filter((stream) => isHeard(plan, stream));
  if (streams.length === 0) return null;
  const ears = streams.map((stream) => ({ stream, ear: new Ear({ group, name }, stream) }));
  const listeners = ears.map(({ stream, ear }): [StreamName, Listening] =>
    stream === 'stdout' && plan.kind === 'eventlistener'
      ? [stream, { raw: (bytes) => room.listener({ group, name })?.hear(bytes) }]
      : [stream, listeningTo({ plan, stream }, ear, room)],
  );
  return {
    listeners: Object.fromEntries(listeners),
    follow: (pid) => ears.forEach(({ ear }) => ear.follow(pid)),
  };
};

export interface EventParts {
  readonly identifier: string;
  readonly groupOf: (name: string) => GroupPlan | undefined;
  /** Path of the named pipe that is a process's stdin; null where it has none. */
  readonly stdinOf: (plan: ProcessPlan) => string | null;
  readonly journal: Journal;
  readonly clock: Clock;
}

const NO_STDIN: Inlet = { send: () => 'gone', clear: () => undefined };

const inletTo = (path: string, clock: Clock): Inlet => {
  const pipe = new StdinPipe(path, clock);
  return { send: (bytes) => (pipe.send(bytes) === 'sent' ? 'sent' : 'gone'), clear: () => pipe.clear() };
};

export const openEvents = ({ identifier, groupOf, stdinOf, journal, clock }: EventParts): EventRoom =>
  new EventRoom({
    server: identifier,
    groupOf,
    inlet: (plan) => {
      const path = stdinOf(plan);
      return path === null ? NO_STDIN : inletTo(path, clock);
    },
    say: (level, text, process) => journal.say(level, text, process),
  });
