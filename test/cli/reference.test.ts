// Is the reference page what the table of commands says?

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { ACTION_NAMES } from '../../src/cli/ctl/actions.ts';
import { HELP } from '../../src/cli/ctl/help.ts';
import { commandsPage } from '../../src/cli/reference.ts';

const page = readFileSync('docs/reference/commands.md', 'utf8');

test('is as `node scripts/docs.mjs` writes it', () => {
  expect(page).toBe(commandsPage());
});

test('names every command, every option and every action of ctl', () => {
  expect(COMMANDS.length).toBeGreaterThan(15);
  for (const { name, options } of COMMANDS) {
    expect(page).toContain(`## \`tsvisor ${name}`);
    for (const { flags } of options) expect(page).toContain(`\`${flags}\``);
  }
  for (const action of ACTION_NAMES.filter((name) => name !== 'help'))
    expect(page).toMatch(new RegExp(`\`${action}\\b`));
});

test('has help for every action, and no help for what is none', () => {
  expect(Object.keys(HELP)).toEqual(ACTION_NAMES.filter((name) => name !== 'help'));
});
