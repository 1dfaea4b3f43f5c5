// Is a key explained in full, and a mistyped one pointed at the right one?

import { describe, expect, test } from 'vitest';
import { explainKey } from '../../src/config/explain.ts';
import { SECTIONS, YAML_KEYS } from '../../src/config/keys.ts';

describe('explainKey', () => {
  test('gives value, default and names', () => {
    expect(explainKey('stopwaitsecs')).toEqual({
      found: [
        {
          sections: ['program', 'eventlistener', 'fcgi-program'],
          key: 'stopwaitsecs',
          doc: 'How long it may take to stop before SIGKILL.',
          value: 'whole seconds',
          yamlValue: 'whole seconds, or a duration such as 10s or 2m',
          default: '10',
          names: 'here, ENV_*, host_node_name, program_name, group_name',
          own: false,
        },
      ],
      hint: '',
    });
  });

  test('tells apart the meanings of one name', () => {
    expect(explainKey('environment').found.map(({ sections }) => sections)).toEqual([
      ['supervisord'],
      ['program', 'eventlistener', 'fcgi-program'],
    ]);
    expect(explainKey('supervisord.environment').found).toHaveLength(1);
  });

  test('marks our own keys, and those that only YAML has', () => {
    expect(explainKey('oom_score_adj').found).toMatchObject([
      { own: true, sections: ['program', 'group', 'eventlistener', 'fcgi-program'] },
    ]);
    expect(explainKey('extends').found).toMatchObject([{ sections: [] }]);
  });

  test('points at the nearest key', () => {
    expect(explainKey('stopwaitsec')).toEqual({ found: [], hint: 'did you mean stopwaitsecs?' });
    expect(explainKey('nothing-like-it').hint).toBe('tsvisor.yaml(5) lists them all');
    expect(explainKey('OOM_SCORE_ADJ').found).toHaveLength(1);
  });

  test('knows every key of the table', () => {
    const keys = [...Object.values(SECTIONS).flatMap((rows) => Object.keys(rows)), ...Object.keys(YAML_KEYS)];
    expect(keys.filter((key) => explainKey(key).found.length === 0)).toEqual([]);
  });
});
