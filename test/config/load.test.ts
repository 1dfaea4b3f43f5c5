// Does loading a file end in a plan or in problems, whatever the path and the file are?

import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/config/load.ts';
import { makeFolder, planOf, problemsOf, processesIn } from './sandbox.ts';

const isRoot = process.getuid?.() === 0;

const reason = async (path: string): Promise<string> => {
  const resolved = await loadPlan(path, { env: {} });
  return resolved.plan === null ? resolved.problems.map(({ message }) => message).join() : 'a plan';
};

describe('a path that is no config', () => {
  test('is refused when it does not exist, or is a directory, a device or a loop of links', async () => {
    const folder = makeFolder({});
    symlinkSync('loop', join(folder, 'loop'));
    expect(await reason(join(folder, 'nothing'))).toBe('cannot read this config file: it does not exist');
    expect(await reason(folder)).toBe('cannot read this config file: it is a directory');
    expect(await reason('/dev/zero')).toBe('cannot read this config file: it is not a regular file');
    expect(await reason(join(folder, 'loop'))).toBe('cannot read this config file: too many symbolic links');
    expect(await reason('a\0b')).toBe('cannot read this config file: its name has a NUL byte in it');
  });

  test('is refused at once when it is a FIFO that nobody writes to', async () => {
    const folder = makeFolder({});
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    expect(await reason(join(folder, 'fifo'))).toBe('cannot read this config file: it is not a regular file');
  });

  test.skipIf(isRoot)('is refused when it may not be read (skipped for root, who may)', async () => {
    const folder = makeFolder({ 'x.conf': '[supervisord]' });
    chmodSync(join(folder, 'x.conf'), 0);
    expect(await reason(join(folder, 'x.conf'))).toBe('cannot read this config file: permission denied');
  });
});

describe('bounds', () => {
  const page = (text: string | Buffer): string => join(makeFolder({ 'x.conf': text }), 'x.conf');

  test('of size, lines, encoding and NUL bytes are kept', async () => {
    expect(await reason(page(Buffer.alloc(5 * 1024 * 1024, 0x3b)))).toContain('larger than 4 MiB');
    expect(await reason(page(`[supervisord]\n${'a=1\n'.repeat(200_000)}`))).toContain(
      'more than 100000 lines',
    );
    expect(await reason(page(Buffer.from('[supervisord]\n;\xe9', 'latin1')))).toContain('it is not UTF-8');
    expect(await reason(page('[supervisord]\n;\0'))).toContain('NUL byte');
  });

  test('a byte order mark is passed over', async () => {
    expect(await reason(page('\u{FEFF}[supervisord]\r\n'))).toBe('a plan');
  });

  test('a file of many bad lines names some of them', async () => {
    const problems = await problemsOf(`[supervisord]\n${'bad\n'.repeat(1000)}`);
    expect(problems).toHaveLength(20);
  });

  test('five hundred programs load fast', async () => {
    const programs = Array.from(
      { length: 500 },
      (_, at) =>
        `[program:p${at}]\ncommand=/bin/p %(process_num)d\nnumprocs=2\nprocess_name=%(program_name)s_%(process_num)d\nenvironment=A="${at}"\n`,
    );
    const started = performance.now();
    const plan = await planOf(`[supervisord]\n${programs.join('')}`);
    expect(processesIn(plan)).toHaveLength(1000);
    // A bound for hangs, not a measurement: that is what the benchmark is for.
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('include', () => {
  const load = async (
    files: Readonly<Record<string, string>>,
  ): Promise<{ commands: string[]; warnings: string[]; problems: string[] }> => {
    const here = makeFolder(files);
    const resolved = await loadPlan(join(here, 'main.conf'), { env: { WHERE: 'sub' }, hostname: 'box' });
    if (resolved.plan === null) {
      return {
        commands: [],
        warnings: [],
        problems: resolved.problems.map(
          ({ file, line, message }) => `${file.slice(here.length + 1)}:${line}: ${message}`,
        ),
      };
    }
    return {
      commands: processesIn(resolved.plan).map(({ command }) => command.replaceAll(here, '')),
      warnings: resolved.warnings.map(({ message }) => message.replaceAll(here, '')),
      problems: [],
    };
  };

  test('reads patterns in order, matches sorted, later values over earlier ones', async () => {
    const { commands } = await load({
      'main.conf': '[supervisord]\n[program:a]\ncommand=main\n[include]\nfiles=b/*.conf a.conf\n',
      'b/2.conf': '[program:a]\ncommand=two',
      'b/1.conf': '[program:b]\ncommand=one\n[program:a]\ncommand=one',
      'b/.hidden.conf': '[program:h]\ncommand=hidden',
      'a.conf': '[program:b]\npriority=1',
    });
    expect(commands).toEqual(['one', 'two']);
  });

  test('makes %(here)s the folder of each file, even where nothing is expanded', async () => {
    const { commands } = await load({
      'main.conf':
        '[supervisord]\n[DEFAULT]\nstdout_logfile=NONE\n[program:m]\ncommand=%(here)s/m\n[include]\nfiles=sub/x.conf',
      'sub/x.conf': '[program:s]\ncommand=%(here)s/s',
    });
    expect(commands).toEqual(['/m', '/sub/s']);
  });

  test('expands ENV_ and host_node_name in patterns', async () => {
    const { commands } = await load({
      'main.conf': '[supervisord]\n[include]\nfiles=%(ENV_WHERE)s/%(host_node_name)s.conf',
      'sub/box.conf': '[program:x]\ncommand=x',
    });
    expect(commands).toEqual(['x']);
  });

  test('follows no include of an included file, and passes over folders', async () => {
    const { commands, problems } = await load({
      'main.conf': '[supervisord]\n[include]\nfiles=*.d x.conf',
      'x.conf': '[program:x]\ncommand=x\n[include]\nfiles=y.conf',
      'y.conf': '[program:y]\ncommand=y',
      'some.d/file': '',
    });
    expect([commands, problems]).toEqual([['x'], []]);
  });

  test("warns in supervisord's words of a pattern without a match", async () => {
    const { warnings } = await load({ 'main.conf': '[supervisord]\n[include]\nfiles=none/*.conf' });
    expect(warnings).toEqual(['No file matches via include "/none/*.conf"']);
  });

  test('names the included file of a mistake, and reports those of all files', async () => {
    const { problems } = await load({
      'main.conf': '[supervisord]\nminfds=many\n[include]\nfiles=x.conf y.conf',
      'x.conf': '[program:x]\ncommand=x\nstartsecs=soon',
      'y.conf': 'oops',
    });
    expect(problems).toEqual([
      "main.conf:2: cannot use [supervisord]: 'many' is not a whole number",
      "x.conf:3: cannot use [program:x]: 'soon' is not a whole number",
      "y.conf:1: cannot read 'oops': no [section] before it",
    ]);
  });

  test('needs files', async () => {
    expect((await load({ 'main.conf': '[supervisord]\n[include]' })).problems).toEqual([
      'main.conf:2: cannot use [include]: it has no files',
    ]);
  });
});
