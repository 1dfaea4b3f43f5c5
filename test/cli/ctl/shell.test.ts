// Does the shell of `tsvisor ctl` read, complete and remember lines as people are used to?

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { completeLine } from '../../../src/cli/ctl/complete.ts';
import { Keyboard } from '../../../src/cli/ctl/keyboard.ts';
import { readHistory, runShell } from '../../../src/cli/ctl/shell.ts';
import { temporaryFolder } from '../../api/sandbox.ts';
import { info, openStage, type Stage } from './played-server.ts';

const INFOS = [info('ci', 'app-1'), info('ci', 'app-2'), info('web', 'web')];

const open = (): Promise<Stage> => openStage({ getAllProcessInfo: INFOS, getPID: 42 }, { interactive: true });

const begin = ({ session }: Stage, historyFile: string | null = null): Promise<number> =>
  runShell(session, { prompt: 'here', historyFile });

describe('the shell', () => {
  test('begins with the status, and leaves at quit with status 0 whatever happened', async () => {
    const stage = await open();
    stage.input.write('nope\n\npid\nquit\nstatus\n');
    expect(await begin(stage)).toBe(0);
    expect(stage.out()).toMatch(/^ci:app-1 [^]*here> \n?\*\*\* Unknown syntax: nope\n[^]*here> \n?42\n/);
    expect(stage.asked).toEqual(['getAllProcessInfo()', 'getPID()']);
  });

  test('leaves at the end of the input', async () => {
    const stage = await open();
    stage.input.end('pid\n');
    expect(await begin(stage)).toBe(0);
    expect(stage.asked).toContain('getPID()');
  });

  test('runs one line after the other, also when they come at once', async () => {
    let running = 0;
    const stage = await openStage({
      getAllProcessInfo: [],
      startProcess: () => {
        running += 1;
        return true;
      },
    });
    stage.input.write('start a\nstart b\nstart c\nexit\n');
    await begin(stage);
    expect(running).toBe(3);
    expect(stage.asked.slice(1)).toEqual(['startProcess(a)', 'startProcess(b)', 'startProcess(c)']);
  });
});

describe('completion', () => {
  test.each([
    ['sta', ['start ', 'status '], 'sta'],
    ['', expect.arrayContaining(['add ', 'help ', 'version ']), ''],
    ['help ta', ['tail '], 'ta'],
    ['start ', ['ci:app-1 ', 'ci:* ', 'ci:app-2 ', 'web '], ''],
    ['start ci:app', ['ci:app-1 ', 'ci:app-2 '], 'ci:app'],
    ['restart web we', ['web '], 'we'],
    ['update c', ['ci '], 'c'],
    ['version ', [], ''],
    ['nope x', [], 'x'],
  ])('of %j is %j', async (line, words, part) => {
    const { session } = await open();
    expect(await completeLine(session, line)).toEqual([words, part]);
  });
});

describe('history', () => {
  test('of another session is read, and a file that is not there is none', () => {
    const file = join(temporaryFolder(), 'history');
    expect(readHistory(null)).toEqual([]);
    expect(readHistory(file)).toEqual([]);
    writeFileSync(file, 'status\npid web\n');
    expect(readHistory(file)).toEqual(['status', 'pid web']);
  });

  test('is kept by a terminal, oldest first, after what was there before', async () => {
    const file = join(temporaryFolder(), 'history');
    const stage = await open();
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const keyboard = new Keyboard({ input, output: new PassThrough(), history: ['status web'] });
    Object.assign(stage.session, { keyboard });
    const ended = begin(stage, file);
    input.write('pid\n');
    input.write('quit\n');
    await ended;
    keyboard.close();
    expect(readFileSync(file, 'utf8')).toBe('status web\npid\nquit\n');
  });

  test('that cannot be saved is told of', async () => {
    const stage = await open();
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const keyboard = new Keyboard({ input, output: new PassThrough() });
    Object.assign(stage.session, { keyboard });
    const ended = begin(stage, '/nowhere/at/all');
    input.write('quit\n');
    await ended;
    keyboard.close();
    expect(stage.err()).toContain('cannot save the history to /nowhere/at/all: ENOENT');
  });
});

describe('Ctrl-C', () => {
  test('ends the line that is read, and not the keyboard', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const keyboard = new Keyboard({ input, output: new PassThrough() });
    const first = keyboard.read('> ');
    input.write('\u0003');
    expect(await first).toBeNull();
    const second = keyboard.read('> ');
    input.write('still here\n');
    expect(await second).toBe('still here');
    keyboard.close();
  });

  test('goes to whoever listens for it', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const keyboard = new Keyboard({ input, output: new PassThrough() });
    const line = keyboard.read('> ');
    let interrupts = 0;
    const release = keyboard.onInterrupt(() => {
      interrupts += 1;
    });
    input.write('\u0003');
    await expect.poll(() => interrupts).toBe(1);
    release();
    input.write('x\n');
    expect(await line).toBe('x');
    keyboard.close();
  });

  test('a secret is not shown', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    let shown = '';
    output.on('data', (bytes: Buffer) => {
      shown += bytes.toString();
    });
    const keyboard = new Keyboard({ input, output });
    const secret = keyboard.readSecret('Password:');
    input.write('swordfish\n');
    expect(await secret).toBe('swordfish');
    const open_ = keyboard.read('> ');
    input.write('seen\n');
    await open_;
    keyboard.close();
    expect(shown).toContain('Password:');
    expect(shown).toContain('seen');
    expect(shown).not.toContain('swordfish');
    expect(keyboard.history).not.toContain('swordfish');
  });
});
