import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { pinnedNode } from './scripts/repository.mjs'

const port = Number(process.env.SNOWGLOBE_TEST_PORT ?? 8317)
/** Set once: every worker reads this file anew. */
const data = (process.env.SNOWGLOBE_TEST_DATA ??= mkdtempSync(join(tmpdir(), 'snowglobe-e2e-')))
/** A small channel for the journeys, and nixpkgs where there is a tree of it. */
const channels = ['small=e2e/channel', process.env.SNOWGLOBE_TEST_NIXPKGS].filter(Boolean)
const address = `http://127.0.0.1:${port}`

export default defineConfig({
  testDir: 'e2e',
  outputDir: '.cache/test/e2e',
  // The journeys share one machine of two cores with the builds and the browser.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? '.cache/test/e2e.json' }],
  ],
  use: {
    baseURL: address,
    trace: 'retain-on-failure',
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  // The production build, on a store of its own.
  webServer: {
    command: `${pinnedNode()} backend/dist/main.js`,
    url: `${address}/api/health`,
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      SNOWGLOBE_NIXPKGS: channels.join(':'),
      SNOWGLOBE_DATA: data,
      // Journeys reach no network but what they serve themselves.
      SNOWGLOBE_SUBSTITUTERS: 'off',
      SNOWGLOBE_FETCH_ALLOW: '127.0.0.1',
    },
    reuseExistingServer: false,
    stdout: 'ignore',
    stderr: 'pipe',
    timeout: 60_000,
  },
})
