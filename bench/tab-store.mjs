/** The store of a tab, in Chromium's own database. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { build } from 'vite'
import { cacheDir, root } from '../scripts/repository.mjs'
import { medianOf } from './statistics.mjs'

const address = 'http://127.0.0.1/'

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
})

export async function close() {
  await browser.close()
}

/** The store's code as one module for a page. */
async function bundle() {
  const directory = join(cacheDir, 'bench')
  mkdirSync(directory, { recursive: true })
  const entry = join(directory, 'tab-store.ts')
  const source = join(root, 'worker/src')
  writeFileSync(
    entry,
    `export { StoreDatabase } from '${source}/browser/database'\n` +
      `export { IndexedDbStore } from '${source}/browser/indexeddb-store'\n` +
      `export { textEntry } from '${source}/store/store-entries'\n`,
  )
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      target: 'es2024',
      outDir: join(directory, 'tab-store'),
      lib: { entry, formats: ['es'], fileName: 'tab-store' },
    },
  })
  return readFileSync(join(directory, 'tab-store', 'tab-store.js'), 'utf8')
}

/** Seconds until a page that was just opened knows all of a store of so many paths. */
async function secondsToOpen(count) {
  const code = await bundle()
  const context = await browser.newContext()
  await context.route('**/*', (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: code })
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  )
  const filling = await context.newPage()
  await filling.goto(address)
  await filling.evaluate(async (count) => {
    const { StoreDatabase, IndexedDbStore, textEntry } = await import('/tab-store.js')
    const store = new IndexedDbStore('/nix/store', new StoreDatabase(indexedDB))
    const entries = []
    for (let i = 0; i < count; i++) {
      const references = [i - 1, i >> 1, i >> 2].filter((other) => other >= 0 && other < i)
      const paths = new Set(references.map((other) => entries[other].info.path))
      entries.push(textEntry('/nix/store', `package-${i}`, 'x', [...paths]))
    }
    await store.add(entries)
  }, count)
  await filling.close()
  const seconds = await medianOf(5, async () => {
    const page = await context.newPage()
    await page.goto(address)
    const taken = await page.evaluate(async (count) => {
      const { StoreDatabase, IndexedDbStore } = await import('/tab-store.js')
      const start = performance.now()
      const store = new IndexedDbStore('/nix/store', new StoreDatabase(indexedDB))
      const found = await store.allPathInfos()
      if (found.length !== count) throw new Error(`${found.length} paths were found`)
      return (performance.now() - start) / 1000
    }, count)
    await page.close()
    return taken
  })
  await context.close()
  return seconds
}

/** @type {import('./run.mjs').Row[]} */
export const rows = [
  {
    name: "opening a tab's store of 10,000 paths",
    target: 0.3,
    unit: 's',
    measure: () => secondsToOpen(10_000),
  },
]
