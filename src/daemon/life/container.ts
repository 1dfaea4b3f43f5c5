// What does tsvisor do in a container that it need not do elsewhere? It ends with its programs, and leaves word of deaths.

import { errorText } from '../../model/errors.ts';
import { writeFileSync } from 'node:fs';
import { culprit } from '../../core/exit-when.ts';
import { exitText } from '../../logs/event-lines.ts';
import { namespec } from '../../model/name.ts';
import type { Event } from '../../model/event.ts';
import type { ExitRule } from '../../model/plan.ts';
import { isOom } from '../../model/verdict.ts';
import type { Daemon } from '../boot.ts';
import type { Ending } from './ending.ts';
import { pastLifeWords } from './past-life.ts';

const ENDS = new Set(['EXITED', 'FATAL', 'STOPPED']);

/** Looked at when all that follows from an event has begun: a restart of a group, above all. */
export const endWithPrograms = (daemon: Daemon, ending: Ending, rules: readonly ExitRule[]): void => {
  const { bus, supervisor, logging } = daemon;
  const look = (): void => {
    if (supervisor.mood !== 'RUNNING') return;
    const found = culprit(rules, supervisor.processes);
    if (found === null) return;
    logging.journal.say(
      'warn',
      `exit_when: ${found.why}: everything is stopped, and tsvisor ends with ${found.status}`,
    );
    ending.finish(found.status);
  };
  bus.subscribe((event) => {
    if (event.type === 'state' && ENDS.has(event.to)) setImmediate(look);
  });
};

/** Bytes; Kubernetes reads no more. */
const MESSAGE_MAX = 4096;

/** Null for what is nobody's misfortune. */
const messageOf = (event: Event): string | null => {
  if (event.type === 'launch-failed') return `${namespec(event.process)}: ${event.error}`;
  if (event.type !== 'died' || event.expected || event.reason === 'stop' || event.reason === 'shutdown')
    return null;
  const { exit, verdict, at } = event.death;
  const oom = verdict !== null && isOom(verdict) ? `, oom ${verdict.oom}: ${verdict.because}` : '';
  const name = namespec(event.process);
  return `${new Date(at).toISOString()} ${name} ${exitText(exit)}${oom}`;
};

/** Each replaces the one before: what is left when the container ends is the last. */
export const leaveMessages = ({ bus, notices, pastLife }: Daemon, file: string): void => {
  const leave = (message: string): void => {
    try {
      writeFileSync(file, Buffer.from(`${message}\n`).subarray(0, MESSAGE_MAX));
    } catch (error) {
      const reason = errorText(error);
      notices.add(`cannot write the termination message to ${file}: ${reason}`);
    }
  };
  if (pastLife !== null) leave(pastLifeWords(pastLife));
  bus.subscribe((event) => {
    const message = messageOf(event);
    if (message !== null) leave(message);
  });
};
