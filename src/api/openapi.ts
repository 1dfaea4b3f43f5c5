// How does the table of routes read for a machine? An OpenAPI document.

import type { Param, ParamType } from './params.ts';
import { EVENT_STREAM, ROUTES, type Route } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

const SCHEMAS: Readonly<Record<ParamType, Json>> = {
  string: { type: 'string' },
  int: { type: 'integer' },
  boolean: { type: 'boolean' },
  truth: { type: 'boolean' },
  signal: { type: ['string', 'integer'] },
  names: { type: 'array', items: { type: 'string' }, minItems: 1 },
  calls: { type: 'array' },
};

const schemaOf = ({ type, doc, default: left }: Param): Json => ({
  ...SCHEMAS[type],
  description: doc,
  ...(left === undefined ? {} : { default: left }),
});

const queryOf = (param: Param): Json => ({
  in: 'query',
  name: param.name,
  required: param.default === undefined,
  schema: schemaOf(param),
});

const bodyOf = (params: readonly Param[]): Json => {
  const required = params.filter((param) => param.default === undefined).map(({ name }) => name);
  const properties = Object.fromEntries(params.map((param) => [param.name, schemaOf(param)]));
  const schema = { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
  return { required: required.length > 0, content: { 'application/json': { schema } } };
};

const REFUSAL: Json = {
  description: 'A refusal: its code, words, hint and facts.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/refusal' } } },
};

const operationOf = ({ method, rpc, summary, params, reply }: Route): Json => ({
  operationId: rpc,
  summary,
  ...(method === 'GET' ? { parameters: params.map(queryOf) } : { requestBody: bodyOf(params) }),
  responses: {
    200: { description: reply, content: { 'application/json': { schema: { type: 'object' } } } },
    default: REFUSAL,
  },
});

const streamOperation: Json = {
  operationId: 'events',
  summary: EVENT_STREAM.summary,
  parameters: EVENT_STREAM.params.map(queryOf),
  responses: {
    200: { description: 'events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    default: REFUSAL,
  },
};

const refusal: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'hint', 'facts'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        hint: { type: 'string' },
        facts: { type: 'object' },
      },
    },
  },
};

export const openApi = (version: string): Json => ({
  openapi: '3.1.0',
  info: { title: 'tsvisor', version },
  paths: {
    ...Object.fromEntries(
      ROUTES.map((route) => [route.path, { [route.method.toLowerCase()]: operationOf(route) }]),
    ),
    [EVENT_STREAM.path]: { get: streamOperation },
  },
  components: {
    schemas: { refusal },
    securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
  },
});
