import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LaunchRequest } from '../../src/spawn/launch.ts';
import { createPortableLauncher, killTree, type PortableResult } from '../../src/spawn/portable.ts';
import { until } from '../until.ts';
import { processes, requestOf, Stage } from './launched-tree.ts';

type Launched = Extract<PortableResult, { leader: unknown }>;

/** The path is for the guardian's pipes; here it is an anonymous one. */
const PIPE = { kind: 'pipe', path: '/not/used' } as const;

const read = async (stream: Readable | null): Promise<string> =>
  stream === null ? 'no stream' : text(stream);

const launcher = createPortableLauncher(processes);

describe('a launch without a guardian', () => {
  let stage: Stage;
  let folder: string;
  beforeEach(() => {
    stage = new Stage();
    folder = stage.folder();
  });
  afterEach(() => stage.strike());

  const request = (command: string, more: Partial<LaunchRequest> = {}): LaunchRequest => ({
    ...requestOf(command, folder),
    ...more,
  });
  const launch = async (wanted: LaunchRequest): Promise<Launched> => {
    const result = await launcher.launch(wanted);
    if ('error' in result) throw new Error(result.error);
    stage.adopt(result.leader);
    return result;
  };
  const refusal = async (wanted: LaunchRequest): Promise<string> => {
    const result = await launcher.launch(wanted);
    return 'error' in result ? result.error : `launched ${result.leader.pid}`;
  };

  test('gives leader, score and end', async () => {
    const { leader, score, ended } = await launch(request('sh -c "exit 7"'));
    expect(leader.startTick).toBeGreaterThan(0);
    expect(score.requested).toBe(300);
    expect(await ended).toEqual({ code: 7, signal: null });
  });

  test('sets the score and reads it back', async () => {
    const { leader, score } = await launch(request('sleep 1000'));
    expect(score).toEqual({ requested: 300, effective: 300, refusal: null });
    expect(processes.score(leader.pid)).toBe(300);
  });

  test('starts with what the kernel allows when a score is refused, unless it is required', async () => {
    const { score } = await launch(request('sleep 1000', { score: 1001 }));
    expect(score).toMatchObject({ requested: 1001, refusal: 'EINVAL' });
    expect(await refusal(request('sleep 1000', { score: 1001, scoreRequired: true }))).toMatch(
      /^cannot start app: oom_score_adj 1001: /,
    );
  });

  test('gives the program exactly its environment, its directory and umask', async () => {
    const wanted = request('sh -c "env; pwd; umask"', {
      env: { PATH: '/usr/bin:/bin', A: 'b c' },
      stdout: PIPE,
    });
    const { stdout } = await launch({ ...wanted, plan: { ...wanted.plan, umask: 0o077 } });
    const said = (await read(stdout)).split('\n');
    expect(said).toEqual(expect.arrayContaining(['A=b c', folder, '0077']));
    expect(said.some((line) => line.startsWith('HOME='))).toBe(false);
    expect(process.umask()).not.toBe(0o077);
  });

  test('gives the program a group and a session of its own', async () => {
    const { leader } = await launch(request('sleep 1000'));
    expect(processes.row(leader.pid)).toMatchObject({ pgid: leader.pid, sid: leader.pid });
  });

  test('appends to a file, both streams to one where asked', async () => {
    const path = join(folder, 'log');
    writeFileSync(path, 'before\n');
    const { ended, stdout } = await launch(
      request('sh -c "echo out; echo err >&2"', {
        stdout: { kind: 'append', path },
        stderr: { kind: 'same-as-stdout' },
      }),
    );
    await ended;
    expect(stdout).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe('before\nout\nerr\n');
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test('gives both streams as one where asked, or each', async () => {
    const command = 'sh -c "echo out; echo err >&2"';
    const both = await launch(request(command, { stdout: PIPE, stderr: { kind: 'same-as-stdout' } }));
    expect(new Set((await read(both.stdout)).split('\n'))).toEqual(new Set(['out', 'err', '']));
    const each = await launch(request(command, { stdout: PIPE, stderr: PIPE }));
    const said = await Promise.all([read(each.stdout), read(each.stderr)]);
    expect(said).toEqual(['out\n', 'err\n']);
  });

  test('refuses with a sentence: no command, no directory, no log folder, no interpreter', async () => {
    expect(await refusal(request('no-such-command'))).toBe("can't find command 'no-such-command'");
    const lost = { ...requestOf('true', join(folder, 'lost')) };
    expect(await refusal(lost)).toMatch(/^cannot start app: directory .*lost: no such file or directory; /);
    const path = join(folder, 'none/log');
    expect(await refusal(request('true', { stdout: { kind: 'append', path } }))).toMatch(
      /^cannot start app: /,
    );
    const script = join(folder, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o755 });
    expect(await refusal(request(script))).toMatch(
      /^cannot start app: .*script: no such file or directory; /,
    );
    const dir = join(folder, 'dir');
    mkdirSync(dir);
    expect(await refusal(request(dir))).toBe(`command at '${dir}' is a directory`);
  });

  test('kills a tree from its living leader', async () => {
    const command = `sh ${resolve(import.meta.dirname, '../programs/leads-a-child-that-ignores-term.sh')}`;
    const { leader, ended } = await launch(request(command));
    await until(
      'the child',
      () => existsSync(join(folder, 'diary')) && processes.children(leader.pid).length > 0,
    );
    const children = processes.children(leader.pid).map((pid) => processes.row(pid));
    await killTree(leader);
    // Its children die first, so the leader may end by itself.
    await ended;
    const left = (): boolean => children.some((row) => row !== 'gone' && processes.alive(row));
    await until('the tree gone', () => !left());
    expect(children).not.toContain('gone');
  });
});
