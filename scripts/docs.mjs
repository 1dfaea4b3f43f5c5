// Writes the tables of docs/reference/config.md from the table of keys. Needs a build: npm run build && node scripts/docs.mjs

import { readFileSync, writeFileSync } from 'node:fs';
import { fillReference } from '../dist/config/reference.js';

const PAGE = new URL('../docs/reference/config.md', import.meta.url);

writeFileSync(PAGE, fillReference(readFileSync(PAGE, 'utf8')));
