// Do the units say what the plan says, and does systemd take them?

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { calendarOf } from '../../src/export/calendar.ts';
import { exportSystemd } from '../../src/export/systemd.ts';
import { complaintsAbout, noAnalyzer } from './analyze.ts';
import { planOf, RICH } from './plans.ts';

const units = async (yaml: string): Promise<ReadonlyMap<string, string>> =>
  new Map(exportSystemd(await planOf(yaml)).files.map(({ name, text }) => [name, text]));

const unit = async (yaml: string, name: string): Promise<string> => {
  const all = await units(yaml);
  const text = all.get(name);
  if (text === undefined) throw new Error(`no ${name} among ${[...all.keys()].join(', ')}`);
  return text;
};

/** Of one program called `web`; the lines of its service that are no comments. */
const settings = async (keys: string): Promise<readonly string[]> => {
  const indented = keys
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  const text = await unit(
    `programs:\n  web:\n    command: /bin/sleep 1000\n${indented}\n`,
    'app-web.service',
  );
  return text.split('\n').filter((line) => !line.startsWith('#'));
};

describe('a service', () => {
  test.each([
    ['autorestart: true', ['Restart=always']],
    ['autorestart: false', ['Restart=no']],
    ['exitcodes: [2, 3]', ['Restart=on-failure', 'SuccessExitStatus=2 3', 'RestartForceExitStatus=0']],
    ['startretries: 5\nstartsecs: 3', ['StartLimitBurst=6', 'StartLimitIntervalSec=30']],
    ['stopsignal: USR1\nstopwaitsecs: 7', ['KillSignal=SIGUSR1', 'TimeoutStopSec=7', 'KillMode=mixed']],
    ['exitcodes: [0, 2]\nstopsignal: QUIT', ['KillSignal=SIGQUIT', 'SuccessExitStatus=2 SIGQUIT']],
    ['stopasgroup: true', ['KillMode=control-group']],
    ['survivors: leave', ['KillMode=process']],
    ['on_oom: continue', ['OOMPolicy=continue']],
    ['memory_oom_group: true', ['OOMPolicy=kill']],
    ['oom_score_adj: -200', ['OOMPolicy=stop', 'OOMScoreAdjust=-200']],
    [
      'memory_max: 1MB\nmemory_high: 1KB\nmemory_swap_max: 0',
      ['MemoryMax=1048576', 'MemoryHigh=1024', 'MemorySwapMax=0'],
    ],
    ['user: www\ndirectory: /srv\numask: 077', ['User=www', 'WorkingDirectory=/srv', 'UMask=0077']],
    [
      'nice: 5\nulimits: { nofile: "1024:4096", memlock: unlimited, rttime: 1s }',
      ['Nice=5', 'LimitNOFILE=1024:4096', 'LimitMEMLOCK=infinity', 'LimitRTTIME=1000000us'],
    ],
    ['stdout_logfile: /var/log/100%%.log', ['StandardOutput=append:/var/log/100%%.log']],
    ['stdout_logfile: NONE\nstderr_logfile: /dev/stderr', ['StandardOutput=null', 'StandardError=journal']],
    ['redirect_stderr: true\nstdout_logfile: NONE', ['StandardError=null']],
    ['environment: {PATH: /opt/bin, A: "b c"}', ['Environment=PATH=/opt/bin', 'Environment="A=b c"']],
    ['type: oneshot', ['Type=oneshot', 'RemainAfterExit=yes', 'Restart=on-failure']],
    ['notify: true\nwatchdog: 30s', ['Type=notify', 'NotifyAccess=all', 'WatchdogSec=30']],
  ])('says %j', async (keys, lines) => {
    const said = await settings(keys);
    for (const line of lines) expect(said).toContain(line);
  });

  test('runs a file that is found by the program’s own PATH, or from its own folder', async () => {
    const yaml = (command: string): string =>
      `programs:\n  web:\n    command: ${command}\n    directory: /srv/app\n    environment: {PATH: "/opt/bin:/bin"}\n`;
    expect(await unit(yaml('serve --all'), 'app-web.service')).toContain(
      'ExecSearchPath=/opt/bin:/bin\nExecStart=serve --all\n',
    );
    expect(await unit(yaml('./serve'), 'app-web.service')).toContain('ExecStart=/srv/app/serve\n');
  });

  test('starts after those with a lower priority and after whom it depends on', async () => {
    const yaml = `programs:\n  a: {command: /bin/true, priority: 1}\n  b: {command: /bin/true, priority: 2}\n  c: {command: /bin/true, priority: 3, depends_on: [d]}\n  d: {command: /bin/true, priority: 3, type: oneshot}\n`;
    expect(await unit(yaml, 'app-a.service')).not.toContain('After=');
    expect(await unit(yaml, 'app-b.service')).toContain('\nAfter=app-a.service\n');
    expect(await unit(yaml, 'app-c.service')).toContain(
      '\nAfter=app-b.service\nRequires=app-d.service\nAfter=app-d.service\n',
    );
  });

  test('is part of its group, which has a target and a slice with its limits', async () => {
    const all = await units(RICH);
    expect(all.get('app-db-pg.service')).toMatch(
      /PartOf=app-db\.target[^]*Slice=app-db\.slice[^]*WantedBy=app-db\.target/,
    );
    expect(all.get('app-db.slice')).toContain('MemoryMax=1073741824');
    expect(all.get('app-db.target')).toContain('WantedBy=app.target');
    expect(all.get('app-db-redis.service')).not.toContain('WantedBy');
  });

  test('does not let a dash in a group’s name make a slice of another', async () => {
    const yaml =
      'groups:\n  a: {programs: [x, y]}\n  a-b: {programs: [z, w]}\nprograms:\n  x: {command: c}\n  y: {command: c}\n  z: {command: c}\n  w: {command: c}\n';
    expect([...(await units(yaml)).keys()]).toEqual(
      expect.arrayContaining(['app-a.slice', String.raw`app-a\x2db.slice`]),
    );
  });

  test('holds no secret, and names the file where they belong', async () => {
    const { files, warnings } = exportSystemd(await planOf(RICH));
    expect(files.map(({ text }) => text).join('')).not.toContain('geheim');
    expect(files.find(({ name }) => name === 'app-web-web-0.service')?.text).toContain(
      'EnvironmentFile=/etc/app/app-web-web-0.env',
    );
    expect(warnings.join('\n')).toMatch(/web:web-0: DB_PASSWORD, DATABASE_URL not written/);
  });
});

