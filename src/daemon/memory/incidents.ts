// What did the OOM killer take, and what was done about it? One file for each incident, and no more than the folder may hold.

import { errorText } from '../../model/errors.ts';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCandidate } from '../../kernel/candidates.ts';
import { kernelMs } from '../../kernel/clock.ts';
import type { Linux } from '../../kernel/linux.ts';
import type { Event, ProcessName } from '../../model/event.ts';
import { namespec } from '../../model/name.ts';
import type { Death, Swept } from '../../model/phase.ts';
import type { Incident, IncidentsReply } from '../../model/oom-report.ts';
import { isOom, type Verdict } from '../../model/verdict.ts';

export interface IncidentsParts {
  readonly folder: string;
  readonly linux: Linux;
  /** What was sampled of a process in this life. */
  readonly samples: (process: ProcessName) => Incident['samples'];
  /** Pids of a process's members now. */
  readonly members: (process: ProcessName) => readonly number[];
  /** A file could not be written. */
  readonly failed: (why: string) => void;
}

/** Files kept; the oldest go first. */
const KEPT = 50;
/** Members told in one incident. */
const MEMBERS = 20;
/** Milliseconds after which what happens to a process has nothing to do with an incident any more. */
const LASTS = 120_000;

interface Open {
  incident: Incident;
  /** Monotonic milliseconds. */
  readonly since: number;
}

/** Of those that earlier versions wrote. */
const OLD = { samples: [] };

interface Caught extends Pick<Incident, 'judged' | 'members' | 'samples'> {
  readonly since: number;
}

const isIncident = (value: unknown): value is Incident =>
  typeof value === 'object' && value !== null && 'id' in value && 'verdict' in value && 'acts' in value;

const membersOf = (pids: readonly number[]): Incident['members'] =>
  pids
    .flatMap((pid) => readCandidate(pid) ?? [])
    .toSorted((a, b) => b.rss - a.rss)
    .slice(0, MEMBERS)
    .map(({ pid, comm, rss, swap }) => ({ pid, comm, rss, swap }));

const sweptWords = ({ killed, took, remaining }: Swept): string =>
  remaining.length > 0
    ? `swept: ${remaining.length} members cannot be killed`
    : `swept: ${killed} member${killed === 1 ? '' : 's'} killed, seen empty in ${took.toFixed(1)} ms`;

/** What an event tells of the aftermath; null for nothing. */
const actOf = (event: Event): string | null => {
  if (event.type === 'swept') return sweptWords(event.swept);
  if (event.type === 'delayed') return `restart delayed by ${event.seconds} s: ${event.why}`;
  if (event.type === 'launched') return `restarted: pid ${event.leader.pid}, score ${event.score.effective}`;
  if (event.type === 'launch-failed') return `restart failed: ${event.error}`;
  if (event.type !== 'state') return null;
  return event.to === 'FATAL' || event.to === 'EXITED' ? `now ${event.to}` : null;
};

export class Incidents {
  readonly #parts: IncidentsParts;
  readonly #open = new Map<string, Open>();
  /** Leaders whose death is judged and not announced yet: who was left of their members. */
  readonly #caught = new Map<string, Caught>();
  #count = 0;

  constructor(parts: IncidentsParts) {
    this.#parts = parts;
  }

  /** A leader's death is judged, and the sweep has not begun. */
  caught(process: ProcessName, verdict: Verdict): void {
    if (!isOom(verdict)) return;
    const judged = kernelMs();
    const members = membersOf(this.#parts.members(process));
    const samples = this.#parts.samples(process);
    const key = namespec(process);
    this.#caught.set(key, { since: this.#now(), judged, members, samples });
  }

  /** Subscribes to the bus. */
  announce(event: Event): void {
    if (event.type === 'member-killed') this.#begin(event.process, event.verdict, 'member');
    else if (event.type === 'died' && event.death.verdict !== null && isOom(event.death.verdict))
      this.#died(event.process, event.death, event.death.verdict);
    else if ('process' in event) this.#note(event.process, actOf(event));
  }

  /** The supervisor before this one was taken. */
  past(verdict: Verdict, act: string): void {
    if (!isOom(verdict)) return;
    const incident = this.#make(null, { verdict, whom: 'supervisor' });
    this.#write({ ...incident, acts: [{ after: 0, text: act }] });
  }

  /** The latest first. */
  list(): IncidentsReply {
    const { folder } = this.#parts;
    const incidents = this.#files().flatMap((file) => {
      const read: unknown = this.#read(join(folder, file));
      return isIncident(read) ? [{ ...OLD, ...read }] : [];
    });
    return { folder, incidents: incidents.toReversed() };
  }

  #begin(process: ProcessName, verdict: Verdict, whom: Incident['whom']): void {
    if (!isOom(verdict)) return;
    const key = namespec(process);
    const caught = this.#caught.get(key);
    this.#caught.delete(key);
    const made = this.#make(process, { verdict, whom });
    const { since, ...seen } = caught ?? { since: this.#now() };
    const incident = { ...made, ...seen };
    this.#open.set(key, { incident, since });
    this.#write(incident);
  }

  /** A leader that went down with a member that was told already is no new incident. */
  #died(process: ProcessName, { leader }: Death, verdict: Verdict): void {
    const open = this.#open.get(namespec(process));
    const known = open?.incident.verdict;
    if (known === verdict) this.#note(process, 'the whole process was killed');
    else
      this.#begin(process, verdict, (verdict.victim?.pid ?? leader.pid) === leader.pid ? 'leader' : 'member');
  }

  #note(process: ProcessName, text: string | null): void {
    const key = namespec(process);
    const open = this.#open.get(key);
    if (open === undefined || text === null) return;
    const after = Math.round((this.#now() - open.since) * 10) / 10;
    if (after > LASTS) {
      this.#open.delete(key);
      return;
    }
    open.incident = { ...open.incident, acts: [...open.incident.acts, { after, text }] };
    this.#write(open.incident);
    if (text.startsWith('restarted') || text.startsWith('now FATAL')) this.#open.delete(key);
  }

  #make(process: ProcessName | null, about: Pick<Incident, 'verdict' | 'whom'>): Incident {
    const { linux, members, samples } = this.#parts;
    const at = linux.clock.wall();
    this.#count += 1;
    const stamp = new Date(at).toISOString().replaceAll(':', '').replace('.', '-').slice(0, 21);
    return {
      id: `${stamp}-${this.#count}-${encodeURIComponent(process === null ? 'supervisor' : process.name)}`,
      at,
      judged: kernelMs(),
      process,
      ...about,
      members: process === null ? [] : membersOf(members(process)),
      memory: { available: linux.memory.headroom().available, pressure: linux.memory.pressure() },
      acts: [],
      samples: process === null ? [] : samples(process),
    };
  }

  #now(): number {
    return this.#parts.linux.clock.now();
  }

  #files(): readonly string[] {
    try {
      return readdirSync(this.#parts.folder)
        .filter((name) => name.endsWith('.json'))
        .toSorted();
    } catch {
      // No incident yet.
      return [];
    }
  }

  #read(path: string): unknown {
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      // Half written when the supervisor was killed.
      return null;
    }
  }

  #write(incident: Incident): void {
    const { folder, failed } = this.#parts;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, `${incident.id}.json`), `${JSON.stringify(incident, null, 2)}\n`, {
        mode: 0o600,
      });
      for (const old of this.#files().slice(0, -KEPT)) rmSync(join(folder, old), { force: true });
    } catch (error) {
      failed(`cannot write the incident ${incident.id}: ${errorText(error)}`);
    }
  }
}
