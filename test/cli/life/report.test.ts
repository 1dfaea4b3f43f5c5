// Is the report of a supervisor that is being born understood, however it arrives?

import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parseReport, readReport } from '../../../src/cli/life/report.ts';

describe('report', () => {
  test.each([
    ['ready\n', { kind: 'ready' }],
    ['anything\nready\n', { kind: 'ready' }],
    ['', { kind: 'silent' }],
    ['rea', { kind: 'silent' }],
    ['alreadyready\n', { kind: 'silent' }],
    ['error no\nerror way\nhint go\n', { kind: 'failed', errors: ['no', 'way'], hint: 'go' }],
    ['error cut', { kind: 'failed', errors: ['cut'], hint: '' }],
  ])('%j means %j', (text, report) => {
    expect(parseReport(text)).toEqual(report);
  });

  test('is ready before the stream ends, in whatever pieces it comes', async () => {
    const stream = new PassThrough();
    const report = readReport(stream);
    for (const piece of ['r', 'ea', 'dy', '\n']) stream.write(piece);
    expect(await report).toEqual({ kind: 'ready' });
    expect(stream.destroyed).toBe(true);
  });

  test('is silent when the stream ends without a word', async () => {
    const stream = new PassThrough();
    stream.end();
    expect(await readReport(stream)).toEqual({ kind: 'silent' });
  });
});
