// Where does this supervisor listen? On its control socket and on every server of the config.

import type { Pages } from '../../api/answer.ts';
import { createApi, type Api } from '../../api/server.ts';
import { readVersion } from '../../config/version.ts';
import type { Bus } from '../../core/bus.ts';
import type { Ask } from '../../model/command.ts';
import { TsvisorError } from '../../model/errors.ts';
import type { InetServerPlan, SupervisorPlan, UnixServerPlan } from '../../model/plan.ts';
import type { Setup } from '../life/setup.ts';
import { followAnyLog, type Archive } from './logs-access.ts';
import type { Notices } from '../life/notices.ts';
import { Operators } from './operators.ts';
import type { Logging } from '../life/logging.ts';
import { controlSocket } from '../../config/runtime.ts';

export interface ApiParts extends Archive {
  readonly ask: Ask;
  readonly logging: Logging;
  readonly pages: Pages;
  readonly bus: Bus;
  readonly onBug: (bug: unknown) => void;
}

export const openApi = ({ ask, logging, pages, bus, onBug, ...archive }: ApiParts): Api => {
  const { setup, supervisor } = archive;
  const { ordered, denied } = new Operators({
    journal: logging.journal,
    guardian: setup.guardian,
    clock: setup.linux.clock,
  });
  return createApi({
    ask,
    pages,
    subscribe: (hear) => bus.subscribe(hear),
    ordered,
    denied,
    self: {
      version: readVersion(),
      identifier: setup.plan.supervisor.identifier,
      pid: setup.link?.hello.guardianPid ?? process.pid,
      mood: () => supervisor.mood,
    },
    follow: (log, signal) => followAnyLog(archive, log, signal),
    bug: (error, request) => onBug(new Error(`in answer to ${request}`, { cause: error })),
  });
};

const credentialsOf = ({ username, password }: UnixServerPlan | InetServerPlan) =>
  username === null || password === null ? null : { username, password };

/** The control socket is tsvisor's own and has every namespace; the servers have those that the config names. */
const hasSupervisor = ({ rpcInterfaces }: SupervisorPlan): boolean =>
  rpcInterfaces.some(({ name }) => name === 'supervisor');

/**
 * A server that anybody could use from outside stays closed: everything else runs. A port that another program has taken while the supervisor was restarted is
 * waited for, since the programs matter more; at a first start it is refused, as in supervisord.
 */
const canWait = (error: unknown, life: number): error is TsvisorError =>
  error instanceof TsvisorError &&
  (error.code === 'INSECURE_SERVER' || (error.code === 'SOCKET_PATH' && life > 1));

export interface SocketParts {
  readonly api: Api;
  readonly setup: Setup;
  readonly notices: Notices;
}

const openPort = async ({ api, setup, notices }: SocketParts, server: InetServerPlan): Promise<void> => {
  const { host, port, section, insecure, readOnly, allowedHosts } = server;
  const supervisor = hasSupervisor(setup.plan.supervisor);
  try {
    await api.listenTcp({
      host,
      port,
      section,
      insecure,
      allowedHosts,
      supervisor,
      readOnly,
      credentials: credentialsOf(server),
    });
  } catch (error) {
    if (!canWait(error, setup.link?.hello.life ?? 1)) throw error;
    notices.add(`${error.message}; ${error.hint}`);
  }
};

const openAll = async (parts: SocketParts, socket: string): Promise<void> => {
  const { api, setup } = parts;
  const { unixServers, inetServers } = setup.plan.supervisor;
  await api.listen({ path: socket });
  const supervisor = hasSupervisor(setup.plan.supervisor);
  for (const server of unixServers) {
    const { path, mode, owner, readOnly } = server;
    await api.listen({ path, mode, owner, supervisor, readOnly, credentials: credentialsOf(server) });
  }
  for (const server of inetServers) await openPort(parts, server);
};

/** All of them or none: a refused one takes the files of the others with it. Answers the path of the control socket. */
export const openSockets = async (parts: SocketParts): Promise<string> => {
  const socket = controlSocket(parts.setup.settings.runtimeDir);
  try {
    await openAll(parts, socket);
  } catch (error) {
    await parts.api.close();
    throw error;
  }
  return socket;
};
