// Do manifests have the shape that Kubernetes publishes? Its OpenAPI definitions as types, which the compiler holds them against.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');

interface Metadata {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly [key: string]: unknown;
}

interface Pod {
  readonly containers: readonly Container[];
  readonly [key: string]: unknown;
}

export interface Read {
  readonly kind: 'Deployment' | 'Job' | 'CronJob';
  readonly metadata: Metadata;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly pod: Pod;
}

type Template = { readonly template: { readonly spec: Pod } };

/** As Kubernetes reads it: YAML 1.1. */
export const readManifests = (text: string): readonly Read[] =>
  parseAllDocuments(text, { version: '1.1' })
    .map((document) => {
      if (document.errors.length > 0) throw new Error(String(document.errors[0]));
      return document.toJS() as Read | null;
    })
    .filter((one) => one !== null)
    .map((one) => {
      const spec = one.spec as Template & { readonly jobTemplate?: { readonly spec: Template } };
      return { ...one, pod: (spec.jobTemplate?.spec ?? spec).template.spec };
    });

const TYPES = { Deployment: 'apps', Job: 'batch', CronJob: 'batch' } as const;

/** The compiler's complaints, a line each: unknown keys, missing ones, values of the wrong type. */
export const shapeComplaints = (manifests: readonly Read[]): readonly string[] => {
  const folder = join(ROOT, `node_modules/.cache/tsvisor/shape-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'manifests.ts');
  const imports = Object.entries(TYPES).map(
    ([kind, group]) => `import type { ${kind} } from 'kubernetes-types/${group}/v1.js';`,
  );
  const values = manifests.map(
    (one, index) => `export const m${index}: ${one.kind} = ${JSON.stringify({ ...one, pod: undefined })};`,
  );
  writeFileSync(file, [...imports, ...values].join('\n'));
  try {
    execFileSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/typescript/bin/tsc'),
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--ignoreConfig',
        file,
      ],
      { cwd: ROOT, encoding: 'utf8', timeout: 120_000 },
    );
    return [];
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    return said.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** What the types do not say: names, labels that fit, numbers in their bounds. */
export const ruleComplaints = (manifests: readonly Read[]): readonly string[] =>
  manifests.flatMap(({ kind, metadata, spec, pod }) => {
    const [container] = pod.containers;
    const complaints: readonly (readonly [boolean, string])[] = [
      [LABEL.test(metadata.name) && metadata.name.length <= 52, 'name'],
      [Object.values(metadata.labels).every((label) => LABEL.test(label)), 'labels'],
      [pod.containers.length === 1 && container !== undefined && LABEL.test(container.name), 'container'],
      [container?.command.every((word) => typeof word === 'string') === true, 'command'],
      [
        (container?.env ?? []).every(
          ({ value, valueFrom }) => (typeof value === 'string') !== (valueFrom !== undefined),
        ),
        'env',
      ],
      [new Set(container?.env?.map(({ name }) => name)).size === (container?.env?.length ?? 0), 'env twice'],
      [Number(pod['terminationGracePeriodSeconds']) >= 1, 'grace'],
      [kind === 'Deployment' || !JSON.stringify(spec).includes('"restartPolicy":"Always"'), 'restartPolicy'],
      [kind !== 'Deployment' || pod['restartPolicy'] === undefined, 'restartPolicy of a Deployment'],
    ];
    return complaints.filter(([good]) => !good).map(([, what]) => `${metadata.name}: ${what}`);
  });
