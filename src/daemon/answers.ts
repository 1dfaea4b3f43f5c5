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
import type { House } from './boot.ts';
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

export const supervisorStatus = (house: House, endings: Endings): SupervisorStatus => {
  const { ground, supervisor, notices, pastLife, socket, hooks } = house;
  const { plan, settings, link, tier, linux } = ground;
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
    containment: house.rung,
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

const status = async (house: House, endings: Endings): Promise<StatusReply> => {
  const { supervisor, hands } = house;
  const { processes } = supervisor;
  const statuses = await supervisor.status();
  return {
    supervisor: supervisorStatus(house, endings),
    processes: await hands.proportions.measured(
      statuses,
      processes,
      ({ plan, leader }) => hands.inspect(plan, leader).members,
    ),
  };
};

/** supervisord does not begin a second ending either. */
const refuseWhileEnding = ({ supervisor }: House): void => {
  if (supervisor.mood !== 'RUNNING') throw new TsvisorError('SHUTDOWN_STATE');
};

type Answers = {
  readonly [V in Verb]: (
    house: House,
    command: Command & { readonly verb: V },
    endings: Endings,
  ) => ReplyTo<V> | Promise<ReplyTo<V>>;
};

const order = (house: House, command: Order): Promise<readonly Outcome[]> => house.supervisor.order(command);

const ANSWERS: Answers = {
  status: (house, _, endings) => status(house, endings),
  readiness: ({ supervisor }) => readinessOf(supervisor.processes, supervisor.mood),
  infos: infosOf,
  configs: configsOf,
  start: order,
  stop: order,
  restart: order,
  signal: order,
  reread: (house) => house.replanning.reread(),
  'add-group': async (house, { group }) => {
    await house.replanning.addGroup(group);
    return [];
  },
  'remove-group': async (house, { group }) => {
    await house.supervisor.removeGroup(group);
    return [];
  },
  apply: (house, { dryRun }) => house.replanning.apply(dryRun),
  'read-log': readAnyLog,
  'tail-log': readAnyLog,
  'clear-log': clearLogs,
  'send-stdin': sendStdin,
  'oom-rank': oomRank,
  incidents: (house) => house.memory.incidents.list(),
  'set-score': (house, { names, score }) => house.memory.scores.set(names, score),
  'send-event': (house, { type, data }) => {
    house.events.remote(type, data);
    return [];
  },
  shutdown: (house, _, endings) => {
    refuseWhileEnding(house);
    endings.shutdown();
    return [];
  },
  reload: async (house, _, endings) => {
    refuseWhileEnding(house);
    await endings.reload();
    return [];
  },
};

export const answer = async (house: House, endings: Endings, command: Command): Promise<Reply> => {
  // The compiler cannot see that the row found by the verb takes the command with that verb.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const row = ANSWERS[command.verb] as (house: House, command: Command, endings: Endings) => Promise<Reply>;
  return row(house, command, endings);
};
