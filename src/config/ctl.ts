// How does a client reach the supervisor of an ini file? `[supervisorctl]`, which supervisorctl reads without any include.

import { dirname, resolve } from 'node:path';
import type { Problem } from '../model/problem.ts';
import { emptyDraft, gatherOnce, problemAt, sectionsNamed, suffixOf } from './draft.ts';
import type { Draft, Section } from './draft.ts';
import { readIni } from './ini.ts';
import { CTL_KEYS, CTL_PLUGIN_KEYS } from './keys.ts';
import { environmentNames, namesIn } from './names.ts';
import { absolutePath } from './paths.ts';
import { entryPoint, settingsOf } from './plugins.ts';
import { isRefusal, refuse } from './refusal.ts';
import { readerOf } from './section.ts';
import type { Work } from './section.ts';
import { readText } from './text-file.ts';
import { worldOf } from './world.ts';
import type { WorldOptions } from './world.ts';

interface CtlPlugin {
  readonly name: string;
  readonly factory: string;
  readonly settings: Readonly<Record<string, string>>;
}

interface CtlSettings {
  /** `unix:///path` or `http://host:port`. */
  readonly serverurl: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly prompt: string;
  readonly historyFile: string | null;
  /** Python plugins of the client, none of which can be had here. */
  readonly plugins: readonly CtlPlugin[];
}

export type Ctl =
  | { readonly settings: CtlSettings; readonly problems?: undefined }
  | { readonly settings: null; readonly problems: readonly Problem[] };

const FACTORY = 'supervisor.ctl_factory';

const pluginOf = (work: Work, section: Section): CtlPlugin => {
  const reader = readerOf(work, section, CTL_PLUGIN_KEYS);
  const factory = reader.read(FACTORY, [work.env]);
  if (factory === null) reader.refuse(FACTORY, refuse('it names no factory', `${FACTORY}=module:callable`));
  const found = factory === null ? 'theirs' : entryPoint(factory);
  if (isRefusal(found)) reader.refuse(FACTORY, found);
  return { name: suffixOf(section), factory: factory ?? '', settings: settingsOf(work, section, FACTORY) };
};

const settingsFrom = (work: Work, section: Section): CtlSettings => {
  const reader = readerOf(work, section, CTL_KEYS);
  const here = [namesIn({ here: work.here }), work.env];
  const url = reader.read('serverurl', here);
  const history = reader.read('history_file', here);
  return {
    serverurl: url.startsWith('unix://')
      ? `unix://${absolutePath(url.slice('unix://'.length), work.reading)}`
      : url,
    username: reader.read('username', [work.env]),
    password: reader.read('password', [work.env]),
    prompt: reader.read('prompt', [work.env]),
    historyFile: history === null || history === '' ? null : absolutePath(history, work.reading),
    plugins: sectionsNamed(work.draft, 'ctlplugin:').map((plugin) => pluginOf(work, plugin)),
  };
};

const resolveCtl = (draft: Draft, options: WorldOptions): Ctl => {
  const section = draft.sections.get('supervisorctl');
  if (section === undefined) {
    const message = 'cannot use this file: it has no [supervisorctl] section';
    const hint = 'add one; supervisorctl does not look into included files';
    return {
      settings: null,
      problems: [problemAt({ file: draft.file, line: 0, column: 0 }, { message, hint })],
    };
  }
  const world = worldOf(options);
  const problems = gatherOnce();
  const settings = settingsFrom(
    {
      draft,
      reading: { ...world, dialect: 'ini' },
      here: dirname(draft.file),
      env: environmentNames(world.env),
      defaults: new Map(),
      total: { processes: 0 },
      report: problems.add,
      warn: () => undefined,
    },
    section,
  );
  return problems.all.length > 0 ? { settings: null, problems: problems.all } : { settings };
};

/** The client's settings of an ini file. Never throws for what is in it. */
export const loadCtl = (path: string, options: WorldOptions = {}): Ctl => {
  const file = resolve(options.cwd ?? process.cwd(), path);
  const text = readText(file);
  if (isRefusal(text)) {
    const message = `cannot read this config file: ${text.refused}`;
    return {
      settings: null,
      problems: [problemAt({ file, line: 0, column: 0 }, { message, hint: text.hint })],
    };
  }
  const draft = emptyDraft('ini', file);
  const problems = readIni(draft, file, text);
  return problems.length > 0 ? { settings: null, problems } : resolveCtl(draft, options);
};
