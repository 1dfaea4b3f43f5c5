import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRecordParser, decodeKernelText, parseRecords } from '../../src/kernel/records.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

/** As the kernel's msg_add_ext_text escapes a record for /dev/kmsg. */
const escape = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte < 0x20 || byte >= 0x7f || byte === 0x5c
        ? `\\x${byte.toString(16).padStart(2, '0')}`
        : String.fromCodePoint(byte),
    )
    .join('');

interface Kill {
  readonly pid: number;
  readonly comm: string;
  readonly limit?: string;
  readonly task?: string;
}

const SIZES =
  'total-vm:9kB, anon-rss:5kB, file-rss:3kB, shmem-rss:1kB, UID:0 pgtables:116kB oom_score_adj:-5';

/** The two lines of one kill, as kernels since 5.0 write them. */
const linesOf = ({ pid, comm, limit, task = '/' }: Kill, seq = 10): string => {
  const head = 'nodemask=(null),cpuset=/,mems_allowed=0-1';
  const where = limit === undefined ? 'global_oom' : `oom_memcg=${limit}`;
  const constraint = limit === undefined ? 'CONSTRAINT_NONE' : 'CONSTRAINT_MEMCG';
  const kind = limit === undefined ? 'Out of memory' : 'Memory cgroup out of memory';
  const line = `oom-kill:constraint=${constraint},${head},${where},task_memcg=${task},task=${comm},pid=${pid},uid=0`;
  const killed = `${kind}: Killed process ${pid} (${comm}) ${SIZES}`;
  return `6,${seq},100,-;${escape(line)}\n3,${seq + 1},101,-;${escape(killed)}\n`;
};

describe('records of real kernels', () => {
  test.each([
    [
      'global-6.1.kmsg',
      { pid: 113, comm: 'supervisord', scope: 'global', taskCgroup: '/', limitCgroup: null },
    ],
    ['global-6.12.kmsg', { pid: 170, comm: 'supervisord', scope: 'global', taskCgroup: '/' }],
    ['memcg-v1-6.1.kmsg', { pid: 128, scope: 'memcg', limitCgroup: '/p/web', taskCgroup: '/p/web' }],
    [
      'memcg-v2-6.12.kmsg',
      { pid: 174, scope: 'memcg', limitCgroup: '/p/web', anonRss: 31872, fileRss: 5032 },
    ],
  ])('%s tells victim, scope and cgroups', (name, expected) => {
    expect(parseRecords(fixture(name))).toEqual([expect.objectContaining(expected)]);
  });

  test('a group kill tells each member once, and only the chosen victim with its cgroup', () => {
    const records = parseRecords(fixture('memcg-group-6.1.kmsg'));
    expect(records.map((one) => [one.pid, one.taskCgroup, one.scope])).toEqual([
      [123, '/p/web', 'memcg'],
      [120, null, 'memcg'],
      [121, null, 'memcg'],
      [122, null, 'memcg'],
    ]);
  });

  test('a victim that was already exiting is not told again', () => {
    const records = parseRecords(fixture('global-group-6.1.kmsg'));
    expect(records.map((one) => [one.pid, one.scope])).toEqual([
      [162, 'global'],
      [159, 'global'],
      [160, 'global'],
      [161, 'global'],
    ]);
  });

  test('two kills in one cgroup are two records with sequence, time, sizes and score', () => {
    const [first, second] = parseRecords(fixture('memcg-v1-6.18-two-kills.kmsg'));
    expect(first).toEqual({
      seq: 1311,
      usec: 2000531279,
      pid: 9230,
      comm: 'eater-b',
      scope: 'memcg',
      constraint: 'MEMCG',
      lines: [expect.stringMatching(/^oom-kill:.*pid=9230/), expect.stringMatching(/Killed process 9230/)],
      limitCgroup: '/tsvisor-1a2b3c4d/ci/app',
      taskCgroup: '/tsvisor-1a2b3c4d/ci/app',
      anonRss: 35712,
      fileRss: 736,
      shmemRss: 0,
      score: 1000,
    });
    expect(second).toMatchObject({ pid: 9229, comm: 'eater-a', score: 0 });
  });

  test('the swap of the victim is read from the table of tasks, old and new', () => {
    const kill =
      '3,9,9,-;Memory cgroup out of memory: Killed process 174 (a b) total-vm:9kB, anon-rss:5kB, file-rss:3kB\n';
    const older =
      '6,1,1,-;[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n' +
      '6,2,2,-;[    174]     0   174      646      388    53248       25             0 a b\n';
    const newer =
      '6,1,1,-;[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name\n' +
      '6,2,2,-;[    174]     0   174      646      388        0      388         0    53248        7             0 a b\n';
    expect(parseRecords(older + kill)[0]?.swap).toBe(100);
    expect(parseRecords(newer + kill)[0]?.swap).toBe(28);
    expect(parseRecords(kill)[0]).not.toHaveProperty('swap');
  });

  test('the shapes of kernels before 5.0 are read without scope', () => {
    const text =
      '3,5,7,-;Out of memory: Kill process 77 (java) score 900 or sacrifice child\n' +
      '3,6,8,-;Killed process 77 (java) total-vm:9kB, anon-rss:5kB, file-rss:3kB, shmem-rss:0kB\n' +
      '3,7,9,-;Killed process 78 (java), UID 1000, total-vm:9kB, anon-rss:5kB, file-rss:3kB\n';
    const records = parseRecords(text);
    expect(records.map(({ pid, scope, score }) => ({ pid, scope, score }))).toEqual([
      { pid: 77, scope: 'unknown', score: null },
      { pid: 78, scope: 'unknown', score: null },
    ]);
  });
});

