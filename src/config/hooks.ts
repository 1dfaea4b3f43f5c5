// Which commands and webhooks are to hear of events? The `[tsvisor-hook:x]` sections, `hooks` in YAML.

import { splitCommand } from '../model/command-line.ts';
import type { HookAct, HookPlan } from '../model/hook.ts';
import { sectionsNamed, suffixOf } from './draft.ts';
import type { Section } from './draft.ts';
import { HOOK_KEYS } from './keys.ts';
import { namesIn } from './names.ts';
import type { Names } from './names.ts';
import { absolutePath } from './paths.ts';
import { refuse, shown } from './refusal.ts';
import { readerOf } from './section.ts';
import type { SectionReader, Work } from './section.ts';

type HookReader = SectionReader<typeof HOOK_KEYS>;

/** What node:http takes for a name and a value. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\u{20}-\u{7E}\u{80}-\u{FF}]*$/u;

const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

const headersOf = (reader: HookReader, names: Names): Readonly<Record<string, string>> => {
  const headers = reader.read('headers', names);
  const bad = Object.entries(headers).find(
    ([name, value]) => !HEADER_NAME.test(name) || !HEADER_VALUE.test(value),
  );
  // The value may be a secret.
  if (bad !== undefined)
    reader.refuse('headers', refuse(`${shown(bad[0])} is no header`, 'e.g. Authorization="Bearer TOKEN"'));
  return headers;
};

const runOf = (reader: HookReader, command: string): HookAct => {
  const { refused } = splitCommand(command);
  if (refused !== undefined) reader.refuse('run', refuse(refused, 'quotes group words, nothing else does'));
  if (command.trim() === '') reader.refuse('run', refuse('its command is empty', 'name a program'));
  for (const key of ['headers', 'headers_file'] as const)
    if (reader.has(key)) reader.refuse(key, refuse(`a command has no ${key}`, 'it belongs to a webhook'));
  return { kind: 'run', command };
};

const webhookOf = (work: Work, reader: HookReader, names: Names): HookAct => {
  const url = reader.read('webhook', names) ?? '';
  const file = reader.read('headers_file', names);
  if (reader.has('webhook') && !isWebAddress(url))
    reader.refuse('webhook', refuse('its webhook is no address', 'http://HOST/PATH or https://HOST/PATH'));
  const headersFile = file === null ? null : absolutePath(file, work.reading);
  return { kind: 'webhook', url, headers: headersOf(reader, names), headersFile };
};

const actOf = (work: Work, reader: HookReader, names: Names): HookAct => {
  const command = reader.read('run', names);
  const both = command !== null && reader.has('webhook');
  if (both || (command === null && !reader.has('webhook')))
    reader.refuse(
      'run',
      refuse(both ? 'it has both run and webhook' : 'it has neither run nor webhook', 'one of them'),
    );
  return command === null ? webhookOf(work, reader, names) : runOf(reader, command);
};

const atLeastOne = (reader: HookReader, key: 'attempts' | 'buffer_size', names: Names): number => {
  const count = reader.read(key, names);
  if (count < 1) reader.refuse(key, refuse(`${key} is below 1`, '1 or more'));
  return count;
};

const hookOf = (work: Work, section: Section): HookPlan => {
  const reader = readerOf(work, section, HOOK_KEYS);
  const names: Names = [namesIn({ here: work.here }), work.env];
  const on = reader.read('on', names);
  if (on.length === 0 && reader.sound())
    reader.refuse('on', refuse('it wants no event', 'e.g. on=TSVISOR_OOM_KILLED,PROCESS_STATE_FATAL'));
  const timeout = reader.read('timeout', names);
  if (timeout <= 0) reader.refuse('timeout', refuse('its timeout is no time', 'e.g. 10s'));
  return {
    name: suffixOf(section),
    on,
    act: actOf(work, reader, names),
    timeout,
    bufferSize: atLeastOne(reader, 'buffer_size', names),
    attempts: atLeastOne(reader, 'attempts', names),
    retryDelay: reader.read('retry_delay', names),
  };
};

export const hooksOf = (work: Work): readonly HookPlan[] =>
  sectionsNamed(work.draft, 'tsvisor-hook:').map((section) => hookOf(work, section));
