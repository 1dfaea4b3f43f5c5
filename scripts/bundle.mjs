// One file for the supervisor and few for each command instead of a hundred modules: half of their start time.
// Every module that asks for its own place (import.meta.url) lies two folders below the package, and so does the bundle.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** Refusals are known by their class, which may be there only once: all bundles of the command line share this file. */
const SHARED = { errors: 'dist/model/errors.js' };

/**
 * What nearly every command may ask for later, the reading of a config and words about a failure: once, not in the bundle of
 * each, and with copies of what they share with it, so that what always runs is in one file.
 */
const ASKED_FOR = {
  place: 'dist/cli/place.js',
  'yaml-draft': 'dist/config/yaml-draft.js',
  program: 'dist/cli/program.js',
  complain: 'dist/cli/text/complain.js',
  guardian: 'dist/cli/life/guardian.js',
};
const asked = new Map(
  Object.entries(ASKED_FOR).map(([name, file]) => [join(process.cwd(), file), `./${name}.js`]),
);

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

/** What a bundle of the command line takes from others: the refusals, what is asked for later, and the table its commands. */
const othersApart = {
  name: 'others-apart',
  setup: ({ onResolve }) => {
    onResolve({ filter: /model\/errors\.js$|^\.\/errors\.js$/ }, ({ importer }) =>
      importer === '' ? undefined : { path: './errors.js', external: true },
    );
    onResolve({ filter: /^\.{1,2}\// }, ({ kind, importer, path }) => {
      if (kind !== 'dynamic-import') return undefined;
      if (importer.endsWith('/cli/commands.js'))
        return { path: path.replace('./', './command-'), external: true };
      const other = asked.get(join(dirname(importer), path));
      return other === undefined ? undefined : { path: other, external: true };
    });
  },
};

const bundle = (entryPoints, plugins = []) =>
  build({
    entryPoints,
    outdir: 'dist/bundle',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    plugins: [...plugins, builtinsAsObjects],
    logLevel: 'warning',
  });

const commands = [...readFileSync('dist/cli/commands.js', 'utf8').matchAll(/import\('\.\/(\w+)\.js'\)/g)];
if (commands.length < 20) throw new Error('cannot find the commands in dist/cli/commands.js');

// One bundle for each command, not one with pieces that all share: each piece is a file more, and 0.5 ms.
const made = await Promise.all([
  bundle({ daemon: 'dist/daemon.js' }),
  bundle(SHARED),
  bundle(ASKED_FOR, [othersApart]),
  bundle({ index: 'dist/index.js' }),
  bundle({ main: 'dist/cli/main.js' }, [othersApart]),
  ...commands.map(([, name]) => bundle({ [`command-${name}`]: `dist/cli/${name}.js` }, [othersApart])),
]);
if (made.some(({ warnings }) => warnings.length > 0)) process.exit(1);

// The package is the bundle and what leads to it; the modules stay for those who build, the types for those who import.
writeFileSync('dist/index.js', "export * from './bundle/index.js';\n");
writeFileSync('dist/daemon.js', "import './bundle/daemon.js';\n");
writeFileSync('dist/cli/main.js', "#!/usr/bin/env node\nimport '../bundle/main.js';\n", { mode: 0o755 });
