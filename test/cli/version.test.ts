// Does a tsvisor say what it is made of?

import { expect, test } from 'vitest';
import { inFull } from '../../src/cli/argv.ts';
import { contentLines, contents } from '../../src/cli/contents.ts';
import { run } from '../../src/cli/version.ts';
import { createScreen } from './screen.ts';

const GUARDIAN = { path: '/p/guardian-arm64', origin: 'prebuilt', bytes: 66_704 } as const;

const SAMPLE = {
  version: '1.2.3',
  folder: '/p',
  bundle: true,
  node: { version: '20.20.2', libc: 'musl', path: '/usr/bin/node' },
  platform: 'linux',
  arch: 'arm64',
  guardian: null,
};

const said = async (options: Parameters<typeof run>[0]['options']): Promise<string> => {
  const screen = createScreen();
  expect(await run({ words: [], options, terminal: screen.terminal })).toBe(0);
  return screen.out();
};

test('takes --version and -V for what they are alone, and leaves them to others elsewhere', () => {
  expect(inFull(['--version'])).toEqual(['version', '--verbose']);
  expect(inFull(['-V'])).toEqual(['version', '--verbose']);
  expect(inFull(['ctl', '-V'])).toEqual(['ctl', '-V']);
});

test('says nothing but the number when nothing more is asked', async () => {
  expect(await said({})).toMatch(/^\d+\.\d+\.\d+\n?$/);
});

test('names the Node that runs it, as text and as JSON', async () => {
  expect(await said({ verbose: true })).toContain(`node ${process.versions.node}, `);
  expect(JSON.parse(await said({ json: true }))).toMatchObject({
    node: { path: process.execPath },
    bundle: false,
    arch: process.arch,
  });
  expect(contents('1.2.3').node.libc).toMatch(/^(glibc [\d.]+|musl)$/);
});

test('says that a guardian cannot run here, and that there is none', () => {
  expect(contentLines({ ...SAMPLE, guardian: { ...GUARDIAN, build: null } })).toContain(
    'guardian cannot run here, 67 kB, prebuilt, /p/guardian-arm64',
  );
  expect(contentLines(SAMPLE)).toContain('guardian none: portable mode');
});
