// Does `tsvisor ctl`, asking supervisord or tsvisor, say what supervisorctl says word for word, and end with the same status?

import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BROKEN, CHANGED, ONLY_LOOKING, SECTIONS, type Step } from './ctl-steps.ts';
import { openSide, SIDES, type Side } from './ctl-sides.ts';
import { assertBuilt } from './dist.ts';
import { until } from '../until.ts';

const hasSupervisord = spawnSync('supervisord', ['--version']).status === 0;

const PROGRAMS = `[program:cat]
command=/bin/cat
startsecs=0
[program:bad]
command=/nonexistent
autostart=false
[program:script]
command=/etc/passwd
autostart=false
[program:dies]
command=/bin/false
autostart=false
startretries=0
[program:talks]
command=/bin/sh -c "echo one; echo zwei é; echo three >&2; exec sleep 1000"
startsecs=0
[program:quiet]
command=/bin/sleep 1000
stdout_logfile=NONE
startsecs=0
`;

const MULTI = (number: number): string => `[program:multi]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=${number}
startsecs=0
`;

const FRESH = `[program:fresh]
command=/bin/sleep 1000
startsecs=0
`;

let sides: readonly Side[] = [];
let steps = 0;

/** In which order several processes stop is nobody's promise. */
const ANY_ORDER = /^(?:start|stop|restart|update)\b/;

const answer = async (side: Side, { words, input }: Step): Promise<unknown> => {
  const told = await side.run(input === undefined ? { words } : { words, input });
  const step = words.join(' ');
  const stdout = ANY_ORDER.test(step) ? told.stdout.split('\n').toSorted().join('\n') : told.stdout;
  return { step, code: told.code, stdout };
};

/** What each side said of each step. */
const say = async (section: readonly Step[], atOnce = 1): Promise<readonly (readonly unknown[])[]> => {
  const told: unknown[][] = sides.map(() => []);
  for (let at = 0; at < section.length; at += atOnce) {
    const now = section.slice(at, at + atOnce);
    const said = await Promise.all(sides.map((side) => Promise.all(now.map((step) => answer(side, step)))));
    for (const [index, answers] of said.entries()) told[index]?.push(...answers);
  }
  steps += section.length;
  return told;
};

const streamed = async ({ client, folder }: Side): Promise<unknown> => {
  const [file = '', ...words] = client;
  const child = spawn(file, [...words, 'tail', '-f', 'talks', 'stderr'], { cwd: folder });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  await until('the log', () => out.includes('three'), { within: 30_000 });
  child.kill('SIGINT');
  await until('the end', () => child.exitCode !== null, { within: 30_000 });
  // An interrupt that comes while it writes costs supervisorctl its own last line break.
  return { code: child.exitCode, out: out.trimEnd() };
};

const MINUTES = 60_000;

describe.skipIf(!hasSupervisord)('tsvisor ctl beside supervisorctl (needs supervisord)', () => {
  beforeAll(async () => {
    assertBuilt();
    sides = await Promise.all(Object.values(SIDES).map((side) => openSide(side, PROGRAMS + MULTI(2))));
    for (const side of sides)
      await until(
        'the programs',
        async () => (await side.run({ words: ['tail', 'talks'] })).stdout.includes('zwei'),
        {
          within: 30_000,
        },
      );
    await Promise.all(sides.map((side) => side.run({ words: ['start', 'cat'] })));
  }, 2 * MINUTES);

  afterAll(async () => {
    await Promise.all(sides.map((side) => side.end()));
  }, 2 * MINUTES);

  test.each(Object.entries(SECTIONS))(
    'says the same of %s',
    async (name, section) => {
      const [theirs, ...ours] = await say(section, ONLY_LOOKING.has(name) ? 4 : 1);
      for (const answers of ours) expect(answers).toEqual(theirs);
    },
    4 * MINUTES,
  );

  test(
    'streams a log until it is interrupted',
    async () => {
      await say([{ words: ['restart', 'talks'] }]);
      const [theirs, ...ours] = await Promise.all(sides.map(streamed));
      for (const answers of ours) expect(answers).toEqual(theirs);
    },
    2 * MINUTES,
  );

  test(
    'says the same of a config that has changed, and of one that is wrong',
    async () => {
      const changed = PROGRAMS.replace('echo one', 'echo ONE').replace('[program:quiet]', '[program:silent]');
      for (const side of sides) side.write(changed + MULTI(3) + FRESH);
      const [theirs, ...ours] = await say(CHANGED);
      for (const answers of ours) expect(answers).toEqual(theirs);
      for (const side of sides) side.write(PROGRAMS.replace('startsecs=0', 'startsecs=soon'));
      const [before, ...after] = await say(BROKEN);
      for (const answers of after) expect(answers).toEqual(before);
    },
    2 * MINUTES,
  );

  test('has compared more than 200 steps', () => {
    console.log(`${steps} steps compared with supervisorctl`);
    expect(steps).toBeGreaterThan(200);
  });
});
