// Which page is asked for? One table of paths, supervisord's old ones among them.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ask } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { answerAct, surePage } from './act.ts';
import { ASSETS } from './assets.ts';
import { markup } from './markup.ts';
import { renderPage, type Page, type Visit } from './layout.ts';
import { linesOf } from './lines.ts';
import { Live } from './live.ts';
import { mainLogPage, tailPage } from './log-pages.ts';
import { oomPage } from './oom-page.ts';
import { ORDERS } from './orders.ts';
import type { Backend } from './backend.ts';
import { processPage } from './process.ts';
import { processesPage } from './processes.ts';
import { redirect, sendAsset, sendLines, sendPage } from './reply.ts';
import { sessionOf } from './session.ts';

export interface WebRequest {
  /** Decoded. */
  readonly path: string;
  readonly query: string;
  readonly readOnly: boolean;
  /** For orders of this request. */
  readonly ask: Ask;
}

/** Resolves to false when there is no such page. */
export type Web = (request: IncomingMessage, response: ServerResponse, asked: WebRequest) => Promise<boolean>;

type Make = (backend: Backend, visit: Visit, query: URLSearchParams) => Page | Promise<Page>;

interface Showing {
  readonly make: Make | 'processes';
  readonly query: URLSearchParams;
  readonly readOnly: boolean;
}

const named = (query: URLSearchParams): string => query.get('name') ?? '';

const tail: Make = (backend, _visit, query) =>
  tailPage(backend, {
    name: named(query),
    stream: query.get('stream') === 'stderr' ? 'stderr' : 'stdout',
  });

/** supervisord's links acted at once; here they lead to the question. */
const OLD_ACTIONS: Readonly<Record<string, string>> = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  clearlog: 'clear',
  stopall: 'stop',
  restartall: 'restart',
};

const oldAction: Make = (_outlook, visit, query) => {
  const action = query.get('action') ?? '';
  const act = OLD_ACTIONS[action] ?? '';
  const row = ORDERS[act];
  const name = action.endsWith('all') ? 'all' : (query.get('processname') ?? '');
  if (row === undefined || name === '')
    throw new TsvisorError('BAD_REQUEST', { reason: `there is no action ${action}` });
  return surePage({ act, row, name, signal: '', sure: false }, visit, '');
};

const PAGES: Readonly<Record<string, Make | 'processes'>> = {
  '/': 'processes',
  '/process': (backend, visit, query) => processPage(backend, visit, named(query)),
  '/tail': tail,
  '/oom': (backend) => oomPage(backend),
  '/log': (backend) => mainLogPage(backend),
  '/index.html': oldAction,
};

/** Where supervisord's addresses lead now; null when it is none of them, or one that is a page itself. */
const movedTo = (path: string, query: URLSearchParams): string | null => {
  if (path === '/tail.html')
    return `/tail?name=${encodeURIComponent(query.get('processname') ?? '')}&stream=stdout`;
  const action = query.get('action') ?? '';
  return path === '/index.html' && (action === '' || action === 'refresh') ? '/' : null;
};

const problemPage = (error: TsvisorError): Page => ({
  title: 'Not possible',
  live: 'none',
  main: markup`<h1>Not possible</h1><p>${error.message}</p><p>${error.hint}</p>`,
});

interface Made {
  readonly status: number;
  readonly page: Page;
  /** What its rows are up to date with. */
  readonly version: number;
}

const OK = { status: 200, version: 0 };

class Router {
  readonly #backend: Backend;
  readonly #lives = new Map<boolean, Live>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async answer(request: IncomingMessage, response: ServerResponse, asked: WebRequest): Promise<boolean> {
    const { path, readOnly } = asked;
    if (request.method === 'POST' && path === '/act') {
      await answerAct(request, response, { backend: this.#backend, readOnly, ask: asked.ask });
      return true;
    }
    return request.method === 'GET' && this.#get(request, response, asked);
  }

  async #get(request: IncomingMessage, response: ServerResponse, asked: WebRequest): Promise<boolean> {
    const { path, readOnly } = asked;
    const query = new URLSearchParams(asked.query);
    const asset = Object.values(ASSETS).find((one) => one.path === path);
    const moved = movedTo(path, query);
    const make = PAGES[path];
    if (asset !== undefined) sendAsset(response, asset.type, asset.text);
    else if (moved !== null) redirect(response, { status: 301, to: moved });
    else if (path === '/ok.html') response.writeHead(200, { 'content-type': 'text/plain' }).end('OK');
    else if (path === '/events') this.#join(response, readOnly, Number(query.get('since') ?? 0));
    else if (path === '/lines') sendLines(response, linesOf(this.#backend, query.getAll('name')));
    else if (make !== undefined) await this.#show(request, response, { make, query, readOnly });
    else return false;
    return true;
  }

  async #show(request: IncomingMessage, response: ServerResponse, showing: Showing): Promise<void> {
    const { token, cookies, said } = sessionOf(request);
    // What was said last is for a page that is looked at, not for one that the script fetches to take its middle.
    const isRefresh = request.headers['x-tsvisor-refresh'] !== undefined;
    const visit: Visit = { token, readOnly: showing.readOnly, said: isRefresh ? null : said };
    await this.#backend.look();
    const { status, page, version } = await this.#make(showing, visit);
    const text = renderPage(page, this.#backend.about(), { ...visit, version });
    sendPage(response, { status, text, cookies: isRefresh ? [] : cookies });
  }

  async #make({ make, query }: Showing, visit: Visit): Promise<Made> {
    try {
      if (make !== 'processes') return { ...OK, page: await make(this.#backend, visit, query) };
      const { rows, version } = this.#live(visit.readOnly).publish();
      return { ...OK, page: processesPage(rows, visit, Math.trunc(Date.now() / 1000)), version };
    } catch (error) {
      if (!(error instanceof TsvisorError)) throw error;
      return { ...OK, status: error.row.http, page: problemPage(error) };
    }
  }

  #join(response: ServerResponse, readOnly: boolean, since: number): void {
    if (this.#live(readOnly).join(response, since)) return;
    response.writeHead(503, { 'content-type': 'text/plain' }).end('too many pages are open\n');
  }

  #live(readOnly: boolean): Live {
    const known = this.#lives.get(readOnly) ?? new Live(this.#backend, readOnly);
    this.#lives.set(readOnly, known);
    return known;
  }
}

export const createWeb = (backend: Backend): Web => {
  const router = new Router(backend);
  return (request, response, asked) => router.answer(request, response, asked);
};
