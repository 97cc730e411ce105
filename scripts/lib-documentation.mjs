/**
 * Prints what is known of each function of `lib` as JSON: names, type, text, arguments, examples, file and line. `node scripts/lib-documentation.mjs [FILE]`
 * evaluates FILE for the library (`pkgs/lib` if it is not given) with Snowglobe's nix-instantiate, which must be built.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { createServer } from 'vite'
import { root } from './repository.mjs'
import { fail } from './steps.mjs'

async function main() {
  const library = resolve(process.argv[2] ?? join(root, 'pkgs/lib'))
  const vite = await createServer({
    configFile: false,
    root,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  })
  try {
    const { describeLibrary, positionsExpression } = await vite.ssrLoadModule(
      '/worker/src/intelligence/library-functions.ts',
    )
    const output = execFileSync(
      join(root, 'backend/bin/nix-instantiate'),
      ['--eval', '--strict', '--json', '-E', positionsExpression(`import ${library}`)],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    )
    const functions = describeLibrary(JSON.parse(output), (file) => readFileSync(file, 'utf8'))
    const portable = functions.map((entry) => ({ ...entry, file: relative(library, entry.file) }))
    process.stdout.write(`${JSON.stringify(portable, null, 1)}\n`)
  } finally {
    await vite.close()
  }
}

try {
  await main()
} catch (error) {
  fail(error)
}
