// Where can commands be run as a page of the docs says them, on /etc, /run and /srv? In a world of its own, gone with its first process.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export const canMakeOwnMounts =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'true']).status === 0;

/** A copy of /etc and empty folders in the place of the machine's own. */
const FURNISH = `
mount --make-rprivate /
mount -t tmpfs tmpfs "$WORLD/etc" && cp -a /etc/. "$WORLD/etc" && mount --bind "$WORLD/etc" /etc
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system
mount -t tmpfs tmpfs /srv
mkdir -p /etc/systemd/system /run/log/supervisor
if [ -d /var/log/supervisor ]; then mount --bind /run/log/supervisor /var/log/supervisor; fi
`;

export interface MountNamespace {
  readonly folder: string;
  /** Adds a command that is found before the machine's own. */
  addCommand(name: string, script: string): void;
  /** Runs a script of bash to its end as process 1, which reaps; throws what it said when a line fails. */
  run(script: string): Promise<{ readonly stdout: string; readonly stderr: string }>;
  remove(): void;
}

export const openMountNamespace = (): MountNamespace => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-mounts-'));
  for (const name of ['etc', 'bin']) mkdirSync(join(folder, name));
  const path = `${join(folder, 'bin')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  return {
    folder,
    addCommand(name, script) {
      writeFileSync(join(folder, 'bin', name), script);
      chmodSync(join(folder, 'bin', name), 0o755);
    },
    async run(script) {
      const words = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-euc'];
      const { stdout, stderr } = await execa('unshare', [...words, `${FURNISH}${script}\n:`], {
        env: { PATH: path, HOME: homedir(), WORLD: folder },
        extendEnv: false,
        stdin: 'ignore',
        cwd: folder,
        timeout: 140_000,
      });
      return { stdout, stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
