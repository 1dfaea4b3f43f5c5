// What plan does a draft make? Or else: every problem it has.

import { dirname } from 'node:path';
import type { Plan, Resolved, SupervisorPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { checkDependencies } from './dependencies.ts';
import { gatherOnce, problemAt, supervisordSection } from './draft.ts';
import type { Draft } from './draft.ts';
import { strangersIn } from './exit-when.ts';
import { groupsOf } from './groups.ts';
import { hooksOf } from './hooks.ts';
import { SUPERVISOR_KEYS } from './keys.ts';
import { environmentNames, namesIn } from './names.ts';
import type { Names } from './names.ts';
import { absolutePath } from './paths.ts';
import { rpcInterfacesOf } from './plugins.ts';
import { readerOf } from './section.ts';
import type { SectionReader, Work } from './section.ts';
import { serversOf } from './servers.ts';
import type { World } from './world.ts';

type SupervisorReader = SectionReader<typeof SUPERVISOR_KEYS>;

const environmentOf = (
  work: Work,
  reader: SupervisorReader,
  names: Names,
): Readonly<Record<string, string>> => {
  const host = namesIn({ host_node_name: work.reading.hostname });
  // supervisord expands this one twice, and knows the host name only the second time.
  const full = [host, ...names];
  const environment =
    work.reading.dialect === 'ini'
      ? reader.read('environment', names, full)
      : reader.read('environment', full);
  for (const [key, value] of Object.entries(environment)) work.env.set(`ENV_${key}`, value);
  return environment;
};

const serverurlOf = (servers: ReturnType<typeof serversOf>): string | null => {
  const [unix] = servers.unixServers;
  if (unix !== undefined) return `unix://${unix.path}`;
  const inet = servers.inetServers.at(-1);
  return inet === undefined ? null : `http://${inet.host === '' ? 'localhost' : inet.host}:${inet.port}`;
};

type Settings = Omit<
  SupervisorPlan,
  'environment' | 'unixServers' | 'inetServers' | 'rpcInterfaces' | 'serverurl' | 'hooks'
>;

const runtimeDirOf = (work: Work, reader: SupervisorReader, names: Names): string | null => {
  const written = reader.read('runtime_dir', names);
  return written === null ? null : absolutePath(written, work.reading);
};

const settingsOf = (work: Work, reader: SupervisorReader, names: Names): Settings => {
  const place = (path: string): string => absolutePath(path, work.reading);
  const logfile = reader.read('logfile', names);
  const directory = reader.read('directory', names);
  const nodaemon = reader.read('nodaemon', names);
  const noLog = work.reading.dialect === 'yaml' && !reader.has('logfile');
  const terminationMessage = reader.read('termination_message', names);
  const noPid = work.reading.dialect === 'yaml' && !reader.has('pidfile');
  return {
    identifier: reader.read('identifier', names),
    logfile: noLog ? null : logfile === 'syslog' ? logfile : place(logfile),
    logfileMaxBytes: reader.read('logfile_maxbytes', names),
    logfileBackups: reader.read('logfile_backups', names),
    logFormat: reader.read('log_format', names),
    loglevel: reader.read('loglevel', names),
    pidfile: noPid ? null : place(reader.read('pidfile', names)),
    nodaemon,
    silent: reader.read('silent', names),
    umask: reader.read('umask', names),
    minfds: reader.read('minfds', names),
    minprocs: reader.read('minprocs', names),
    childlogdir: reader.read('childlogdir', names) ?? work.reading.tempDir,
    nocleanup: reader.read('nocleanup', names),
    stripAnsi: reader.read('strip_ansi', names),
    directory,
    user: reader.read('user', names),
    // supervisord goes to its directory only when it becomes a daemon.
    cwd: directory === null || nodaemon ? work.reading.cwd : place(directory),
    runtimeDir: runtimeDirOf(work, reader, names),
    exitWhen: reader.read('exit_when', names),
    terminationMessage: terminationMessage === null ? null : place(terminationMessage),
  };
};

export interface Resolving {
  readonly draft: Draft;
  readonly world: World;
  readonly includedFiles: readonly string[];
}

const planOf = (work: Work, includedFiles: readonly string[]): Plan => {
  const { draft } = work;
  const section = supervisordSection(draft);
  const reader = readerOf(work, section, SUPERVISOR_KEYS);
  const names: Names = [namesIn({ here: work.here }), work.env];
  const settings = settingsOf(work, reader, names);
  const environment = environmentOf(work, reader, names);
  const rpcInterfaces = rpcInterfacesOf(work);
  const groups = groupsOf(work, { cwd: settings.cwd, environment });
  for (const refusal of strangersIn(settings.exitWhen, groups)) reader.refuse('exit_when', refusal);
  checkDependencies(work, groups);
  const servers = serversOf(work);
  const serverurl = serverurlOf(servers);
  const hooks = hooksOf(work);
  const supervisor = { ...settings, environment, rpcInterfaces, ...servers, serverurl, hooks };
  return { file: draft.file, dialect: draft.dialect, includedFiles, supervisor, groups };
};

const PROGRAM_LIKE = /^(program|eventlistener|fcgi-program):/;

/** A file of programs only, of the kind that stands in a conf.d folder, runs with the defaults; another is not our file. */
const withoutSupervisord = (draft: Draft, fragment: boolean): Problem =>
  problemAt(
    { file: draft.file, line: 0, column: 0 },
    {
      message: fragment
        ? 'it has no [supervisord] section: the defaults hold'
        : 'cannot use this file: it has neither a [supervisord] section nor a program',
      hint: 'add a line that says [supervisord]; it may stand alone',
    },
  );

/** The plan as supervisord would read it, several groups or processes of one name included; or every problem. */
export const resolveDraft = ({ draft, world, includedFiles }: Resolving): Resolved => {
  const problems = gatherOnce();
  const warnings = gatherOnce();
  if (draft.dialect === 'ini' && !draft.sections.has('supervisord')) {
    const fragment = [...draft.sections.keys()].some((name) => PROGRAM_LIKE.test(name));
    (fragment ? warnings : problems).add(withoutSupervisord(draft, fragment));
  }
  const plan = planOf(
    {
      draft,
      reading: { ...world, dialect: draft.dialect },
      here: dirname(draft.file),
      env: environmentNames(world.env),
      defaults: new Map(),
      total: { processes: 0 },
      report: problems.add,
      warn: warnings.add,
    },
    includedFiles,
  );
  return problems.all.length > 0 ? { plan: null, problems: problems.all } : { plan, warnings: warnings.all };
};
