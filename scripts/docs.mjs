// Writes the tables of docs/reference/config.md and the JSON Schema from the table of keys, docs/reference/commands.md from that of commands, metrics.md from that of metrics, rpc.md and openapi.json from those of the API, the example of a unit. Needs a build: npm run build && node scripts/docs.mjs

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openApi } from '../dist/api/openapi.js';
import { apiPage } from '../dist/api/reference.js';
import { commandsManual } from '../dist/cli/manual.js';
import { commandsPage } from '../dist/cli/reference.js';
import { configManual } from '../dist/config/manual.js';
import { exampleUnit } from '../dist/export/own-unit.js';
import { metricsPage } from '../dist/metrics/reference.js';
import { fillReference } from '../dist/config/reference.js';
import { jsonSchema } from '../dist/config/schema.js';

const PAGE = new URL('../docs/reference/config.md', import.meta.url);
const SCHEMA = new URL('../schema/tsvisor.schema.json', import.meta.url);
const MAN = new URL('../man/', import.meta.url);
const COMMANDS = new URL('../docs/reference/commands.md', import.meta.url);

const at = (name) => new URL(`../docs/reference/${name}`, import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

writeFileSync(COMMANDS, commandsPage());
writeFileSync(new URL('../examples/systemd/tsvisor.service', import.meta.url), exampleUnit());
writeFileSync(at('rpc.md'), apiPage());
writeFileSync(at('metrics.md'), metricsPage());
writeFileSync(at('openapi.json'), `${JSON.stringify(openApi(version), null, 2)}\n`);
writeFileSync(PAGE, fillReference(readFileSync(PAGE, 'utf8')));
for (const folder of [SCHEMA, MAN]) mkdirSync(new URL('.', folder), { recursive: true });
writeFileSync(new URL('tsvisor.1', MAN), commandsManual());
writeFileSync(new URL('tsvisor.yaml.5', MAN), configManual());
writeFileSync(SCHEMA, `${JSON.stringify(jsonSchema(), null, 2)}\n`);
