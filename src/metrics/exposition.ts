// How are measurements written for Prometheus? OpenMetrics 1.0, and the older text format for those who do not ask for it.

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Values counted by upper bounds; `counts` has one more, for those above the last bound. */
export interface HistogramValue {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

interface FamilyHead {
  /** Without `_total`. */
  readonly name: string;
  readonly help: string;
}

export type Family = FamilyHead &
  (
    | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
    /** Lines as they stand in both formats, each with its end. */
    | { readonly type: 'counter' | 'gauge'; readonly lines: Buffer }
    | { readonly type: 'histogram'; readonly value: HistogramValue }
  );

export type Dialect = 'openmetrics' | 'text';

export const CONTENT_TYPES: Readonly<Record<Dialect, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: 'text/plain; version=0.0.4; charset=utf-8',
};

/** By the Accept header of a scrape. */
export const dialectFor = (accept: string | undefined): Dialect =>
  accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text';

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
  '\n': String.raw`\n`,
};

const escaped = (text: string): string =>
  /[\\"\n]/.test(text) ? text.replaceAll(/[\\"\n]/g, (character) => ESCAPES[character] ?? '') : text;

/** `a="1",b="2"` */
export const written = (labels: Labels): string => {
  let text = '';
  for (const name in labels) text += `${text === '' ? '' : ','}${name}="${escaped(labels[name] ?? '')}"`;
  return text;
};

const labelText = (labels: Labels): string => {
  const text = written(labels);
  return text === '' ? '' : `{${text}}`;
};

/** OpenMetrics wants bounds as floats: `1.0`. */
const boundText = (bound: number): string => (Number.isInteger(bound) ? bound.toFixed(1) : String(bound));

const histogramText = (name: string, { bounds, counts, sum }: HistogramValue): string => {
  let seen = 0;
  const buckets = bounds.map((bound, index) => {
    seen += counts[index] ?? 0;
    return `${name}_bucket{le="${boundText(bound)}"} ${seen}\n`;
  });
  const all = seen + (counts[bounds.length] ?? 0);
  return `${buckets.join('')}${name}_bucket{le="+Inf"} ${all}\n${name}_sum ${sum}\n${name}_count ${all}\n`;
};

const countedName = ({ name, type }: Family): string => (type === 'counter' ? `${name}_total` : name);

const headText = (family: Family, dialect: Dialect): string => {
  const { name, help, type } = family;
  const title = dialect === 'text' ? countedName(family) : name;
  return `# HELP ${title} ${escaped(help)}\n# TYPE ${title} ${type}\n`;
};

const bodyText = (family: Exclude<Family, { readonly lines: Buffer }>): string => {
  if (family.type === 'histogram') return histogramText(family.name, family.value);
  const counted = countedName(family);
  let text = '';
  for (const { labels, value } of family.samples) text += `${counted}${labelText(labels)} ${value}\n`;
  return text;
};

const isTold = (family: Family): boolean =>
  family.type === 'histogram' || ('lines' in family ? family.lines.length > 0 : family.samples.length > 0);

/** In pieces: what somebody has written before is neither copied nor read again. Families without samples are left out. */
export const expose = (families: readonly Family[], dialect: Dialect): readonly Buffer[] => {
  const pieces: Buffer[] = [];
  let text = '';
  for (const family of families.filter(isTold)) {
    text += headText(family, dialect);
    if (!('lines' in family)) text += bodyText(family);
    else {
      pieces.push(Buffer.from(text), family.lines);
      text = '';
    }
  }
  return [...pieces, Buffer.from(dialect === 'openmetrics' ? `${text}# EOF\n` : text)];
};
