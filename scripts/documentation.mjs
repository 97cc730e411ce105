/**
 * Writes what is known of builtins, of the starter collection's functions and of its packages as JSON: what search, the editor and the
 * page's Reference show. `node scripts/documentation.mjs [STORE-PATH FILE]`: the path that the collection's tree has, and where to write; it is
 * printed where they are not given. The backend must be built, whose nix-instantiate evaluates `pkgs/`.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createServer } from 'vite'
import { root } from './repository.mjs'
import { fail } from './steps.mjs'

const collection = join(root, 'pkgs')
/** Whoever builds the page: the same is said of packages on all machines. */
const system = 'x86_64-linux'

async function main() {
  const [storePath, output] = process.argv.slice(2)
  const found = await documentation(storePath ?? '')
  if (output === undefined) process.stdout.write(`${JSON.stringify(found, null, 1)}\n`)
  else writeFileSync(output, JSON.stringify(found))
}

/** A `Documentation` (worker/src/intelligence/documentation.ts). */
async function documentation(storePath) {
  const vite = await createServer({
    configFile: false,
    root,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  })
  try {
    const load = (file) => vite.ssrLoadModule(`/worker/src/${file}.ts`)
    const { describeLibrary, positionsExpression } = await load('intelligence/library-functions')
    const { collectionExpression, describeBuiltins, describeFunctions, describePackages } =
      await load('intelligence/package-documentation')
    const { builtinDocumentation } = await load('evaluator/builtin-documentation')
    const positions = evaluate(positionsExpression(`import ${join(collection, 'lib')}`))
    const facts = evaluate(collectionExpression(`import ${collection} { system = "${system}"; }`))
    const read = (file) => readFileSync(file, 'utf8')
    const library = describeLibrary(positions, read)
    const functions = [...library, ...describeFunctions(facts, nixFiles(), read)]
    const named = (entry) => ({
      ...entry,
      file: entry.file === null ? null : relative(collection, entry.file),
    })
    return {
      storePath,
      builtins: describeBuiltins(facts, builtinDocumentation.values(), library),
      functions: functions.map(named),
      packages: describePackages(facts).map(named),
    }
  } finally {
    await vite.close()
  }
}

function evaluate(expression) {
  const output = execFileSync(
    join(root, 'backend/bin/nix-instantiate'),
    ['--eval', '--strict', '--json', '-E', expression],
    { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  return JSON.parse(output)
}

/** Where functions that make packages are written. */
function nixFiles() {
  return ['build-support', 'stdenv', 'top-level']
    .flatMap((folder) =>
      readdirSync(join(collection, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(collection, folder, file),
      ),
    )
    .filter((file) => file.endsWith('.nix'))
    .sort()
}

try {
  await main()
} catch (error) {
  fail(error)
}
