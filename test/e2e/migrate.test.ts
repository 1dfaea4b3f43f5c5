// Does who follows docs/migrate.md arrive? Its commands, as they are written there, one after the other.

import { copyFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasSupervisord } from './abilities.ts';
import { canMoveElsewhere, goElsewhere, type Elsewhere } from './elsewhere.ts';
import { canCrossCompile, canReachRegistry, pack, type Parcel } from './parcel.ts';

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

/** npm installs from the registry twice. */
const PATIENCE = 150_000;

describe.skipIf(!canMoveElsewhere || !canCrossCompile || !canReachRegistry)(
  'the guide (root, a compiler for arm64, the npm registry)',
  () => {
    let parcel: Parcel;
    let world: Elsewhere;
    beforeAll(async () => {
      parcel = await pack();
    });
    afterAll(() => parcel.remove());

    const enter = (): void => {
      world = goElsewhere();
      onTestFinished(() => world.remove());
      world.addCommand('npm', npmShim(parcel.tarball));
      copyFileSync(join(HOME, 'test/programs/plays-systemctl.sh'), join(world.folder, 'bin/systemctl'));
    };

    test.skipIf(!hasSupervisord)(
      'leads from Debian’s supervisor to the same programs under tsvisor, and back (supervisord)',
      async () => {
        enter();
        const [install = '', move = '', look = '', back = '', stay = ''] = blocksBelow(
          'supervisord on Debian',
          'sh',
        );
        const settled =
          'for _ in $(seq 100); do [ "$(supervisorctl status | grep -c RUNNING)" = 3 ] && break; sleep 0.1; done';
        const { stdout } = await world.run(`${CONF_D}
systemctl enable --now supervisor; ${settled}
echo == before; supervisorctl status
echo == guide
begun=$EPOCHREALTIME
${install}
${move}
${settled}
echo == took; echo "$EPOCHREALTIME - $begun" | sed 's/[.]//g'
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
        expect(after(stdout, 'stay')).toContain(
          '/etc/supervisor/tsvisor.yaml: no problem found (groups: 1, processes: 3)',
        );
        expect(states(after(stdout, 'back'))).toEqual(RUNNING);
        const [end = 0, begin = 0] = after(stdout, 'took').split(' - ').map(Number);
        expect((end - begin) / 1e6).toBeLessThan(120);
      },
      PATIENCE,
    );

    test(
      'runs the config of a container as process 1, and passes its output and TERM on',
      { timeout: PATIENCE },
      async () => {
        enter();
        const [config = ''] = blocksBelow('supervisord in a container', 'ini');
        const [dockerfile = ''] = blocksBelow('supervisord in a container', 'dockerfile');
        const install = /^RUN (.*)$/m.exec(dockerfile)?.[1] ?? '';
        const command: readonly string[] = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]');
        const { stdout } = await world.run(`${install}
cat >/etc/supervisord.conf <<'END'
${config}END
mkdir /srv/app
cat >/srv/app/web <<'END'
#!/bin/sh
trap 'echo web ends; exit 0' TERM
echo "web runs below $PPID"
kill -TERM 1
while :; do sleep 0.1; done
END
chmod 755 /srv/app/web
exec ${command.join(' ')}`);
        expect(stdout).toMatch(/web runs below \d+/);
        expect(stdout).toContain('web ends');
      },
    );
  },
);
