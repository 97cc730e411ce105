/** The page as it is shipped, in Chromium, with a backend of its own behind it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { pinnedNode, root } from '../scripts/repository.mjs'
import { freePort } from '../scripts/free-port.mjs'

/** Starts both; `environment` is the backend's, beside its address and store. */
export async function startPage(environment = {}) {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const data = mkdtempSync(join(tmpdir(), 'snowglobe-bench-'))
  const backend = spawn(pinnedNode(), [join(root, 'backend', 'dist', 'main.js')], {
    env: {
      ...process.env,
      ...environment,
      HOST: '127.0.0.1',
      PORT: String(port),
      SNOWGLOBE_DATA: data,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  while (!(await fetch(`${address}/api/health`).catch(() => null))?.ok) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
  })
  return {
    address,
    browser,
    async close() {
      await browser.close()
      const ended = new Promise((resolve) => backend.on('exit', resolve))
      backend.kill('SIGTERM')
      await ended
      rmSync(data, { recursive: true, force: true })
    },
  }
}
