// What does systemd itself say to unit files? `systemd-analyze verify`, where it is installed.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For `describe.skipIf`. */
export const noAnalyzer = spawnSync('systemd-analyze', ['--version']).error !== undefined;

/** Its complaints about these files, a line each; none when all is well. */
export const complaintsAbout = (
  files: readonly { readonly name: string; readonly text: string }[],
): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-units-'));
  try {
    mkdirSync(join(folder, 'units'));
    const paths = files.map(({ name, text }) => {
      const path = join(folder, 'units', name);
      writeFileSync(path, text);
      return path;
    });
    const { stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], {
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    if (error !== undefined) throw error;
    return stderr.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
};
