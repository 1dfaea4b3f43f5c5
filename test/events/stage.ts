// A dispatcher of listeners that are played: what each is sent is remembered, what it says is said by the test.

import { EventDispatcher } from '../../src/events/dispatcher.ts';
import type { GroupPlan, ProcessPlan } from '../../src/model/plan.ts';
import type { State } from '../../src/model/state.ts';

export interface PoolOptions {
  readonly events: readonly string[];
  readonly bufferSize?: number;
  readonly processes?: readonly string[];
}

const planOf = (group: string, name: string): ProcessPlan =>
  ({ kind: 'eventlistener', group, name, priority: 999 }) as unknown as ProcessPlan;

const groupOf = (name: string, { events, bufferSize = 10, processes = [name] }: PoolOptions): GroupPlan => ({
  name,
  priority: -1,
  kind: 'eventlistener',
  processes: processes.map((process) => planOf(name, process)),
  listener: { events, bufferSize, resultHandler: 'supervisor.dispatchers:default_handler' },
});

/** `serial poolserial NAME payload` of one envelope. */
const brief = (text: string): string => {
  const end = text.indexOf('\n');
  const fields = new Map(
    text
      .slice(0, end)
      .split(' ')
      .map((word): [string, string] => [word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)]),
  );
  return `${fields.get('serial')} ${fields.get('poolserial')} ${fields.get('eventname')} ${text.slice(end + 1)}`.trim();
};

export class Stage {
  readonly dispatcher: EventDispatcher;
  readonly said: string[] = [];
  readonly #groups: Map<string, GroupPlan>;
  readonly #sent = new Map<string, string[]>();
  /** Processes whose stdin nobody reads. */
  readonly deaf = new Set<string>();

  constructor(pools: Readonly<Record<string, PoolOptions>>) {
    this.#groups = new Map(Object.entries(pools).map(([name, options]) => [name, groupOf(name, options)]));
    this.dispatcher = new EventDispatcher({
      server: 'supervisor',
      groupOf: (name) => this.#groups.get(name),
      inlet: ({ name }) => ({
        send: (bytes) => {
          if (this.deaf.has(name)) return 'gone';
          this.sent(name).push(brief(bytes.toString()));
          return 'sent';
        },
        clear: () => undefined,
      }),
      say: (level, text) => {
        if (level !== 'debug') this.said.push(`${level} ${text}`);
      },
    });
    for (const name of this.#groups.keys()) this.change(name, 'added');
  }

  /** A change of plan, without a word. */
  replan(name: string, options: PoolOptions): void {
    this.#groups.set(name, groupOf(name, options));
  }

  /** What a listener was sent, oldest first. */
  sent(name: string): string[] {
    const sent = this.#sent.get(name) ?? [];
    this.#sent.set(name, sent);
    return sent;
  }

  change(group: string, change: 'added' | 'removed'): void {
    this.dispatcher.announce({ type: 'group', group, change });
  }

  enter(name: string, to: State, group = name): void {
    const process = { group, name };
    this.dispatcher.announce({
      type: 'state',
      process,
      from: 'STOPPED',
      to,
      pid: 1,
      tries: 0,
      expected: false,
    });
  }

  say(name: string, text: string, group = name): void {
    this.dispatcher.listener({ group, name })?.hear(Buffer.from(text));
  }

  /** Up and READY. */
  raise(name: string, group = name): void {
    this.enter(name, 'STARTING', group);
    this.enter(name, 'RUNNING', group);
    this.say(name, 'READY\n', group);
  }

  remote(...data: readonly string[]): void {
    for (const one of data) this.dispatcher.remote('t', one);
  }
}
