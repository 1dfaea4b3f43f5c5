// How does a test look at a page? Through Debian's Chromium, and it keeps what it saw in artefacts/.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
const ARTEFACTS = fileURLToPath(new URL('../../artefacts', import.meta.url));

export const hasChromium = spawnSync(CHROMIUM, ['--version']).status === 0;

/** Milliseconds: the machine may be busy with other tests. */
const TIMEOUT_MS = 20_000;

interface Looking {
  readonly width?: number;
  readonly dark?: boolean;
  readonly script?: boolean;
}

export interface Viewer {
  open(url: string, looking?: Looking): Promise<Page>;
  /** Whatever went wrong in any page: errors of its script, and what its policy refused. */
  readonly complaints: readonly string[];
}

/** A browser for the running test, closed with it. */
export const openViewer = async (): Promise<Viewer> => {
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
    timeout: 30_000,
  });
  onTestFinished(() => browser.close());
  const complaints: string[] = [];
  return {
    complaints,
    async open(url, { width = 1280, dark = false, script = true } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: script,
      });
      context.setDefaultTimeout(TIMEOUT_MS);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (said) => {
        if (said.type() === 'error') complaints.push(said.text());
      });
      await page.goto(url);
      return page;
    },
  };
};

export const keepPicture = async (page: Page, name: string): Promise<void> => {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });
};
