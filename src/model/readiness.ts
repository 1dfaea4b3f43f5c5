// Is a process that runs also able to serve? What it says of itself, and what its health checks find.

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

/** `ready, healthy: 3 workers`: what is known, in one line. */
export const readinessWords = ({ ready, health, text }: Readiness): string => {
  const said = ready === null ? [] : [ready ? 'ready' : 'not ready'];
  const found = health === null || health === 'unknown' ? [] : [health];
  const known = [...said, ...found].join(', ') || 'not checked yet';
  return text === null ? known : `${known}: ${text}`;
};
