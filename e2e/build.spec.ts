/** Builds through the page: real sandbox, real store, and what real Nix makes of the same file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { busyboxSeeds } from '../shared/src/busybox-seed'
import type { Health } from '../shared/src/messages'
import { decodeSnippet } from '../shared/src/snippet'
import { nixVersion, RealStore, withoutNix } from '../tests/real-nix'
import { Playground } from './page'

/** Time enough for a build and for the page to show it. */
const built = { timeout: 45_000 }

/** Two steps; the second takes long enough for its log to be seen while it runs. */
const twoSteps = (marker: string) => `
let
  words = derivation {
    name = "words";
    system = "x86_64-linux";
    builder = "/bin/sh";
    args = [ "-c" "echo collecting words; echo ${marker} > $out" ];
  };
in
derivation {
  name = "sentence";
  system = "x86_64-linux";
  builder = "/bin/sh";
  inherit words;
  args = [ "-c" ''
    echo "first line of the log"
    i=0
    while [ $i -lt 1500000 ]; do i=$((i + 1)); done
    read word < $words
    echo "It is said: $word." > $out
    echo "last line of the log"
  '' ];
}
`

/** Does something in a directory of its own. */
async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-journey-'))
  try {
    await work(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

test('a build of two steps is what real Nix makes of the same file', async ({ page }) => {
  const playground = new Playground(page)
  const code = twoSteps('snow')
  await playground.open(code)
  await playground.button('Build').click()

  // The log comes while the builder runs.
  await expect(playground.terminal).toContainText('first line of the log', built)
  await expect(playground.button('Stop')).toBeEnabled()
  await expect(playground.terminal).not.toContainText('last line of the log', { timeout: 1 })
  await expect(playground.terminal).toContainText('last line of the log', built)

  await expect(playground.result).toContainText(/\/nix\/store\/[0-9a-z]{32}-sentence/, built)
  await expect(playground.result).toContainText('It is said: snow.', built)

  test.skip(nixVersion === null, withoutNix)
  await inDirectory(async (directory) => {
    const file = join(directory, 'default.nix')
    writeFileSync(file, code)
    const real = new RealStore(directory).build(file)
    await expect(playground.result).toContainText(real.path)
    await expect(playground.result).toContainText(real.narHash)
  })
})

test('the first example builds what real Nix builds, from the seed that the backend serves', async ({
  page,
  baseURL,
}) => {
  const playground = new Playground(page)
  await playground.open()
  await playground.button('Build').click()
  await expect(playground.terminal).toContainText('catching snowflakes', built)
  await expect(playground.result).toContainText(/sha256:[0-9a-z]{52}/, built)
  await playground.result.getByRole('button', { name: /label\.txt/ }).click()
  await expect(playground.result).toContainText('A snow globe with 6 flakes.')

  test.skip(nixVersion === null, withoutNix)
  await playground.button('Share').click()
  await expect(page).toHaveURL(/#s1\./)
  const { files, entry } = decodeSnippet(new URL(page.url()).hash.slice(1))
  const { publicKey } = (await (await page.request.get('/api/health')).json()) as Health
  await inDirectory(async (directory) => {
    for (const { path, text } of files) writeFileSync(join(directory, path), text)
    const store = new RealStore(directory)
    const seed = busyboxSeeds['x86_64-linux']!.path
    store.fetch(seed, { address: baseURL!, publicKey })
    const real = store.build(join(directory, entry))
    await expect(playground.result).toContainText(real.path)
    await expect(playground.result).toContainText(real.narHash)
  })
})

test('what was built can be read after a reload', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(twoSteps('globe'))
  await playground.button('Build').click()
  await expect(playground.result).toContainText('It is said: globe.', built)
  await page.reload()
  await expect(playground.result).toContainText('It is said: globe.', built)
})

test('a failing build shows the last lines, the exit code and the derivation', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(`derivation {
    name = "unlucky";
    system = "x86_64-linux";
    builder = "/bin/sh";
    args = [ "-c" "echo about to fail; echo the reason >&2; exit 3" ];
  }`)
  await playground.button('Build').click()
  await expect(playground.problems).toContainText('exit code 3', built)
  await expect(playground.problems).toContainText('the reason')
  await expect(playground.problems).toContainText(/[0-9a-z]{32}-unlucky\.drv/)
  await expect(playground.terminal).toContainText('about to fail')
})

test('Stop ends a build, and the next one works', async ({ page }) => {
  const playground = new Playground(page)
  const derivation = (name: string, script: string) =>
    `derivation { name = "${name}"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "${script}" ]; }`
  await playground.open(derivation('endless', 'echo going round; while :; do :; done'))
  await playground.button('Build').click()
  await expect(playground.terminal).toContainText('going round', built)
  await playground.button('Stop').click()
  await expect(playground.button('Stop')).toBeDisabled()

  await playground.write(derivation('brief', 'echo done at once > $out'))
  await playground.button('Build').click()
  await expect(playground.result).toContainText('done at once', built)
})

test('what is no derivation cannot be built, and says why', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('1 + 1')
  await expect(playground.result).toContainText('2')
  await expect(playground.button('Build')).toBeDisabled()
})
