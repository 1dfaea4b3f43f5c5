// What does supervisord's view of all processes look like now? Made anew only when something has changed.

import { processInfo } from '../../core/status.ts';
import type { ProcessInfo } from '../../model/command.ts';
import type { Process } from '../../core/process.ts';
import type { Daemon } from '../boot.ts';

interface Seen {
  readonly process: Process;
  readonly phase: Process['phase'];
  readonly past: Process['past'];
  readonly plan: Process['plan'];
}

interface Picture {
  /** Epoch seconds: every text in it is exact to the second. */
  readonly second: number;
  readonly seen: readonly Seen[];
  readonly infos: readonly ProcessInfo[];
}

/** Phase, past and plan of a process are replaced, never changed. */
const isCurrent = ({ second, seen }: Picture, processes: readonly Process[], now: number): boolean =>
  second === now &&
  seen.length === processes.length &&
  seen.every(
    ({ process, phase, past, plan }, index) =>
      process === processes[index] &&
      process.phase === phase &&
      process.past === past &&
      process.plan === plan,
  );

const sortKey = ({ group, name }: ProcessInfo): string => `${group}\0${name}`;

const take = ({ supervisor, hands, setup }: Daemon, second: number): Picture => {
  const { processes } = supervisor;
  const infos = processes.map((process) => processInfo(process, hands.logs(process.plan), setup.linux.clock));
  return {
    second,
    seen: processes.map((process) => ({
      process,
      phase: process.phase,
      past: process.past,
      plan: process.plan,
    })),
    infos: infos.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
  };
};

const pictures = new WeakMap<Daemon['supervisor'], Picture>();

export const infosOf = (daemon: Daemon): readonly ProcessInfo[] => {
  const second = Math.trunc(daemon.setup.linux.clock.wall() / 1000);
  const known = pictures.get(daemon.supervisor);
  if (known !== undefined && isCurrent(known, daemon.supervisor.processes, second)) return known.infos;
  const picture = take(daemon, second);
  pictures.set(daemon.supervisor, picture);
  return picture.infos;
};
