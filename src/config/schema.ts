// What may a tsvisor.yaml hold, said so that an editor can complete and check it? A JSON Schema from the table of keys.

import { CONDITIONS } from '../model/duty.ts';
import { EVENT_NAMES } from '../model/event-names.ts';
import { LIMITS } from '../model/ulimit.ts';
import { SECTIONS, YAML_KEYS } from './keys.ts';
import type { KeyRow } from './keys.ts';
import type { TypeName } from './types.ts';
import { TYPE_WORDS } from './words.ts';

type Schema = Readonly<Record<string, unknown>>;
type Rows = Readonly<Record<string, KeyRow>>;

/** A value that is only known once its %(name)s or ${NAME} is filled in. */
const OPEN: Schema = { type: 'string', pattern: '%\\(|\\$\\{' };
const SCALAR: Schema = { type: ['string', 'number', 'boolean', 'null'] };
const TEXT: Schema = { type: ['string', 'number', 'boolean'] };
const BOOLEAN: Schema = { anyOf: [{ type: 'boolean' }, { enum: ['yes', 'no', 'on', 'off', 0, 1] }] };

const oneOf = (...values: readonly string[]): Schema => ({ enum: values });

/** A map of named settings, or the same as a text. */
const settings = (...names: readonly string[]): Schema => ({
  anyOf: [
    {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, TEXT])),
      additionalProperties: false,
    },
    { type: 'string' },
  ],
});

const LISTED: Schema = { anyOf: [{ type: 'array', items: TEXT }, TEXT] };
const SIZED: Schema = { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^\\s*[0-9]' }] };

const TYPE_SCHEMAS: Readonly<Record<TypeName, Schema>> = {
  text: TEXT,
  command: { anyOf: [{ type: 'string' }, { type: 'array', items: TEXT, minItems: 1 }] },
  integer: { type: 'integer' },
  boolean: BOOLEAN,
  autorestart: { anyOf: [BOOLEAN, oneOf('unexpected')] },
  bytes: SIZED,
  size: { anyOf: [SIZED, oneOf('none', 'max', 'infinity')] },
  seconds: SIZED,
  duration: {
    anyOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', pattern: '^\\s*[0-9]' },
    ],
  },
  'optional-duration': {
    anyOf: [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'string', pattern: '^\\s*[0-9]' },
      oneOf('none', 'infinity'),
    ],
  },
  octal: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^(0o)?[0-7]+$' }] },
  signal: {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: 64 },
      { type: 'string', pattern: '^[A-Za-z0-9_]+$' },
    ],
  },
  exitcodes: {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: 255 },
      { type: 'array', items: { type: 'integer', minimum: 0, maximum: 255 } },
      { type: 'string', pattern: '^[0-9, ]*$' },
    ],
  },
  events: { anyOf: [{ type: 'array', items: { enum: EVENT_NAMES } }, { type: 'string' }] },
  list: LISTED,
  loglevel: oneOf('critical', 'error', 'warn', 'info', 'debug', 'trace', 'blather'),
  user: TEXT,
  owner: TEXT,
  inet: TEXT,
  logfile: TEXT,
  path: TEXT,
  directory: TEXT,
  environment: { anyOf: [{ type: 'object', additionalProperties: SCALAR }, { type: 'string' }] },
  score: {
    anyOf: [
      { type: 'integer', minimum: -1000, maximum: 1000 },
      { type: 'string', pattern: '^(auto|\\+?-?[0-9]{1,4})$' },
    ],
  },
  onOom: oneOf('restart', 'restart-group', 'stop', 'continue'),
  survivors: oneOf('kill', 'leave'),
  logFormat: oneOf('raw', 'text', 'json'),
  journalFormat: oneOf('text', 'json'),
  logPeriod: oneOf('none', 'hour', 'day', 'week'),
  whenFull: oneOf('block', 'drop'),
  containment: oneOf('auto', 'cgroup', 'reap', 'scan'),
  sockets: {
    anyOf: [
      {
        type: 'object',
        additionalProperties: { type: 'string', pattern: '^(tcp://|unix:///|.*(%\\(|\\$\\{))' },
      },
      LISTED,
    ],
  },
  nice: { anyOf: [{ type: 'integer', minimum: -20, maximum: 19 }, { type: 'string' }] },
  ulimits: {
    anyOf: [
      {
        type: 'object',
        propertyNames: { enum: Object.keys(LIMITS) },
        additionalProperties: { type: ['integer', 'string'] },
      },
      LISTED,
    ],
  },
  oomRestart: settings('delay', 'max_delay', 'jitter', 'max_per_window', 'then'),
  startWhen: settings('memory_available', 'pressure_below'),
  limitWatch: settings('soft', 'hard', 'by', 'signal'),
  onPressure: settings('above', 'for', 'do'),
  exitWhen: LISTED,
  dutyType: oneOf('service', 'oneshot'),
  dependsOn: {
    anyOf: [
      {
        type: 'object',
        additionalProperties: {
          enum: [...CONDITIONS, ...CONDITIONS.map((one) => `${one} restart=true`), 'restart=true', null],
        },
      },
      { type: 'array', items: { type: 'string' } },
      { type: 'string' },
    ],
  },
  health: settings(
    'exec',
    'tcp',
    'http',
    'status',
    'log',
    'interval',
    'timeout',
    'retries',
    'success',
    'grace',
    'on_unhealthy',
  ),
  schedule: settings('cron', 'timezone', 'overlap', 'jitter'),
};

