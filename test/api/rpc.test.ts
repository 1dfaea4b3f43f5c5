// Does every method make the right command, and is every reply and refusal what a client of supervisord knows?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { methodsOf } from '../../src/api/rpc.ts';
import { createRpc, type RpcOptions } from '../../src/api/rpc.ts';
import { LogText } from '../../src/api/log-text.ts';
import { typedAsk } from '../../src/api/method.ts';
import { writeValue } from '../../src/api/xml.ts';
import type { RpcValue } from '../../src/api/value.ts';
import type { Ask, Command, Outcome, ProcessInfo, Reply } from '../../src/model/command.ts';
import { TsvisorError, type ErrorCode } from '../../src/model/errors.ts';
import { SELF } from './sandbox.ts';

const info = (name: string, state: ProcessInfo['state'] = 'RUNNING', group = name): ProcessInfo => ({
  group,
  name,
  state,
  description: '',
  pid: 7,
  start: 1,
  stop: 0,
  now: 2,
  exitStatus: 0,
  spawnError: '',
  stdoutLog: `/log/${name}`,
  stderrLog: '',
});

const outcome = (name: string, code: ErrorCode | null = null, facts = {}): Outcome => ({
  process: { group: name, name },
  ok: code === null,
  code,
  message: code ?? 'started',
  facts: { name, ...facts },
});

const MANY = Array.from({ length: 4000 }, (_, index) => info(`app-${index}`));
const INFOS = [info('app-1', 'RUNNING', 'ci'), info('app-2', 'STOPPED', 'ci'), info('cat')];

interface Desk {
  readonly asked: Command[];
  run(method: string, ...params: readonly RpcValue[]): Promise<unknown>;
  /** The fault's number and text. */
  fault(method: string, ...params: readonly RpcValue[]): Promise<string>;
}

const openDesk = (
  reply: Reply | ((command: Command) => Reply) = [],
  { ask: other, ...more }: Partial<RpcOptions> & { readonly ask?: Ask } = {},
): Desk => {
  const asked: Command[] = [];
  const play = async (command: Command): Promise<Reply> => {
    asked.push(command);
    if (typeof reply === 'function') return reply(command);
    return command.verb === 'infos' ? INFOS : reply;
  };
  const ask = other ?? play;
  const rpc = createRpc({ self: SELF, supervisor: true, ...more });
  const context = { ask: typedAsk(ask), self: SELF };
  return {
    asked,
    run: (method, ...params) => rpc.run({ method, params }, context),
    async fault(method, ...params) {
      const values = params.map((value) => `<param>${writeValue(value)}</param>`).join('');
      const answer = await rpc.answer(
        `<methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`,
        ask,
      );
      const text = 'bytes' in answer ? answer.bytes.toString() : '';
      const code = /faultCode<\/name><value><int>(\d+)/.exec(text)?.[1] ?? 'none';
      return `${code} ${/faultString<\/name><value><string>([^<]*)/.exec(text)?.[1] ?? ''}`;
    },
  };
};

