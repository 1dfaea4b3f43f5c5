// How are event listeners wired to what happens, to what programs write, and to their own stdin and stdout?

import { OutputDecoder } from '../../events/output-decoder.ts';
import type { Inlet } from '../../events/listener.ts';
import type { Heard } from '../../events/note.ts';
import { EventDispatcher, type EventSink } from '../../events/dispatcher.ts';
import type { Journal } from '../../logs/journal.ts';
import type { Listening } from '../../logs/capture.ts';
import type { Listeners } from '../../logs/output-router.ts';
import type { StreamName } from '../../logs/open-outputs.ts';
import type { GroupPlan, ProcessPlan } from '../../model/plan.ts';
import type { StdinPipe } from '../process/stdin-pipe.ts';

/** Which streams of a process somebody must read, whatever becomes of their logs. */
export const isHeard = (plan: ProcessPlan, stream: StreamName): boolean => {
  if (stream === 'stdout' && plan.kind === 'eventlistener') return true;
  if (stream === 'stderr' && plan.redirectStderr) return false;
  if (plan.duty.health?.check.kind === 'log') return true;
  return stream === 'stdout'
    ? plan.stdoutEvents || plan.stdoutSyslog || plan.stdoutCaptureMaxBytes > 0
    : plan.stderrEvents || plan.stderrSyslog || plan.stderrCaptureMaxBytes > 0;
};

const tell = (heard: Heard | null, to: (heard: Heard) => void): void => {
  if (heard !== null) to(heard);
};

const listeningTo = (
  { plan, stream }: { plan: ProcessPlan; stream: StreamName },
  decoder: OutputDecoder,
  dispatcher: EventDispatcher,
): Listening => {
  const most = stream === 'stdout' ? plan.stdoutCaptureMaxBytes : plan.stderrCaptureMaxBytes;
  const events = stream === 'stdout' ? plan.stdoutEvents : plan.stderrEvents;
  const logged = (heard: Heard): void => dispatcher.logged(heard);
  return {
    follow: (pid) => decoder.follow(pid),
    ...(most > 0 && { messages: { most, hear: (bytes) => dispatcher.communicated(decoder.whole(bytes)) } }),
    ...(events && {
      logged: (bytes) => tell(decoder.piece(bytes), logged),
      ended: () => tell(decoder.end(), logged),
    }),
  };
};

/** supervisord's words; at level debug the journal has all that programs write. */
const echoTo = (journal: Journal, decoder: OutputDecoder): Listening => {
  const say = ({ process, channel, text }: Heard): void =>
    journal.say('debug', `'${process.name}' ${channel} output:\n${text}`, process);
  return {
    logged: (bytes) => tell(decoder.piece(bytes), say),
    ended: () => tell(decoder.end(), say),
  };
};

/** `second` hears too what is logged. */
const both = (first: Listening, second: Listening): Listening => ({
  ...first,
  follow: (pid) => {
    first.follow?.(pid);
    second.follow?.(pid);
  },
  logged: (bytes) => {
    first.logged?.(bytes);
    second.logged?.(bytes);
  },
  ended: () => {
    first.ended?.();
    second.ended?.();
  },
});

interface ListenersParts {
  readonly dispatcher: EventDispatcher;
  readonly journal: Journal;
  /** Waits for a line of it; null where no check does. */
  readonly health: (stream: StreamName) => Listening | null;
}

/** Who hears what a process writes. */
export const listenersTo = (
  plan: ProcessPlan,
  { dispatcher, journal, health }: ListenersParts,
): Listeners => {
  const { group, name } = plan;
  const hearing = (stream: StreamName): Listening => {
    if (stream === 'stdout' && plan.kind === 'eventlistener')
      return { raw: (bytes) => dispatcher.listener({ group, name })?.hear(bytes) };
    return isHeard(plan, stream)
      ? listeningTo({ plan, stream }, new OutputDecoder({ group, name }, stream), dispatcher)
      : {};
  };
  const echo = journal.says('debug');
  const streams = (['stdout', 'stderr'] as const).filter((stream) => echo || isHeard(plan, stream));
  const listening = streams.map((stream): [StreamName, Listening] => {
    const others = [
      health(stream),
      echo ? echoTo(journal, new OutputDecoder({ group, name }, stream)) : null,
    ];
    return [stream, others.filter((one) => one !== null).reduce(both, hearing(stream))];
  });
  return Object.fromEntries(listening);
};

export interface EventParts {
  readonly identifier: string;
  readonly groupOf: (name: string) => GroupPlan | undefined;
  /** Path of the named pipe that is a process's stdin; null where it has none. */
  readonly stdinOf: (plan: ProcessPlan) => StdinPipe | null;
  readonly journal: Journal;
  readonly hooks: EventSink;
}

const NO_STDIN: Inlet = { send: () => 'gone', clear: () => undefined };

const inletTo = (pipe: StdinPipe): Inlet => ({
  send: (bytes) => (pipe.send(bytes) === 'sent' ? 'sent' : 'gone'),
  clear: () => pipe.clear(),
});

export const openEvents = ({ identifier, groupOf, stdinOf, journal, hooks }: EventParts): EventDispatcher =>
  new EventDispatcher({
    server: identifier,
    groupOf,
    inlet: (plan) => {
      const pipe = stdinOf(plan);
      return pipe === null ? NO_STDIN : inletTo(pipe);
    },
    sink: hooks,
    say: (level, text, process) => journal.say(level, text, process),
  });
