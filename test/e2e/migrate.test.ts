// Does who follows docs/migrate.md arrive? Its commands, as they are written there, one after the other.

import { copyFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StatusReply } from '../../src/model/command.ts';
import { hasSupervisord } from './abilities.ts';
import { canMakeOwnMounts, openMountNamespace, type MountNamespace } from './mount-namespace.ts';
import { canCrossCompile, canReachRegistry, pack, type Tarball } from './tarball.ts';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
const GUIDE = readFileSync(join(HOME, 'docs/migrate.md'), 'utf8');

/** What stands between ```language and ``` below a heading of the guide. */
const blocksBelow = (heading: string, language: string): readonly string[] => {
  const [, section = ''] = GUIDE.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );
};

/** What an administrator of a Debian machine has in conf.d. */
const CONF_D = `cat >/etc/supervisor/conf.d/app.conf <<END
[program:web]
command=/bin/sleep 1000001
user=nobody

[program:worker]
command=/bin/sh -c "trap 'exit 0' TERM; while :; do sleep 1; done"
numprocs=2
process_name=%(program_name)s_%(process_num)02d
stopasgroup=true

[group:app]
programs=web,worker
END
`;

const npm = join(dirname(process.execPath), 'npm');

/** The package is not the registry's but the one that was packed here; it lands in the world's own folder. */
const npmShim = (tarball: string): string => `#!/bin/bash
words=()
for word; do [ "$word" = tsvisor ] && words+=(${tarball}) || words+=("$word"); done
exec ${npm} "\${words[@]}" --prefix "$WORLD" --globalconfig "$(${npm} config get globalconfig)" --prefer-offline --ignore-scripts
`;

const after = (text: string, mark: string): string => text.split(`== ${mark}\n`)[1]?.split('\n== ')[0] ?? '';

/** Names and states, as supervisorctl tells them. */
const states = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/).slice(0, 2).join(' '));

const RUNNING = ['app:web RUNNING', 'app:worker_00 RUNNING', 'app:worker_01 RUNNING'];

const settled =
  'for _ in $(seq 100); do [ "$(supervisorctl status | grep -c RUNNING)" = 3 ] && break; sleep 0.1; done';

/** As a heredoc of the script, which changes nothing in it. */
const write = (path: string, text: string): string => `cat >${path} <<'END'\n${text}\nEND\n`;

const STAYS = 'setInterval(() => {}, 1000);';

/** The machine may be busy, and npm asks the registry. */
const SLOW = { timeout: 150_000 };

describe.skipIf(!canMakeOwnMounts || !canCrossCompile || !canReachRegistry)(
  'the guide (root, a compiler for arm64, the npm registry)',
  () => {
    let tarball: Tarball;
    let world: MountNamespace;
    beforeAll(async () => {
      tarball = await pack();
      world = openMountNamespace();
      world.addCommand('npm', npmShim(tarball.path));
      world.addCommand('pm2', '#!/bin/sh\n[ "$1" = kill ] && echo "pm2 ends"\n');
      copyFileSync(join(HOME, 'test/programs/plays-systemctl.sh'), join(world.folder, 'bin/systemctl'));
      await world.run('npm install --global tsvisor');
    }, SLOW.timeout);
    afterAll(() => {
      world.remove();
      tarball.remove();
    });

    test.skipIf(!hasSupervisord)(
      'leads from Debian’s supervisor to the same programs under tsvisor, and back (supervisord)',
      SLOW,
      async () => {
        const blocks = blocksBelow('supervisord on Debian', 'sh');
        const [install = '', move = '', look = '', back = '', stay = ''] = blocks;
        expect(blocks).toHaveLength(5);
        const { stdout } = await world.run(`${CONF_D}
systemctl enable --now supervisor; ${settled}
echo == before; supervisorctl status
echo == guide
${install}
${move}
${settled}
echo == look
${look}
echo == now; supervisorctl status; supervisorctl version
echo == stay
${stay}
${back}
${settled}
echo == back; supervisorctl status
supervisorctl shutdown >/dev/null`);
        expect(states(after(stdout, 'before'))).toEqual(RUNNING);
        expect(states(after(stdout, 'now')).slice(0, 3)).toEqual(RUNNING);
        expect(after(stdout, 'now')).toMatch(/^\d+\.\d+\.\d+$/m);
        expect(after(stdout, 'look')).toContain('tsvisor: active');
        const said = '/etc/supervisor/tsvisor.yaml: no problem found (groups: 1, processes: 3)';
        expect(after(stdout, 'stay')).toContain(said);
        expect(states(after(stdout, 'back'))).toEqual(RUNNING);
      },
    );

    test('runs the config of a container as process 1, and passes output and TERM on', SLOW, async () => {
      const [config = ''] = blocksBelow('supervisord in a container', 'ini');
      const [dockerfile = ''] = blocksBelow('supervisord in a container', 'dockerfile');
      expect(dockerfile).toContain('RUN npm install --global tsvisor\n');
      const command: readonly string[] = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]');
      const web = `#!/bin/sh
trap 'echo web ends; exit 0' TERM
echo "web runs below $PPID"
kill -TERM 1
while :; do sleep 0.1; done`;
      const { stdout } = await world.run(`${write('/etc/supervisord.conf', config)}
mkdir /srv/app
${write('/srv/app/web', web)}
chmod 755 /srv/app/web
exec ${command.join(' ')}`);
      expect(stdout).toMatch(/web runs below \d+/);
      expect(stdout).toContain('web ends');
    });

    test('leads from pm2 to the programs of its ecosystem', SLOW, async () => {
      const [config = ''] = blocksBelow('pm2', 'yaml');
      const [commands = ''] = blocksBelow('pm2', 'sh');
      const { stdout } = await world.run(`mkdir /srv/app; cd /srv/app
${['server.js', 'worker.js', 'report.js'].map((name) => write(name, STAYS)).join('')}
${write('tsvisor.yaml', config)}
${commands}
tsvisor wait web 'worker:*' --for running --timeout 60
echo == now; tsvisor status --json
echo == end; tsvisor stop`);
      expect(stdout).toContain('pm2 ends');
      const { processes }: StatusReply = JSON.parse(after(stdout, 'now'));
      const named = processes.map(({ name, state }) => `${name} ${state}`);
      const workers = [0, 1, 2, 3].map((number) => `worker-${number} RUNNING`);
      expect(named.toSorted()).toEqual(['report STOPPED', 'web RUNNING', ...workers]);
    });

    test('leads from a systemd unit to a program of the same user', SLOW, async () => {
      const [unit = ''] = blocksBelow('systemd units', 'systemd');
      const [config = ''] = blocksBelow('systemd units', 'yaml');
      const [commands = ''] = blocksBelow('systemd units', 'sh');
      const { stdout } = await world.run(`useradd --system --no-create-home app
mkdir /srv/app /etc/tsvisor; cd /srv/app
${['server.js', 'db.js'].map((name) => write(name, STAYS)).join('')}
${write('/etc/systemd/system/web.service', unit)}
${write('/etc/tsvisor/tsvisor.yaml', config)}
systemctl enable --now web
systemctl status web
${commands}
tsvisor wait web db --for running --timeout 60 -c /etc/tsvisor/tsvisor.yaml
echo == now; systemctl status web || echo web: inactive
ps -o user= -p "$(tsvisor pid web -c /etc/tsvisor/tsvisor.yaml)"
echo == end; tsvisor uninstall systemd --now`);
      expect(stdout).toContain('web: active');
      expect(after(stdout, 'now')).toBe('web: inactive\napp');
    });
  },
);