describe('orders', () => {
  test.each([
    ['startProcess', ['a'], { verb: 'start', names: ['a:a'], wait: true }],
    ['startProcess', ['g:a', false], { verb: 'start', names: ['g:a'], wait: false }],
    ['startProcess', ['all', 0], { verb: 'start', names: ['all:all'], wait: false }],
    ['startProcessGroup', ['g', 'x'], { verb: 'start', names: ['g:*'], wait: true }],
    ['startAllProcesses', [], { verb: 'start', names: ['all'], wait: true }],
    ['stopProcess', ['g:*', ''], { verb: 'stop', names: ['g:*'], wait: false }],
    ['stopAllProcesses', [false], { verb: 'stop', names: ['all'], wait: false }],
    ['signalProcess', ['a', 1], { verb: 'signal', names: ['a:a'], signal: 'SIGHUP' }],
    ['signalProcessGroup', ['g', 'usr1'], { verb: 'signal', names: ['g:*'], signal: 'SIGUSR1' }],
    ['addProcessGroup', ['g'], { verb: 'add-group', group: 'g' }],
    ['removeProcessGroup', ['g'], { verb: 'remove-group', group: 'g' }],
    ['clearAllProcessLogs', [], { verb: 'clear-log', names: ['all'] }],
    ['clearLog', [], { verb: 'clear-log', names: null }],
    ['shutdown', [], { verb: 'shutdown' }],
    ['restart', [], { verb: 'reload' }],
    ['sendRemoteCommEvent', ['t', 'd'], { verb: 'send-event', type: 't', data: 'd' }],
  ] as const)('%s%j asks for the command it means', async (method, params, command) => {
    const desk = openDesk();
    await desk.run(`supervisor.${method}`, ...params);
    expect(desk.asked).toEqual([command]);
  });

  test('to one process is true, or the fault of its refusal under the name that was given', async () => {
    expect(await openDesk([outcome('a')]).run('supervisor.startProcess', 'a')).toBe(true);
    const refused = async (code: ErrorCode, facts = {}): Promise<string> =>
      openDesk([outcome('a', code, facts)]).fault('supervisor.startProcess', 'a:a');
    expect(await refused('BAD_NAME')).toBe('10 BAD_NAME: a:a');
    expect(await refused('NO_COMMAND', { reason: "can't find command 'x'" })).toBe(
      "20 NO_FILE: can't find command 'x'",
    );
    expect(await refused('NOT_EXECUTABLE', { reason: 'why' })).toBe('21 NOT_EXECUTABLE: why');
    expect(await refused('ABNORMAL_TERMINATION')).toBe('40 ABNORMAL_TERMINATION: a:a');
    expect(await refused('SPAWN_ERROR')).toBe('50 SPAWN_ERROR: a:a');
    expect(await refused('ALREADY_STARTED')).toBe('60 ALREADY_STARTED: a:a');
  });

  test('to many leaves out those it does not apply to', async () => {
    const desk = openDesk([outcome('a'), outcome('b', 'ALREADY_STARTED'), outcome('c', 'SPAWN_ERROR')]);
    expect(await desk.run('supervisor.startAllProcesses')).toEqual([
      { name: 'a', group: 'a', status: 80, description: 'OK' },
      { name: 'c', group: 'c', status: 50, description: 'SPAWN_ERROR: c' },
    ]);
  });

  test('with a signal that does not exist is refused after the name, and only for those it would have reached', async () => {
    const desk = openDesk();
    expect(await desk.fault('supervisor.signalProcess', 'nosuch', 'X')).toBe('10 BAD_NAME: nosuch');
    expect(await desk.fault('supervisor.signalProcess', 'cat', 'X')).toBe('11 BAD_SIGNAL: X');
    expect(await desk.fault('supervisor.signalProcessGroup', 'nosuch', 'X')).toBe('10 BAD_NAME: nosuch');
    expect(await desk.run('supervisor.signalProcessGroup', 'ci', 'X')).toEqual([
      { name: 'app-1', group: 'ci', status: 11, description: 'BAD_SIGNAL: X' },
    ]);
  });
});

