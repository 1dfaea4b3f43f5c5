// Does the package hold what it promises where it is installed: small, without a script, on glibc and on musl?

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './dist.ts';
import { openSandbox } from './sandbox.ts';
import { canMakeMuslRoot, makeMuslRoot, runInRoot } from './musl-root.ts';
import { canCrossCompile, canReachRegistry, install, pack, scriptsOf, type Tarball } from './tarball.ts';

const BIN = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
}

interface Tale {
  readonly version: string;
  readonly folder: string;
  readonly bundle: boolean;
  readonly arch: string;
  readonly node: { readonly libc: string };
  readonly guardian: { readonly path: string; readonly origin: string; readonly build: string } | null;
}

const hasQemu = spawnSync('qemu-aarch64-static', ['--version']).status === 0;

const manifest: Manifest = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
);

describe.skipIf(!canCrossCompile)('the package (a compiler for arm64)', () => {
  let tarball: Tarball;
  beforeAll(async () => {
    tarball = await pack();
  }, 120_000);
  afterAll(() => tarball.remove());

  test('weighs less than 2 MB and brings a guardian for x64 and for arm64', () => {
    expect(tarball.size).toBeGreaterThan(100_000);
    expect(tarball.size).toBeLessThan(2_000_000);
    expect(tarball.files).toEqual(
      expect.arrayContaining(['prebuilt/guardian-x64', 'prebuilt/guardian-arm64', 'dist/bundle/daemon.js']),
    );
  });

  test.skipIf(!hasQemu)('brings a guardian of arm64 that runs (qemu-aarch64-static)', async () => {
    const { stdout } = await execa('tar', ['xOzf', tarball.path, 'package/prebuilt/guardian-arm64'], {
      encoding: 'buffer',
    });
    const binary = join(tarball.folder, 'guardian-arm64');
    writeFileSync(binary, stdout, { mode: 0o755 });
    const said = await run(['qemu-aarch64-static', binary, 'version'], process.env, tarball.folder);
    expect(said).toMatchObject({ code: 0, stdout: `${manifest.version} arm64 static musl` });
  });

  test('brings neither maps nor tests, and no module that is in the bundle too', () => {
    const modules = tarball.files.filter((path) => /^dist\/(?!bundle\/).*\.js$/.test(path));
    expect(modules.toSorted()).toEqual(['dist/cli/main.js', 'dist/daemon.js', 'dist/index.js']);
    expect(tarball.files.filter((path) => /\.map$|(^|\/)test\//.test(path))).toEqual([]);
  });

  test('runs no script where it is installed', () => {
    const scripts = ['preinstall', 'install', 'postinstall'];
    expect(Object.keys(manifest.scripts).filter((name) => scripts.includes(name))).toEqual([]);
  });

  test('is as publint and attw want a package to be', async () => {
    const lint = await execa(join(BIN, 'publint'), [tarball.path, '--strict'], { timeout: 60_000 });
    expect(lint.stdout).toContain('All good!');
    const types = await execa(join(BIN, 'attw'), [tarball.path, '--profile', 'esm-only', '-f', 'json'], {
      timeout: 60_000,
    });
    expect(types.stdout).toContain('"packageName": "tsvisor"');
  });

  describe.skipIf(!canReachRegistry)('installed in an empty folder (the npm registry)', () => {
    let modules: string;
    const cli = (): string => join(tarball.folder, 'node_modules/.bin/tsvisor');
    beforeAll(async () => {
      modules = await install(tarball);
    }, 120_000);

    test('needs no package that would run a script', () => {
      const { seen, scripted } = scriptsOf(modules);
      expect(seen).toBeGreaterThan(5);
      expect(scripted).toEqual([]);
    });

    test('says what is in it', async () => {
      const said = await run([cli(), 'version', '--json'], process.env, tarball.folder);
      const tale: Tale = JSON.parse(said.stdout);
      const folder = join(modules, 'tsvisor');
      expect(tale).toMatchObject({ version: manifest.version, folder, bundle: true, arch: process.arch });
      expect(tale.guardian).toMatchObject({
        path: join(folder, `prebuilt/guardian-${process.arch}`),
        origin: 'prebuilt',
        build: `${manifest.version} ${process.arch} static musl`,
      });
      const short = await run([cli(), '--version'], process.env, tarball.folder);
      expect(short.stdout).toMatch(
        /^tsvisor \d+\.\d+\.\d+, bundle, .*\nnode .*\nguardian .*\nmachine linux /,
      );
    });

    test('starts, tells, also from Node, and stops', async () => {
      const sandbox = openSandbox();
      sandbox.write(sandbox.program('sleeper', 'stays.sh'));
      const environment = { ...process.env, ...sandbox.mark };
      const ask = (...words: readonly string[]) =>
        run([cli(), ...words, '-c', sandbox.config], environment, sandbox.folder);
      expect(await ask('start')).toMatchObject({ code: 0 });
      const status = await sandbox.reach('RUNNING');
      expect(status.supervisor.guardian.state).toBe('present');
      expect(await ask('status')).toMatchObject({ code: 0, stdout: expect.stringContaining('RUNNING') });
      const client = [process.execPath, join(modules, 'tsvisor/examples/client.mjs'), sandbox.config];
      expect(await run(client, environment, sandbox.folder)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^sleeper:sleeper RUNNING \d+$/m),
      });
      expect(await ask('stop')).toMatchObject({ code: 0 });
      expect(await sandbox.leftAfter(5000)).toEqual([]);
    });

    test('gives its types to those who import it', async () => {
      const file = join(tarball.folder, 'consumer.ts');
      writeFileSync(
        file,
        `import { createClient, loadPlan, type StatusReply, type Client } from 'tsvisor';
const client: Client = createClient('/run/x.sock');
export const reply: Promise<StatusReply> = client.status();
export const file = async (): Promise<string> => String(await loadPlan('x'));
// @ts-expect-error: a number is no path
createClient(1);
`,
      );
      const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', 'false'];
      const types = ['--types', 'node', '--typeRoots', join(BIN, '../@types')];
      const said = await execa(join(BIN, 'tsc'), [...flags, ...types, file], {
        cwd: tarball.folder,
        reject: false,
      });
      expect(said.stdout).toBe('');
      const loaded = await execa(
        process.execPath,
        ['-e', "import('tsvisor').then((m) => console.log(typeof m.createClient))"],
        {
          cwd: tarball.folder,
        },
      );
      expect(loaded.stdout).toBe('function');
    });

    test.skipIf(!canMakeMuslRoot)(
      'runs in a root with musl alone beside Node (musl, busybox, root)',
      async () => {
        const root = join(tarball.folder, 'root');
        mkdirSync(root);
        makeMuslRoot(root, modules);
        writeFileSync(
          join(root, 'srv/tsvisor.yaml'),
          `supervisor: { logfile: /srv/tsvisor.log, runtime_dir: /srv/run }
programs:
  waits: { command: /bin/waits, startsecs: 0, stdout_logfile: /srv/waits.log }
`,
        );
        const said = await runInRoot(
          root,
          `cd /srv
tsvisor --version
tsvisor start
tsvisor wait waits --for running --timeout 20
tsvisor status --json >status.json
cat waits.log
tsvisor stop
ls /proc`,
        );
        expect(said).toContain('prebuilt, /usr/lib/node_modules/tsvisor/prebuilt/guardian-x64');
        expect(said).toContain('linked with musl');
        const status = JSON.parse(readFileSync(join(root, 'srv/status.json'), 'utf8'));
        expect(status).toMatchObject({
          supervisor: { guardian: { state: 'present' } },
          processes: [{ name: 'waits', state: 'RUNNING' }],
        });
      },
    );
  });
});

describe('the command line', () => {
  test('says its version within 25 ms of the start of Node itself', () => {
    const took = (...words: readonly string[]): number => {
      const begin = performance.now();
      expect(spawnSync(process.execPath, words, { env: { PATH: process.env['PATH'] } }).status).toBe(0);
      return performance.now() - begin;
    };
    const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
    // The fastest of each: what else runs on the machine only adds. A busy one needs more rounds until both had a free moment.
    let [bare, version] = [Infinity, Infinity];
    for (let round = 0; round < 10 || (round < 60 && version - bare >= 25); round += 1) {
      bare = Math.min(bare, took('-e', '0'));
      version = Math.min(version, took(cli, 'version'));
    }
    expect(version - bare).toBeLessThan(25);
  });
});