describe('a shared socket', () => {
  test('is a unit of its own, given as descriptor 0', async () => {
    const all = await units(
      'fcgi_programs:\n  php:\n    command: /bin/sleep 1000\n    socket: unix:///run/php.sock\n    socket_mode: 0660\n    socket_backlog: 64\n    numprocs: 2\n    process_name: php-%(process_num)s\n',
    );
    expect(all.get('app-php.socket')).toContain(
      'ListenStream=/run/php.sock\nBacklog=64\nSocketMode=0660\nService=app-php-php-0.service\n',
    );
    expect(all.get('app-php-php-1.service')).toContain('StandardInput=socket\nSockets=app-php.socket\n');
  });

  test('has its name where a program asks for it by name, once for all its processes', async () => {
    const all = await units(
      'programs:\n  web:\n    command: /bin/sleep 1000\n    numprocs: 2\n    process_name: w%(process_num)s\n    sockets: {http: "tcp://127.0.0.1:80", admin: "unix:///run/a.sock"}\n',
    );
    expect([...all.keys()].filter((name) => name.endsWith('.socket'))).toEqual([
      'app-web-http.socket',
      'app-web-admin.socket',
    ]);
    expect(all.get('app-web-http.socket')).toContain('ListenStream=127.0.0.1:80\n');
    expect(all.get('app-web-http.socket')).toContain('FileDescriptorName=http\nService=app-web-w0.service\n');
    expect(all.get('app-web-w1.service')).toContain(
      'Sockets=app-web-http.socket\nSockets=app-web-admin.socket\n',
    );
  });
});

test('what is restarted together, and when runs are spread, is said', async () => {
  const all = await units(`programs:
  db: {command: /bin/sleep 1000}
  web: {command: /bin/sleep 1000, depends_on: {db: restart=true}}
  nightly: {command: /bin/true, schedule: {cron: "@daily", jitter: 5m}}
`);
  expect(all.get('app-web.service')).toContain('After=app-db.service\nPartOf=app-db.service\n');
  expect(all.get('app-nightly.timer')).toContain('RandomizedDelaySec=300s\nFixedRandomDelay=yes\n');
});

describe('a calendar', () => {
  const event = (cron: string, timezone: string | null = null): readonly string[] | null =>
    calendarOf({ cron, timezone, overlap: 'skip', jitter: 0 });

  test.each([
    ['*/5 * * * *', ['*-*-* *:0/5:0']],
    ['30 3 * * 1-5', ['Mon,Tue,Wed,Thu,Fri *-*-* 3:30:0']],
    ['0 12 1,15 JAN-mar *', ['*-1..3-1,15 12:0:0']],
    ['0 0 13 * fri', ['*-*-13 0:0:0', 'Fri *-*-* 0:0:0']],
    ['15 30 8-18/2 * * 7', ['Sun *-*-* 8..18/2:30:15']],
    ['@daily', ['*-*-* 0:0:0']],
  ])('says %s', (cron, events) => {
    expect(event(cron)).toEqual(events);
  });

  test.each(['0 0 L * *', '0 0 * * 5#2', '0 0 15W * *', 'nonsense'])('is none for %s', (cron) => {
    expect(event(cron)).toBeNull();
  });

  test.skipIf(noAnalyzer)('runs when cron would, in the eyes of systemd (needs systemd-analyze)', () => {
    const next = (cron: string): string => {
      const [first = ''] = event(cron, 'UTC') ?? [];
      const { stdout, status } = spawnSync(
        'systemd-analyze',
        ['calendar', '--base-time=2026-01-01 00:00:00 UTC', '--iterations=3', first],
        { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } },
      );
      expect(status).toBe(0);
      return [...stdout.matchAll(/(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC/g)].map(([, at]) => at).join(' ');
    };
    expect(next('*/20 9 * * *')).toContain('2026-01-01 09:00:00 2026-01-01 09:20:00');
    expect(next('30 3 * * 1-5')).toContain('2026-01-01 03:30:00 2026-01-02 03:30:00 2026-01-05 03:30:00');
    expect(next('0 0 29 feb *')).toContain('2028-02-29 00:00:00');
  });
});

describe.skipIf(noAnalyzer)('in the eyes of systemd (needs systemd-analyze)', () => {
  test('the units are right, but for users and programs that are not on this machine', async () => {
    const plan = await planOf(RICH.replaceAll('www', 'root'));
    const { files } = exportSystemd(plan);
    expect(files.length).toBeGreaterThan(12);
    expect(complaintsAbout(files)).toEqual([]);
    const broken = files.map(({ name, text }) => ({ name, text: text.replace('KillMode=', 'KillMode=no') }));
    expect(complaintsAbout(broken).length).toBeGreaterThan(3);
  });
});
