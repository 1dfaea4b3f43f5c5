// What is worth a word about the keys of a section?

import type { Advice } from './advice-rules.ts';
import { entryOf, problemAt } from './draft.ts';
import type { Section } from './draft.ts';
import { readEnvironment } from './environment.ts';
import { SECTIONS } from './keys.ts';
import type { SectionKind } from './keys.ts';
import { nearest } from './nearest.ts';
import { shown } from './refusal.ts';

type Say = (
  rule: Advice['rule'],
  key: string,
  what: { readonly message: string; readonly hint: string },
) => Advice;

const OPEN_KINDS: ReadonlySet<string> = new Set(['rpcinterface', 'ctlplugin']);

const isKind = (text: string): text is SectionKind => Object.hasOwn(SECTIONS, text);

/** The kind of a section; null when nobody reads it. Servers may have anything behind their words. */
const kindOf = (name: string): SectionKind | null => {
  for (const server of ['unix_http_server', 'inet_http_server'] as const)
    if (name.startsWith(server)) return server;
  const kind = name.includes(':') ? name.slice(0, name.indexOf(':')) : name;
  const alone = ['supervisord', 'supervisorctl', 'include'].includes(kind);
  return isKind(kind) && alone !== name.includes(':') ? kind : null;
};

const unknownSection = (section: Section): Advice => {
  const kind = section.name.split(':')[0] ?? '';
  const close = nearest(kind, Object.keys(SECTIONS));
  const hint =
    close === null
      ? 'remove it, or leave it for another program'
      : `did you mean ${section.name.replace(kind, close)}?`;
  const message = `nobody reads the section ${section.title}`;
  return { rule: 'unknown-section', ...problemAt(section.origin, { message, hint }) };
};

const unknownKeys = (section: Section, kind: SectionKind, say: Say): Advice[] => {
  if (OPEN_KINDS.has(kind)) return [];
  const known = Object.keys(SECTIONS[kind]);
  return [...section.entries.keys()]
    .filter((key) => !known.includes(key))
    .map((key) => {
      const close = nearest(key, known);
      const elsewhere = Object.entries(SECTIONS).find(([, rows]) => Object.hasOwn(rows, key))?.[0];
      const other = elsewhere === undefined ? 'remove it' : `it belongs to [${elsewhere}]`;
      const hint = close === null ? other : `did you mean ${close}?`;
      return say('unknown-key', key, { message: `nobody reads this key in ${section.title}`, hint });
    });
};

const swallowedLine = (raw: string): string | null => {
  const lines = raw.split('\n').slice(1);
  if (lines.length === 0) return null;
  const known = new Set(Object.values(SECTIONS).flatMap((rows) => Object.keys(rows)));
  return (
    lines.find((line) => /^\[.+\]$/.test(line) || known.has(line.split(/\s*[=:]/)[0]?.toLowerCase() ?? '')) ??
    null
  );
};

const swallowed = (section: Section, say: Say): Advice[] =>
  [...section.entries].flatMap(([key, { raw }]) => {
    const line = typeof raw === 'string' && key !== 'environment' ? swallowedLine(raw) : null;
    if (line === null) return [];
    const message = `the line ${shown(line)} below is part of this value, since it is indented`;
    return [say('swallowed-line', key, { message, hint: 'move it to the left margin' })];
  });

const isTrue = (section: Section, key: string): boolean => {
  const raw = entryOf(section, key)?.raw;
  return typeof raw === 'string' && /^(true|yes|on|1)$/i.test(raw);
};

const groupKeys = (section: Section, say: Say): Advice[] => {
  const found: Advice[] = [];
  if (isTrue(section, 'killasgroup')) {
    const message =
      'it changes nothing: every member is killed in any case, those that left the process group too';
    found.push(say('group-kill', 'killasgroup', { message, hint: 'it can go; it does no harm' }));
  }
  if (isTrue(section, 'stopasgroup')) {
    const message = 'members that outlive the leader get the stop signal and then SIGKILL in any case';
    found.push(
      say('group-stop', 'stopasgroup', {
        message,
        hint: 'keep it only where members must hear the signal together with the leader',
      }),
    );
  }
  return found;
};

const inTmp = (raw: unknown): boolean => typeof raw === 'string' && /^\/(var\/)?tmp\//.test(raw);

const temporary = (section: Section, kind: SectionKind, say: Say): Advice[] => {
  const found: Advice[] = [];
  for (const key of ['logfile', 'stdout_logfile', 'stderr_logfile']) {
    if (!inTmp(section.entries.get(key)?.raw)) continue;
    found.push(
      say('log-in-tmp', key, {
        message: 'anybody can put a link in the place of a log in /tmp',
        hint: 'a directory of its own, e.g. in /var/log',
      }),
    );
  }
  if (kind === 'unix_http_server' && inTmp(section.entries.get('file')?.raw)) {
    found.push(
      say('socket-in-tmp', 'file', {
        message: 'cleaners of /tmp remove sockets that are not used for days',
        hint: 'a path in /run',
      }),
    );
  }
  return found;
};

const SECRET = /passw|secret|token/i;

const secrets = (section: Section, say: Say, isOpen: (file: string) => boolean): Advice[] => {
  const found: Advice[] = [];
  for (const [key, { raw, file }] of section.entries) {
    if (!isOpen(file)) continue;
    const named =
      typeof raw === 'string' ? Object.keys(readEnvironment(raw).variables ?? {}) : Object.keys(raw);
    const secret =
      key === 'password' ? key : key === 'environment' ? named.find((name) => SECRET.test(name)) : undefined;
    if (secret === undefined) continue;
    const message = `everybody on this machine can read ${secret} in this file`;
    found.push(say('readable-secret', key, { message, hint: `chmod o-r ${file}` }));
  }
  return found;
};

const rootProgram = (section: Section, say: Say): Advice[] => {
  const raw = section.entries.get('user')?.raw;
  if (raw !== 'root' && raw !== '0') return [];
  return [
    say('root-program', 'user', {
      message: 'the program runs as root',
      hint: 'a user of its own, if it can live with one',
    }),
  ];
};

const looseEnvironment = (section: Section, say: Say): Advice[] => {
  const raw = section.entries.get('environment')?.raw;
  const read = typeof raw === 'string' ? readEnvironment(raw) : null;
  if (read?.passedOver === undefined || read.passedOver.length === 0) return [];
  const message = `${shown(read.passedOver.join(' '))} is passed over: only a comma should stand between variables`;
  return [
    say('loose-environment', 'environment', { message, hint: 'quote values: KEY="value",OTHER="value"' }),
  ];
};

/** Advice about one section's keys; `isOpen` says whether everybody can read a file. */
export const keyAdvice = (
  section: Section,
  dialect: 'ini' | 'yaml',
  isOpen: (file: string) => boolean,
): Advice[] => {
  const kind = kindOf(section.name);
  if (kind === null) return [unknownSection(section)];
  const say: Say = (rule, key, what) => ({
    rule,
    ...problemAt(section.entries.get(key) ?? section.origin, { key, ...what }),
  });
  const programLike = kind === 'program' || kind === 'eventlistener' || kind === 'fcgi-program';
  return [
    ...(dialect === 'ini' ? [...unknownKeys(section, kind, say), ...swallowed(section, say)] : []),
    ...temporary(section, kind, say),
    ...secrets(section, say, isOpen),
    ...(programLike
      ? [...groupKeys(section, say), ...rootProgram(section, say), ...looseEnvironment(section, say)]
      : []),
  ];
};
