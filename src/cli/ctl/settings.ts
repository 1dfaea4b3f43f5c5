// Which server does `tsvisor ctl` ask, as whom, and how does its shell look? Command line, then config, then supervisord's defaults.

import type { RpcTarget } from '../../api/client-rpc.ts';
import { loadCtl } from '../../config/ctl.ts';
import { TsvisorError } from '../../model/errors.ts';
import { pythonRepr } from '../../config/repr.ts';
import { formatProblem } from '../../model/problem.ts';
import type { CtlWords } from './options.ts';

type CtlSettings = NonNullable<ReturnType<typeof loadCtl>['settings']>;

export interface Settings {
  readonly target: RpcTarget;
  readonly prompt: string;
  readonly historyFile: string | null;
  /** What the config asks for and cannot be had. */
  readonly warnings: readonly string[];
}

const DEFAULTS: CtlSettings = {
  serverurl: 'http://localhost:9001',
  username: null,
  password: null,
  prompt: 'supervisor',
  historyFile: null,
  plugins: [],
};

export interface Refused {
  readonly refused: string;
}

/** Null: no file in the usual places. */
const findFile = async (named: string | undefined): Promise<string | null> => {
  if (named !== undefined) return named;
  const { configFile } = await import('../locate.ts');
  try {
    return configFile(undefined);
  } catch (error) {
    if (error instanceof TsvisorError) return null;
    throw error;
  }
};

/** A YAML config has no client section: its supervisor's control socket speaks XML-RPC too. */
const ofYaml = async (file: string): Promise<CtlSettings> => {
  const { locate } = await import('../locate.ts');
  return { ...DEFAULTS, serverurl: `unix://${await locate({ config: file })}` };
};

const ofFile = async (file: string): Promise<CtlSettings | Refused> => {
  if (/\.ya?ml$/.test(file)) return ofYaml(file);
  const { settings, problems } = loadCtl(file);
  return settings ?? { refused: problems.map(formatProblem).join('\n') };
};

const isUrl = (text: string): boolean => /^[a-z][a-z\d+.-]*:(?:\/\/[^/]+|(?:\/\/)?\/?[^/]+)/i.test(text);

const refusedUrl = (url: string | undefined): Refused | null =>
  url === undefined || isUrl(url)
    ? null
    : { refused: `invalid value for -s ${pythonRepr(url)}: value ${pythonRepr(url)} is not a URL` };

const warningsOf = ({ plugins }: CtlSettings): readonly string[] =>
  plugins.map(({ name }) => `[ctlplugin:${name}] is left out: Python plugins cannot run here`);

export const settingsFor = async ({ given }: CtlWords): Promise<Settings | Refused> => {
  const badUrl = refusedUrl(given.s);
  if (badUrl !== null) return badUrl;
  const file = await findFile(given.c);
  const config = file === null ? DEFAULTS : await ofFile(file);
  if ('refused' in config) return config;
  return {
    target: {
      url: given.s ?? config.serverurl,
      username: given.u ?? config.username,
      password: given.p ?? config.password,
    },
    prompt: config.prompt,
    historyFile: given.r ?? config.historyFile,
    warnings: warningsOf(config),
  };
};
