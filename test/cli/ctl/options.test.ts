// Are the options of `tsvisor ctl` read as Python's getopt reads supervisorctl's, and its config as supervisorctl does?

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../../src/cli/ctl.ts';
import { isMisread, readCtlWords, type CtlWords } from '../../../src/cli/ctl/options.ts';
import { settingsFor } from '../../../src/cli/ctl/settings.ts';
import { temporaryFolder } from '../../api/sandbox.ts';
import { createScreen } from '../screen.ts';

const read = (line: string): unknown => readCtlWords(line.split(' ').filter((word) => word !== ''));

const given = (line: string): CtlWords => {
  const words = readCtlWords(line.split(' '));
  if (isMisread(words)) throw new Error(words.misread);
  return words;
};

describe('options', () => {
  test.each([
    ['', {}, []],
    ['status', {}, ['status']],
    ['-c x.conf status web', { c: 'x.conf' }, ['status', 'web']],
    ['-cx.conf tail -f web', { c: 'x.conf' }, ['tail', '-f', 'web']],
    ['-isunix:///x', { i: '', s: 'unix:///x' }, []],
    ['--serverurl=http://a=b pid', { s: 'http://a=b' }, ['pid']],
    ['--conf x --inter', { c: 'x', i: '' }, []],
    ['-u me -p se=cret -r hist -- -x', { u: 'me', p: 'se=cret', r: 'hist' }, ['-x']],
    ['- x', {}, ['-', 'x']],
    ['-i -i status', { i: '' }, ['status']],
  ])('%j are understood', (line, options, action) => {
    expect(read(line)).toEqual({ given: options, action });
  });

  test.each([
    ['-z', 'option -z not recognized'],
    ['-iz', 'option -z not recognized'],
    ['--nope', 'option --nope not recognized'],
    ['-s', 'option -s requires argument'],
    ['--serverurl', 'option --serverurl requires argument'],
    ['--interactive=1', 'option --interactive must not have an argument'],
    ['--h', 'option --h not a unique prefix'],
    ['-s a:b -s c:d', "conflicting command line option '-s'"],
  ])('%j are refused: %s', (line, misread) => {
    expect(read(line)).toEqual({ misread });
  });
});

const writeConfig = (text: string, name = 'x.conf'): string => {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
};

describe('settings', () => {
  test('come from the [supervisorctl] section', async () => {
    const file = writeConfig(
      '[supervisorctl]\nserverurl=unix://%(here)s/s.sock\nusername=me\npassword=secret\nprompt=here\nhistory_file=%(here)s/h',
    );
    const folder = join(file, '..');
    expect(await settingsFor(given(`-c ${file}`))).toEqual({
      target: { url: `unix://${folder}/s.sock`, username: 'me', password: 'secret' },
      prompt: 'here',
      historyFile: `${folder}/h`,
      warnings: [],
    });
  });

  test('of the command line win', async () => {
    const file = writeConfig('[supervisorctl]\nserverurl=unix:///a\nusername=me\npassword=secret');
    expect(await settingsFor(given(`-c ${file} -s http://b:1 -u you -p word -r hist`))).toMatchObject({
      target: { url: 'http://b:1', username: 'you', password: 'word' },
      historyFile: 'hist',
    });
  });

  test('are those of supervisord where the config says nothing', async () => {
    const file = writeConfig('[supervisorctl]\n');
    expect(await settingsFor(given(`-c ${file}`))).toMatchObject({
      target: { url: 'http://localhost:9001', username: null, password: null },
      prompt: 'supervisor',
    });
  });

  test('of a YAML config are the control socket of its tsvisor', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'tsvisor.yaml');
    writeFileSync(file, `supervisor:\n  runtime_dir: ${folder}/run\n`);
    expect(await settingsFor(given(`-c ${file}`))).toMatchObject({
      target: { url: `unix://${folder}/run/tsvisor.sock` },
    });
  });

  test('tell of plugins that cannot be had', async () => {
    const file = writeConfig('[supervisorctl]\n[ctlplugin:x]\nsupervisor.ctl_factory=a.b:c');
    expect(await settingsFor(given(`-c ${file}`))).toMatchObject({
      warnings: ['[ctlplugin:x] is left out: Python plugins cannot run here'],
    });
  });

  test.each([
    ['[supervisord]\n', 'it has no [supervisorctl] section'],
    ['[supervisorctl]\nserverurl=%(nope)s\n', 'serverurl'],
    ['nonsense', 'x.conf:1'],
  ])('of %j are refused', async (text, words) => {
    expect(await settingsFor(given(`-c ${writeConfig(text)}`))).toMatchObject({
      refused: expect.stringContaining(words),
    });
  });
});

describe('tsvisor ctl', () => {
  test('helps with -h, and refuses with 2', async () => {
    const screen = createScreen();
    const { terminal } = screen;
    expect(await run({ words: ['-h'], options: {}, terminal })).toBe(0);
    expect(screen.out()).toContain('Usage: tsvisor ctl [options] [action [arguments]]');
    for (const words of [['-z'], ['-s', 'x', 'pid'], ['-c', '/nowhere.conf', 'pid']])
      expect(await run({ words, options: {}, terminal })).toBe(2);
    expect(screen.err()).toContain("Error: invalid value for -s 'x': value 'x' is not a URL");
  });

  test('takes what stands before ctl', async () => {
    const screen = createScreen();
    const options = { socket: '/nowhere/x.sock', config: writeConfig('[supervisorctl]\n') };
    expect(await run({ words: ['pid'], options, terminal: screen.terminal })).toBe(7);
    expect(screen.out()).toBe('unix:///nowhere/x.sock no such file');
  });
});
