// One file for the supervisor and few for each command instead of a hundred modules: half of their start time.
// Every module that asks for its own place (import.meta.url) lies two folders below the package, and so does the bundle.

import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const ENTRIES = { daemon: 'dist/daemon.js', main: 'dist/cli/main.js' };

/** Names of a builtin that can be written in an export. */
const namesOf = (builtin) =>
  Object.keys(builtin).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default');

/**
 * An `import` of a builtin makes Node evaluate all its exports, and those of `node:fs` load half of the streams: 8 ms.
 * Asked for as an object, it costs nothing.
 */
const builtinsAsObjects = {
  name: 'builtins-as-objects',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: [
        `const builtin = process.getBuiltinModule(${JSON.stringify(path)});`,
        'const __take = (name) => builtin[name];',
        ...namesOf(process.getBuiltinModule(path)).map(
          (name) => `export const ${name} = /* @__PURE__ */ __take('${name}');`,
        ),
        'export default builtin;',
      ].join('\n'),
    }));
  },
};

const { warnings } = await build({
  entryPoints: ENTRIES,
  outdir: 'dist/bundle',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  plugins: [builtinsAsObjects],
  logLevel: 'warning',
});
if (warnings.length > 0) process.exit(1);

// The door of the package keeps its modules and types; the rest of them is in the bundle.
writeFileSync('dist/daemon.js', "import './bundle/daemon.js';\n");
writeFileSync('dist/cli/main.js', "#!/usr/bin/env node\nimport '../bundle/main.js';\n", { mode: 0o755 });
