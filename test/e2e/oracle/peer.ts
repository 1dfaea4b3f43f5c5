// How is one of the two supervisors asked? Through Python, the language of the clients that it must please.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../sandbox.ts';
import { until } from '../../until.ts';

/** The interpreter that supervisor is installed for: not every python3 finds it. */
const pythonOfSupervisor = (): string => {
  const path = execFileSync('/bin/sh', ['-c', 'command -v supervisorctl'], { encoding: 'utf8' }).trim();
  return /^#!\s*(\S+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 'python3';
};

const CLIENT = fileURLToPath(new URL('client.py', import.meta.url));

export type Act = 'ctl' | 'rpc' | 'raw' | 'stream';

export interface Peer {
  readonly sandbox: Sandbox;
  ask(act: Act, ...args: readonly unknown[]): Promise<Record<string, unknown>>;
  /** Resolves when the named process is in the state. */
  reach(name: string, state: string): Promise<void>;
  /** Shuts the supervisor down, if it is up, and waits until everybody is gone. */
  end(): Promise<void>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

export const openPeer = (sandbox: Sandbox): Peer => {
  const child = spawn(pythonOfSupervisor(), [CLIENT, sandbox.config, sandbox.path('s.sock')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask: Peer['ask'] = async (act, ...args) => {
    child.stdin.write(`${JSON.stringify([act, args])}\n`);
    const line = await lines.next();
    const answer: unknown = line.done === true ? null : JSON.parse(line.value);
    if (!isRecord(answer)) throw new Error('cannot ask: the Python client is gone');
    return answer;
  };
  return {
    sandbox,
    ask,
    async reach(name, state) {
      await until(
        `${name} ${state}`,
        async () => {
          const { value } = await ask('rpc', 'supervisor.getProcessInfo', [name]);
          return isRecord(value) && value['statename'] === state;
        },
        { within: 30_000, every: 50 },
      );
    },
    async end() {
      if (child.exitCode !== null) return;
      await ask('rpc', 'supervisor.shutdown', []);
      await sandbox.leftAfter(15_000);
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
};
