// Which programs do both supervisors run? One ini text, the same but for the folder.

import type { Sandbox } from '../sandbox.ts';

/** Writes the files that the programs need, and answers the sections of the config. */
export const writeScene = (sandbox: Sandbox): readonly string[] => {
  const { folder } = sandbox;
  sandbox.writeFile('not-executable', '#!/bin/sh\n');
  const logs = (name: string): string =>
    `stdout_logfile=${folder}/${name}.out\nstderr_logfile=${folder}/${name}.err\n`;
  const program = (name: string, command: string, keys = ''): string =>
    `[program:${name}]\ncommand=${command}\nautostart=false\n${logs(name)}${keys}`;
  return [
    `[unix_http_server]\nfile=${folder}/s.sock\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n[supervisorctl]\nserverurl=unix://${folder}/s.sock\n`,
    `[program:talker]\ncommand=/bin/sh -c 'echo first; echo second; echo wrong >&2; exec sleep 1000'\n${logs('talker')}`,
    `[program:cat]\ncommand=/bin/cat\n${logs('cat')}startsecs=0\n`,
    program('quick', '/bin/sleep 1000', 'startsecs=0\n'),
    program('crash', '/bin/false', 'startretries=0\n'),
    `[program:never]\ncommand=/no/such/file\nstartretries=99\n${logs('never')}`,
    program('retries', '/bin/false', 'startretries=9\n'),
    program('nofile', '/no/such/file --flag'),
    program('nofileword', 'no-such-word'),
    program('notexec', `${folder}/not-executable`),
    program('directory', '/tmp'),
    program('badquote', '/bin/echo "never closed'),
    program(
      'stubborn',
      '/bin/sh -c \'trap "" TERM; while :; do sleep 1; done\'',
      'stopwaitsecs=1\nstartsecs=0\n',
    ),
    program('good', "/bin/sh -c 'sleep 1.5; exit 0'", 'autorestart=false\n'),
    program('bad', "/bin/sh -c 'sleep 1.5; exit 3'", 'autorestart=false\n'),
    program('signalled', "/bin/sh -c 'sleep 1.5; kill -9 $$'", 'autorestart=false\n'),
    program(
      'both',
      "/bin/sh -c 'echo out; echo err >&2; exec sleep 1000'",
      'redirect_stderr=true\nstartsecs=0\n',
    ),
    '[program:nologs]\ncommand=/bin/sleep 1000\nautostart=false\nstdout_logfile=NONE\nstderr_logfile=NONE\nstartsecs=0\n',
    '[program:auto]\ncommand=/bin/sleep 1000\nautostart=false\nstartsecs=0\npriority=5\nexitcodes=0,2\nstopsignal=INT\n',
    `[program:many]\ncommand=/bin/sleep 100%(process_num)d\nprocess_name=%(program_name)s_%(process_num)02d\nnumprocs=3\nautostart=false\nstartsecs=0\n${logs('%(program_name)s_%(process_num)d')}`,
    `[program:nobody]\ncommand=/bin/sleep 1000\nprocess_name=%(program_name)s_%(process_num)d\nnumprocs=0\nstartsecs=0\n${logs('nobody')}`,
    '[program:unlogged]\ncommand=/bin/sleep 1000\nstartsecs=0\nstderr_logfile=NONE\n',
    program(
      'realtime',
      '/bin/sh -c \'trap "echo heard; exit 0" 34; echo ready; while :; do sleep 0.1; done\'',
      'startsecs=0\nstopsignal=RTMIN\n',
    ),
    program('app-1', '/bin/sleep 1000', 'startsecs=0\npriority=20\n'),
    program('app-2', '/bin/sleep 1000', 'startsecs=0\npriority=10\numask=022\ndirectory=/tmp\n'),
    '[group:ci]\nprograms=app-1,app-2\npriority=7\n',
  ];
};

/** The sections after an edit: `auto` is gone, `both` is changed, `nobody` has processes, `unlogged` has logs of its own, `fresh` is new. */
export const edited = (sections: readonly string[], { folder }: Sandbox): readonly string[] => [
  ...sections
    .filter((section) => !section.startsWith('[program:auto]'))
    .map((section) => (section.startsWith('[program:both]') ? `${section}stopwaitsecs=3\n` : section))
    .map((section) => section.replace('numprocs=0', 'numprocs=2'))
    .map((section) =>
      section.startsWith('[program:unlogged]') ? `${section}stdout_logfile=${folder}/un.out\n` : section,
    ),
  `[program:fresh]\ncommand=/bin/sleep 1000\nstartsecs=0\nstdout_logfile=${folder}/fresh.out\nstderr_logfile=NONE\n`,
];
