/** Lets builders of a test server go on when the test is ready, however long that takes. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { TestServer } from './test-server'

let counter = 0

export class Gate {
  private readonly name = `gate-${counter++}`
  /** Waits in a builder's script, in the directory that it begins in. */
  readonly script = `: > ${this.name}; until [ -e ${this.name}-open ]; do sleep 0.05; done`

  /** Waits for the one builder that is to come to it, and lets it pass. */
  async open({ dataDirectory }: TestServer): Promise<void> {
    const builds = join(dataDirectory, 'builds')
    const find = () =>
      readdirSync(builds)
        .map((name) => join(builds, name, 'build', this.name))
        .find((file) => existsSync(file))
    await expect.poll(find).toBeDefined()
    writeFileSync(`${find()!}-open`, '')
  }
}
