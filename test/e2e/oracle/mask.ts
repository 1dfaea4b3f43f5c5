// What may differ between two runs of the same script? Folders, pids, times and random names; nothing else.

const RULES: readonly (readonly [RegExp, string])[] = [
  [/pid \d+/g, 'pid N'],
  [/^[1-9]\d*$/gm, 'N'],
  [/uptime \d+:\d\d:\d\d/g, 'uptime T'],
  [/[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, 'DATE'],
  [/---supervisor-\w{8}\.log/g, '---supervisor-RANDOM.log'],
];

const maskText = (text: string, folder: string): string =>
  RULES.reduce((masked, [from, to]) => masked.replaceAll(from, to), text.replaceAll(folder, 'HERE'));

/** Numbers that name a moment or a process. */
const MOVING = new Set(['pid', 'start', 'stop', 'now']);

const maskValue = (value: unknown, folder: string): unknown => {
  if (typeof value === 'string') return maskText(value, folder);
  if (Array.isArray(value)) return value.map((one) => maskValue(one, folder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      MOVING.has(key) && typeof member === 'number' ? member > 0 : maskValue(member, folder),
    ]),
  );
};

export const masked = (answer: unknown, folder: string): unknown => maskValue(answer, folder);
