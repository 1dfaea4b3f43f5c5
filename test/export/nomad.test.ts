// Do the jobs say what the plan says, and have they the shape that Nomad takes?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attribute, hclText } from '../../src/export/hcl.ts';
import { exportNomad } from '../../src/export/nomad.ts';
import { planOf, RICH } from './plans.ts';
import { jobComplaints, readJob, type Block } from './read-hcl.ts';

const jobs = async (yaml: string): Promise<ReadonlyMap<string, Block>> =>
  new Map(exportNomad(await planOf(yaml)).files.map(({ name, text }) => [name, readJob(text)]));

const groupOf = async (yaml: string, name: string, file = 'app.nomad.hcl'): Promise<Block> => {
  const found = (await jobs(yaml)).get(file)?.blocks.find(({ label }) => label === name);
  if (found === undefined) throw new Error(`no ${name} in ${file}`);
  return found;
};

const inner = (block: Block, type: string): Block => {
  const found = block.blocks.find((one) => one.type === type);
  if (found === undefined) throw new Error(`no ${type}`);
  return found;
};

test('a text is read back as it was, whatever is in it', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(
      text,
      fc.array(text),
      fc.constantFrom('${HOME}', '%{if}', '$${x}', '"\\', ''),
      (one, many, odd) => {
        const job = readJob(
          hclText([
            {
              block: 'job',
              label: one + odd,
              lines: [attribute('a', odd + one), attribute('b', [...many, odd])],
            },
          ]),
        );
        expect(job).toMatchObject({ label: one + odd, attributes: { a: odd + one, b: [...many, odd] } });
      },
    ),
  );
});

describe('the jobs', () => {
  test('have the shape of the job specification', async () => {
    const all = await jobs(RICH);
    expect([...all.keys()]).toEqual(['app.nomad.hcl', 'app-once.nomad.hcl', 'app-nightly.nomad.hcl']);
    expect([...all.values()].flatMap(jobComplaints)).toEqual([]);
    const text = exportNomad(await planOf(RICH)).files[0]?.text ?? '';
    expect(jobComplaints(readJob(text.replace('kill_timeout', 'kill_time')))).toHaveLength(1);
    expect(jobComplaints(readJob(text.replace('attempts = 3', 'attempts = "3"')))).not.toEqual([]);
  });

  test('run the command with its user, folder, score, limit and signal', async () => {
    const group = await groupOf(RICH, 'web');
    const task = inner(group, 'task');
    expect(group.attributes).toEqual({ count: 2 });
    expect(task.attributes).toEqual({
      driver: 'raw_exec',
      user: 'www',
      kill_signal: 'SIGQUIT',
      kill_timeout: '45s',
    });
    expect(inner(task, 'config').attributes).toEqual({
      command: '/bin/sh',
      args: ['-c', 'exec serve --tag 50%', '$(date)', '${HOME}'],
      work_dir: '/srv/web',
      oom_score_adj: 300,
    });
    expect(inner(task, 'resources').attributes).toEqual({ memory: 512 });
    expect(inner(task, 'env').attributes).toEqual({ REGION: 'eu', MODE: 'yes', DEBUG: '0644' });
  });

  test('leave out a variable whose name a job cannot have, and say so', async () => {
    const yaml = 'programs:\n  web: {command: c, environment: {"A.B": x, C: y}}\n';
    expect(inner(inner(await groupOf(yaml, 'web'), 'task'), 'env').attributes).toEqual({ C: 'y' });
    expect(exportNomad(await planOf(yaml)).files[0]?.text).toContain(
      '# environment A.B: a job takes no such name',
    );
  });

  test('hold no secret, and take it from a variable of Nomad', async () => {
    const { files, warnings } = exportNomad(await planOf(RICH));
    const text = files.map((file) => file.text).join('');
    expect(text).not.toContain('geheim');
    expect(text).toContain('nomad var put nomad/jobs/app/web DB_PASSWORD=… DATABASE_URL=…');
    expect(inner(inner(await groupOf(RICH, 'web'), 'task'), 'template').attributes['data']).toContain(
      'DB_PASSWORD={{ index . "DB_PASSWORD" | toJSON }}',
    );
    expect(warnings.join()).toContain('nomad/jobs/app/web');
  });

  test('try again as often as the plan does, and not at all what is not to be restarted', async () => {
    const restart = async (name: string, file?: string): Promise<unknown> =>
      inner(await groupOf(RICH, name, file), 'restart').attributes;
    expect(await restart('web')).toEqual({ attempts: 3, delay: '1s', interval: '28s', mode: 'delay' });
    expect(await restart('once', 'app-once.nomad.hcl')).toMatchObject({ attempts: 0, mode: 'fail' });
    expect(await restart('migrate', 'app-once.nomad.hcl')).toMatchObject({ attempts: 3, mode: 'fail' });
  });

  test('run what has a schedule by it, in its time zone', async () => {
    const job = (await jobs(RICH)).get('app-nightly.nomad.hcl');
    expect(job?.attributes).toEqual({ type: 'batch' });
    expect(job?.blocks[0]).toMatchObject({
      type: 'periodic',
      attributes: { crons: ['30 3 * * 1-5'], time_zone: 'Europe/Berlin', prohibit_overlap: true },
    });
  });

  test('start nothing that does not start by itself, and log nothing that is not logged', async () => {
    const group = await groupOf(RICH, 'db-redis');
    expect(group.attributes).toEqual({ count: 0 });
    expect(inner(inner(group, 'task'), 'logs').attributes).toEqual({ disabled: true });
  });

  test('have a disk on which their logs fit', async () => {
    const yaml =
      'programs:\n  web: {command: c, stdout_logfile_maxbytes: 100MB, stdout_logfile_backups: 4}\n';
    const group = await groupOf(yaml, 'web');
    expect(inner(inner(group, 'task'), 'logs').attributes).toEqual({ max_files: 5, max_file_size: 100 });
    expect(inner(group, 'ephemeral_disk').attributes).toEqual({ size: 600 });
  });
});
