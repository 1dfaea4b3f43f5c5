// Where does a supervisor live while it is watched? A temporary folder and a mark on every process that starts in it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { withVariable } from './processes.mjs';
import { until } from './wait.mjs';

const MARK = 'TSVISOR_SANDBOX';
const ORDERLY_MS = 15_000;
const open = new Set();
let interrupted = false;

/** Kills every process that carries the mark, again and again until there is none. */
const killAll = (mark) =>
  until(
    'the sandbox empty',
    () => {
      const left = withVariable(MARK, mark);
      for (const { pid } of left) kill(pid);
      return left.length === 0;
    },
    { within: 20_000 },
  );

export const kill = (pid, signal = 'SIGKILL') => {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
};

/** An orderly end first, since only a supervisor removes its own cgroups; one that hangs is not waited for. */
const endInOrder = async (ends) => {
  const waitTimer = new AbortController();
  const deadline = after(ORDERLY_MS, null, { signal: waitTimer.signal }).catch(() => null);
  await Promise.race([Promise.allSettled(ends.map((end) => end())), deadline]);
  waitTimer.abort();
};

/**
 * `env` is the environment for what is started here; `file(name)` a path in the folder; `residents()` its live
 * processes; `close()` leaves no process and no file behind, and calls what `onClose` was given before.
 */
export const openSandbox = (purpose) => {
  if (interrupted) throw new Error('cannot open a sandbox: interrupted by a signal');
  const folder = mkdtempSync(join(tmpdir(), `tsvisor-${purpose}-`));
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  const ends = [];
  const sandbox = {
    folder,
    env: { ...inherited, [MARK]: folder },
    file: (name) => join(folder, name),
    residents: () => withVariable(MARK, folder),
    onClose: (end) => ends.push(end),
    close: async () => {
      open.delete(sandbox);
      if (sandbox.residents().length > 0) await endInOrder(ends);
      await killAll(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  open.add(sandbox);
  return sandbox;
};

export const closeAllSandboxes = () => Promise.all([...open].map((sandbox) => sandbox.close()));

/** Ctrl-C and its kin end the processes of every open sandbox before they end us. */
export const closeOnSignals = () => {
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])
    process.once(signal, () => {
      interrupted = true;
      void closeAllSandboxes().finally(() => process.exit(128 + number));
    });
};
