// One supervisor with its programs in a sandbox of its own: set up, measured, taken away again.

import { openSandbox } from '../observe/sandbox.mjs';
import { until } from '../observe/wait.mjs';
import { now, openDiary } from './diary.mjs';
import { writeConfig } from './supervisors.mjs';

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** `count` programs named `<prefix>-000`, each with `members` processes besides its leader. */
export const programs = (prefix, count, { members = 0, exits = false } = {}) =>
  Array.from({ length: count }, (_, index) => ({
    name: `${prefix}-${String(index).padStart(3, '0')}`,
    members,
    exits,
  }));

/**
 * Starts `supervisor` with the programs, calls `look(scene)` and leaves nothing behind. `scene.startedAt` is the
 * moment before the start command, in milliseconds of the diary's clock.
 */
export const onScene = async ({ supervisor, stamp, cast }, look) => {
  const sandbox = openSandbox('bench');
  const diary = openDiary(sandbox.file('diary'));
  const config = writeConfig(
    sandbox,
    cast.map(({ name, members, exits }) => ({
      name,
      command: `${stamp} ${diary.path} ${name} ${members}${exits ? ' exit' : ''}`,
    })),
  );
  sandbox.onClose(() => supervisor.shutdown(sandbox));
  try {
    const startedAt = now();
    await supervisor.start(sandbox, config);
    return await look({ sandbox, diary, config, supervisor, startedAt, size: cast.length });
  } finally {
    diary.close();
    await sandbox.close();
  }
};

export const allRunning = ({ supervisor, sandbox, size }) =>
  until(
    `${size} programs RUNNING under ${supervisor.name}`,
    async () => (await supervisor.countRunning(sandbox)) === size,
    { within: 60_000, every: 250 },
  );
