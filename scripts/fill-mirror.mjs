/**
 * Fills a hashed mirror with all files that the starter collection is made from, sources of packages and
 * Debian's packages of the toolchain, so that it can be built where nothing else is in reach:
 *
 *     node scripts/fill-mirror.mjs [--store DIRECTORY] MIRROR [PACKAGE…]
 *
 * MIRROR is a directory; files lie in it as `<algorithm>/<hash in base 16>`, as hashed mirrors serve them.
 * With names of packages it gets their sources only. `--store` names another store than that of
 * `npm run packages`; what is there already is not downloaded again.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, createReadStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { checkBootstrapNode, installDependencies } from './dependencies.mjs'
import { Advice, cacheDir, root } from './repository.mjs'
import { fail, run, step } from './steps.mjs'

const collection = join(root, 'pkgs')
const command = (name) => join(root, 'backend', 'bin', name)

/**
 * A file of a fixed-output derivation, by the hash that it must have.
 *
 * @typedef {{ drvPath: string, file: string, algorithm: string }} Source
 */
const question = (names) => `
  let
    pkgs = import ${collection} { };
    inherit (pkgs) lib;
    wanted = builtins.fromJSON ''${JSON.stringify(names)}'';
    all = lib.attrNames (builtins.readDir ${collection}/packages);
    packageOf = name: pkgs.\${name} or (throw "the collection has no package '\${name}'");
    sourcesOf = name: lib.toList ((packageOf name).srcs or (packageOf name).src or [ ]);
    debian = import ${collection}/bootstrap/debian { inherit (pkgs.stdenv.hostPlatform) system; };
    isFile = source: source ? outputHash && source.outputHashMode or "flat" == "flat";
    describe = source: {
      inherit (source) drvPath;
      file = source.outPath;
      algorithm =
        if source.outputHashAlgo or null == null || source.outputHashAlgo == "" then
          lib.head (lib.splitString "-" source.outputHash)
        else
          source.outputHashAlgo;
    };
  in
  map describe (
    lib.filter isFile (lib.concatMap sourcesOf (if wanted == [ ] then all else wanted))
    ++ lib.optionals (wanted == [ ]) (lib.attrValues debian)
  )`

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { store: { type: 'string', default: join(cacheDir, 'packages') } },
  })
  const [mirror, ...names] = positionals
  if (mirror === undefined) {
    throw new Advice('Which directory?', 'node scripts/fill-mirror.mjs MIRROR [PACKAGE…]')
  }
  const store = resolve(values.store)
  checkBootstrapNode()
  await step('Dependencies', installDependencies)
  await step('Build', build)

  const sources = await sourcesOf(names, store)
  await step('Downloads', async () => {
    await run(
      command('nix-build'),
      ['--store', store, '--no-out-link', '--keep-going', ...sources.map(({ drvPath }) => drvPath)],
      { advice: 'Run it again: what has come is kept.' },
    )
    return `${sources.length} files`
  })
  await step('Mirror', async () => {
    const added = await Promise.all(sources.map((source) => addTo(resolve(mirror), source, store)))
    return `${added.filter(Boolean).length} new files in ${resolve(mirror)}`
  })
}

/** @returns {Promise<Source[]>} */
async function sourcesOf(names, store) {
  const args = ['--store', store, '--eval', '--read-write-mode', '--strict', '--json']
  const output = await run(command('nix-instantiate'), [...args, '-E', question(names)], {
    advice: 'The names are those of folders in pkgs/packages.',
  })
  // Warnings come before.
  return JSON.parse(output.trim().split('\n').at(-1))
}

/** Whether it was not there yet. */
async function addTo(mirror, source, store) {
  const file = join(store, source.file)
  const hash = createHash(source.algorithm)
  await pipeline(createReadStream(file), hash)
  const directory = join(mirror, source.algorithm)
  const target = join(directory, hash.digest('hex'))
  if (existsSync(target)) return false
  mkdirSync(directory, { recursive: true })
  // By another name first: a server may give out what lies there at any time.
  copyFileSync(file, `${target}.part`)
  renameSync(`${target}.part`, target)
  return true
}

try {
  await main()
} catch (error) {
  fail(error)
}
