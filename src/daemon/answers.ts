// What does the supervisor answer to each command?

import type { Order } from '../core/orders.ts';
import { readinessOf } from '../core/status.ts';
import type {
  Command,
  Outcome,
  Reply,
  ReplyTo,
  StatusReply,
  SupervisorStatus,
  Verb,
} from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Daemon } from './boot.ts';
import { configsOf } from './outside/configs.ts';
import { infosOf } from './outside/infos.ts';
import { clearLogs, readAnyLog } from './outside/logs-access.ts';
import { oomRank } from './memory/oom-rank.ts';
import { sendStdin } from './outside/stdin.ts';
import { readVersion } from '../config/version.ts';

/** Ends this supervisor; `reload` begins it again with the config read anew. */
export interface Endings {
  shutdown(): void;
  /** Refuses with BAD_CONFIG while the file has problems: what runs goes on. */
  reload(): Promise<void>;
  /** 'lost': it was there and is dead. */
  guardianState(): 'present' | 'lost' | 'absent';
  readonly started: number;
}

export const supervisorStatus = (daemon: Daemon, endings: Endings): SupervisorStatus => {
  const { setup, supervisor, notices, pastLife, socket, hooks } = daemon;
  const { plan, settings, link, tier, linux } = setup;
  const score = linux.processes.score(process.pid);
  return {
    version: readVersion(),
    identifier: plan.supervisor.identifier,
    mood: supervisor.mood,
    pid: process.pid,
    guardian: {
      pid: link?.hello.guardianPid ?? 0,
      state: endings.guardianState(),
      score: link?.hello.score ?? null,
    },
    score: typeof score === 'number' ? score : null,
    containment: daemon.containment,
    memoryController: tier?.memory ?? null,
    config: settings.config,
    socket,
    runtimeDir: settings.runtimeDir,
    started: endings.started,
    pastLife,
    notices: notices.all,
    ...(hooks.statuses !== undefined && { hooks: hooks.statuses }),
  };
};

const status = async (daemon: Daemon, endings: Endings): Promise<StatusReply> => {
  const { supervisor, hands } = daemon;
  const { processes } = supervisor;
  const statuses = await supervisor.status();
  return {
    supervisor: supervisorStatus(daemon, endings),
    processes: await hands.proportions.measured(
      statuses,
      processes,
      ({ plan, leader }) => hands.inspect(plan, leader).members,
    ),
  };
};

/** supervisord does not begin a second ending either. */
const refuseWhileEnding = ({ supervisor }: Daemon): void => {
  if (supervisor.mood !== 'RUNNING') throw new TsvisorError('SHUTDOWN_STATE');
};

type Answers = {
  readonly [V in Verb]: (
    daemon: Daemon,
    command: Command & { readonly verb: V },
    endings: Endings,
  ) => ReplyTo<V> | Promise<ReplyTo<V>>;
};

const order = (daemon: Daemon, command: Order): Promise<readonly Outcome[]> =>
  daemon.supervisor.order(command);

const ANSWERS: Answers = {
  status: (daemon, _, endings) => status(daemon, endings),
  readiness: ({ supervisor }) => readinessOf(supervisor.processes, supervisor.mood),
  infos: infosOf,
  configs: configsOf,
  start: order,
  stop: order,
  restart: order,
  signal: order,
  reread: (daemon) => daemon.replanning.reread(),
  'add-group': async (daemon, { group }) => {
    await daemon.replanning.addGroup(group);
    return [];
  },
  'remove-group': async (daemon, { group }) => {
    await daemon.supervisor.removeGroup(group);
    return [];
  },
  apply: (daemon, { dryRun }) => daemon.replanning.apply(dryRun),
  'read-log': readAnyLog,
  'tail-log': readAnyLog,
  'clear-log': clearLogs,
  'send-stdin': sendStdin,
  'oom-rank': oomRank,
  incidents: (daemon) => daemon.memory.incidents.list(),
  'set-score': (daemon, { names, score }) => daemon.memory.scores.set(names, score),
  'send-event': (daemon, { type, data }) => {
    daemon.events.remote(type, data);
    return [];
  },
  shutdown: (daemon, _, endings) => {
    refuseWhileEnding(daemon);
    endings.shutdown();
    return [];
  },
  reload: async (daemon, _, endings) => {
    refuseWhileEnding(daemon);
    await endings.reload();
    return [];
  },
};

export const answer = async (daemon: Daemon, endings: Endings, command: Command): Promise<Reply> => {
  // The compiler cannot see that the row found by the verb takes the command with that verb.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const row = ANSWERS[command.verb] as (daemon: Daemon, command: Command, endings: Endings) => Promise<Reply>;
  return row(daemon, command, endings);
};
