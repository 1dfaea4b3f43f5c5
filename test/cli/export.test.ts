// Does `tsvisor export` print and write what the export room makes, and tell what is missing?

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Invocation } from '../../src/cli/commands.ts';
import { temporaryFolder } from '../api/sandbox.ts';
import { invoke, type Invoked } from './invoke.ts';

let config = '';
let output = '';

beforeEach(() => {
  const folder = temporaryFolder();
  config = join(folder, 'shop.conf');
  output = join(folder, 'out');
  writeFileSync(
    config,
    '[program:web]\ncommand=/bin/cat -u --token=x\nenvironment=API_TOKEN="geheim",MODE="on"\n',
  );
});

const ask = (target: string, options: Invocation['options'] = {}): Promise<Invoked> =>
  invoke(['export', target], { options: { config, ...options } });

describe('export', () => {
  test.each([
    ['systemd', /^# shop\.target\n[^]*# shop-web\.service\n[^]*ExecStart=\/bin\/cat -u --token=x$/m],
    ['kubernetes', /^# shop\.yaml\n[^]*kind: Deployment[^]*- \/bin\/cat\n +- -u\n +- --token=x$/m],
    ['nomad', /^# shop\.nomad\.hcl\n[^]*command = "\/bin\/cat"\n +args = \["-u", "--token=x"\]$/m],
  ])('prints what %s needs, without secrets, and says so', async (target, text) => {
    const { status, out, err } = await ask(target);
    expect(status).toBe(0);
    expect(out).toMatch(text);
    expect(out).not.toContain('geheim');
    expect(err).toMatch(/^warning: web:web: its command has what looks like a password/m);
    expect(err).toMatch(/^warning: web:web: API_TOKEN not written: /m);
  });

  test('writes files, and replaces none unless it is told to', async () => {
    const { out } = await ask('systemd', { output });
    expect(out).toBe(`wrote 2 files to ${output}`);
    expect(readdirSync(output).toSorted()).toEqual(['shop-web.service', 'shop.target']);
    writeFileSync(join(output, 'shop-web.service'), 'mine');
    await expect(ask('systemd', { output })).rejects.toMatchObject({ code: 'UNIT_REFUSED' });
    expect(readFileSync(join(output, 'shop-web.service'), 'utf8')).toBe('mine');
    await ask('systemd', { output, force: true });
    expect(readFileSync(join(output, 'shop-web.service'), 'utf8')).toContain('ExecStart=');
  });

  test('names the image that is given', async () => {
    expect((await ask('kubernetes', { image: 'r.example/shop:2' })).out).toContain('image: r.example/shop:2');
  });

  test('refuses a target that it does not know, and a config with a problem', async () => {
    await expect(ask('compose')).rejects.toThrow('there are nomad, kubernetes, systemd');
    writeFileSync(config, '[program:web]\n');
    await expect(ask('nomad', { output })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    expect(existsSync(output)).toBe(false);
  });

  test('says when there is nothing to export', async () => {
    writeFileSync(config, '[supervisord]\n');
    expect(await ask('nomad')).toMatchObject({
      status: 0,
      out: '',
      err: 'warning: the config has no programs',
    });
  });
});
