// Where does the supervisor's own voice go? The main log, the terminal, and who may not hear what is too much.

import { Journal } from '../logs/journal.ts';
import { Logs } from '../logs/logs.ts';
import type { LogClock, Sink } from '../logs/sink.ts';
import type { SupervisorPlan } from '../model/plan.ts';

export interface Voices {
  readonly logs: Logs;
  readonly journal: Journal;
}

/** `silent` keeps the terminal quiet; in the background there is none. */
export const openVoices = (plan: SupervisorPlan, foreground: boolean, clock: LogClock): Voices => {
  const logs = new Logs(clock);
  const sinks: Sink[] = [];
  if (plan.logfile !== null)
    sinks.push(
      logs.open({ path: plan.logfile, maxBytes: plan.logfileMaxBytes, backups: plan.logfileBackups }),
    );
  if (foreground && !plan.silent) sinks.push(logs.open({ path: '/dev/stdout', maxBytes: 0, backups: 0 }));
  const journal = new Journal({ level: plan.loglevel, form: 'text', sinks, clock });
  logs.onTrouble((text) => journal.say('error', text));
  return { logs, journal };
};

/** The last words on every way out. */
export const closeVoices = ({ journal, logs }: Voices): void => {
  journal.flush();
  logs.flush();
};