/** A key without a value counts as not written. */
const keySchema = (row: KeyRow): Schema => ({
  description: `${row.doc}\n\n${TYPE_WORDS[row.type].yaml ?? TYPE_WORDS[row.type].ini}${row.default === null ? '' : `; default ${row.default === '' ? 'empty' : row.default}`}`,
  anyOf: [{ $ref: `#/$defs/${row.type}` }, OPEN, { type: 'null' }],
});

/** Each row of the table once, by the first section that has it. */
const rowNames = (): ReadonlyMap<KeyRow, string> => {
  const names = new Map<KeyRow, string>();
  for (const [kind, rows] of Object.entries({ yaml: YAML_KEYS, ...SECTIONS })) {
    for (const [key, row] of Object.entries<KeyRow>(rows))
      if (!names.has(row)) names.set(row, `${kind}.${key}`);
  }
  return names;
};

const ROW_NAMES = rowNames();

const properties = (rows: Rows): Schema =>
  Object.fromEntries(
    Object.entries(rows).map(([key, row]) => [key, { $ref: `#/$defs/${ROW_NAMES.get(row) ?? key}` }]),
  );

const section = (rows: Rows, description: string): Schema => ({
  description,
  type: ['object', 'null'],
  properties: properties({ ...rows, expand_env: YAML_KEYS.expand_env }),
  additionalProperties: false,
});

const named = (rows: Rows, description: string): Schema => ({
  description,
  type: ['object', 'null'],
  additionalProperties: section(rows, ''),
});

/** A section whose other keys only a plugin knows. */
const open = (rows: Rows, description: string): Schema => ({
  description,
  type: ['object', 'null'],
  additionalProperties: {
    type: ['object', 'null'],
    properties: properties(rows),
    additionalProperties: SCALAR,
  },
});

const withYaml = (rows: Rows): Rows => ({ ...rows, ...YAML_KEYS });

const topLevel = (): Schema => ({
  include: { description: 'Patterns of further files, relative to this one.', ...LISTED },
  supervisor: section(SECTIONS.supervisord, 'The supervisor itself.'),
  defaults: section(withYaml(SECTIONS.program), 'Values for every program that does not have its own.'),
  programs: named(withYaml(SECTIONS.program), 'Programs by name.'),
  groups: named(SECTIONS.group, 'Groups of programs by name.'),
  eventlisteners: named(withYaml(SECTIONS.eventlistener), 'Pools of event listeners by name.'),
  fcgi_programs: named(
    withYaml(SECTIONS['fcgi-program']),
    'Programs that share a listening socket, by name.',
  ),
  unix_http_server: section(SECTIONS.unix_http_server, "A socket for supervisord's clients."),
  inet_http_server: section(SECTIONS.inet_http_server, "A TCP port for supervisord's clients."),
  hooks: named(SECTIONS['tsvisor-hook'], 'Commands and webhooks that hear of events, by name.'),
  rpcinterfaces: open(SECTIONS.rpcinterface, 'XML-RPC namespaces by name.'),
  supervisorctl: section(SECTIONS.supervisorctl, "Settings of supervisord's client."),
  ctlplugins: open(SECTIONS.ctlplugin, 'Plugins of that client, which are not available.'),
});

/** The schema as plain data, ready for JSON. */
export const jsonSchema = (): Schema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'tsvisor.yaml',
  description: 'Config of tsvisor, a process supervisor that knows the OOM killer.',
  type: ['object', 'null'],
  properties: topLevel(),
  patternProperties: {
    '^unix_http_server:': section(SECTIONS.unix_http_server, 'A further socket.'),
    '^inet_http_server:': section(SECTIONS.inet_http_server, 'A further port.'),
    '^x-': { description: 'Not read; a place for anchors.' },
  },
  additionalProperties: false,
  $defs: {
    ...TYPE_SCHEMAS,
    ...Object.fromEntries([...ROW_NAMES].map(([row, name]) => [name, keySchema(row)])),
  },
});
