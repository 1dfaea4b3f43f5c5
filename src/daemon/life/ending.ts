// How does a supervisor end? All processes at rest, sockets closed, notes removed, last words written.

import { rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { loadPlan } from '../../config/load.ts';
import { atRest } from '../../core/orders.ts';
import { MESSAGES } from '../../logs/event-lines.ts';
import type { Endings } from '../answers.ts';
import type { Daemon } from '../boot.ts';
import { removeHolder } from './holder.ts';
import { beginAgain, ownCommand, RESTART_STATUS } from './successor.ts';
import { closeLogging } from './logging.ts';
import { badConfig } from '../../model/problem.ts';

/** supervisord says at most so often who keeps it waiting. */
const WAITING_MS = 3000;

const sayWhoRemains = ({ supervisor, logging, setup }: Daemon): (() => void) => {
  const { clock } = setup.linux;
  const say = (): void => {
    const names = supervisor.processes.filter(({ phase }) => !atRest(phase)).map(({ plan }) => plan.name);
    const { level, text } = MESSAGES.waitingToDie(names);
    if (names.length > 0) logging.journal.say(level, text);
    disarm = clock.after(WAITING_MS, say);
  };
  let disarm = clock.after(WAITING_MS, say);
  return () => disarm();
};

/** Pending replies get out, sockets and notes go; the guardian does the rest. */
const leave = async (daemon: Daemon): Promise<void> => {
  const { setup, hands, hooks, api, ledger, logging } = daemon;
  await Promise.all([hands.drain(), hooks.close()]);
  await api.close();
  ledger.close();
  setup.tier?.dismantle();
  const { pidfile } = setup.plan.supervisor;
  if (pidfile !== null) rmSync(pidfile, { force: true });
  removeHolder(setup.settings.runtimeDir);
  await closeLogging(logging);
};

export interface EndingParts {
  readonly daemon: () => Daemon;
  /** Pid of the guardian that began us, or null; it may be dead by now. */
  readonly guardianPid: number | null;
  readonly onBug: (bug: unknown) => void;
}

export class Ending implements Endings {
  readonly started = Math.trunc(Date.now() / 1000);
  readonly #parts: EndingParts;
  /** Read while the guardian lives: a dead one has no command line any more. */
  readonly #command: readonly string[];
  #lost = false;
  #status = 0;
  /** Ours where no guardian holds it. */
  #lock: Server | null = null;

  constructor(parts: EndingParts) {
    this.#parts = parts;
    this.#command = ownCommand(parts.guardianPid);
  }

  shutdown(): void {
    this.#endIn('SHUTDOWN');
  }

  /** Everything is stopped, and this is the status of our end and of the guardian's. */
  finish(status: number): void {
    this.#status = status;
    this.#endIn('SHUTDOWN');
  }

  async reload(): Promise<void> {
    const resolved = await loadPlan(this.#parts.daemon().setup.settings.config);
    if (resolved.plan === null) throw badConfig(resolved.problems);
    this.#endIn('RESTARTING');
  }

  guardianState(): 'present' | 'lost' | 'absent' {
    if (this.#parts.guardianPid === null) return 'absent';
    return this.#lost ? 'lost' : 'present';
  }

  /** `lock`: the instance's, which we hold from now on. */
  lostGuardian(lock: Server | null): void {
    this.#lost = true;
    this.#lock = lock;
  }

  #endIn(mood: 'SHUTDOWN' | 'RESTARTING'): void {
    const { daemon, onBug } = this.#parts;
    if (daemon().supervisor.mood !== 'RUNNING') return;
    this.#end(mood)
      .then((status) => process.exit(status))
      .catch(onBug);
  }

  /** The exit status by which the guardian knows what is wanted. */
  async #end(mood: 'SHUTDOWN' | 'RESTARTING'): Promise<number> {
    const daemon = this.#parts.daemon();
    if (mood === 'SHUTDOWN') daemon.setup.link?.ending();
    const hushed = sayWhoRemains(daemon);
    await daemon.supervisor.rest(mood);
    hushed();
    await leave(daemon);
    if (mood === 'SHUTDOWN') return this.#status;
    if (this.guardianState() === 'present') return RESTART_STATUS;
    (this.#lock ?? daemon.setup.lock)?.close();
    beginAgain(this.#command);
    return 0;
  }
}
