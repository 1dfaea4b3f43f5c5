// What does the table promise? Each row: what is asked, the scene that answers, its key under either supervisor, and what tsvisor's must be.

const is = (wanted) => (value) => value === wanted;
const isBelow = (limit) => (value) => value !== '' && Number(value) < limit;
const NOTHING_LEFT = is('0');

/** `19/20`: at least that part of them. */
const isPart = (least) => (value) => {
  const [some, all] = value.split('/').map(Number);
  return all > 0 && some / all >= least;
};

export const ROWS = [
  {
    scene: 'incident',
    label: 'a tmpfs fills: is the supervisor chosen?',
    theirs: 'chosen',
    ours: 'chosen',
    good: is('no'),
  },
  {
    scene: 'incident',
    label: '   verdicts on what was chosen',
    ours: 'natural-verdicts',
    good: (value) => /^certain\/machine(,certain\/machine)*$/.test(value),
  },
  { scene: 'incident', label: '   jobs that work twice', ours: 'natural-duplicates', good: NOTHING_LEFT },
  {
    scene: 'incident',
    label: 'the supervisor is OOM-killed: survivors',
    theirs: 'survivors',
    ours: 'survivors',
    good: NOTHING_LEFT,
  },
  {
    scene: 'incident',
    label: '   jobs that work twice after its restart',
    theirs: 'duplicates',
    ours: 'duplicates',
    good: NOTHING_LEFT,
  },
  { scene: 'incident', label: '   programs up, of 2', theirs: 'up', ours: 'up', good: is('2') },
  { scene: 'incident', label: '   verdict on its death', ours: 'verdict', good: is('certain/machine') },
  {
    scene: 'incident',
    label: '   milliseconds until the last survivor was gone',
    ours: 'sweep-ms',
    good: isBelow(2000),
  },
  {
    scene: 'incident',
    label: 'memory.oom.group: verdict',
    ours: 'group-kill',
    good: is('certain/own-limit'),
  },
  { scene: 'incident', label: '   told as a group kill', ours: 'group-words', good: is('yes') },
  {
    scene: 'incident',
    label: 'scores lowered with the capability: supervisor',
    ours: 'score-supervisor',
    good: isBelow(0),
  },
  { scene: 'incident', label: '   guardian', ours: 'score-guardian', good: is('-1000') },
  { scene: 'incident', label: '   a program with oom_score_adj=-100', ours: 'lowered', good: is('-100') },
  { scene: 'incident', label: '   processes left after tsvisor stop', ours: 'left', good: NOTHING_LEFT },
  {
    scene: 'predictions',
    label: 'predicted victim is the one killed',
    ours: 'predicted',
    good: isPart(0.95),
  },
  {
    scene: 'care',
    label: 'on_pressure (cgroup v2): its signal came',
    ours: 'pressure-signal',
    good: is('SIGUSR1'),
  },
  { scene: 'care', label: '   and the program lives', ours: 'pressure-after', good: is('RUNNING/alive') },
  {
    scene: 'care',
    label: 'two lives, two machine-wide kills: verdicts',
    ours: 'lives',
    good: is('certain/machine certain/machine'),
  },
  {
    scene: 'care',
    label: 'kills of mixed kinds: called wrongly',
    ours: 'mixed',
    good: (value) => /^0\/\d+$/.test(value),
  },
  {
    scene: 'care',
    label: '   group kills: certain/likely/no/unknown/wrong',
    ours: 'mixed-group',
    good: (value) => /^[1-9]\d*\/0\/0\/0\/0$/.test(value),
  },
  {
    scene: 'thrash',
    label: 'the machine thrashes: pages read back',
    theirs: 'theirs-refaults',
    ours: 'ours-refaults',
    good: (value) => Number.parseInt(value, 10) > 300,
  },
  {
    scene: 'thrash',
    label: '   everybody waits for memory',
    theirs: 'theirs-waiting',
    ours: 'ours-waiting',
    good: (value) => Number.parseInt(value, 10) > 15,
  },
  {
    scene: 'thrash',
    label: '   survivors of the supervisor, after 20 s',
    theirs: 'theirs-survivors',
    ours: 'ours-survivors',
    good: NOTHING_LEFT,
  },
  {
    scene: 'thrash',
    label: '   ms from its death to the last of them gone',
    theirs: 'theirs-last-ms',
    ours: 'ours-last-ms',
    good: isBelow(2000),
  },
  {
    scene: 'thrash',
    label: '   seconds until all programs were back',
    ours: 'ours-back-s',
    good: isBelow(95),
  },
  {
    scene: 'thrash',
    label: '   processes left after tsvisor stop',
    ours: 'thrash-left',
    good: NOTHING_LEFT,
  },
  {
    scene: 'systemd',
    label: 'in a systemd unit: verdict on a program',
    ours: 'systemd-verdict',
    good: is('certain'),
  },
  {
    scene: 'systemd',
    label: '   the unit after it (state/restarts)',
    ours: 'systemd-unit',
    good: is('active/0'),
  },
  {
    scene: 'systemd',
    label: '   and after the supervisor was killed',
    ours: 'systemd-after',
    good: is('active/0'),
  },
  {
    scene: 'systemd',
    label: '   processes left after systemctl stop',
    ours: 'systemd-left',
    good: NOTHING_LEFT,
  },
  {
    scene: 'migrate',
    label: "docs/migrate.md followed from Debian's supervisor: programs",
    ours: 'migrate-programs',
    good: is('same'),
  },
  {
    scene: 'migrate',
    label: '   units of tsvisor and supervisor after it',
    ours: 'migrate-unit',
    good: is('active/enabled/inactive'),
  },
  { scene: 'migrate', label: '   seconds for its commands', ours: 'migrate-seconds', good: isBelow(120) },
  {
    scene: 'migrate',
    label: '   the supervisor killed: unit and programs',
    ours: 'migrate-after-kill',
    good: is('active/3'),
  },
  { scene: 'migrate', label: '   programs that run then', ours: 'migrate-once', good: is('3') },
  { scene: 'migrate', label: '   systemctl reload: its status', ours: 'migrate-reload', good: is('0') },
  {
    scene: 'migrate',
    label: '   and back: supervisor with the same programs',
    ours: 'migrate-back',
    good: is('active'),
  },
  {
    scene: 'killers',
    label: 'killed by earlyoom: verdict',
    ours: 'earlyoom',
    good: is('likely/userspace-killer'),
  },
  { scene: 'killers', label: '   by nohang', ours: 'nohang', good: is('likely/userspace-killer') },
  { scene: 'killers', label: '   by systemd-oomd', ours: 'oomd', good: is('likely/userspace-killer') },
  {
    scene: 'install',
    label: "Debian's supervisor becomes a unit: states",
    ours: 'install-names',
    good: is('runner RUNNING, web RUNNING'),
  },
  {
    scene: 'install',
    label: '   the unit (enabled/state/restarts)',
    ours: 'install-unit',
    good: is('enabled/active/0'),
  },
  { scene: 'install', label: '   jobs that work twice', ours: 'install-duplicates', good: NOTHING_LEFT },
  {
    scene: 'install',
    label: '   the unit after the supervisor was killed',
    ours: 'install-after',
    good: is('active/0'),
  },
  {
    scene: 'install',
    label: '   processes left after systemctl stop',
    theirs: 'theirs-stop-left',
    ours: 'install-left',
    good: NOTHING_LEFT,
  },
  {
    scene: 'install',
    label: '   states after systemctl start',
    ours: 'install-again',
    good: is('runner RUNNING, web RUNNING'),
  },
  {
    scene: 'install',
    label: '   left after uninstall (processes/unit)',
    ours: 'uninstall-left',
    good: is('0/not-found'),
  },
];
