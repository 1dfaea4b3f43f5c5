// What is a hook told of an event? Everything that is known, as one object.

import type { ProcessName } from '../model/event.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Note } from './note.ts';

/** What an event is about, beside the words of the protocol. */
export interface About {
  readonly process: ProcessName | null;
  /** Of the death that it tells. */
  readonly verdict: Verdict | null;
}

export const ABOUT_NOTHING: About = { process: null, verdict: null };

/** What stands in JSON on the stdin of a command and in the body of a request. */
export interface Message {
  readonly event: Note['name'];
  /** Counted for each hook, from 1; the same again when an event is tried again. */
  readonly serial: number;
  /** ISO 8601, when it happened. */
  readonly time: string;
  readonly host: string;
  /** supervisord's identifier. */
  readonly supervisor: string;
  readonly group: string | null;
  readonly process: string | null;
  /** `name:value` pairs of the payload's first line. */
  readonly facts: Readonly<Record<string, string>>;
  /** What follows the first line: a reason, a program's output, a message. */
  readonly text: string;
  /** As a listener gets it. */
  readonly payload: string;
  readonly verdict: Verdict | null;
}

const factsOf = (line: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    line.split(' ').flatMap((word) => {
      const colon = word.indexOf(':');
      return colon < 1 ? [] : [[word.slice(0, colon), word.slice(colon + 1)]];
    }),
  );

export interface Posting {
  readonly serial: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly host: string;
  readonly supervisor: string;
}

export const messageOf = (note: Note, about: About, posting: Posting): Message => {
  const { name, payload } = note;
  const end = payload.indexOf('\n');
  return {
    event: name,
    serial: posting.serial,
    time: new Date(posting.at).toISOString(),
    host: posting.host,
    supervisor: posting.supervisor,
    group: about.process?.group ?? null,
    process: about.process?.name ?? null,
    facts: factsOf(end === -1 ? payload : payload.slice(0, end)),
    text: end === -1 ? '' : payload.slice(end + 1),
    payload,
    verdict: about.verdict,
  };
};

/** The main facts, for a command; names as they stand in the documentation. */
export const variablesOf = (message: Message): Readonly<Record<string, string>> => {
  const { event, serial, group, process, facts, verdict } = message;
  const variables = new Map([
    ['TSVISOR_EVENT', event],
    ['TSVISOR_SERIAL', String(serial)],
  ]);
  if (process !== null) variables.set('TSVISOR_PROCESS', process);
  if (group !== null) variables.set('TSVISOR_GROUP', group);
  if (facts['pid'] !== undefined) variables.set('TSVISOR_PID', facts['pid']);
  if (verdict !== null) {
    variables.set('TSVISOR_OOM', verdict.oom);
    variables.set('TSVISOR_CAUSE', verdict.cause);
    variables.set('TSVISOR_BECAUSE', verdict.because.replaceAll('\0', ''));
  }
  return Object.fromEntries(variables);
};