describe('dispatch', () => {
  test.each([
    'supervisor.nosuch',
    'nosuch.getState',
    'getState',
    'supervisor.getState.x',
    'supervisor._update',
    'supervisor.constructor',
    '__proto__.toString',
    'supervisor.supervisord.options.warnings.linecache.os.system',
  ])('knows no method %s', async (method) => {
    const desk = openDesk();
    expect(await desk.fault(method, 'true')).toBe('1 UNKNOWN_METHOD');
    expect(desk.asked).toEqual([]);
  });

  test('has fault 2 for too many, too few and wrong parameters', async () => {
    const desk = openDesk();
    expect(await desk.fault('supervisor.getState', 1)).toMatch(/^2 INCORRECT_PARAMETERS/);
    expect(await desk.fault('supervisor.startProcess')).toMatch(/^2 INCORRECT_PARAMETERS: name is missing/);
    expect(await desk.fault('supervisor.startProcess', 5)).toMatch(/^2 INCORRECT_PARAMETERS/);
    expect(await desk.fault('supervisor.readLog', 'x', 0)).toMatch(/^2 INCORRECT_PARAMETERS: offset/);
  });

  test('has fault 6 while the supervisor ends, but for remote events', async () => {
    const desk = openDesk([], { self: { ...SELF, mood: () => 'SHUTDOWN' } });
    expect(await desk.fault('supervisor.getState')).toBe('6 SHUTDOWN_STATE');
    expect(await desk.fault('supervisor.startProcess', 'a')).toBe('6 SHUTDOWN_STATE');
    expect(await desk.run('supervisor.sendRemoteCommEvent', 'a', 'b')).toBe(true);
    expect(await desk.run('system.listMethods')).toContain('supervisor.getState');
  });

  test('has no supervisor.* where the config has no such interface', async () => {
    const desk = openDesk([], { supervisor: false });
    expect(await desk.fault('supervisor.getState')).toBe('1 UNKNOWN_METHOD');
    expect(await desk.run('system.listMethods')).toContain('tsvisor.status');
  });

  test('answers any call of any method with a value or a fault', async () => {
    const names = methodsOf({ supervisor: true }).map(({ name }) => name);
    const refuse = (): never => {
      throw new TsvisorError('NO_FILE', { path: '' });
    };
    const desk = openDesk((command) => (command.verb === 'infos' ? INFOS : refuse()));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant([])), {
          maxLength: 3,
        }),
        async (method, params) => {
          expect(await desk.fault(method, ...params)).toMatch(/^(none|\d+) /);
        },
      ),
    );
  });
});

const LOG = Buffer.from('äöü'.repeat(60_000));

/** Plays a supervisor with one log. */
const logDesk = (log: Buffer): Desk =>
  openDesk((command) => {
    if (command.verb === 'tail-log') return { bytes: Buffer.alloc(0), offset: log.length, overflow: false };
    if (command.verb !== 'read-log') throw new TsvisorError('BAD_REQUEST');
    const bytes = log.subarray(command.offset, command.offset + command.length);
    return { bytes, offset: command.offset + bytes.length, overflow: false };
  });

describe('logs', () => {
  test('are read by the rules of supervisord', async () => {
    const { run, fault } = logDesk(Buffer.from('0123456789'));
    const read = async (offset: number, length: number): Promise<unknown> =>
      run('supervisor.readProcessStdoutLog', 'cat', offset, length);
    expect(await read(0, 0)).toBe('0123456789');
    expect(await read(-3, 0)).toBe('789');
    expect(await read(-30, 0)).toBe('0123456789');
    expect(await read(2, 3)).toBe('234');
    expect(await read(20, 3)).toBe('');
    expect(await fault('supervisor.readLog', -1, 1)).toBe('3 BAD_ARGUMENTS');
    expect(await fault('supervisor.readLog', 1, -1)).toBe('3 BAD_ARGUMENTS');
    const tail = async (offset: number, length: number): Promise<unknown> =>
      run('supervisor.tailProcessStdoutLog', 'cat', offset, length);
    expect(await tail(0, 4)).toEqual(['6789', 10, true]);
    expect(await tail(0, 40)).toEqual(['0123456789', 10, false]);
    expect(await tail(10, 4)).toEqual(['', 10, false]);
    expect(await tail(0, 0)).toEqual(['', 10, true]);
  });

  test('that are long come in pieces, and no character is broken where two meet', async () => {
    const text = await logDesk(LOG).run('supervisor.readLog', 0, 0);
    if (!(text instanceof LogText)) throw new Error('it came in one piece');
    const pieces: string[] = [];
    for await (const piece of text.pieces) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.join('')).toBe(LOG.toString());
  });

  test('that are cut inside a character lose that character only', async () => {
    const { run } = logDesk(Buffer.from('aöüb'));
    expect(await run('supervisor.readLog', 2, 3)).toBe('ü');
    expect(await run('supervisor.readLog', 1, 3)).toBe('ö');
  });

  test('that are not there are a fault when read, and nothing when tailed', async () => {
    const desk = openDesk(() => {
      throw new TsvisorError('NO_FILE', { path: '/log/x' });
    });
    expect(await desk.fault('supervisor.readProcessStdoutLog', 'x', 0, 0)).toBe('20 NO_FILE: /log/x');
    expect(await desk.run('supervisor.tailProcessStdoutLog', 'x', 0, 10)).toEqual(['', 0, false]);
  });
});

