// The supervisor's own process: it comes up, listens to signals and its guardian, and ends.

import { closeSync, constants, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { lockName } from './config/runtime.ts';
import { answer, supervisorStatus } from './daemon/answers.ts';
import { boot, type Daemon } from './daemon/boot.ts';
import { Ending } from './daemon/life/ending.ts';
import { setUp, type Setup } from './daemon/life/setup.ts';
import { writeHolder } from './daemon/life/holder.ts';
import { takeLock } from './daemon/life/instance-lock.ts';
import { pastLifeWords } from './daemon/life/past-life.ts';
import { openReport, type Failure, type Report } from './daemon/life/report.ts';
import { openService } from './daemon/life/service.ts';
import { LOCK_HELD_STATUS } from './daemon/life/successor.ts';
import { readSettings } from './daemon/life/settings.ts';
import { catchSignals } from './daemon/life/signals.ts';
import { limitHeap } from './daemon/life/v8-flags.ts';
import { unseenEvents } from './daemon/memory/unseen.ts';
import { closeLogging, openLogging } from './daemon/life/logging.ts';
import { pastLifeNote } from './events/note.ts';
import { openLink, type Link } from './guardian/link.ts';
import { MESSAGES } from './logs/event-lines.ts';
import { openOwn } from './logs/open-own.ts';
import { errorText, TsvisorError } from './model/errors.ts';
import { formatProblem } from './model/problem.ts';

/** Counters and the kernel log are looked at once per second: no more wake-ups than that. */
const TICK_MS = 1000;
/** The sockets' files are looked at each fifth time. */
const RESTORE_TICKS = 5;

const writePid = (path: string, pid: number): void => {
  const file = openOwn(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o666);
  try {
    writeFileSync(file, `${pid}\n`);
  } finally {
    closeSync(file);
  }
};

const writeOwnFiles = ({ setup, socket, notices }: Daemon): void => {
  const { plan, settings, link } = setup;
  const { runtimeDir, config } = settings;
  const { pidfile } = plan.supervisor;
  const write = (what: string, act: () => void): void => {
    try {
      act();
    } catch (error) {
      notices.add(`cannot write ${what}: ${errorText(error)}`);
    }
  };
  write(`our pid to ${runtimeDir}`, () => writeHolder(runtimeDir, { pid: process.pid, socket, config }));
  // The guardian's, which stays the same over restarts and passes signals on.
  const pid = link?.hello.guardianPid ?? process.pid;
  if (pidfile !== null) write(`the pidfile ${pidfile}`, () => writePid(pidfile, pid));
};

const logBeginning = ({ setup, logging, pastLife }: Daemon): void => {
  const { journal } = logging;
  for (const warning of setup.warnings) journal.say('warn', formatProblem(warning));
  if (pastLife !== null) journal.say('error', pastLifeWords(pastLife));
  const { level, text } = MESSAGES.started(process.pid);
  journal.say(level, text);
};

/** Half of what a tick costs is one look at a socket's file, which hardly ever vanishes. */
const restoreSockets = ({ api, logging }: Daemon): void => {
  if (api.present()) return;
  void api
    .restore()
    .then((failures) => failures.forEach(({ error }) => logging.journal.say('error', String(error))));
};

const tickEverySecond = (daemon: Daemon): void => {
  const { memory, duties, events, setup } = daemon;
  let ticks = 0;
  setInterval(() => {
    ticks += 1;
    memory.tick();
    duties.tick();
    events.tick(setup.linux.clock.wall());
    if (ticks % RESTORE_TICKS === 0) restoreSockets(daemon);
  }, TICK_MS);
};

/** Its programs run on; the instance's lock is ours to hold from now on. */
const onGuardianLost = async ({ setup, notices }: Daemon): Promise<Server | null> => {
  notices.add(
    'the guardian is dead: programs run on, but nobody cleans up when the supervisor is killed; `tsvisor restart` puts everything under a new one',
  );
  return takeLock(lockName(setup.instance));
};

const applyUmaskAndDirectory = ({ plan, settings }: Setup): void => {
  if (settings.foreground) return;
  process.umask(plan.supervisor.umask);
  if (plan.supervisor.directory !== null) process.chdir(plan.supervisor.directory);
};

/** What happened before is told when those who listen are there. */
const startAll = ({ memory, supervisor, events, bus, pastLife, unseen }: Daemon): void => {
  memory.begin(pastLife, unseen);
  supervisor.start();
  if (pastLife !== null) events.emit(pastLifeNote(pastLife), { process: null, verdict: pastLife.verdict });
  for (const event of unseenEvents(unseen, supervisor.processes)) bus.announce(event);
};

/** Read only where a config asks for it. */
const endAsContainersDo = async (daemon: Daemon, endings: Ending): Promise<void> => {
  const { exitWhen, terminationMessage } = daemon.setup.plan.supervisor;
  if (exitWhen.length === 0 && terminationMessage === null) return;
  const { endWithPrograms, leaveMessages } = await import('./daemon/life/container.ts');
  if (terminationMessage !== null) leaveMessages(daemon, terminationMessage);
  if (exitWhen.length > 0) endWithPrograms(daemon, endings, exitWhen);
};

const run = async (report: Report, link: Link | null): Promise<void> => {
  const signals = catchSignals();
  const setup = await setUp(readSettings(process.argv.slice(2)), link);
  applyUmaskAndDirectory(setup);
  const logging = openLogging(setup.plan.supervisor, setup.settings.foreground, setup.linux.clock);
  const onBug = (bug: unknown): void =>
    logging.journal.say(
      'critical',
      `a bug of tsvisor: ${bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)}`,
    );
  process.on('uncaughtException', onBug);
  process.on('exit', () => void closeLogging(logging));
  const parts = { daemon: (): Daemon => daemon, guardianPid: link?.hello.guardianPid ?? null, onBug };
  const endings = new Ending(parts);
  const daemon: Daemon = await boot({
    setup,
    logging,
    onBug,
    ask: (command) => answer(daemon, endings, command),
    about: () => supervisorStatus(daemon, endings),
    guardianLost: () => endings.guardianState() === 'lost',
  }).catch((error: unknown): never => {
    setup.tier?.dismantle();
    throw error;
  });
  writeOwnFiles(daemon);
  logBeginning(daemon);
  await endAsContainersDo(daemon, endings);
  startAll(daemon);
  const service = await openService(daemon, link);
  signals.obey({ daemon, endings, service });
  tickEverySecond(daemon);
  report.ready();
  link?.ready();
  service.ready();
  if (link === null) return;
  await link.lost;
  endings.lostGuardian(await onGuardianLost(daemon));
};

const failureOf = (error: unknown): Failure => {
  if (error instanceof TsvisorError) return { text: error.message, hint: error.hint };
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), hint: '' };
};

const main = async (): Promise<void> => {
  const link = await openLink();
  const foreground = process.argv.includes('--foreground');
  const report = openReport({ foreground, life: link?.hello.life ?? 1 });
  try {
    await run(report, link);
  } catch (error) {
    report.failed(failureOf(error));
    process.exit(error instanceof TsvisorError && error.code === 'ALREADY_RUNNING' ? LOCK_HELD_STATUS : 2);
  }
};

limitHeap();
await main();
