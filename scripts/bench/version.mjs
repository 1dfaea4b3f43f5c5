// How long does the command line take to say its version, and how much of that is not the start of its language?

import { spawnSync } from 'node:child_process';
import { median } from './scene.mjs';

const ROUNDS = 41;

/** What starts and does nothing, in the language of each. */
const BARE = {
  tsvisor: [process.execPath, '-e', '0'],
  supervisord: ['python3', '-c', ''],
};

const took = (run) => {
  const begun = performance.now();
  run();
  return performance.now() - begun;
};

export const saysVersion = {
  name: 'version',
  measure({ supervisor, quick }) {
    const [file, ...words] = BARE[supervisor.name];
    const [bare, whole] = [[], []];
    for (let round = 0; round < (quick ? 9 : ROUNDS); round += 1) {
      bare.push(took(() => spawnSync(file, words)));
      whole.push(took(supervisor.version));
    }
    return { whole: median(whole), beyond: median(whole) - median(bare) };
  },
  lines: [
    { key: 'whole', label: 'the command line says its version', unit: 'ms', target: 'peer' },
    { key: 'beyond', label: '   beyond the start of node, python', unit: 'ms', target: 25 },
  ],
};
