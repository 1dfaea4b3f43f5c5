// In which order does a supervisor come up? Logs, what acts on processes, leftovers, sockets; then the first launch.

import { join } from 'node:path';
import type { Api } from '../api/server.ts';
import type { EventDispatcher } from '../events/dispatcher.ts';
import type { Bus } from '../core/bus.ts';
import type { Supervisor } from '../core/supervisor.ts';
import { createEventWriter } from '../logs/event-lines.ts';
import type { Ask, PastLife, SupervisorStatus } from '../model/command.ts';
import { namespec } from '../model/name.ts';
import type { Identity } from '../model/phase.ts';
import type { ContainmentKind } from '../spawn/containment.ts';
import { openLedger, type Ledger } from '../spawn/ledger.ts';
import { stdinOf } from './process/slot.ts';
import { Duties } from './process/duties.ts';
import type { Setup } from './life/setup.ts';
import { type Base, openBase } from './base.ts';
import { createHands } from './create-hands.ts';
import type { RealHands } from './hands.ts';
import { Hooks } from './outside/hooks.ts';
import { type EventParts, openEvents } from './outside/listeners.ts';
import { lastHolderPid } from './life/holder.ts';
import { huntLeftovers } from './life/leftovers.ts';
import { openMemory, type MemoryMonitor } from './memory/memory-monitor.ts';
import type { Notices } from './life/notices.ts';
import { pagesOf } from './outside/pages.ts';
import { judgePastLife, wasAsked } from './life/past-life.ts';
import { Replanning } from './life/replanning.ts';
import { bestContainment } from './process/containment-kind.ts';
import type { GroupOf } from './process/shared-sockets.ts';
import { openTally, Monitoring, type MonitoringParts } from './outside/monitoring.ts';
import { openApi, openSockets } from './outside/sockets.ts';
import type { Logging } from './life/logging.ts';
import { createSupervisor, plansOf } from './life/supervising.ts';
import { findUnseen, type UnseenDeaths } from './memory/unseen.ts';

/** A supervisor that is up, before its first launch. */
export interface Daemon {
  readonly setup: Setup;
  readonly logging: Logging;
  readonly notices: Notices;
  /** Of a process whose containment is `auto`. */
  readonly containment: ContainmentKind;
  readonly hands: RealHands;
  readonly bus: Bus;
  readonly events: EventDispatcher;
  readonly hooks: Hooks;
  readonly supervisor: Supervisor;
  readonly replanning: Replanning;
  readonly memory: MemoryMonitor;
  readonly duties: Duties;
  readonly ledger: Ledger;
  readonly api: Api;
  /** Path of the control socket. */
  readonly socket: string;
  readonly pastLife: PastLife | null;
  /** Deaths that no supervisor saw. */
  readonly unseen: UnseenDeaths;
  readonly onBug: (bug: unknown) => void;
}

const judgePast = ({ setup, evidence }: Base): PastLife | null => {
  const { link, linux, settings } = setup;
  const facts = link?.hello.past ?? null;
  if (link === null || facts === null || wasAsked(facts.exit)) return null;
  const pid = lastHolderPid(settings.runtimeDir);
  return judgePastLife({ facts, life: link.hello.life, pid, linux, evidence });
};

export interface BootOptions {
  readonly setup: Setup;
  readonly logging: Logging;
  readonly ask: Ask;
  /** The supervisor's own part of `status`; answers once the daemon is up. */
  readonly about: () => SupervisorStatus;
  readonly onBug: (bug: unknown) => void;
  /** True once the guardian that began us has died. */
  readonly guardianLost: () => boolean;
}

/** Leftovers are hunted while the pipes are made; those that cannot be killed are returned. */
const clearLeftovers = async (base: Base, ledger: Ledger): Promise<readonly Identity[]> => {
  const { setup, notices, pipes } = base;
  const [stuck] = await Promise.all([huntLeftovers(setup, ledger, notices), pipes.prepare(plansOf(setup))]);
  return stuck;
};

