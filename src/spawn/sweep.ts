// How are the members of a process made none, and seen to be none? Kill, look, again; asked politely first if wanted.

import type { Clock } from '../kernel/port.ts';
import type { Grace, Identity, Swept } from '../model/phase.ts';
import { createPace, pause } from './pace.ts';
import { reachOf, type Reach, type ReachParts, type Target } from './reach.ts';

export interface SweeperParts extends ReachParts {
  readonly clock: Clock;
}

export interface Sweeper {
  /** Resolves when the members are seen to be none, or 10 s after SIGKILL with those who would not die. Never rejects for them. */
  sweep(target: Target, grace: Grace): Promise<Swept>;
  /** Resolves when the members that a sweep left are gone. Looks once per second. */
  freed(target: Target, remaining: readonly Identity[]): Promise<void>;
}

/** Milliseconds that SIGKILL is given; who stays longer is in an uninterruptible sleep. */
const KILL_TIMEOUT_MS = 10_000;
const FREED_LOOK = 1000;

class ProcessSweeper implements Sweeper {
  readonly #parts: SweeperParts;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  async sweep(target: Target, grace: Grace): Promise<Swept> {
    const { clock } = this.#parts;
    const began = clock.now();
    const reach = reachOf(this.#parts, target);
    if (grace !== null) await this.#ask(reach, grace);
    const killed = await this.#kill(reach);
    const remaining = killed.gone ? [] : reach.members();
    return { killed: killed.count, took: clock.now() - began, remaining };
  }

  async freed(target: Target, remaining: readonly Identity[]): Promise<void> {
    const { clock, processes } = this.#parts;
    const reach = reachOf(this.#parts, target);
    while (remaining.some((one) => processes.alive(one)) || !reach.empty()) {
      await reach.kill();
      await pause(clock, FREED_LOOK);
    }
  }

  /** Each member gets the signal once, those born later too; returns when they are gone or the time is up. */
  async #ask(reach: Reach, grace: NonNullable<Grace>): Promise<void> {
    const { clock, processes } = this.#parts;
    const until = clock.now() + grace.ms;
    const pace = createPace(clock, reach.look);
    const asked = new Set<number>();
    while (!reach.empty() && clock.now() < until) {
      for (const one of reach.members()) {
        if (!asked.has(one.pid)) processes.signal(one, grace.signal);
        asked.add(one.pid);
      }
      await pace.rest(until);
    }
  }

  async #kill(reach: Reach): Promise<{ count: number; gone: boolean }> {
    const { clock } = this.#parts;
    const until = clock.now() + KILL_TIMEOUT_MS;
    const pace = createPace(clock, reach.look);
    const killed = new Set<number>();
    // Killed again at each timer: a member may have joined since, from a fork or a launch that was under way.
    for (let strike = true; !reach.empty(); strike = (await pace.rest(until)) === 'timer') {
      if (clock.now() >= until) return { count: killed.size, gone: false };
      if (!strike) continue;
      for (const one of reach.members()) killed.add(one.pid);
      await reach.kill();
    }
    return { count: killed.size, gone: true };
  }
}

export const createSweeper = (parts: SweeperParts): Sweeper => new ProcessSweeper(parts);
