// Is the dashboard what Grafana imports? The shape that its published schema asks for, and panels that do not lie on each other.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Place;
  readonly datasource: unknown;
  readonly options: unknown;
  readonly fieldConfig: { readonly defaults: { readonly unit?: string }; readonly overrides: unknown };
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
}

interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly time: { readonly from: string; readonly to: string };
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly iconColor: string }[] };
}

const dashboard = JSON.parse(readFileSync('examples/grafana/tsvisor.json', 'utf8')) as Dashboard;
const { panels } = dashboard;

const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('the dashboard', () => {
  test('has the head that an import asks for', () => {
    expect(dashboard).toMatchObject({ title: 'tsvisor', time: { from: 'now-6h', to: 'now' } });
    expect(dashboard.uid.length).toBeLessThanOrEqual(40);
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(dashboard).not.toHaveProperty('id');
    expect(panels.length).toBeGreaterThan(12);
  });

  test.each(panels.map((panel) => [panel.title, panel] as const))('%s is a whole panel', (_, panel) => {
    expect(panel).toMatchObject({
      type: expect.stringMatching(/^(timeseries|stat)$/),
      datasource: { type: 'prometheus', uid: '${datasource}' },
      options: {},
      fieldConfig: { defaults: { unit: expect.any(String) }, overrides: expect.any(Array) },
    });
    expect(panel.targets.length).toBeGreaterThan(0);
    expect(new Set(panel.targets.map(({ refId }) => refId)).size).toBe(panel.targets.length);
    const { x, y, w, h } = panel.gridPos;
    expect([x, y, w, h].every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    expect(x + w).toBeLessThanOrEqual(24);
  });

  test('has panels of different ids that do not lie on each other', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const [index, panel] of panels.entries())
      for (const other of panels.slice(index + 1))
        expect(overlap(panel.gridPos, other.gridPos), `${panel.title} and ${other.title}`).toBe(false);
  });

  test('uses no variable that it does not have', () => {
    const known = new Set(dashboard.templating.list.map(({ name }) => name));
    const used = [...JSON.stringify(dashboard).matchAll(/\$\{?([a-z]\w*)/g)].map(([, name = '']) => name);
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });
});
