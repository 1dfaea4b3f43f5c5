// Does `tsvisor logs` show the last lines, go on across rotation, and say whose each line is?

import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { LogFile } from '../../src/cli/log-file.ts';
import { run } from '../../src/cli/logs.ts';
import type { Command, Reply } from '../../src/model/command.ts';
import type { Terminal } from '../../src/cli/text/terminal.ts';
import { STATUS, openHouse, temporaryFolder } from '../api/sandbox.ts';
import { invoke } from './invoke.ts';
import { createProcess, createScreen } from './screen.ts';

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const opened = (path: string): LogFile => {
  const file = new LogFile(path);
  onTestFinished(() => file.close());
  return file;
};

/** Everything that is there now. */
const drain = (file: LogFile): string => {
  let all = '';
  for (;;) {
    const text = file.next().toString();
    if (text === '') return all;
    all += text;
  }
};

describe('a log file', () => {
  test('gives its last lines, whatever their length, and then what follows', () => {
    const path = join(temporaryFolder(), 'log');
    const line = fc.string({ unit: fc.constantFrom('a', 'é', ' '), maxLength: 20 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.nat(35), fc.boolean(), (lines, count, isEnded) => {
        const text = lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : '');
        writeFileSync(path, text);
        const whole = text.endsWith('\n') ? text.slice(0, -1) : text;
        const expected =
          count === 0 ? '' : whole.split('\n').slice(-count).join('\n') + text.slice(whole.length);
        const file = new LogFile(path);
        expect(file.tail(count).toString()).toBe(expected);
        appendFileSync(path, 'more');
        expect(drain(file)).toBe('more');
        file.close();
        rmSync(path);
      }),
    );
  });

  test('finds lines that are longer than a block', () => {
    const path = join(temporaryFolder(), 'log');
    const long = 'x'.repeat(200_000);
    writeFileSync(path, `first\n${long}\nlast\n`);
    expect(opened(path).tail(2).toString()).toBe(`${long}\nlast\n`);
  });

  test('that is not there yet is waited for', () => {
    const path = join(temporaryFolder(), 'log');
    const file = opened(path);
    expect(file.tail(10).toString()).toBe('');
    expect(drain(file)).toBe('');
    writeFileSync(path, 'here\n');
    expect(drain(file)).toBe('here\n');
  });

  test('that is rotated is read to its end, then the new one from its beginning', () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(path, 'one\n');
    const file = opened(path);
    file.tail(10);
    appendFileSync(path, 'two\n');
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, 'three\n');
    writeFileSync(path, 'four\n');
    expect(drain(file)).toBe('two\nthree\nfour\n');
    rmSync(path);
    expect(drain(file)).toBe('');
  });

  test('that is cut is read from its beginning', () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(path, 'one\ntwo\n');
    const file = opened(path);
    file.tail(10);
    truncateSync(path);
    appendFileSync(path, 'new\n');
    expect(drain(file)).toBe('new\n');
  });
});

interface Written {
  readonly folder: string;
  readonly ask: (command: Command) => Reply | undefined;
}

/** Two processes with logs, one of them with two. */
const write = (): Written => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a'), 'a1\na2\n');
  writeFileSync(join(folder, 'b'), 'b1\nb2');
  writeFileSync(join(folder, 'e'), 'e1\n');
  const processes = [
    createProcess({ group: 'ci', name: 'a', stdoutLog: join(folder, 'a') }),
    createProcess({ group: 'b', name: 'b', stdoutLog: join(folder, 'b'), stderrLog: join(folder, 'e') }),
    createProcess({ group: 'quiet', name: 'quiet' }),
  ];
  return { folder, ask: ({ verb }) => (verb === 'status' ? { ...STATUS, processes } : undefined) };
};

describe('logs', () => {
  test('shows a single log as it is', async () => {
    const { ask } = write();
    expect(await invoke(['logs', 'ci:a'], { ask })).toMatchObject({ status: 0, out: 'a1\na2\n', err: '' });
    expect((await invoke(['logs', 'ci:a'], { ask, options: { lines: '1' } })).out).toBe('a2\n');
  });

  test('says before each line of several logs whose it is', async () => {
    const { ask } = write();
    const { out } = await invoke(['logs'], { ask });
    expect(out.split('\n')).toEqual([
      'ci:a     | a1',
      'ci:a     | a2',
      'b        | b1',
      'b        | b2',
      'b stderr | e1',
    ]);
  });

  test('shows one stream only when asked to', async () => {
    const { ask } = write();
    expect((await invoke(['logs', 'b'], { ask, options: { stderr: true } })).out).toBe('e1\n');
    expect((await invoke(['logs', 'b'], { ask, options: { stdout: true } })).out).toBe('b1\nb2');
  });

  test('tells of names that are none, and shows the rest', async () => {
    const { ask } = write();
    const { status, out, err } = await invoke(['logs', 'ci:a', 'ci:x'], { ask });
    expect({ status, out }).toEqual({ status: 1, out: 'a1\na2\n' });
    expect(err).toContain('ci:x: no such process');
  });

  test('says why there is no log to show', async () => {
    const { ask } = write();
    await expect(invoke(['logs', 'quiet'], { ask })).rejects.toThrow(
      'cannot show the log of quiet: no log file is known',
    );
    await expect(invoke(['logs'], { ask, options: { lines: 'many' } })).rejects.toMatchObject({
      code: 'BAD_OPTION',
    });
  });

  test('knows the files from the config where no supervisor answers, and its own log too', async () => {
    const { folder } = write();
    const config = join(folder, 'x.conf');
    writeFileSync(join(folder, 'main'), 'born\ndied\n');
    writeFileSync(
      config,
      `[supervisord]\nlogfile=${folder}/main\n[program:a]\ncommand=true\nstdout_logfile=${folder}/a\nredirect_stderr=true\n`,
    );
    const options = { config, socket: join(folder, 'nobody.sock') };
    const { terminal, out } = createScreen();
    expect(await run({ words: ['a', 'supervisor'], options, terminal })).toBe(0);
    expect(out()).toBe('supervisor | born\nsupervisor | died\na          | a1\na          | a2');
  });

  test('follows several logs, whole line by whole line, until its reader goes away', async () => {
    const { folder, ask } = write();
    const { path } = await openHouse({
      ask: async (command) => ask(command) ?? [],
    });
    let gone = false;
    const { terminal, out } = createScreen();
    const watched: Terminal = { ...terminal, gone: () => gone };
    const ended = run({
      words: ['ci:a', 'b'],
      options: { socket: path, follow: true, lines: '1', stdout: true },
      terminal: watched,
    });
    await expect.poll(out, { timeout: 10_000 }).toContain('a2');
    // b's log ends in the middle of a line.
    appendFileSync(join(folder, 'b'), ' and a half\n');
    appendFileSync(join(folder, 'a'), 'begun');
    await expect.poll(out, { timeout: 10_000 }).toContain('half');
    appendFileSync(join(folder, 'a'), ', done\n');
    await expect.poll(out, { timeout: 10_000 }).toContain('done');
    gone = true;
    expect(await ended).toBe(0);
    expect(out().split('\n')).toEqual(['ci:a | a2', 'b    | b2 and a half', 'ci:a | begun, done']);
  });
});
