import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepFile, keepNumber, numberIn, readNumber, readText, writeText } from '../../src/kernel/files.ts';
import { openKernelLog } from '../../src/kernel/kernel-log.ts';
import { createOomWatch } from '../../src/kernel/oom-watch.ts';
import { bootId, createProcesses } from '../../src/kernel/processes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsvisor-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file that is one number', () => {
  test('is read as such, and null when it is something else or nothing', () => {
    const path = join(folder, 'number');
    expect(readNumber(path)).toBeNull();
    for (const [text, number] of [
      ['9223372036854771712\n', 9_223_372_036_854_771_712],
      ['0\n', 0],
      ['42', 42],
      ['max\n', null],
      ['', null],
      ['-5\n', null],
    ] as const) {
      writeFileSync(path, text);
      expect(readNumber(path)).toBe(number);
    }
    expect(readNumber(folder)).toBeNull();
  });
});

describe('one number of a file', () => {
  test('is read anew each time, and null where it is not', () => {
    const path = join(folder, 'counts');
    const read = keepNumber(path, 'oom_kill ');
    expect(read()).toBeNull();
    writeFileSync(path, 'nr_free_pages 12\noom_kill 41\nlast 3\n');
    expect(read()).toBe(41);
    writeFileSync(path, 'nr_free_pages 12\noom_kill_disable 7\noom_kill 1234567890123\nlast 3\n');
    expect(read()).toBe(1_234_567_890_123);
    writeFileSync(path, 'nr_free_pages 12\nlast 3\n');
    expect(read()).toBeNull();
    writeFileSync(path, 'a 1\noom_kill 5');
    expect(read()).toBe(5);
  });

  test('may stand behind a colon and blanks, with a unit', () => {
    const path = join(folder, 'meminfo');
    writeFileSync(path, 'MemTotal:       24684084 kB\nMemAvailable:     1234 kB\n');
    expect(keepNumber(path, 'MemAvailable:')()).toBe(1234);
  });

  test('is found behind a page, and not in what another file left in the buffer', () => {
    const path = join(folder, 'long');
    writeFileSync(path, `first 1\n${'filler 1\n'.repeat(9000)}oom_kill 9\n`);
    expect(keepNumber(path, 'oom_kill ')()).toBeNull();
    writeFileSync(path, `first 1\n${'filler 1\n'.repeat(900)}oom_kill 9\n`);
    expect(keepNumber(path, 'oom_kill ')()).toBe(9);
    writeFileSync(join(folder, 'short'), 'first 1\n');
    expect(keepNumber(join(folder, 'short'), 'oom_kill')()).toBeNull();
  });

  test('is the same as in the whole text, of the real kernel', () => {
    expect(keepNumber('/proc/vmstat', 'oom_kill ')()).toBe(
      numberIn(readText('/proc/vmstat') ?? '', 'oom_kill'),
    );
  });
});

describe('small files', () => {
  test('are read whole, however large they are', () => {
    const path = join(folder, 'large');
    const text = 'x'.repeat(300_000);
    writeFileSync(path, text);
    expect(readText(path) === text).toBe(true);
    expect(readText('/proc/self/comm')).not.toBeNull();
  });

  test('that are missing or may not be written are values', () => {
    expect(readText(join(folder, 'none'))).toBeNull();
    expect(writeText(join(folder, 'none'), 'x')).toBe('ENOENT');
    expect(writeText(folder, 'x')).toBe('EISDIR');
  });

  test('that are kept are read from the start each time, and found again when they come later', () => {
    const path = join(folder, 'kept');
    const read = keepFile(path);
    expect(read()).toBeNull();
    writeFileSync(path, 'one');
    expect(read()).toBe('one');
    writeFileSync(path, 'two');
    expect(read()).toBe('two');
    writeFileSync(path, 'x'.repeat(100_000));
    expect(read()?.length).toBe(100_000);
  });

  test.each([
    ['oom 3\noom_kill 5\n', 'oom_kill', 5],
    ['oom 3\noom_kill 5\n', 'oom', 3],
    ['oom_kill_disable 0\nunder_oom 0\noom_kill 7\n', 'oom_kill', 7],
    ['xoom_kill 5\n', 'oom_kill', null],
    ['oom_kill x\n', 'oom_kill', null],
    ['', 'oom', null],
  ])('%j has %s %s', (text, name, expected) => {
    expect(numberIn(text, name)).toBe(expected);
  });
});

describe('an environment', () => {
  test('of hundreds of kilobytes is searched to its end', async () => {
    const env = {
      PATH: process.env['PATH'],
      FILL: 'x'.repeat(100_000),
      FILL2: 'TSVISOR_COOKIE=no',
      TSVISOR_COOKIE: 'yes',
    };
    const child = spawn('sleep', ['1000'], { env });
    const ended = once(child, 'exit');
    await once(child, 'spawn');
    expect(createProcesses().environ(child.pid ?? 0, 'TSVISOR_COOKIE')).toEqual({ value: 'yes' });
    child.kill('SIGKILL');
    await ended;
  });
});

describe('the kernel log', () => {
  test('is never waited for: a pipe that nobody writes to is empty at once', () => {
    const path = join(folder, 'pipe');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    const log = openKernelLog(path);
    if (typeof log === 'string') throw new Error(log);
    expect(log.drain()).toEqual({ text: '', lost: false, marks: [] });
    log.close();
  });

  test('that is not there is absent', () => {
    expect(openKernelLog(join(folder, 'none'))).toBe('absent');
  });

  test('is drained once: the second drain has nothing of the first', () => {
    const watch = createOomWatch();
    const first = watch.drainKernelLog();
    const second = watch.drainKernelLog();
    expect(['readable', 'denied', 'absent', 'lost-records']).toContain(first.state);
    const seen = new Set(first.records.map((record) => record.seq));
    expect(second.records.filter((record) => seen.has(record.seq))).toEqual([]);
  });
});

test('the counter of the machine and the name of the boot can be read', () => {
  expect(createOomWatch().machineKills()).toBeGreaterThanOrEqual(0);
  expect(bootId()).toMatch(/^[\da-f-]{36}$/);
});
