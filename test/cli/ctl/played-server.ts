// A server that answers XML-RPC calls and log streams as a test says, and remembers what it was asked.

import { createServer } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { readCall, writeFault, writeResponse } from '../../../src/api/xml.ts';
import { runLine } from '../../../src/cli/ctl/actions.ts';
import { Keyboard } from '../../../src/cli/ctl/keyboard.ts';
import { Session } from '../../../src/cli/ctl/session.ts';
import { temporaryFolder } from '../../api/sandbox.ts';
import { createScreen } from '../screen.ts';

type Value = Parameters<typeof writeResponse>[0];

/** A fault that a method answers with. */
export class Fault {
  readonly code: number;
  readonly text: string;

  constructor(code: number, text = 'WORDS') {
    this.code = code;
    this.text = text;
  }
}

/** Answers by method of the `supervisor` namespace; `getVersion` is answered where it is not told. */
export type Answers = Readonly<
  Record<string, Value | Fault | ((...params: readonly unknown[]) => Value | Fault)>
>;

export interface Stage {
  readonly url: string;
  /** `method(params)` of every call but getVersion, in order. */
  readonly asked: readonly string[];
  readonly session: Session;
  /** What is typed. */
  readonly input: PassThrough;
  out(): string;
  err(): string;
  /** Runs lines one after the other; answers the exit status and what was printed since. */
  run(...lines: readonly string[]): Promise<{ readonly exit: number; readonly out: string }>;
}

export interface Staging {
  readonly interactive?: boolean;
  /** `user:password`, without which status 401 is answered. */
  readonly credentials?: string;
  /** Bytes of a log stream, by path; others are not found. */
  readonly streams?: Readonly<Record<string, string>>;
  /** The raw body of every answer, in the place of XML. */
  readonly raw?: string;
}

const replyTo = (body: string, answers: Answers, asked: string[]): string => {
  const call = readCall(body);
  if ('malformed' in call) throw new Error(call.malformed);
  const method = call.method.replace('supervisor.', '');
  if (method !== 'getVersion')
    asked.push(
      `${method}(${call.params.map((param) => (typeof param === 'string' ? param : JSON.stringify(param))).join(', ')})`,
    );
  const told = answers[method] ?? (method === 'getVersion' ? '3.0' : new Fault(1, 'UNKNOWN_METHOD'));
  const answer = typeof told === 'function' ? told(...call.params) : told;
  return answer instanceof Fault ? writeFault(answer) : writeResponse(answer);
};

const admits = (header: string | undefined, credentials: string | undefined): boolean =>
  credentials === undefined || header === `Basic ${Buffer.from(credentials).toString('base64')}`;

const serve = async (answers: Answers, asked: string[], staging: Staging): Promise<string> => {
  const socket = join(temporaryFolder(), 's.sock');
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (!admits(request.headers.authorization, staging.credentials)) response.writeHead(401).end();
      else if (request.method === 'POST')
        response.end(staging.raw ?? replyTo(Buffer.concat(chunks).toString(), answers, asked));
      else {
        const stream = staging.streams?.[request.url ?? ''];
        if (stream === undefined) response.writeHead(404).end();
        else response.write(stream);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `unix://${socket}`;
};

export const openStage = async (answers: Answers, staging: Staging = {}): Promise<Stage> => {
  const asked: string[] = [];
  const url = await serve(answers, asked, staging);
  const screen = createScreen();
  const input = new PassThrough();
  const output = new PassThrough();
  output.on('data', (bytes: Buffer) => screen.terminal.write(bytes));
  const keyboard = new Keyboard({ input, output });
  onTestFinished(() => keyboard.close());
  const target = { url, username: null, password: null };
  const { interactive = false } = staging;
  const session = new Session({ target, interactive, terminal: screen.terminal, keyboard });
  return {
    url,
    asked,
    session,
    input,
    out: screen.out,
    err: screen.err,
    async run(...lines) {
      const before = screen.out().length;
      for (const line of lines) await runLine(session, line);
      return { exit: session.exit, out: screen.out().slice(before).replace(/^\n/, '') };
    },
  };
};

export const info = (group: string, name: string, more: Readonly<Record<string, Value>> = {}): Value => ({
  group,
  name,
  state: 20,
  statename: 'RUNNING',
  description: 'pid 7, uptime 0:00:09',
  pid: 7,
  ...more,
});

export const result = (group: string, name: string, status: number): Value => ({
  group,
  name,
  status,
  description: 'DESCRIPTION',
});
