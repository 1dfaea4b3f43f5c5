// Who was running, and who was at rest, when the last supervisor wrote? An append-only file in the runtime folder.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { replaceFile } from '../kernel/own-file.ts';
import { namespec } from '../model/name.ts';
import type { Event, ProcessName } from '../model/event.ts';
import type { Identity } from '../model/phase.ts';
import { STATES, type State } from '../model/state.ts';
import { errnoOf, errorText } from '../model/errors.ts';

interface LedgerEntry extends ProcessName {
  readonly state: State;
  /** The last leader; null when none was launched. */
  readonly leader: Identity | null;
  /** Whether its last run ended with an expected exit code. */
  readonly completed: boolean;
}

export interface Ledger {
  /** What the file said when it was opened, if it was written in this boot; else empty. By namespec. */
  readonly past: ReadonlyMap<string, LedgerEntry>;
  record(event: Event): void;
  close(): void;
}

/** Rewritten, with one line per process, when it grows beyond this many bytes. */
const COMPACT_AT = 256 * 1024;
const WORTH_A_LINE = new Set<State>(['STARTING', 'BACKOFF', 'STOPPED', 'EXITED', 'FATAL']);

const isState = (text: string | undefined): text is State =>
  text !== undefined && Object.hasOwn(STATES, text);

/** Behind the dot, where a supervisor that does not know it reads nothing. */
const COMPLETED = 'completed';

const line = (entry: LedgerEntry): string =>
  [
    entry.group,
    entry.name,
    entry.state,
    entry.leader?.pid ?? 0,
    entry.leader?.startTick ?? 0,
    '.',
    ...(entry.completed ? [COMPLETED] : []),
  ].join('\t') + '\n';

/** A torn last line has no final dot and is left out. */
const parseLine = (text: string): LedgerEntry | null => {
  const [group, name, state, pid, tick, dot, completed] = text.split('\t');
  if (group === undefined || name === undefined || !isState(state) || dot !== '.') return null;
  const leader = Number(pid) > 0 ? { pid: Number(pid), startTick: Number(tick) } : null;
  return { group, name, state, leader, completed: completed === COMPLETED };
};

/** `boot` guards against pids of another boot. */
const parseLedger = (text: string, boot: string): Map<string, LedgerEntry> => {
  const [head, ...lines] = text.split('\n');
  const entries = new Map<string, LedgerEntry>();
  if (head !== boot) return entries;
  for (const entry of lines.map(parseLine)) if (entry !== null) entries.set(namespec(entry), entry);
  return entries;
};

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
};

const after = (entry: LedgerEntry | undefined, event: Event): LedgerEntry | null => {
  if (event.type === 'launched')
    return { ...event.process, state: 'STARTING', leader: event.leader, completed: false };
  if (event.type !== 'state' || !WORTH_A_LINE.has(event.to)) return null;
  const completed = event.to === 'EXITED' && event.expected;
  return { ...event.process, state: event.to, leader: entry?.leader ?? null, completed };
};

class FileLedger implements Ledger {
  readonly past: ReadonlyMap<string, LedgerEntry>;
  readonly #path: string;
  readonly #boot: string;
  readonly #failed: (why: string) => void;
  readonly #entries: Map<string, LedgerEntry>;
  /** Null until it could be made. */
  #file: number | null = null;
  /** Bytes since all of it was written. */
  #size = 0;

  constructor(path: string, boot: string, failed: (why: string) => void) {
    this.#path = path;
    this.#boot = boot;
    this.#failed = failed;
    this.#entries = parseLedger(readIfThere(path), boot);
    this.past = new Map(this.#entries);
    this.#write('');
  }

  record(event: Event): void {
    if (!('process' in event)) return;
    const name = namespec(event.process);
    const entry = after(this.#entries.get(name), event);
    if (entry === null) return;
    this.#entries.set(name, entry);
    this.#write(line(entry));
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }

  /** One line more, or all of them where the file is not there yet, has grown, or may hold half a line. */
  #write(text: string): void {
    try {
      if (this.#file === null || this.#size >= COMPACT_AT) this.#compact();
      else this.#append(this.#file, text);
    } catch (error) {
      this.#size = COMPACT_AT;
      this.#failed(
        `cannot write ${this.#path}: ${errorText(error)}; a supervisor that follows this one may not know who ran`,
      );
    }
  }

  #append(file: number, text: string): void {
    const bytes = Buffer.from(text);
    const written = writeSync(file, bytes);
    if (written < bytes.length) throw new Error(`${written} of ${bytes.length} bytes`);
    this.#size += written;
  }

  /** The old file stays open until the new one is there: a closed descriptor would soon be somebody else's. */
  #compact(): void {
    const file = this.#rewrite();
    this.close();
    this.#file = file;
  }

  #rewrite(): number {
    const text = `${this.#boot}\n${[...this.#entries.values()].map(line).join('')}`;
    replaceFile(this.#path, text);
    // The bound holds for growth since the rewrite, however many processes there are.
    this.#size = 0;
    return openSync(this.#path, 'a', 0o600);
  }
}

/** `failed` is told why something could not be written; the ledger goes on, and tries again with the next event. */
export const openLedger = (path: string, boot: string, failed: (why: string) => void): Ledger =>
  new FileLedger(path, boot, failed);
