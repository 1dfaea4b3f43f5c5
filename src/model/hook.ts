// What is run or called when something happens? The operator's hooks, and how they fare.

export type HookAct =
  | {
      readonly kind: 'run';
      /** Split as a program's command; no shell. */
      readonly command: string;
    }
  | {
      readonly kind: 'webhook';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** Absolute; lines of `Name: value`, read anew for each request. */
      readonly headersFile: string | null;
    };

export interface HookPlan {
  readonly name: string;
  /** Names of events, as a listener asks for them. */
  readonly on: readonly string[];
  readonly act: HookAct;
  /** Seconds that one attempt may take. */
  readonly timeout: number;
  /** Events that wait at most; the oldest is dropped for a new one. */
  readonly bufferSize: number;
  /** How often one event is tried. */
  readonly attempts: number;
  /** Seconds before the second attempt, doubled before each further one. */
  readonly retryDelay: number;
}

/** Counts are of this supervisor's life. */
export interface HookStatus {
  readonly name: string;
  readonly kind: HookAct['kind'];
  readonly sent: number;
  /** Given up: refused, or every attempt failed. */
  readonly failed: number;
  /** Not tried at all: too many waited. */
  readonly dropped: number;
  readonly waiting: number;
  /** Why the last attempt that failed did; `at` in epoch seconds. Null when none has. */
  readonly lastFailure: { readonly at: number; readonly why: string } | null;
}
