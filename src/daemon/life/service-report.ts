// How does systemd learn that we are up, alive, busy or ending? Loaded only where it listens.

import type { Hello, Link } from '../../guardian/link.ts';
import { namespec } from '../../model/name.ts';
import type { Daemon } from '../boot.ts';
import type { Service } from './service.ts';

/** Milliseconds between two status lines. */
const STATUS_MS = 1000;
/** While everything is brought to rest we ask for more time than is left, again and again: programs have their own limits. */
const ENDING_MS = 5000;
const EXTENSION_USEC = 4 * ENDING_MS * 1000;
/** systemd advises a half; a quarter survives a machine that is short of processor time. */
const FEEDINGS = 4;
const NAMES_MAX = 5;

/** `3 of 4 processes run; FATAL: web`. */
export const statusWords = ({ processes }: Daemon['supervisor']): string => {
  const running = processes.filter(({ state }) => state === 'RUNNING').length;
  const fatal = processes.filter(({ state }) => state === 'FATAL').map(({ plan }) => namespec(plan));
  const names = fatal.slice(0, NAMES_MAX).join(', ');
  const more = fatal.length > NAMES_MAX ? ` and ${fatal.length - NAMES_MAX} more` : '';
  return `${running} of ${processes.length} processes run${fatal.length === 0 ? '' : `; FATAL: ${names}${more}`}`;
};

/** Says how many processes run, at most once per second. */
const reportStatus = (link: Link, { supervisor, bus, setup }: Daemon): (() => void) => {
  let due = false;
  const say = (): void => {
    due = false;
    link.notify(`STATUS=${statusWords(supervisor)}`);
  };
  bus.subscribe(({ type }) => {
    if (due || (type !== 'state' && type !== 'group')) return;
    due = true;
    setup.linux.clock.after(STATUS_MS, say);
  });
  return say;
};

const reportEnding = (link: Link, { bus }: Daemon): void => {
  bus.subscribe((event) => {
    if (event.type !== 'mood' || event.mood === 'RUNNING') return;
    link.notify(event.mood === 'SHUTDOWN' ? 'STOPPING=1' : 'RELOADING=1');
    const extend = (): void => link.notify(`EXTEND_TIMEOUT_USEC=${EXTENSION_USEC}`);
    extend();
    setInterval(extend, ENDING_MS).unref();
  });
};

const feed = (link: Link, watchdog: number): void => {
  const say = (): void => link.notify('WATCHDOG=1');
  say();
  setInterval(say, Math.max(50, watchdog / FEEDINGS)).unref();
};

export const reportTo = (
  link: Link,
  daemon: Daemon,
  { watchdog }: NonNullable<Hello['service']>,
): Service => {
  const sayStatus = reportStatus(link, daemon);
  reportEnding(link, daemon);
  const ready = (): void => {
    sayStatus();
    link.notify('READY=1');
  };
  return {
    ready() {
      ready();
      if (watchdog !== null) feed(link, watchdog);
    },
    async reloading(act) {
      link.notify('RELOADING=1');
      try {
        return await act();
      } finally {
        ready();
      }
    },
  };
};
