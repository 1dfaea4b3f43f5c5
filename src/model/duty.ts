// What is a process there for? Whether it ends by itself, whom it waits for, how one sees that it is well, and when it runs.

/** `oneshot`: it does its work and ends; the end is what it is there for. */
export type DutyType = 'service' | 'oneshot';

/**
 * What must be true of a process that another one waits for. `started`: it has a leader; `ready`: RUNNING, and it has said so where it is one that
 * does; `healthy`: ready, and its health checks pass; `completed`: a oneshot whose last run succeeded.
 */
export const CONDITIONS = ['started', 'ready', 'healthy', 'completed'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface Dependency {
  /** As written: a group, `group:process`, `group:*`, or a program. */
  readonly on: string;
  /** Null: `completed` for a oneshot, `ready` for everything else. */
  readonly condition: Condition | null;
  /** When it has another leader, the one that waits for it is restarted too. */
  readonly restart: boolean;
}

export type Check =
  /** Healthy when it ends with status 0. */
  | { readonly kind: 'exec'; readonly command: string }
  /** Healthy when it accepts a connection. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** Healthy when a GET is answered with `status`; null: any from 200 to 399. */
  | { readonly kind: 'http'; readonly url: string; readonly status: number | null }
  /** Healthy once a line of its output matches. */
  | { readonly kind: 'log'; readonly pattern: string };

/** Seconds. */
export interface HealthPlan {
  readonly check: Check;
  /** From the end of one check to the begin of the next. */
  readonly interval: number;
  readonly timeout: number;
  /** Failed checks in a row that make it unhealthy. */
  readonly retries: number;
  /** Passed checks in a row that make it healthy. */
  readonly success: number;
  /** After a launch: checks are made every second and failed ones do not count, until one has passed or this is over. */
  readonly grace: number;
  readonly onUnhealthy: 'restart' | 'none';
}

export interface SchedulePlan {
  /** Five fields, or six with seconds in front; or @daily and the like. */
  readonly cron: string;
  /** Of the IANA database; null: the machine's. */
  readonly timezone: string | null;
  /** What becomes of a run that is due while the one before goes on. */
  readonly overlap: 'skip' | 'queue' | 'kill';
  /** Seconds: each process runs at a moment of its own within that long after the time, always the same. */
  readonly jitter: number;
}

export interface Duty {
  readonly type: DutyType;
  readonly dependsOn: readonly Dependency[];
  /** Null: no checks are made. */
  readonly health: HealthPlan | null;
  /** Null: it starts with the supervisor, or when somebody says so. */
  readonly schedule: SchedulePlan | null;
}

/** As long as nobody says otherwise: one object for all, which costs nothing. */
export const PLAIN_DUTY: Duty = { type: 'service', dependsOn: [], health: null, schedule: null };

/** What a name in `depends_on` may mean: all that is known of a process by name. */
export interface Nameable {
  readonly group: string;
  readonly name: string;
  readonly program: string;
}

/** Those that `on` means: a group before a program of the same name. */
export const namedBy = <T>(on: string, all: readonly T[], nameable: (one: T) => Nameable): readonly T[] => {
  const colon = on.indexOf(':');
  const group = colon === -1 ? on : on.slice(0, colon);
  const members = all.filter((one) => nameable(one).group === group);
  if (colon !== -1) {
    const name = on.slice(colon + 1);
    return name === '*' || name === '' ? members : members.filter((one) => nameable(one).name === name);
  }
  return members.length > 0 ? members : all.filter((one) => nameable(one).program === on);
};

export const conditionFor = ({ condition }: Dependency, { type }: Pick<Duty, 'type'>): Condition =>
  condition ?? (type === 'oneshot' ? 'completed' : 'ready');

const DUE_WORDS = {
  started: 'is started',
  skipped: 'is skipped: the last one goes on',
  queued: 'waits for the end of the last one',
  replaced: 'takes the place of the last one',
  missed: 'is skipped: nobody was there to start it in time',
} as const;

/** ISO 8601 without parts of a second. Epoch milliseconds in. */
const moment = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/** `the run of 2026-03-01T04:30:00Z is started; the next one is due …`. */
export const dueWords = (run: {
  readonly act: keyof typeof DUE_WORDS;
  readonly due: number;
  readonly next: number | null;
}): string => {
  const next = run.next === null ? 'it was the last one' : `the next one is due ${moment(run.next)}`;
  return `the run of ${moment(run.due)} ${DUE_WORDS[run.act]}; ${next}`;
};
