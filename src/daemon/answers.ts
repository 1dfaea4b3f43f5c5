// What does the supervisor answer to each command?

import type { Command, Reply, StatusReply, SupervisorStatus } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import type { House } from './boot.ts';
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

const supervisorStatus = (house: House, endings: Endings): SupervisorStatus => {
  const { ground, supervisor, notices, pastLife, socket } = house;
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
  };
};

const status = async (house: House, endings: Endings): Promise<StatusReply> => ({
  supervisor: supervisorStatus(house, endings),
  processes: await house.supervisor.status(),
});

export const answer = async (house: House, endings: Endings, command: Command): Promise<Reply> => {
  switch (command.verb) {
    case 'status':
      return status(house, endings);
    case 'start':
    case 'stop':
    case 'restart':
    case 'signal':
      return house.supervisor.order(command);
    case 'reread':
      return house.replanning.reread();
    case 'add-group':
      await house.replanning.addGroup(command.group);
      return [];
    case 'remove-group':
      await house.supervisor.removeGroup(command.group);
      return [];
    case 'apply':
      return house.replanning.apply(command.dryRun);
    case 'shutdown':
      if (house.supervisor.mood !== 'RUNNING') throw new TsvisorError('SHUTDOWN_STATE');
      endings.shutdown();
      return [];
    case 'reload':
      if (house.supervisor.mood !== 'RUNNING') throw new TsvisorError('SHUTDOWN_STATE');
      await endings.reload();
      return [];
    case 'send-event':
      house.events.remote(command.type, command.data);
      return [];
    default:
      throw new TsvisorError('UNKNOWN_ROUTE', { route: command.verb });
  }
};
