/** Starts the backend: settings from the environment, until SIGINT or SIGTERM. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configurationFromEnvironment } from './server/configuration'
import { createServer } from './server/server'

const marker = 'pnpm-workspace.yaml'

/** The directory above this program that is the repository, whether it runs bundled or not. */
function repositoryOf(directory: string): string {
  if (existsSync(join(directory, marker))) return directory
  const parent = dirname(directory)
  if (parent === directory) throw new Error(`no ${marker} above the program: it was moved away`)
  return repositoryOf(parent)
}

async function main(): Promise<void> {
  process.umask(0o022)
  const repository = repositoryOf(dirname(fileURLToPath(import.meta.url)))
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string
  }
  const server = await createServer({
    ...configurationFromEnvironment(process.env, repository),
    version,
    pageDirectory: join(repository, 'web/dist'),
    report: (message) => console.error(message),
  })
  console.log(`Builds: ${server.builds}`)
  for (const { name, label, storePath } of server.channels) {
    console.log(`Channel ${name}${label === '' ? '' : ` (${label})`}: ${storePath}`)
  }
  console.log(`Snowglobe is at ${server.url}`)

  let stopping = false
  const stop = () => {
    // A second signal does not wait.
    if (stopping) process.exit(1)
    stopping = true
    void server.close().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  console.error(`Snowglobe cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})
