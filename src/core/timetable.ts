// Whose time has come? Programs with a schedule are started by the clock; looked at once per second, it owns no timer.

import type { SchedulePlan } from '../model/duty.ts';
import type { Event } from '../model/event.ts';
import { atRest, isOverruled } from './orders.ts';
import type { Process } from './process.ts';

/** A run that is due. */
export interface Due {
  readonly cron: string;
  readonly timezone: string | null;
  readonly jitter: number;
  /** Epoch milliseconds; null when there is none any more. */
  readonly at: number | null;
}

export interface TimetableParts {
  readonly processes: () => readonly Process[];
  /** Epoch milliseconds. */
  readonly wall: () => number;
  /** The first run after a time, both in epoch milliseconds; null when there is none. */
  readonly next: (schedule: SchedulePlan, after: number) => number | null;
  /** From 0 up to 1, for a namespec always the same: which part of its jitter a process waits. */
  readonly share: (key: string) => number;
  readonly announce: (event: Event) => void;
  /** What was due when the supervisor before this one wrote last, by namespec. */
  readonly past: ReadonlyMap<string, Due>;
  /** A run has been planned: worth remembering. */
  readonly planned: (due: ReadonlyMap<string, Due>) => void;
  readonly onBug: (bug: unknown) => void;
}

/** Milliseconds: what comes later than this was not seen in time, because we were down, the machine slept, or its clock jumped. */
const LATE = 60_000;
/** Milliseconds that the clock is turned back by at least before everything is planned anew. */
const BACK = 1000;

type Act = Extract<Event, { type: 'scheduled' }>['act'];

interface Entry extends Due {
  readonly schedule: SchedulePlan;
  /** One run waits for the end of the last. */
  queued: boolean;
}

const isSame = (due: Due, { cron, timezone, jitter }: SchedulePlan): boolean =>
  due.cron === cron && due.timezone === timezone && due.jitter === jitter;

export class Timetable {
  readonly #parts: TimetableParts;
  #entries = new Map<Process, Entry>();
  /** Asked once. */
  #past: ReadonlyMap<string, Due>;
  #last: number;

  constructor(parts: TimetableParts) {
    this.#parts = parts;
    this.#past = parts.past;
    this.#last = parts.wall();
  }

  /** Processes have come, gone, or have another plan. */
  adopt(): void {
    const before = this.#entries;
    this.#entries = new Map();
    for (const process of this.#parts.processes()) {
      const { schedule } = process.plan.duty;
      const known = before.get(process);
      if (schedule === null) process.nextRun = null;
      else if (known !== undefined && isSame(known, schedule))
        this.#entries.set(process, { ...known, schedule });
      else this.#enter(process, schedule);
    }
    this.#past = new Map();
    this.#tellPlans();
  }

  tick(): void {
    const now = this.#parts.wall();
    const isTurnedBack = now < this.#last - BACK;
    this.#last = now;
    let planned = isTurnedBack;
    for (const [process, entry] of this.#entries) {
      if (isTurnedBack) this.#plan(process, entry, now);
      else if (entry.at !== null && now >= entry.at) {
        this.#plan(process, entry, now);
        planned = true;
        this.#come(process, { due: entry.at, now });
      }
      if (entry.queued) this.#dequeue(process);
    }
    if (planned) this.#tellPlans();
  }

  #tellPlans(): void {
    const due = [...this.#entries].map(
      ([{ namespec }, { cron, timezone, jitter, at }]) => [namespec, { cron, timezone, jitter, at }] as const,
    );
    this.#parts.planned(new Map(due));
  }

  /** What was due while nobody looked is told, and not made up for. */
  #enter(process: Process, schedule: SchedulePlan): void {
    const now = this.#parts.wall();
    const { cron, timezone, jitter } = schedule;
    const entry: Entry = { schedule, cron, timezone, jitter, at: null, queued: false };
    const past = this.#past.get(process.namespec);
    const due = past !== undefined && isSame(past, schedule) ? past.at : null;
    if (due !== null && due <= now && now - due <= LATE) {
      this.#entries.set(process, { ...entry, at: due });
      process.nextRun = due;
      return;
    }
    this.#plan(process, entry, now);
    if (due !== null && due <= now) this.#announce(process, 'missed', due);
  }

  #plan(process: Process, entry: Entry, now: number): void {
    const later = Math.floor(entry.jitter * this.#parts.share(process.namespec)) * 1000;
    const next = this.#parts.next(entry.schedule, now - later);
    const at = next === null ? null : next + later;
    this.#entries.set(process, { ...entry, at });
    process.nextRun = at;
  }

  #come(process: Process, { due, now }: { readonly due: number; readonly now: number }): void {
    if (now - due > LATE) {
      this.#announce(process, 'missed', due);
      return;
    }
    if (atRest(process.phase) && process.phase.name !== 'stuck') {
      this.#announce(process, 'started', due);
      process.feed({ name: 'start', automatic: false });
      return;
    }
    const overlap = process.plan.duty.schedule?.overlap ?? 'skip';
    if (overlap === 'kill') {
      this.#announce(process, 'replaced', due);
      this.#replace(process).catch(this.#parts.onBug);
    } else if (overlap === 'queue' && this.#entries.get(process)?.queued === false) {
      this.#announce(process, 'queued', due);
      this.#queue(process, true);
    } else this.#announce(process, 'skipped', due);
  }

  #queue(process: Process, queued: boolean): void {
    const entry = this.#entries.get(process);
    if (entry !== undefined) this.#entries.set(process, { ...entry, queued });
  }

  #dequeue(process: Process): void {
    if (!atRest(process.phase) || process.phase.name === 'stuck') return;
    this.#queue(process, false);
    process.feed({ name: 'start', automatic: false });
  }

  /** The last run ends politely; an operator's stop on the way has the last word. */
  async #replace(process: Process): Promise<void> {
    process.feed({ name: 'stop', reason: 'replaced' });
    const phase = await process.until((now) => atRest(now) || isOverruled(now));
    if (!isOverruled(phase) && phase.name === 'stopped') process.feed({ name: 'start', automatic: false });
  }

  #announce({ plan: { group, name }, nextRun }: Process, act: Act, due: number): void {
    this.#parts.announce({ type: 'scheduled', process: { group, name }, act, due, next: nextRun });
  }
}