describe('a multicall', () => {
  test('answers bare values, and a struct for each fault', async () => {
    const calls = [
      { methodName: 'supervisor.getAPIVersion', params: [] },
      { methodName: 'supervisor.getPID' },
      { methodName: 'supervisor.getProcessInfo', params: ['nosuch'] },
      { methodName: 'system.multicall', params: [[]] },
      { params: [] },
      'nonsense',
    ];
    expect(await openDesk().run('system.multicall', calls)).toEqual([
      '3.0',
      4241,
      { faultCode: 10, faultString: 'BAD_NAME: nosuch' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: Recursive system.multicall forbidden' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: No methodName' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: a call is no struct' },
    ]);
  });

  test('waits for each call before the next', async () => {
    const order: string[] = [];
    const ask = async (command: Command): Promise<Reply> => {
      order.push(`${command.verb} begins`);
      await Promise.resolve();
      order.push(`${command.verb} ends`);
      return [];
    };
    const calls = ['startAllProcesses', 'stopAllProcesses'].map((name) => ({
      methodName: `supervisor.${name}`,
    }));
    await openDesk([], { ask }).run('system.multicall', calls);
    expect(order).toEqual(['start begins', 'start ends', 'stop begins', 'stop ends']);
  });

  test('answers no more than 4 MiB, and makes no call whose reply has no room', async () => {
    let asked = 0;
    const ask = (command: Command): Promise<Reply> => {
      asked += 1;
      return Promise.resolve(command.verb === 'infos' ? MANY : []);
    };
    const call = { methodName: 'supervisor.getAllProcessInfo' };
    const calls = Array.from({ length: 1000 }, () => call);
    const results = await openDesk([], { ask }).run('system.multicall', calls);
    const lengths = Array.isArray(results)
      ? results.map((one) => (Array.isArray(one) ? one.length : one))
      : [];
    expect(lengths.slice(0, 2)).toEqual([MANY.length, MANY.length]);
    expect(lengths.at(-1)).toEqual({
      faultCode: 30,
      faultString: 'FAILED: not called, the replies before it fill the multicall',
    });
    expect(asked).toBeLessThan(10);
    expect(JSON.stringify(results).length).toBeLessThan(5 * 1024 * 1024);
  });

  test('is bounded in calls and in the text of logs', async () => {
    const many = Array.from({ length: 1001 }, () => ({ methodName: 'supervisor.getPID' }));
    expect(await openDesk().fault('system.multicall', many)).toMatch(/^2 .*1000 calls/);
    const log = { methodName: 'supervisor.readLog', params: [0, 0] };
    const results = await logDesk(Buffer.alloc(3_000_000, 'x')).run('system.multicall', [log, log]);
    expect(results).toEqual([
      'x'.repeat(3_000_000),
      { faultCode: 30, faultString: 'FAILED: the reply is too long for a multicall' },
    ]);
  });
});

describe('introspection', () => {
  test('has words and a signature for every method, aliases too', async () => {
    const desk = openDesk();
    const names = methodsOf({ supervisor: true }).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('supervisor.'))).toHaveLength(37);
    expect(names.filter((name) => name.startsWith('system.'))).toHaveLength(4);
    for (const name of names) expect(String(await desk.run('system.methodHelp', name))).toMatch(/\.\n/);
    expect(await desk.run('system.methodSignature', 'supervisor.startProcess')).toEqual([
      'boolean',
      'string',
      'boolean',
    ]);
    expect(await desk.fault('system.methodHelp', 'nosuch')).toBe('4 SIGNATURE_UNSUPPORTED');
  });
});

test('the reply to getAllProcessInfo is written once for as long as nothing changes', async () => {
  const rpc = createRpc({ self: SELF, supervisor: true });
  const body = '<methodCall><methodName>supervisor.getAllProcessInfo</methodName></methodCall>';
  const ask: Ask = async () => INFOS;
  const [first, second] = [await rpc.answer(body, ask), await rpc.answer(body, ask)];
  expect('bytes' in first && 'bytes' in second && first.bytes === second.bytes).toBe(true);
});
