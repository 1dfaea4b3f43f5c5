// How does the table of metrics read as a page? Writes docs/reference/metrics.md.

import { METRICS, type MetricRow } from './families.ts';

/** As Prometheus shows it. */
const shownName = (name: string, { type }: MetricRow): string =>
  type === 'counter' ? `${name}_total` : name;

const rows = (): readonly (readonly string[])[] =>
  Object.entries<MetricRow>(METRICS).map(([name, row]) => [
    `\`${shownName(name, row)}\``,
    row.type,
    row.labels.map((label) => `\`${label}\``).join(' '),
    row.help,
  ]);

/** Columns padded to one width, as the formatter of the project leaves them. */
const table = (lines: readonly (readonly string[])[]): string => {
  const [head = []] = lines;
  const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => (cells[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...lines.slice(1).map(line)].join('\n');
};

export const metricsPage = (): string => `# Metrics

[All docs](../README.md)

Generated from the table of metrics by \`node scripts/docs.mjs\`.

\`GET /metrics\` works on every server of the config, behind its password if there is one, and on the control socket. Clients that accept OpenMetrics 1.0 get it, others
Prometheus' older text format. Counts of restarts and OOM kills are kept in the runtime directory (\`counts.json\`) and survive restarts of processes and of the supervisor.
\`examples/prometheus\` has a scrape config and alert rules, \`examples/grafana\` a dashboard.

${table([['metric', 'kind', 'labels', 'meaning'], ...rows()])}
`;
