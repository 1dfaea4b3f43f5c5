// What do the pages see of the supervisor, and what may they ask of it?

import type { ProcessStatus, ReplyTo, SupervisorStatus, Command, Verb } from '../model/command.ts';
import type { ProcessSummary } from '../model/process-summary.ts';
import type { Event } from '../model/event.ts';

/** One sample of a process: bytes, and percent of one core. */
export interface Point {
  readonly memory: number;
  readonly cpu: number;
}

export interface LogChoice {
  /** Null: the supervisor's own. */
  readonly name: string | null;
  readonly stream: 'stdout' | 'stderr';
}

export interface Backend {
  about(): SupervisorStatus;
  /** Resolves when every process has been sampled of late. */
  look(): Promise<void>;
  /** As sampled last; sorted by group, then name. */
  statuses(): readonly ProcessStatus[];
  /** The same in few facts: a value stays the same one as long as nothing of it has changed. */
  summaries(): readonly ProcessSummary[];
  /** By namespec; the last minutes, oldest first. */
  history(key: string): readonly Point[];
  /** Refuses with a TsvisorError. */
  ask<V extends Verb>(command: Command & { readonly verb: V }): Promise<ReplyTo<V>>;
  /** Whatever happens from now on; the returned function unsubscribes. */
  subscribe(hear: (event: Event) => void): () => void;
  readonly onBug: (bug: unknown) => void;
}
