// Does `tsvisor install systemd` write a unit that systemd takes, and never over what is not its own?

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Invocation } from '../../src/cli/commands.ts';
import { exampleUnit, ownUnit } from '../../src/export/own-unit.ts';
import { temporaryFolder } from '../api/sandbox.ts';
import { complaintsAbout, noAnalyzer } from '../export/analyze.ts';
import { invoke, type Invoked } from './invoke.ts';

let folder = '';
let config = '';
let unit = '';

beforeEach(() => {
  folder = temporaryFolder();
  config = join(folder, 'x.conf');
  unit = join(folder, 'systemd/user/tsvisor.service');
  writeFileSync(config, '[supervisord]\n[program:web]\ncommand=/bin/cat\n');
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(() => vi.unstubAllEnvs());

const ask = (verb: 'install' | 'uninstall', options: Invocation['options'] = {}): Promise<Invoked> =>
  invoke([verb, 'systemd'], { options: { config, user: true, ...options } });

const read = (): string => readFileSync(unit, 'utf8');

describe('install', () => {
  test('writes the unit of a user, and tells what to do next', async () => {
    const { status, out } = await ask('install');
    expect(status).toBe(0);
    expect(read()).toContain(`start --foreground -c ${config}`);
    expect(out).toContain(`wrote ${unit}`);
    expect(out).toContain(
      'systemctl --user daemon-reload\n  systemctl --user enable --now tsvisor\n  loginctl',
    );
  });

  test('only prints where that is asked for', async () => {
    const { out } = await ask('install', { print: true });
    expect(existsSync(unit)).toBe(false);
    await ask('install');
    expect(read()).toBe(`${out}\n`);
  });

  test('writes its own unit anew for the same config, and under another name for another', async () => {
    await ask('install');
    const first = read();
    await ask('install');
    expect(read()).toBe(first);
    const second = join(folder, 'second.conf');
    writeFileSync(second, '[supervisord]\n[program:web]\ncommand=/bin/cat\n');
    await expect(ask('install', { config: second })).rejects.toThrow(`it is the unit of ${config}`);
    await ask('install', { config: second, name: 'second' });
    expect(readFileSync(join(folder, 'systemd/user/second.service'), 'utf8')).toContain(second);
    expect(read()).toBe(first);
  });

  test.each([
    [
      'somebody else wrote',
      () => writeFileSync(unit, '[Service]\nExecStart=/bin/true\n'),
      'it is there, and tsvisor did not write it',
    ],
    ['is masked', () => symlinkSync('/dev/null', unit), 'it is there, and tsvisor did not write it'],
    ['was changed by hand', () => writeFileSync(unit, `${read()}# mine\n`), 'it has been changed by hand'],
  ])('refuses to replace one that %s, unless it is told to', async (what, change, words) => {
    if (what === 'was changed by hand') await ask('install');
    else mkdirSync(join(folder, 'systemd/user'), { recursive: true });
    change();
    await expect(ask('install')).rejects.toMatchObject({
      code: 'UNIT_REFUSED',
      message: `cannot write ${unit}: ${words}`,
    });
    await ask('install', { force: true });
    expect(read()).toContain('Delegate=yes');
  });

  test('refuses a config with a problem, a name that is none, and another service manager', async () => {
    writeFileSync(config, '[program:web]\n');
    await expect(ask('install')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    expect(existsSync(unit)).toBe(false);
    writeFileSync(config, '[supervisord]\n[program:web]\ncommand=/bin/cat\n');
    await expect(ask('install', { name: '../x' })).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(invoke(['install', 'upstart'], { options: { config } })).rejects.toThrow('there is systemd');
  });

  test('tells of a program that its own PATH finds and that of services does not', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'only-mine'), '#!/bin/sh\n', { mode: 0o755 });
    vi.stubEnv('PATH', `${process.env['PATH']}:${bin}`);
    writeFileSync(config, '[supervisord]\n[program:web]\ncommand=only-mine\n[program:cat]\ncommand=cat\n');
    const { err } = await ask('install', { print: true });
    expect(err).toContain('web: `only-mine` is on your PATH');
    expect(err).not.toContain('`cat`');
  });
});

describe('uninstall', () => {
  test('removes what install wrote and what systemd made of it, and only that', async () => {
    await ask('install');
    const wants = join(folder, 'systemd/user/default.target.wants');
    mkdirSync(wants);
    symlinkSync(unit, join(wants, 'tsvisor.service'));
    const { status, out } = await ask('uninstall');
    expect(status).toBe(0);
    expect(out).toContain(`removed ${unit}`);
    expect([existsSync(unit), existsSync(join(wants, 'tsvisor.service'))]).toEqual([false, false]);
    expect((await ask('uninstall')).out).toBe(`no unit ${unit}`);
  });

  test('leaves a unit alone that is not its own', async () => {
    mkdirSync(join(folder, 'systemd/user'), { recursive: true });
    writeFileSync(unit, '[Service]\nExecStart=/bin/true\n');
    await expect(ask('uninstall')).rejects.toMatchObject({ code: 'UNIT_REFUSED' });
    expect(existsSync(unit)).toBe(true);
    await ask('uninstall', { force: true });
    expect(existsSync(unit)).toBe(false);
  });
});

/** With files that exist, so that nothing else is there to complain about. */
const real = { tsvisor: [process.execPath, '/etc/hosts'], config: '/etc/it\'s 100% "odd"/$x.yaml' };

describe('the unit', () => {
  test.skipIf(noAnalyzer).each([
    ['of the machine', { ...real, guardian: process.execPath, user: false }],
    ['of a user', { ...real, guardian: process.execPath, user: true }],
    ['without a guardian', { ...real, guardian: null, user: false }],
  ])('%s is one that systemd takes (needs systemd-analyze)', (_, parts) => {
    expect(complaintsAbout([{ name: 'tsvisor.service', text: ownUnit(parts) }])).toEqual([]);
    const broken = ownUnit(parts).replace('[Service]', '[Service]\nNoSuchKey=1');
    expect(complaintsAbout([{ name: 'tsvisor.service', text: broken }])).toHaveLength(1);
  });

  test('of the examples is the same text', () => {
    expect(readFileSync('examples/systemd/tsvisor.service', 'utf8')).toBe(exampleUnit());
  });

  test('promises a watchdog only where somebody feeds it', () => {
    expect(ownUnit({ ...real, guardian: null, user: false })).not.toMatch(/WatchdogSec|Type=notify/);
    expect(ownUnit({ ...real, guardian: '/g', user: false })).toMatch(
      /^Type=notify\nNotifyAccess=main\nWatchdogSec=30$/m,
    );
  });
});
