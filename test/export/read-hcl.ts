// What does a Nomad job file say? The part of HCL 2 that exports use, read strictly: anything else is an error.

export interface Block {
  readonly type: string;
  readonly label: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly blocks: readonly Block[];
}

const TOKEN = /\s*(?:#[^\n]*\n)?/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #skip(): void {
    for (;;) {
      TOKEN.lastIndex = this.#at;
      const end = this.#at + (TOKEN.exec(this.#text)?.[0].length ?? 0);
      if (end === this.#at) return;
      this.#at = end;
    }
  }

  #take(pattern: RegExp): string | null {
    this.#skip();
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }

  #expect(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === null)
      throw new Error(`no ${String(pattern)} at: ${this.#text.slice(this.#at, this.#at + 40)}`);
    return found;
  }

  #string(): string {
    const raw = this.#expect(/"(?:\\.|[^"\\\n])*"/).slice(1, -1);
    if (/(?<![$%])(?:\$\$|%%)*[$%]\{/.test(raw.replaceAll(/\$\$\{|%%\{/g, '')))
      throw new Error(`a template: ${raw}`);
    return raw
      .replaceAll(/\\(?:u([\da-f]{4})|(.))/g, (_, hex: string | undefined, char: string) =>
        hex === undefined
          ? ({ n: '\n', r: '\r', t: '\t' }[char] ?? char)
          : String.fromCodePoint(Number.parseInt(hex, 16)),
      )
      .replaceAll(/([$%])\1(?=\{)/g, '$1');
  }

  #heredoc(): string {
    const end = this.#text.indexOf('\n', this.#at);
    const close = /\n[ \t]*EOT\n/.exec(this.#text.slice(end))?.index;
    if (close === undefined) throw new Error('no end of a heredoc');
    const body = this.#text.slice(end + 1, end + close);
    this.#at = end + close;
    this.#expect(/EOT/);
    return body;
  }

  #value(): unknown {
    if (this.#take(/<<-EOT/) !== null) return this.#heredoc();
    if (this.#take(/true\b/) !== null) return true;
    if (this.#take(/false\b/) !== null) return false;
    const number = this.#take(/-?\d+/);
    if (number !== null) return Number(number);
    if (this.#take(/\[/) === null) return this.#string();
    const items: unknown[] = [];
    while (this.#take(/\]/) === null) {
      if (items.length > 0) this.#expect(/,/);
      items.push(this.#string());
    }
    return items;
  }

  #key(): string {
    return this.#expect(/[A-Za-z_][\w-]*/);
  }

  /** To the closing brace, or to the end. */
  body(isWhole: boolean): Pick<Block, 'attributes' | 'blocks'> {
    const attributes: Record<string, unknown> = {};
    const blocks: Block[] = [];
    for (;;) {
      if (isWhole && (this.#skip(), this.#at === this.#text.length)) return { attributes, blocks };
      if (!isWhole && this.#take(/\}/) !== null) return { attributes, blocks };
      const key = this.#key();
      if (this.#take(/=/) !== null) {
        if (key in attributes) throw new Error(`${key} twice`);
        attributes[key] = this.#value();
        continue;
      }
      this.#skip();
      const label = this.#text[this.#at] === '"' ? this.#string() : null;
      this.#expect(/\{/);
      blocks.push({ type: key, label, ...this.body(false) });
    }
  }
}

/** The one job of a file. */
export const readJob = (text: string): Block => {
  const { attributes, blocks } = new Reader(text).body(true);
  const [job] = blocks;
  if (job === undefined || blocks.length !== 1 || Object.keys(attributes).length > 0)
    throw new Error('not one block');
  return job;
};

type Shape = Readonly<Record<string, 'text' | 'number' | 'yes-no' | 'texts'>>;

interface BlockShape {
  readonly attributes: Shape | 'any texts';
  readonly needs?: readonly string[];
  readonly blocks?: Readonly<Record<string, BlockShape>>;
}

const NONE: Shape = {};

const TASK: BlockShape = {
  attributes: { driver: 'text', user: 'text', kill_signal: 'text', kill_timeout: 'text' },
  needs: ['driver'],
  blocks: {
    config: {
      attributes: { command: 'text', args: 'texts', work_dir: 'text', oom_score_adj: 'number' },
      needs: ['command'],
    },
    env: { attributes: 'any texts' },
    template: {
      attributes: { destination: 'text', env: 'yes-no', data: 'text' },
      needs: ['destination', 'data'],
    },
    resources: { attributes: { cpu: 'number', memory: 'number', memory_max: 'number' } },
    logs: { attributes: { max_files: 'number', max_file_size: 'number', disabled: 'yes-no' } },
  },
};

/** Of the job specification of Nomad 1.8 and later: what is published at developer.hashicorp.com/nomad/docs/job-specification. */
const JOB: BlockShape = {
  attributes: { type: 'text', datacenters: 'texts', region: 'text', namespace: 'text', priority: 'number' },
  blocks: {
    periodic: {
      attributes: { crons: 'texts', time_zone: 'text', prohibit_overlap: 'yes-no', enabled: 'yes-no' },
    },
    meta: { attributes: 'any texts' },
    group: {
      attributes: { count: 'number' },
      blocks: {
        restart: { attributes: { attempts: 'number', delay: 'text', interval: 'text', mode: 'text' } },
        reschedule: { attributes: { attempts: 'number', unlimited: 'yes-no' } },
        ephemeral_disk: { attributes: { size: 'number' } },
        meta: { attributes: 'any texts' },
        task: TASK,
      },
    },
  },
};

const isOf = (value: unknown, kind: Shape[string]): boolean => {
  if (kind === 'texts') return Array.isArray(value) && value.every((one) => typeof one === 'string');
  return typeof value === { text: 'string', number: 'number', 'yes-no': 'boolean' }[kind];
};

const complaints = (block: Block, shape: BlockShape, path: string): readonly string[] => {
  const { attributes, needs = [], blocks = {} } = shape;
  const wrong = Object.entries(block.attributes)
    .filter(([key, value]) =>
      attributes === 'any texts'
        ? typeof value !== 'string'
        : !isOf(value, (attributes ?? NONE)[key] ?? 'texts') || !(key in attributes),
    )
    .map(([key]) => `${path}.${key}`);
  const missing = needs.filter((key) => !(key in block.attributes)).map((key) => `${path}: no ${key}`);
  const inner = block.blocks.flatMap((one) => {
    const its = blocks[one.type];
    return its === undefined
      ? [`${path}: block ${one.type}`]
      : complaints(one, its, `${path}.${one.label ?? one.type}`);
  });
  return [...wrong, ...missing, ...inner];
};

const seconds = (text: unknown): number => Number(/^(\d+)s$/.exec(String(text))?.[1] ?? Number.NaN);

const inner = (block: Block, type: string): Block | undefined =>
  block.blocks.find((one) => one.type === type);

/** The rules by which Nomad refuses a job that has the right shape. */
const ruleComplaints = (group: Block): readonly string[] => {
  const restart = inner(group, 'restart')?.attributes ?? {};
  const logs = group.blocks.flatMap((task) => (task.type === 'task' ? (inner(task, 'logs') ?? []) : []));
  const used = logs.reduce(
    (sum, { attributes }) =>
      sum + Number(attributes['max_files'] ?? 0) * Number(attributes['max_file_size'] ?? 0),
    0,
  );
  const disk = Number(inner(group, 'ephemeral_disk')?.attributes['size'] ?? 300);
  const rules: readonly (readonly [boolean, string])[] = [
    [seconds(restart['interval']) >= 5, 'interval'],
    [
      Number(restart['attempts']) * seconds(restart['delay']) <= seconds(restart['interval']),
      'attempts do not fit',
    ],
    [['fail', 'delay'].includes(String(restart['mode'])), 'mode'],
    [used < disk, 'logs do not fit'],
    [group.blocks.filter(({ type }) => type === 'task').length === 1, 'one task'],
  ];
  return rules.filter(([good]) => !good).map(([, what]) => `${group.label ?? ''}: ${what}`);
};

/** Everything that Nomad would not take. */
export const jobComplaints = (job: Block): readonly string[] => {
  const groups = job.blocks.filter(({ type }) => type === 'group');
  const labels = groups.map(({ label }) => label);
  return [
    ...(job.type === 'job' && job.label !== null ? [] : ['no job']),
    ...(groups.length > 0 && new Set(labels).size === labels.length ? [] : ['names of groups']),
    ...(['service', 'batch'].includes(String(job.attributes['type'])) ? [] : ['type']),
    ...complaints(job, JOB, 'job'),
    ...groups.flatMap(ruleComplaints),
  ];
};
