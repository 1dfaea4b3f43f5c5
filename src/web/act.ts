// An order comes from a page: is it ours, is it sure, and what became of it?

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ask, Outcome } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { namespec } from '../model/name.ts';
import { markup } from './markup.ts';
import { renderPage, type Page, type Visit } from './layout.ts';
import { sureWords, wantedOf, type Wanted } from './orders.ts';
import type { Backend } from './backend.ts';
import { redirect, sendPage } from './reply.ts';
import { isOurs, saidCookie, sessionOf } from './session.ts';

const MAX_FORM_BYTES = 16_384;
/** Outcomes told by name; of more only their number. */
const TOLD = 5;

const readForm = async (request: IncomingMessage, response: ServerResponse): Promise<URLSearchParams> => {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > MAX_FORM_BYTES) {
      response.setHeader('connection', 'close');
      throw new TsvisorError('BAD_REQUEST', { reason: `the form is larger than ${MAX_FORM_BYTES} bytes` });
    }
    pieces.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(pieces).toString('utf8'));
};

/** The same form again, with the question answered. */
export const surePage = (wanted: Wanted, { token }: Visit, back: string): Page => ({
  title: 'Sure?',
  live: 'none',
  main: markup`<h1>${wanted.row.sure === null ? `${wanted.row.word} ${wanted.name}?` : sureWords(wanted)}</h1><form method="post" action="/act"><input type="hidden" name="token" value="${token}"><input type="hidden" name="sure" value="1"><input type="hidden" name="with" value="${wanted.signal}"><input type="hidden" name="back" value="${back}"><p><a href="/">Cancel</a> <button class="hurts" name="${wanted.act}" value="${wanted.name}">${wanted.row.word}</button></p></form>`,
});

const outcomeWords = ({ process, message }: Outcome): string => {
  const key = namespec(process);
  return message.startsWith(key) ? message : `${key}: ${message}`;
};

const saidOf = ({ row, name }: Wanted, outcomes: readonly Outcome[]): string => {
  const bad = outcomes.filter(({ ok }) => !ok);
  const told = (bad.length > 0 ? bad : outcomes).slice(0, TOLD).map(outcomeWords);
  const more = outcomes.length > TOLD ? [`${outcomes.length} processes, ${bad.length} of them refused`] : [];
  return [`${row.word} ${name}`, ...told, ...more].join('\n');
};

const carryOut = async (ask: Ask, wanted: Wanted): Promise<string> => {
  try {
    const reply = await ask(wanted.row.command(wanted.name, wanted.signal));
    return saidOf(wanted, Array.isArray(reply) ? reply : []);
  } catch (error) {
    if (!(error instanceof TsvisorError)) throw error;
    return `${error.message}${error.hint === '' ? '' : `\n${error.hint}`}`;
  }
};

interface Acting {
  readonly backend: Backend;
  readonly readOnly: boolean;
  readonly ask: Ask;
}

export const answerAct = async (
  request: IncomingMessage,
  response: ServerResponse,
  { backend, readOnly, ask }: Acting,
): Promise<void> => {
  const fields = await readForm(request, response);
  const { token, cookies, said } = sessionOf(request);
  const visit: Visit = { token, readOnly, said };
  const refuse = (status: number, text: string): void => {
    const page: Page = {
      title: 'Refused',
      live: 'none',
      main: markup`<h1>Refused</h1><p>${text}</p><p><a href="/">Back to the processes</a></p>`,
    };
    sendPage(response, { status, text: renderPage(page, backend.about(), visit), cookies });
  };
  if (readOnly) return refuse(403, 'This server only shows: it is read_only in the config.');
  if (!isOurs(request, fields.get('token') ?? ''))
    return refuse(
      403,
      'This order does not come from a page of this supervisor, or from one that is too old. Nothing was done; open the page anew and try again.',
    );
  const wanted = wantedOf(fields);
  if (wanted === null) return refuse(400, 'The form names no order. Nothing was done.');
  const back = fields.get('back') ?? '';
  if (wanted.row.sure !== null && !wanted.sure) {
    const text = renderPage(surePage(wanted, visit, back), backend.about(), visit);
    return sendPage(response, { status: 200, text, cookies });
  }
  const answer = await carryOut(ask, wanted);
  const to = back === '' ? '/' : `/process?name=${encodeURIComponent(back)}`;
  redirect(response, { status: 303, to, cookies: [...cookies, saidCookie(answer)] });
};
