// Is a process that runs also able to serve? What it says of itself, and what its health checks find.

import type { State } from './state.ts';

/** `unknown`: no check has decided yet in this life. */
type Health = 'unknown' | 'healthy' | 'unhealthy';

/** Of one life of a process: every launch begins with nothing known. */
export interface Readiness {
  /** Whether the program has said that it is ready; null: it is not one that says so, and up means ready. */
  readonly ready: boolean | null;
  /** Null: no health checks are made. */
  readonly health: Health | null;
  /** The program's own words, or what the last failed check found; null when there are none. One line, bounded. */
  readonly text: string | null;
}

/** Of a process that neither says anything nor is checked. */
export const UNTOLD: Readiness = { ready: null, health: null, text: null };

/** Able to serve, as far as it says so itself: up is ready where it does not. */
export const isReady = (process: {
  readonly state: State;
  readonly readiness: Readiness | null;
}): boolean => {
  const ready = process.readiness?.ready ?? null;
  if (ready === null) return process.state === 'RUNNING';
  return ready && (process.state === 'RUNNING' || process.state === 'STARTING');
};

/** `ready, healthy: 3 workers`: what is known, in one line. */
export const readinessWords = ({ ready, health, text }: Readiness): string => {
  const said = ready === null ? [] : [ready ? 'ready' : 'not ready'];
  const found = health === null || health === 'unknown' ? [] : [health];
  const known = [...said, ...found].join(', ');
  if (known === '' && health === null) return text ?? 'nothing is known';
  if (text === null) return known || 'not checked yet';
  return `${known || 'not healthy yet'}: ${text}`;
};
