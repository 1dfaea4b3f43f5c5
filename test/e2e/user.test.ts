// Does a supervisor that root starts become the user of [supervisord] user=, and does it say why when it cannot?

import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canBePlainUser } from './abilities.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

const NOBODY = 65_534;

/** The settings of a second [supervisord] section go over those of the sandbox. */
const writeFor = (sandbox: Sandbox, runtimeDir: string): void => {
  for (const name of ['supervisor.log', 'supervisor.pid']) {
    sandbox.touch(name);
    chmodSync(sandbox.path(name), 0o666);
  }
  sandbox.write(
    `[supervisord]\nuser=nobody\nruntime_dir=${sandbox.path(runtimeDir)}\n[unix_http_server]\nfile=${sandbox.path('s.sock')}\n`,
    sandbox.program('stays', 'stays.sh'),
  );
};

describe.skipIf(!canBePlainUser)(
  '[supervisord] user= (needs root, and a user that may read what is tested)',
  () => {
    test('is who the supervisor and its programs are, with a runtime folder that was not there', async () => {
      const sandbox = openSandbox();
      writeFor(sandbox, 'fresh/run');
      const said = await sandbox.tsvisor(['start']);
      expect(said).toMatchObject({ code: 0, stderr: '' });
      expect((await sandbox.tsvisor(['wait', 'stays', '--for', 'running'])).code).toBe(0);
      const [daemon] = sandbox.daemons();
      const [member] = sandbox.members();
      expect([daemon, member].map((one) => statSync(`/proc/${one?.pid ?? 0}`).uid)).toEqual([NOBODY, NOBODY]);
      expect((await sandbox.tsvisor(['stop'])).code).toBe(0);
    });

    test('is told once, with what to do, when it cannot reach the runtime folder', async () => {
      const sandbox = openSandbox();
      mkdirSync(sandbox.path('closed'), { mode: 0o700 });
      writeFor(sandbox, 'closed/run');
      const { code, stderr } = await sandbox.tsvisor(['start']);
      expect(code).toBe(2);
      expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
        `error: cannot start the supervisor: user nobody cannot reach the runtime folder ${sandbox.path('closed/run')}; let others pass through the folders above it (chmod o+x), or set runtime_dir= to another`,
        'hint: start with -n to see its log on the terminal',
      ]);
    });
  },
);
