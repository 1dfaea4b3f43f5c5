// Writes the tables of docs/reference/config.md and the JSON Schema from the table of keys. Needs a build: npm run build && node scripts/docs.mjs

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fillReference } from '../dist/config/reference.js';
import { jsonSchema } from '../dist/config/schema.js';

const PAGE = new URL('../docs/reference/config.md', import.meta.url);
const SCHEMA = new URL('../schema/tsvisor.schema.json', import.meta.url);

writeFileSync(PAGE, fillReference(readFileSync(PAGE, 'utf8')));
mkdirSync(new URL('.', SCHEMA), { recursive: true });
writeFileSync(SCHEMA, `${JSON.stringify(jsonSchema(), null, 2)}\n`);
