// How does the table of methods read as a page? Writes docs/reference/rpc.md.

import { FAULTS } from './faults.ts';
import type { Method } from './method.ts';
import { methodsOf } from './rpc.ts';
import { signatureOf } from './methods-system.ts';
import { EVENT_STREAM, ROUTES, type Route } from './routes.ts';
import type { Param } from './params.ts';

const INTRODUCTION = `# The API

[All docs](../README.md)

Generated from the tables of methods and routes by \`node scripts/docs.mjs\`.

On every server of the config, and on the control socket (\`tsvisor start\` prints its path):

- **XML-RPC**: POST to \`/RPC2\`. The methods of \`supervisor.*\` and \`system.*\` are supervisord's; [Coming from supervisord](../supervisord.md) lists
  the differences.
- **JSON**: the [routes](#routes-and-tsvisor) below, as [OpenAPI](openapi.json) too.
- **Live logs**: GET \`/logtail/NAME\`, \`/logtail/NAME/stderr\` and \`/mainlogtail\`, which never end.

From a shell:

\`\`\`sh
curl --unix-socket /run/tsvisor/NAME/tsvisor.sock http://localhost/api/v1/status
\`\`\`

From Node, with the package's own client, which also has types for TypeScript: [examples/client.mjs](../../examples/client.mjs).

Every method of \`supervisor.*\` but sendRemoteCommEvent has fault 6 while the supervisor stops or restarts.
`;

const paramLine = ({ name, doc, default: left }: Param): string => {
  const optional = left === undefined || left === true ? '' : ` Default: \`${JSON.stringify(left)}\`.`;
  return `- \`${name}\`: ${doc}${optional}`;
};

const faultWords = ({ faults }: Method): readonly string[] =>
  faults.length === 0 ? [] : ['', `Faults: ${faults.map((code) => `${code} ${FAULTS[code]}`).join(', ')}.`];

const paramLines = (params: readonly Param[]): readonly string[] =>
  params.length === 0 ? [] : ['', ...params.map(paramLine)];

const methodPart = (method: Method): string => {
  const { name, params, help, aliasOf } = method;
  const [returns, ...types] = signatureOf(method);
  const call = params.map((param, index) => `${types[index]} ${param.name}`).join(', ');
  const head = [`### ${name}`, '', `\`${name}(${call})\` → ${returns}`, ''];
  if (aliasOf !== undefined) return [...head, `Another name of ${aliasOf}.`].join('\n');
  return [...head, help, ...paramLines(params), ...faultWords(method)].join('\n');
};

const routePart = ({ method, path, rpc, summary, params, reply }: Route): string =>
  [
    `### ${method} ${path}`,
    '',
    `${summary} Over XML-RPC: \`${rpc}\`. Answers \`${reply}\`.`,
    ...paramLines(params),
  ].join('\n');

const streamPart = (): string =>
  [`### GET ${EVENT_STREAM.path}`, '', EVENT_STREAM.summary, ...paramLines(EVENT_STREAM.params)].join('\n');

const section = (title: string, parts: readonly string[]): string => [`## ${title}`, ...parts].join('\n\n');

const BOUNDS = [
  'A server accepts 512 connections; from 256 on, idle ones are closed when another comes, and so is the oldest that has not completed its first request. Headers may have 16 KiB and take 10 seconds, a request 30 seconds and 1 MiB of body (16 KiB for a form of the pages); this is checked once a minute. The requests of one connection are answered one after the other, and 16 may wait: a client that sends more ahead, or reads nothing of an answer for 30 seconds, is disconnected.',
  'An XML-RPC call may have 64 nested elements and 50 000 in all; a multicall 1000 calls and 4 MiB of replies: a call beyond that is not made, and says so. A list of names may have 10 000. Streams of events have at most 64 clients, those of the pages 100; a client that is 1 MiB behind is disconnected. A follower of a log that is 8 MiB behind is told how much was left out.',
];

/** The whole page, as the formatter of the project leaves it. */
export const apiPage = (): string => {
  const methods = methodsOf({ supervisor: true });
  const named = (prefix: string): readonly string[] =>
    methods.filter(({ name }) => name.startsWith(prefix)).map(methodPart);
  return `${[
    INTRODUCTION.trimEnd(),
    section('supervisor.\\*', named('supervisor.')),
    section('system.\\*', named('system.')),
    section('Routes, and tsvisor.\\*', [...ROUTES.map(routePart), streamPart()]),
    section('Bounds', BOUNDS),
  ].join('\n\n')}\n`;
};
