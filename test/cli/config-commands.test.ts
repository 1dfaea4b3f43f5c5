// Do check, config, schema and completion print what the config room knows, and refuse what they cannot use?

import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS, type Invocation } from '../../src/cli/commands.ts';
import { TsvisorError } from '../../src/model/errors.ts';
import { temporaryFolder } from '../api/sandbox.ts';
import { invoke, type Invoked } from './invoke.ts';

const GOOD = '[supervisord]\n[program:web]\ncommand=/bin/cat\nstopasgroup=true\n';

const withConfig = (name: string, text: string, options: Invocation['options'] = {}): Promise<Invoked> => {
  const config = join(temporaryFolder(), 'x.conf');
  writeFileSync(config, text);
  return invoke([name], { options: { config, ...options } });
};

describe('check', () => {
  test('gives advice that is no problem', async () => {
    const { status, out, err } = await withConfig('check', GOOD);
    expect(status).toBe(0);
    expect(out).toContain('no problem found (groups: 1, processes: 1)');
    expect(err).toMatch(/advice: .*x\.conf:4: .*stopasgroup/);
  });

  test('names every problem on a line of its own', async () => {
    const { status, out, err } = await withConfig('check', `${GOOD}startsecs=x\nstopsignal=NONE\n`);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.match(/^error: .*x\.conf:\d/gm)).toHaveLength(2);
  });

  test('spells its examples as the file does', async () => {
    const config = join(temporaryFolder(), 'x.yaml');
    writeFileSync(config, 'programs:\n  web: {}\n');
    const { err } = await invoke(['check'], { options: { config } });
    expect(err).toContain('hint: command: /path/to/program');
    expect((await withConfig('check', '[program:x]\n')).err).toContain('hint: command=/path/to/program');
  });

  test('prints everything as JSON', async () => {
    const { status, out } = await withConfig('check', `${GOOD}startsecs=x\n`, { json: true });
    expect(status).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      problems: [{ line: 5, key: expect.stringContaining('startsecs') }],
      advice: [{ line: 4 }],
    });
  });

  test('explains a key, and names the nearest for one that is none', async () => {
    const known = await invoke(['check'], { options: { explain: 'stopwaitsecs' } });
    expect(known).toMatchObject({
      status: 0,
      out: expect.stringMatching(/stopwaitsecs in \[program\][^]*default: 10/),
    });
    const unknown = await invoke(['check'], { options: { explain: 'stopwaitsec' } });
    expect(unknown).toMatchObject({ status: 1, out: '', err: expect.stringContaining('did you mean') });
    const { out } = await invoke(['check'], { options: { explain: 'stopwaitsecs', json: true } });
    expect(JSON.parse(out)).toMatchObject([{ key: 'stopwaitsecs', default: '10' }]);
  });
});

