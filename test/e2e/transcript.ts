// What did a listener hear? The record that test/e2e/listeners/records.py keeps, with pids and times masked.

import { fileURLToPath } from 'node:url';

export const LISTENERS = fileURLToPath(new URL('listeners', import.meta.url));

export interface HeardEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

export const parseRecord = (text: string): readonly HeardEvent[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): HeardEvent => JSON.parse(line) as HeardEvent);

/** Whose event it is: a process, or nobody's. */
const ownerOf = ({ payload }: HeardEvent): string => /^processname:(\S+)/.exec(payload)?.[1] ?? '';

/** One line: everything but serials, with the pid masked. */
const masked = ({ headers, payload }: HeardEvent): string =>
  `ver:${headers['ver']} server:${headers['server']} pool:${headers['pool']} ${headers['eventname']} ${payload.replace(/ pid:\d+/, ' pid:N')}`;

/** The events of each process in their order; between processes there is none that both supervisors promise. */
export const storiesOf = (events: readonly HeardEvent[]): Readonly<Record<string, readonly string[]>> => {
  const stories: Record<string, string[]> = {};
  for (const event of events) (stories[ownerOf(event)] ??= []).push(masked(event));
  return stories;
};