const subscribeLogs = ({ bus, logging, setup }: Base, ledger: Ledger): void => {
  const startsecs = new Map(plansOf(setup).map((one) => [namespec(one), one.startsecs]));
  bus.subscribe((event) => ledger.record(event));
  bus.subscribe(
    createEventWriter(logging.journal, {
      startsecs: (process) => startsecs.get(namespec(process)) ?? 1,
    }),
  );
};

/** Nothing has been launched yet: every launch and death from now on is counted. */
const openMonitoring = (
  { setup, logging, bus, onBug }: Base,
  {
    pastLife,
    ...parts
  }: Pick<MonitoringParts, 'supervisor' | 'hands' | 'ask' | 'about'> & Pick<Daemon, 'pastLife'>,
): Monitoring => {
  const tally = openTally(setup, logging);
  if (pastLife !== null) tally.supervisorDied(pastLife.verdict);
  bus.subscribe((event) => tally.hear(event));
  const subscribe: MonitoringParts['subscribe'] = (hear) => bus.subscribe(hear);
  return new Monitoring({ ...parts, setup, logging, tally, subscribe, onBug });
};

const openListeners = (
  { setup, logging }: Base,
  parts: Pick<EventParts, 'hooks' | 'groupOf' | 'stdinOf'>,
): EventDispatcher => {
  const { identifier } = setup.plan.supervisor;
  return openEvents({ ...parts, identifier, journal: logging.journal });
};

const openHooks = async ({ plan, score, linux }: Setup, { journal }: Logging): Promise<Hooks> => {
  const hooks = new Hooks({ supervisor: plan.supervisor.identifier, score, linux, journal });
  await hooks.adopt(plan.supervisor.hooks);
  return hooks;
};

/** Whoever is let in finds everything there. */
const openServers = async (
  base: Base,
  parts: Parameters<typeof openMonitoring>[1],
): Promise<Pick<Daemon, 'api' | 'socket'>> => {
  const { supervisor, hands, ask } = parts;
  const api = openApi({ ...base, supervisor, hands, ask, pages: pagesOf(openMonitoring(base, parts)) });
  return { api, socket: await openSockets({ api, setup: base.setup, notices: base.notices }) };
};

/** Refuses with a TsvisorError when a socket or pipe cannot be had; nothing has been launched then. */
export const boot = async (options: BootOptions): Promise<Daemon> => {
  const { setup, logging, ask, about, onBug } = options;
  const { settings, guardian, linux, tier } = setup;
  const base = openBase(options);
  const ledger = openLedger(join(settings.runtimeDir, 'ledger'), linux.bootId, (why) =>
    base.notices.add(why),
  );
  const memory: MemoryMonitor = openMemory({
    ...base,
    linux,
    supervisor: () => supervisor,
    hands: () => hands,
  });
  const duties = new Duties({ ...base, supervisor: () => supervisor });
  await duties.prepare(plansOf(setup));
  const groupOf: GroupOf = (name) => supervisor.group(name);
  const hooks = await openHooks(setup, logging);
  const events = openListeners(base, {
    hooks,
    groupOf,
    stdinOf: (one) => stdinOf(hands.slot(one), linux.clock),
  });
  const hands = createHands(base, { memory, events, groupOf, duties, supervisor: () => supervisor });
  const stuck = await clearLeftovers(base, ledger);
  const unseen = findUnseen({ ...base, ledger, hands, plans: plansOf(setup), incidents: memory.incidents });
  const supervisor = createSupervisor(setup, { hands, ledger, stuck, unseen, onBug });
  subscribeLogs(base, ledger);
  base.bus.subscribe((event) => events.announce(event));
  const pastLife = judgePast(base);
  const servers = await openServers(base, { supervisor, hands, ask, about, pastLife });
  const replanning = new Replanning({ setup, supervisor, hands, hooks, duties });
  const parts = { setup, logging, hands, events, hooks, supervisor, replanning, memory, duties, ledger };
  const { bus } = base;
  const containment = bestContainment(tier, guardian);
  return { ...parts, ...servers, bus, onBug, notices: base.notices, containment, pastLife, unseen };
};
