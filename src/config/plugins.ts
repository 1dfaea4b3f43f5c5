// Which Python entry points does the config name, and which of them can be had here?

import type { RpcInterfacePlan } from '../model/plan.ts';
import { entryOf, sectionsNamed, suffixOf } from './draft.ts';
import type { Section } from './draft.ts';
import { RPC_INTERFACE_KEYS } from './keys.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { readerOf } from './section.ts';
import type { Work } from './section.ts';

export const MAIN_FACTORY = 'supervisor.rpcinterface:make_main_rpcinterface';
const DEFAULT_HANDLER = 'supervisor.dispatchers:default_handler';

const FACTORY = 'supervisor.rpcinterface_factory';

/** Modules of supervisord itself: what they do not have cannot come from anywhere else. */
const OWN_MODULES: ReadonlySet<string> = new Set(
  'childutils compat confecho datatypes dispatchers events http http_client loggers options pidproxy poller process rpcinterface socket_manager states supervisorctl supervisord templating web xmlrpc'
    .split(' ')
    .map((name) => `supervisor.${name}`),
);

const SPEC = /^\s*([\p{L}\p{N}_.]+)\s*(?::\s*([\p{L}\p{N}_.]+))?\s*(?:\[.*\])?\s*$/u;

/** `ours` is available; `theirs` is somebody's Python, which may be there for supervisord and never is for tsvisor. */
export const entryPoint = (spec: string): 'ours' | 'theirs' | Refusal => {
  // First, since the other check takes a millisecond to get ready.
  if (spec === MAIN_FACTORY || spec === DEFAULT_HANDLER) return 'ours';
  const match = SPEC.exec(spec);
  if (match === null) return refuse(`'${spec}' is not a Python entry point`, 'module:callable');
  const [, module = '', attribute] = match;
  const point = `${module}:${attribute ?? ''}`;
  if (point === MAIN_FACTORY || point === DEFAULT_HANDLER) return 'ours';
  if (module === 'supervisor' || OWN_MODULES.has(module)) {
    return refuse(`supervisord has no '${spec}'`, `did you mean ${MAIN_FACTORY}?`);
  }
  return 'theirs';
};

/** Every other key of a plugin's section is an argument that only the plugin knows. */
export const settingsOf = (work: Work, section: Section, factoryKey: string): Record<string, string> => {
  const keys = new Set([...section.entries.keys(), ...section.defaults.keys()]);
  keys.delete(factoryKey);
  const rows = Object.fromEntries(
    [...keys].map((key) => [key, { type: 'text', default: null, scope: 'env', doc: '' } as const]),
  );
  const reader = readerOf(work, section, rows);
  return Object.fromEntries([...keys].map((key) => [key, reader.read(key, [work.env]) ?? '']));
};

const rpcInterface = (work: Work, section: Section): RpcInterfacePlan => {
  const reader = readerOf(work, section, RPC_INTERFACE_KEYS);
  const factory = reader.read(FACTORY, [work.env]);
  if (entryOf(section, FACTORY) === undefined) {
    reader.refuse(FACTORY, refuse('it names no factory', `${FACTORY}=${MAIN_FACTORY}`));
  }
  const found = factory === null ? 'ours' : entryPoint(factory);
  if (found === 'theirs') {
    const message = `cannot load ${factory}: it is a Python plugin`;
    reader.warn(FACTORY, message, `the RPC namespace '${suffixOf(section)}' is not there`);
  } else if (found !== 'ours') reader.refuse(FACTORY, found);
  return {
    name: suffixOf(section),
    factory: factory ?? MAIN_FACTORY,
    settings: settingsOf(work, section, FACTORY),
  };
};

export const rpcInterfacesOf = (work: Work): RpcInterfacePlan[] =>
  sectionsNamed(work.draft, 'rpcinterface:').map((section) => rpcInterface(work, section));
