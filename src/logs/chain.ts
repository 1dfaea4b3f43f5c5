// Through what does a program's output pass on its way to its log?

import type { ProcessPlan } from '../model/plan.ts';
import type { Listening } from './capture.ts';
import { Lines } from './lines.ts';
import type { OpenLog } from './logs.ts';
import type { Watch } from './losses.ts';
import type { Sink } from './sink.ts';
import type { SyslogStream } from './syslog.ts';
import { tee } from './tee.ts';
import { Valve } from './valve.ts';

export interface ChainOptions {
  readonly plan: ProcessPlan;
  readonly stream: 'stdout' | 'stderr';
  readonly log: Sink & Pick<OpenLog, 'end'>;
  /** Null: not sent there. */
  readonly syslog: SyslogStream | null;
  readonly listening: Listening;
  readonly watch: Watch;
}

export interface Chain {
  readonly sink: Sink;
  /** Who listens, and the parts of the chain that must know whose output it is and when it ends. */
  readonly listening: Listening;
  /** Null where nothing is ever dropped. */
  readonly valve: Valve | null;
}

/** Valve, then the form of lines, then the log; syslog gets lines without form. What is not asked for is not there. */
export const chainOf = ({ plan, stream, log, syslog, listening, watch }: ChainOptions): Chain => {
  const { format, rateMax, whenFull } = plan.logging;
  const process = { group: plan.group, name: plan.name };
  const lines =
    format === 'raw' ? null : new Lines({ sink: log, format, process, stream, clock: watch.clock });
  const written = lines ?? log;
  const sent = syslog === null ? written : tee(written, syslog);
  const drops = whenFull === 'drop';
  const valve =
    rateMax === null && !drops
      ? null
      : new Valve({ sink: sent, rateMax, drops, whose: `${stream} of ${plan.name}`, watch });
  if (valve === null && lines === null && syslog === null && log.end === undefined)
    return { sink: log, listening, valve };
  return {
    sink: valve ?? sent,
    valve,
    listening: {
      ...listening,
      follow: (pid) => {
        listening.follow?.(pid);
        lines?.follow(pid);
      },
      ended: () => {
        listening.ended?.();
        for (const part of [valve, lines, syslog, log]) part?.end?.();
      },
    },
  };
};