describe('config', () => {
  test('prints the effective plan as YAML or JSON', async () => {
    expect((await withConfig('config', GOOD)).out).toMatch(/^ +command: \/bin\/cat$/m);
    const { out } = await withConfig('config', GOOD, { json: true });
    expect(JSON.parse(out)).toMatchObject({ groups: { web: {} } });
  });

  test('prints it as supervisord would have read it, for another machine too', async () => {
    const text = '[supervisord]\n[program:%(host_node_name)s]\ncommand=x\nuser=nobody-of-that-name\n';
    const named = text
      .replace('%(host_node_name)s', 'web')
      .replace('command=x', 'command=x %(host_node_name)s');
    await expect(withConfig('config', named, { as: 'supervisord' })).rejects.toBeInstanceOf(TsvisorError);
    const { out } = await withConfig('config', named, {
      as: 'supervisord',
      assumeExists: true,
      hostname: 'elsewhere',
    });
    expect(out).toContain('x elsewhere');
    expect(JSON.parse(out)).toHaveProperty('supervisord');
  });

  test('refuses another shape, and a config with problems', async () => {
    await expect(withConfig('config', GOOD, { as: 'toml' })).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(withConfig('config', '[program:x]\n')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});

test('schema prints a JSON Schema', async () => {
  const { out } = await invoke(['schema']);
  expect(JSON.parse(out)).toMatchObject({
    title: 'tsvisor.yaml',
    $schema: expect.stringContaining('json-schema'),
  });
});

describe('completion', () => {
  const script = async (shell: string): Promise<string> => (await invoke(['completion', shell])).out;

  test('knows the names of processes and groups', async () => {
    expect((await invoke(['completion', 'names'])).out.split('\n')).toEqual([
      'ci:app-1',
      'ci:app-2',
      'web',
      'ci:*',
      'all',
    ]);
    expect((await invoke(['completion', 'groups'])).out).toBe('ci\nweb');
  });

  test.each(['bash', 'zsh', 'fish'])('for %s names every command and option', async (shell) => {
    const text = await script(shell);
    for (const { name, options } of COMMANDS) {
      expect(text).toContain(name);
      for (const { flags } of options) {
        const long = /--([\w-]+)/.exec(flags)?.[1] ?? '';
        expect(text).toContain(shell === 'fish' ? `-l ${long}` : `--${long}`);
      }
    }
  });

  test('refuses a shell it does not know', async () => {
    await expect(script('csh')).rejects.toThrow('cannot use csh: there are bash, zsh, fish');
  });

  describe.each([['bash'], ['zsh'], ['fish']])('for %s', (shell) => {
    const isHere = spawnSync(shell, ['--version']).error === undefined;
    test.skipIf(!isHere)(`is right in the eyes of the shell (needs ${shell})`, async () => {
      const file = join(temporaryFolder(), 'script');
      writeFileSync(file, await script(shell));
      expect(spawnSync(shell, ['-n', file]).stderr.toString()).toBe('');
    });
  });

  test.each([
    ['tsvisor sta', 'start status'],
    ['tsvisor -c x.conf sta', 'start status'],
    ['tsvisor start ci:app', 'app-1 app-2'],
    ['tsvisor start we', 'web'],
    ['tsvisor logs sup', 'supervisor'],
    ['tsvisor logs --fo', '--follow'],
    ['tsvisor completion ', 'bash zsh fish'],
    ['tsvisor update c', 'ci'],
    ['tsvisor ctl main', 'maintail'],
    ['tsvisor version x', ''],
  ])('in bash: %j goes on with %j', async (line, expected) => {
    const typed = `
tsvisor() { [[ \${!#} == groups ]] && printf 'ci\\nweb\\n' || printf 'ci:app-1\\nci:app-2\\nci:*\\nweb\\nall\\n'; }
COMP_LINE='${line}' COMP_POINT=${line.length}
_tsvisor
printf '%s' "\${COMPREPLY[*]}"`;
    const out = execFileSync('bash', ['--norc', '-c', (await script('bash')) + typed]);
    expect(out.toString()).toBe(expected);
  });
});

describe('import', () => {
  test('prints YAML, and takes the file as a word', async () => {
    const file = join(temporaryFolder(), 'x.conf');
    writeFileSync(file, `${GOOD}; a comment\nuser=nobody-of-that-name\n`);
    const refused = invoke(['import', file]);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    const { status, out } = await invoke(['import', file], { options: { assumeExists: true } });
    expect(status).toBe(0);
    expect(out).toMatch(/^programs:\n {2}web:\n {4}command: \/bin\/cat\n/m);
    expect(out).toContain('    # a comment\n    user: nobody-of-that-name');
  });

  test("keeps a command's wrappers where that is asked for", async () => {
    const text = '[program:web]\ncommand=sudo -u root /bin/cat\n';
    expect((await withConfig('import', text)).out).toMatch(/^ +command: \/bin\/cat$/m);
    const kept = await withConfig('import', text, { keepCommands: true });
    expect(kept.out).toMatch(/^ +command: sudo -u root \/bin\/cat$/m);
  });
});

test('check takes what is not on this machine as there when told to', async () => {
  const text = '[supervisord]\n[program:web]\ncommand=/bin/cat\nuser=nobody-of-that-name\n';
  expect((await withConfig('check', text)).status).toBe(2);
  expect((await withConfig('check', text, { assumeExists: true })).status).toBe(0);
});
