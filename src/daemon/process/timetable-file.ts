// What was due, and is due next, over lives of the supervisor? A file in the runtime folder; loaded only where a program has a schedule.

import { replaceFile } from '../../kernel/own-file.ts';
import { errorText } from '../../model/errors.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { nextRun } from '../../config/cron.ts';
import type { Process } from '../../core/process.ts';
import { Timetable, type Due } from '../../core/timetable.ts';
import type { Event } from '../../model/event.ts';

export interface TimetableFileParts {
  readonly path: string;
  readonly processes: () => readonly Process[];
  readonly wall: () => number;
  readonly announce: (event: Event) => void;
  readonly notice: (text: string) => void;
  readonly onBug: (bug: unknown) => void;
}

const isDue = (data: unknown): data is Due =>
  typeof data === 'object' &&
  data !== null &&
  'cron' in data &&
  typeof data.cron === 'string' &&
  'timezone' in data &&
  (data.timezone === null || typeof data.timezone === 'string') &&
  'jitter' in data &&
  typeof data.jitter === 'number' &&
  'at' in data &&
  (data.at === null || typeof data.at === 'number');

/** Empty where there is none, or none that we wrote: then nothing was missed. */
const read = (path: string): ReadonlyMap<string, Due> => {
  try {
    const data: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof data !== 'object' || data === null) return new Map();
    return new Map(Object.entries(data).filter((entry): entry is [string, Due] => isDue(entry[1])));
  } catch {
    // Not there, or torn.
    return new Map();
  }
};

/** Another one for each machine, so that a hundred machines with one config are spread too. */
const share = (key: string): number =>
  createHash('sha256').update(`${hostname()}\0${key}`).digest().readUInt32BE() / 2 ** 32;

export const openTimetable = ({ path, notice, ...parts }: TimetableFileParts): Timetable => {
  const write = (due: ReadonlyMap<string, Due>): void => {
    try {
      replaceFile(path, `${JSON.stringify(Object.fromEntries(due))}\n`);
    } catch (error) {
      notice(`cannot remember when programs are due: ${errorText(error)}`);
    }
  };
  return new Timetable({ ...parts, past: read(path), planned: write, next: nextRun, share });
};