describe('what belongs together', () => {
  test('is put together when it comes in two drains', () => {
    const [line = '', killed = ''] = linesOf({ pid: 5, comm: 'a', limit: '/x', task: '/x/y' }).split('\n');
    const parser = createRecordParser();
    expect(parser.feed(`${line}\n`)).toEqual([]);
    expect(parser.feed(`${killed}\n`)).toEqual([
      expect.objectContaining({ pid: 5, limitCgroup: '/x', taskCgroup: '/x/y' }),
    ]);
  });

  test('is not mixed up when the kernel left the line of a later kill out', () => {
    const first = linesOf({ pid: 5, comm: 'a', limit: '/x', task: '/x/y' });
    const second = linesOf({ pid: 6, comm: 'b' }, 20).split('\n')[1] ?? '';
    expect(parseRecords(first + second)).toEqual([
      expect.objectContaining({ pid: 5, taskCgroup: '/x/y' }),
      expect.objectContaining({ pid: 6, taskCgroup: null, limitCgroup: null, scope: 'global' }),
    ]);
  });

  test('counts a pid that comes again much later as a new kill', () => {
    const once = linesOf({ pid: 5, comm: 'a' });
    const later = linesOf({ pid: 5, comm: 'a' }, 50).replaceAll(',101,', ',99000000,');
    expect(parseRecords(once + once + later)).toHaveLength(2);
  });
});

describe('hostile texts', () => {
  const HOSTILE = [
    'a) total-vm:1kB',
    ',pid=1,uid=0',
    ',task=x,pid=1',
    'a\nb',
    'x (y) ((',
    'Killed process ',
    'ö\\x0a',
    '1 (x) ',
    '',
  ];
  test.each(HOSTILE)('the name %j gives its own record and nothing else', (comm) => {
    expect(parseRecords(linesOf({ pid: 4711, comm, limit: '/l', task: '/l/t' }))).toEqual([
      expect.objectContaining({
        pid: 4711,
        comm,
        limitCgroup: '/l',
        taskCgroup: '/l/t',
        anonRss: 5,
        score: -5,
      }),
    ]);
  });

  test('a cpuset whose name imitates the line gives no cgroup', () => {
    const forged = 'cpuset=x,mems_allowed=0,oom_memcg=/f,task_memcg=/f/g';
    const [record] = parseRecords(
      linesOf({ pid: 3, comm: 'a', limit: '/l', task: '/l' }).replace('cpuset=/', forged),
    );
    expect(record).toMatchObject({ pid: 3, scope: 'memcg', taskCgroup: null, limitCgroup: null });
  });

  test('what a program writes to the log is not believed', () => {
    const forged = linesOf({ pid: 1, comm: 'init' }).replaceAll(/^./gm, '1$&');
    expect(forged).toMatch(/^16,/);
    expect(parseRecords(forged)).toEqual([]);
  });

  test('a dictionary line, a continuation and a torn line are passed over', () => {
    const text = ' SUBSYSTEM=Out of memory: Killed process 1 (x)\n3,1,1,-;Killed process\n3,1\n\n;\n,,,;\n';
    expect(parseRecords(text)).toEqual([]);
  });

  test('any name of 15 bytes comes back as it is', () => {
    const comm = fc.string({ unit: 'binary-ascii', maxLength: 15 });
    const pid = fc.integer({ min: 1, max: 4_194_304 });
    fc.assert(
      fc.property(comm, pid, (name, number) => {
        const records = parseRecords(linesOf({ pid: number, comm: name, limit: '/l', task: '/l' }));
        expect(records).toEqual([expect.objectContaining({ pid: number, comm: name, taskCgroup: '/l' })]);
      }),
    );
  });

  test('names of cgroups are given right or not at all', () => {
    const part = fc
      .array(
        fc.constantFrom(
          'a',
          '/',
          ',',
          '=',
          ',task=',
          ',task_memcg=',
          ',pid=1',
          'oom_memcg=',
          ',mems_allowed=0,',
        ),
        {
          minLength: 1,
          maxLength: 6,
        },
      )
      .map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(part, part, (limit, below) => {
        const task = limit + below;
        const [record] = parseRecords(linesOf({ pid: 3, comm: ',task=q', limit, task }));
        expect(record).toMatchObject({ pid: 3, comm: ',task=q', scope: 'memcg' });
        expect([null, task]).toContain(record?.taskCgroup);
        expect([null, limit]).toContain(record?.limitCgroup);
      }),
    );
  });

  test('no text makes the parser throw', () => {
    const bit = fc.constantFrom(
      'oom-kill:constraint=',
      'Killed process ',
      '3,1,1,-;',
      '\n',
      '(',
      ')',
      ',',
      '9',
      '\\x',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(bit, fc.string()), { maxLength: 40 }), (bits) => {
        expect(Array.isArray(parseRecords(bits.join('')))).toBe(true);
      }),
    );
  });
});

test('text of the kernel log is decoded to what was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decodeKernelText(escape(text))).toBe(text);
    }),
  );
});
