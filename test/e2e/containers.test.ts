// In a container without an engine: namespaces, a read-only root, a user that no file knows. Does tsvisor live and end as it shall?

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { canBePlainUser, canMakeMountNamespace } from './abilities.ts';
import { CLI } from './dist.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

/** Everything is read-only but a small /run and the file of the message, as Kubernetes gives it. */
const ground = (message: string): string => `set -e
mount --make-rprivate /
mount -t tmpfs -o mode=1777,size=4m tmpfs /run
touch /run/message
mount --bind ${message} /run/message
mount -t tmpfs -o ro tmpfs /dev/shm
mount --rbind -o ro / /
mount -o remount,bind,ro /
exec setpriv --reuid=54321 --regid=54321 --clear-groups --no-new-privs --bounding-set=-all "$@"`;

interface Ended {
  readonly status: number | undefined;
  readonly said: string;
}

const asContainer = async (sandbox: Sandbox, config: string): Promise<Ended> => {
  sandbox.writeFile('message', '');
  await execa('chmod', ['0666', sandbox.path('message')]);
  await execa('chmod', ['0755', sandbox.folder]);
  const words = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--', 'bash', '-c'];
  const tsvisor = [process.execPath, CLI, 'start', '-c', config];
  const { exitCode, stdout } = await execa(
    'unshare',
    [...words, ground(sandbox.path('message')), 'container', ...tsvisor],
    {
      env: { PATH: process.env['PATH'], ...sandbox.mark },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      all: true,
      timeout: 40_000,
      killSignal: 'SIGKILL',
    },
  );
  return { status: exitCode, said: stdout };
};

const config = (exitWhen: string, programs: string): string => `supervisor:
  nodaemon: true
  logfile: /dev/stdout
  exit_when: ${exitWhen}
  termination_message: /run/message
programs:
${programs}`;

const STAYS = `  web:
    command: sleep 1000
    stdout_logfile: /dev/stdout
    redirect_stderr: true
`;

describe.skipIf(!canMakeMountNamespace || !canBePlainUser)(
  'where mount namespaces can be made: as PID 1 of a container with a read-only root and an arbitrary uid',
  () => {
    test('it ends with the status of the program it is for, after its words went to stdout as JSON', async () => {
      const sandbox = openSandbox();
      const job = `  job:
    command: sh -c 'id -u; ${process.execPath} ${CLI} status -c ${sandbox.path('app.yaml')} web; exit 7'
    autorestart: false
    startsecs: 0
    stdout_logfile: /dev/stdout
    redirect_stderr: true
    log_format: json
`;
      const file = sandbox.writeFile('app.yaml', config('job exits', STAYS + job));
      const { status, said } = await asContainer(sandbox, file);
      expect(said).toMatch(/"process":"job".*"54321"|"54321".*"process":"job"/);
      expect(said.match(/started with pid/g)).toHaveLength(1);
      expect(said).toMatch(/web +(RUNNING|STARTING)/);
      expect(said).toContain('exit_when: job ended (exit status 7)');
      expect(status).toBe(7);
      expect(sandbox.read('message')).toMatch(/job exit status 7/);
      expect(await sandbox.leftAfter(0)).toEqual([]);
    });

    test('a program that nobody can start ends it, and AUTO logs without a place for them do not', async () => {
      const sandbox = openSandbox();
      const programs = `  web:
    command: sleep 1000
  bad:
    command: /nowhere/program
    startretries: 0
`;
      const file = sandbox.writeFile('app.yaml', config('any_fatal', programs));
      const { status, said } = await asContainer(sandbox, file);
      expect(said).toMatch(/spawned: 'web' with pid/);
      expect(said).toContain('exit_when: bad is FATAL');
      expect(status).toBe(1);
      expect(sandbox.read('message')).toMatch(/bad: .*\/nowhere\/program/);
    });
  },
);
