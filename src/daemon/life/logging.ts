// Where do the supervisor's own log lines go? To the main log and, in the foreground, the terminal.

import { Journal } from '../../logs/journal.ts';
import { Logs } from '../../logs/logs.ts';
import { descriptorOf } from '../../logs/special.ts';
import type { LogClock, Sink } from '../../logs/sink.ts';
import type { SupervisorPlan } from '../../model/plan.ts';

export interface Logging {
  readonly logs: Logs;
  readonly journal: Journal;
}

/** `silent` keeps the terminal quiet; in the background there is none. */
export const openLogging = (plan: SupervisorPlan, foreground: boolean, clock: LogClock): Logging => {
  const logs = new Logs(clock);
  const sinks: Sink[] = [];
  const { logfile, logfileMaxBytes: maxBytes, logfileBackups: backups } = plan;
  // supervisord's form: the whole line, its time and level included.
  if (logfile === 'syslog') sinks.push(logs.syslog.open(''));
  else if (logfile !== null) sinks.push(logs.open({ path: logfile, maxBytes, backups }));
  // supervisord says each line twice where the main log is the terminal as well.
  const isTerminal = logfile !== null && descriptorOf(logfile) === 1;
  if (foreground && !plan.silent && !isTerminal)
    sinks.push(logs.open({ path: '/dev/stdout', maxBytes: 0, backups: 0 }));
  const journal = new Journal({ level: plan.loglevel, form: plan.logFormat, sinks, clock });
  logs.onTrouble((text) => journal.say('error', text));
  return { logs, journal };
};

/** The last words on every way out: in their files when it returns, with syslog when it resolves. */
export const closeLogging = ({ journal, logs }: Logging): Promise<void> => {
  journal.flush();
  return logs.flush();
};
