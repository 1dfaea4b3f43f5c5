// How are the members of a process made none, and seen to be none? Kill, look, again; asked politely first if wanted.

import { isShortage } from '../kernel/files.ts';
import type { Clock } from '../kernel/port.ts';
import type { Grace, Identity, Swept } from '../model/phase.ts';
import { createPace, pause } from './pace.ts';
import { reachOf, type Reach, type ReachParts, type Target } from './reach.ts';

export interface SweeperParts extends ReachParts {
  readonly clock: Clock;
  /** Told at each look that could see nothing, for want of descriptors or memory. */
  readonly blind?: () => void;
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

const orInShortage = <T>(act: () => T, instead: T): T => {
  try {
    return act();
  } catch (error) {
    if (isShortage(error)) return instead;
    throw error;
  }
};

/**
 * Without a descriptor left every file seems to be gone, and every member: that nobody is seen counts only where we
 * still see ourselves.
 */
const cautious = (reach: Reach, { processes, spare, blind }: SweeperParts): Reach => ({
  look: reach.look,
  members: () => orInShortage(() => reach.members(), []),
  empty: () => {
    const isEmpty = orInShortage(() => reach.empty(), null);
    if (isEmpty === false) return false;
    const isSure = isEmpty === true && [...spare].some((pid) => processes.row(pid) !== 'gone');
    if (!isSure) blind?.();
    return isSure;
  },
  kill: async () => {
    try {
      await reach.kill();
    } catch (error) {
      if (!isShortage(error)) throw error;
    }
  },
});

class ProcessSweeper implements Sweeper {
  readonly #parts: SweeperParts;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  async sweep(target: Target, grace: Grace): Promise<Swept> {
    const { clock } = this.#parts;
    const began = clock.now();
    const reach = cautious(reachOf(this.#parts, target), this.#parts);
    if (grace !== null) await this.#ask(reach, grace);
    const killed = new Set<number>();
    let remaining: readonly Identity[] = [];
    // Those who remain can be named, or it is not over.
    while (remaining.length === 0 && !(await this.#kill(reach, killed))) remaining = reach.members();
    return { killed: killed.size, took: clock.now() - began, remaining };
  }

  async freed(target: Target, remaining: readonly Identity[]): Promise<void> {
    const { clock, processes } = this.#parts;
    const reach = cautious(reachOf(this.#parts, target), this.#parts);
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

  /** False when members are left after 10 s. */
  async #kill(reach: Reach, killed: Set<number>): Promise<boolean> {
    const { clock } = this.#parts;
    const until = clock.now() + KILL_TIMEOUT_MS;
    const pace = createPace(clock, reach.look);
    // Killed again at each timer: a member may have joined since, from a fork or a launch that was under way.
    for (let strike = true; !reach.empty(); strike = (await pace.rest(until)) === 'timer') {
      if (clock.now() >= until) return false;
      if (!strike) continue;
      for (const one of reach.members()) killed.add(one.pid);
      await reach.kill();
    }
    return true;
  }
}

export const createSweeper = (parts: SweeperParts): Sweeper => new ProcessSweeper(parts);
