// In which order does a supervisor come up? Logs, what acts on processes, leftovers, sockets; then the first launch.

import { join } from 'node:path';
import type { Api } from '../api/server.ts';
import type { EventDispatcher } from '../events/dispatcher.ts';
import { createBus, type Bus } from '../core/bus.ts';
import type { Supervisor } from '../core/supervisor.ts';
import { deleteLogs, findOldAuto } from '../logs/auto.ts';
import { OutputRouter, type OutputRouterOptions } from '../logs/outputs.ts';
import type { Processes } from '../kernel/port.ts';
import { createEventWriter } from '../logs/event-lines.ts';
import type { Ask, PastLife, SupervisorStatus } from '../model/command.ts';
import { namespec } from '../model/name.ts';
import type { Identity } from '../model/phase.ts';
import { createEvidence, type EvidenceGatherer } from '../oom/evidence.ts';
import type { ContainmentKind } from '../spawn/containment.ts';
import { createLauncher } from '../spawn/launch.ts';
import { openLedger, type Ledger } from '../spawn/ledger.ts';
import { createPortableLauncher } from '../spawn/portable.ts';
import { createSweeper } from '../spawn/sweep.ts';
import { pipesOf, stdinOf } from './process/slot.ts';
import { Duties } from './process/duties.ts';
import type { Setup } from './life/setup.ts';
import { RealHands, type HandsParts } from './hands.ts';
import { Hooks } from './outside/hooks.ts';
import { type EventParts, listenersTo, openEvents } from './outside/listeners.ts';
import { lastHolderPid } from './life/holder.ts';
import { huntLeftovers } from './life/leftovers.ts';
import { sayWhatIsMissing } from './life/missing.ts';
import { openMemory, type MemoryMonitor } from './memory/memory-monitor.ts';
import { createNotices, type Notices } from './life/notices.ts';
import { createOomdMarks } from './memory/oomd.ts';
import { pagesOf } from './outside/pages.ts';
import { judgePastLife, wasAsked } from './life/past-life.ts';
import { PipeFolder } from './process/pipes.ts';
import { Replanning } from './life/replanning.ts';
import { bestContainment } from './process/containment-kind.ts';
import { provide } from './process/providing.ts';
import type { GroupOf } from './process/shared-sockets.ts';
import { openTally, Monitoring, type MonitoringParts } from './outside/monitoring.ts';
import { openApi, openSockets } from './outside/sockets.ts';
import type { Logging } from './life/logging.ts';
import { createSupervisor, plansOf } from './life/supervising.ts';
import { findUnseen, type UnseenDeaths } from './memory/unseen.ts';
import { widenBy } from './process/widening.ts';

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

/** What later steps need of earlier ones. */
interface Base {
  readonly setup: Setup;
  readonly logging: Logging;
  readonly notices: Notices;
  readonly pipes: PipeFolder;
  readonly guardianLost: () => boolean;
  readonly bus: Bus;
  readonly evidence: EvidenceGatherer;
  readonly outputs: OutputRouter;
  readonly onBug: (bug: unknown) => void;
}

/** Milliseconds: what can wait until the programs run, the deletion of files of earlier lives above all. */
const CLEAN_AFTER = 3000;

const wasKilled = ({ link }: Setup): boolean => {
  const past = link?.hello.past ?? null;
  return past !== null && !wasAsked(past.exit);
};

const widening = ({ guardian }: Setup): Pick<OutputRouterOptions, 'widen'> =>
  guardian === null ? {} : { widen: widenBy(guardian) };

const openBase = ({ setup, logging, onBug, guardianLost }: BootOptions): Base => {
  const { plan, settings, linux } = setup;
  const { supervisor } = plan;
  const notices = createNotices((text) => logging.journal.say('warn', text));
  const owner = {
    directory: setup.childLogDir,
    identifier: supervisor.identifier,
    instance: setup.instance,
  };
  const { clock } = linux;
  if (!supervisor.nocleanup) {
    const old = findOldAuto(owner);
    clock.after(CLEAN_AFTER, () => deleteLogs(old).forEach((text) => notices.add(text)));
  }
  // Who runs here is known before the first death asks.
  clock.after(CLEAN_AFTER, () => void linux.oom.killersHere());
  return {
    setup,
    logging,
    notices,
    pipes: new PipeFolder(setup.guardian, join(settings.runtimeDir, 'pipes'), pipesOf),
    onBug,
    guardianLost,
    bus: createBus(onBug),
    evidence: createEvidence(setup.linux.oom),
    outputs: new OutputRouter({
      logs: logging.logs,
      owner,
      clock,
      strip: supervisor.stripAnsi,
      gap: wasKilled(setup),
      ...widening(setup),
      // Without a guardian programs write to files themselves.
      ...(setup.guardian === null && { journald: null }),
    }),
  };
};

interface HandsWiring {
  readonly memory: MemoryMonitor;
  readonly events: EventDispatcher;
  readonly groupOf: GroupOf;
  readonly duties: Duties;
  readonly supervisor: () => Supervisor;
}

const launcherFor = (guardian: string | null, processes: Processes): HandsParts['launch'] => {
  const launcher =
    guardian === null
      ? createPortableLauncher(processes)
      : createLauncher({ guardian, identity: (pid) => processes.row(pid) });
  return (request) => launcher.launch(request);
};

const createHands = (base: Base, wiring: HandsWiring): RealHands => {
  const { memory, events, groupOf, duties, supervisor } = wiring;
  const { setup, notices, outputs, evidence, bus } = base;
  const { linux, guardian, tier, instance, plan, score, spare } = setup;
  const { processes, clock } = linux;
  const portable = guardian === null;
  sayWhatIsMissing(setup, notices);
  const { folder } = base.pipes;
  const hands: RealHands = new RealHands({
    linux,
    supervisor: plan.supervisor,
    score,
    slots: {
      tier,
      instance,
      folder,
      outputs,
      portable,
      isFirst: (setup.link?.hello.life ?? 1) === 1,
      notice: (text) => notices.add(text),
    },
    launch: launcherFor(guardian, processes),
    containment: bestContainment(tier, guardian),
    sweeper: createSweeper({ processes, clock, spare }),
    listeners: (one) =>
      listenersTo(one, { dispatcher: events, journal: base.logging.journal, health: duties.listening(one) }),
    provisions: provide(base, { folder, groupOf, supervisor, hands: () => hands }),
    evidence,
    watches: memory.watches,
    oomdMarks: portable ? null : createOomdMarks(guardian),
    caught: (one, verdict) => memory.incidents.caught(one, verdict),
    outputs,
    bus,
    pipes: base.pipes,
    guardianLost: base.guardianLost,
    onBug: base.onBug,
  });
  return hands;
};

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
