// How is XML-RPC carried by HTTP? Faults in a 200, and 400 for what is no call.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ask } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { readBody } from './body.ts';
import type { LogText } from './log-text.ts';
import { createRpc, type Rpc, type RpcAnswer, type RpcOptions } from './rpc.ts';
import { pourOnce, send, sendStatus } from './send.ts';
import { escapeText } from './xml.ts';

const XML = 'text/xml';

async function* piecesOf(head: string, text: LogText, tail: string): AsyncGenerator<string> {
  yield head;
  for await (const piece of text.pieces) yield escapeText(piece);
  yield tail;
}

const write = async (response: ServerResponse, answer: RpcAnswer): Promise<void> => {
  if ('bytes' in answer) send(response, { status: 200, type: XML, body: answer.bytes });
  else if ('malformed' in answer) sendStatus(response, 400);
  else await pourOnce(response, XML, piecesOf(answer.head, answer.text, answer.tail));
};

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

export const answerRpc = async (
  request: IncomingMessage,
  response: ServerResponse,
  { rpc, ask }: { readonly rpc: Rpc; readonly ask: Ask },
): Promise<void> => {
  if (request.method !== 'POST') return sendStatus(response, 400);
  if (!hasBody(request)) return sendStatus(response, 411);
  try {
    await write(response, await rpc.answer(await readBody(request, response), ask));
  } catch (error) {
    if (!(error instanceof TsvisorError)) throw error;
    sendStatus(response, error.row.http);
  }
};

const rpcs = new WeakMap<RpcOptions, Rpc>();

/** The methods of one listener, made once. */
export const rpcFor = (options: RpcOptions): Rpc => {
  const known = rpcs.get(options) ?? createRpc(options);
  rpcs.set(options, known);
  return known;
};
