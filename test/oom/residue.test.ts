import { expect, test } from 'vitest';
import { residueWords } from '../../src/oom/residue.ts';

const MB = 1024 * 1024;
const of = (bytes: number) => ({ bytes, files: bytes });

test('the third kill in a row from the same residue is explained, with its size', () => {
  const words = residueWords([of(0), of(40 * MB), of(41 * MB)], 64 * MB);
  expect(words).toMatch(/kill 3 in a row.*41 MB of 64 MB.*tmpfs/);
});

test.each([
  ['two kills', [of(40 * MB), of(40 * MB)]],
  ['a clean start', [of(40 * MB), of(40 * MB), of(0)]],
  ['a small cache', [of(5 * MB), of(5 * MB), of(5 * MB)]],
  ['what cannot be read', [null, null, null]],
])('%s is not', (_, begun) => {
  expect(residueWords(begun, 64 * MB)).toBeNull();
});
