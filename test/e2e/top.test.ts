// Can an operator work with `tsvisor top` in a real terminal of 80×24, with and without colour?

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CLI } from './dist.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';

const TMUX = 'tmux';
const hasTmux = spawnSync(TMUX, ['-V']).status === 0;
const ARTEFACTS = fileURLToPath(new URL('../../artefacts', import.meta.url));
const DEADLINE = { within: 20_000, every: 50 };

interface Pane {
  press(...keys: readonly string[]): void;
  /** What stands on the screen now, with colours as escape sequences when asked. */
  screen(colors?: boolean): string;
  sees(pattern: RegExp): Promise<unknown>;
  keep(name: string): void;
}

/** A tmux of its own in the sandbox's folder. */
const openPane = (sandbox: Sandbox, command: string): Pane => {
  const socket = sandbox.path('tmux');
  const tmux = (...args: readonly string[]): string => {
    const { NODE_EXTRA_CA_CERTS: _, NO_COLOR: __, TMUX: ___, ...env } = process.env;
    const ran = spawnSync(TMUX, ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...env, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...sandbox.mark },
      timeout: 10_000,
    });
    return ran.stdout;
  };
  onTestFinished(() => void tmux('kill-server'));
  tmux('new-session', '-d', '-x', '80', '-y', '24', '-s', 'top', command);
  const screen = (colors = false): string =>
    tmux('capture-pane', '-p', ...(colors ? ['-e'] : []), '-t', 'top');
  return {
    press: (...keys) => void tmux('send-keys', '-t', 'top', ...keys),
    screen,
    sees: (pattern) =>
      until(`${pattern} on the screen`, () => pattern.test(screen()), DEADLINE).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${screen()}`);
      }),
    keep(name) {
      mkdirSync(ARTEFACTS, { recursive: true });
      writeFileSync(join(ARTEFACTS, `${name}.txt`), screen());
    },
  };
};

const topIn = (sandbox: Sandbox): string =>
  `${process.execPath} ${CLI} top -c ${sandbox.config}; echo "ended with $?"; sleep 1000`;

const withTwo = async (): Promise<Sandbox> => {
  const sandbox = openSandbox();
  sandbox.write(
    sandbox.program('web', 'stays.sh'),
    `[program:talker]\ncommand=/bin/sh -c 'while :; do echo "said \\"hello\\""; sleep 0.2; done'\nstdout_logfile=${sandbox.folder}/talker.log\nstopasgroup=true\nstartsecs=0\n`,
  );
  await sandbox.start();
  await sandbox.reach('RUNNING');
  return sandbox;
};

describe.skipIf(!hasTmux)('tsvisor top under tmux, 80×24', () => {
  test('stops and starts by key, asks before, shows logs and who dies next, and gives the terminal back', async () => {
    const sandbox = await withTwo();
    const pane = openPane(sandbox, topIn(sandbox));
    await pane.sees(/^>talker +RUNNING/m);
    pane.keep('top-80x24');
    // oxlint-disable-next-line no-control-regex
    expect(pane.screen(true)).toMatch(/\u001B\[[\d;]*3[0-7]m/);
    pane.press('l');
    await pane.sees(/-- stdout of talker --\n(?:said "hello"\n)+/);
    pane.keep('top-80x24-log');
    pane.press('o');
    await pane.sees(/machine: .* of /);
    pane.keep('top-80x24-memory');
    pane.press('o', 'm');
    await pane.sees(/└ \S+ pid \d+/);
    pane.press('m', 'Down');
    await pane.sees(/^>web/m);
    pane.press('t');
    await pane.sees(/^stop web\? y\/n$/m);
    pane.press('n');
    await pane.sees(/q quit/);
    expect((await sandbox.process('web')).state).toBe('RUNNING');
    pane.press('t', 'y');
    await pane.sees(/^>web +STOPPED/m);
    pane.press('s');
    await pane.sees(/^>web +RUNNING/m);
    pane.press('q');
    await pane.sees(/ended with 0/);
    expect(pane.screen()).not.toContain('LAST DEATH');
  });

  test('shows who started whom, and goes where the mouse clicks', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('web', 'stays.sh'),
      `[program:nest]\ncommand=/bin/sh -c 'sh -c "sleep 1000; :"; :'\nstartsecs=0\nstopasgroup=true\n`,
    );
    await sandbox.start();
    await sandbox.reach('RUNNING');
    const pane = openPane(sandbox, topIn(sandbox));
    await pane.sees(/^>nest +RUNNING/m);
    pane.press('m');
    await pane.sees(/^ {3}└ sh pid \d+ .*\n {5}└ sh pid \d+ .*\n {7}└ sleep pid/m);
    pane.keep('top-80x24-tree');
    pane.press('M');
    const row =
      pane
        .screen()
        .split('\n')
        .findIndex((line) => line.startsWith(' web')) + 1;
    pane.press('-l', `\u001B[<0;5;${row}M\u001B[<0;5;${row}m`);
    await pane.sees(/^>web/m);
    pane.press('-l', '\u001B[<64;5;5M');
    await pane.sees(/^>nest/m);
    pane.press('q');
    await pane.sees(/ended with 0/);
    expect(pane.screen()).not.toContain('LAST DEATH');
  });

  test('filters, and needs no colour', async () => {
    const sandbox = await withTwo();
    const pane = openPane(sandbox, `NO_COLOR=1 TERM=vt100 ${topIn(sandbox)}`);
    await pane.sees(/^>talker/m);
    pane.press('/', 'w', 'e', 'b', 'Enter');
    await pane.sees(/^>web/m);
    expect(pane.screen()).not.toContain('talker');
    // oxlint-disable-next-line no-control-regex
    expect(pane.screen(true)).not.toMatch(/\u001B\[[\d;]*3[0-7]m/);
    pane.keep('top-80x24-without-colour');
    pane.press('C-c');
    await pane.sees(/ended with 0/);
  });

  test('goes on over a restart of the supervisor', async () => {
    const sandbox = await withTwo();
    const pane = openPane(sandbox, topIn(sandbox));
    await pane.sees(/^>talker/m);
    expect((await sandbox.tsvisor(['stop'])).code).toBe(0);
    await pane.sees(/^! cannot reach tsvisor/m);
    await sandbox.start();
    await pane.sees(/guardian present/);
    pane.press('q');
    await pane.sees(/ended with 0/);
  });
});

test('tsvisor top without a terminal is refused in words', async () => {
  const sandbox = openSandbox();
  sandbox.write(sandbox.program('web', 'stays.sh'));
  const { code, stderr } = await sandbox.tsvisor(['top']);
  expect(code).toBe(2);
  expect(stderr).toContain('status --watch');
});
