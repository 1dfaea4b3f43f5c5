// What does each signal to the supervisor mean? supervisord's meanings; the guardian passes them on to us.

import { errorText } from '../../model/errors.ts';
import { MESSAGES } from '../../logs/event-lines.ts';
import type { Line } from '../../logs/journal.ts';
import { namespec } from '../../model/name.ts';
import type { Endings } from '../answers.ts';
import type { Daemon } from '../boot.ts';
import type { Service } from './service.ts';

const ASKED = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
type Asked = (typeof ASKED)[number];

interface Obedient {
  readonly daemon: Daemon;
  readonly endings: Endings;
  readonly service: Service;
}

export interface Signals {
  /** From now on signals are obeyed, those that came before included. */
  obey(parts: Obedient): void;
}

/** supervisord's restart where the config is an ini file; where it is YAML, only what has changed. A bad file changes nothing. */
const hangUp = async ({ daemon, endings, service }: Obedient): Promise<void> => {
  const { logging, setup, replanning } = daemon;
  const { level, text } = MESSAGES.restartRequest('SIGHUP');
  if (setup.plan.dialect === 'ini') {
    logging.journal.say(level, text);
    return endings.reload();
  }
  const { steps, notices } = await service.reloading(() => replanning.apply(false));
  for (const { group, name, act, why } of steps)
    logging.journal.say(
      'info',
      `SIGHUP: ${act} ${name === null ? group : namespec({ group, name })}: ${why}`,
    );
  for (const notice of notices) logging.journal.say('warn', `SIGHUP: ${notice}`);
};

const obeyOne = (signal: Asked, parts: Obedient): void => {
  const { endings } = parts;
  const { journal, logs } = parts.daemon.logging;
  const say = ({ level, text }: Line): void => journal.say(level, text);
  switch (signal) {
    case 'SIGTERM':
    case 'SIGINT':
    case 'SIGQUIT':
      say(MESSAGES.exitRequest(signal));
      endings.shutdown();
      return;
    case 'SIGHUP':
      hangUp(parts).catch((error: unknown) =>
        journal.say('error', `SIGHUP: the old plan runs on: ${errorText(error)}`),
      );
      return;
    case 'SIGUSR2':
      say(MESSAGES.reopenRequest(signal));
      logs.reopen();
      say(MESSAGES.reopened());
      return;
    case 'SIGUSR1':
      // Left alone, Node would open its inspector.
      journal.say('info', 'received SIGUSR1: it has no meaning');
  }
};

/** Caught from the first moment on; kept until somebody can obey them. */
export const catchSignals = (): Signals => {
  let waiting: Asked[] = [];
  let act = (signal: Asked): void => void waiting.push(signal);
  for (const signal of ASKED) process.on(signal, () => act(signal));
  return {
    obey(parts) {
      act = (signal) => obeyOne(signal, parts);
      waiting.forEach(act);
      waiting = [];
    },
  };
};
