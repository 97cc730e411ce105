import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launcherKinds, type LauncherKind } from '../sandbox/find-launcher'
import { defaultServedCache } from '../cache/served-cache'
import { defaultSubstitutionSettings } from '../cache/substitution-settings'
import { defaultFetchSettings } from '../fetch/fetch-settings'
import { defaultLimits, type Limits } from '../sandbox/limits'
import { defaultPublicLimits, type PublicLimits } from '../server/public-limits'
import { createServer, type ServerOptions } from '../server/server'
import { removeTree } from '../store/remove-tree'
import { exportStream, type TestDerivation } from './nix-expressions'
import { importStream, WatchedBuild, type BuildResult } from './build-client'

const hasProgram = (name: string) => spawnSync(name, ['--version']).status === 0

/** What can make sandboxes on this machine; the tests of sandboxes run with each. */
export const availableLaunchers: readonly LauncherKind[] =
  process.platform === 'linux' && process.arch === 'x64'
    ? launcherKinds.filter((kind) => hasProgram(kind === 'native' ? 'cc' : 'bwrap'))
    : []

/** Whether builds are possible on this machine. */
export const hasSandbox = availableLaunchers.length > 0
for (const kind of launcherKinds)
  if (!availableLaunchers.includes(kind))
    console.warn(
      kind === 'native'
        ? 'there is no compiler for C: the launcher in C is not tested'
        : 'bubblewrap is not installed: sandboxes made by it are not tested',
    )

export interface TestServer {
  url: string
  dataDirectory: string
  reports: string[]
  /** How many have something under way, as it tells Prometheus. */
  visitors(): Promise<number>
  /** Sends derivations and builds the last one. */
  build(...derivations: TestDerivation[]): Promise<BuildResult>
  /** Sends derivations and starts to build the last one. */
  start(...derivations: TestDerivation[]): Promise<WatchedBuild>
  /** Ends it and leaves its data directory. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** A server of its own on a free port, with a store of its own. */
export async function startServer(
  options: Partial<Omit<ServerOptions, 'limits' | 'publicLimits'>> & {
    limits?: Partial<Limits>
    publicLimits?: Partial<PublicLimits>
  } = {},
): Promise<TestServer> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'snowglobe-server-'))
  // Builders have a user of their own, who must be able to pass through.
  chmodSync(dataDirectory, 0o755)
  const reports: string[] = []
  const server = await createServer({
    port: 0,
    host: '127.0.0.1',
    allowedHosts: [],
    jobs: 2,
    controlGroups: true,
    launchers: launcherKinds,
    // Compiled once for all tests.
    launcherDirectory: join(tmpdir(), `snowglobe-launcher-${process.getuid?.()}`),
    cores: 2,
    // Its seed would be fetched for every server.
    emulation: false,
    proxies: 0,
    tokens: [],
    push: 'anybody',
    requestLog: null,
    channels: [],
    // Tests reach no network but where they say so.
    fetch: { ...defaultFetchSettings, enabled: false, hashedMirrors: [] },
    substitution: { ...defaultSubstitutionSettings, substitute: false, substituters: [] },
    cache: defaultServedCache,
    version: 'test',
    pageDirectory: join(dataDirectory, 'page'),
    report: (message) => reports.push(message),
    graceMilliseconds: 200,
    ...options,
    dataDirectory,
    limits: { ...defaultLimits, ...options.limits },
    publicLimits: { ...defaultPublicLimits, ...options.publicLimits },
  })
  const start = async (...derivations: TestDerivation[]) => {
    const { status, error } = await importStream(server.url, exportStream(...derivations))
    if (status !== 200) throw new Error(`the import was refused: ${error}`)
    const { path, derivation } = derivations.at(-1)!
    return new WatchedBuild(server.url, [{ path, outputs: [...derivation.outputs.keys()] }])
  }
  return {
    url: server.url,
    dataDirectory,
    reports,
    visitors: async () => {
      const metrics = await (await fetch(new URL('/metrics', server.url))).text()
      return Number(/^snowglobe_visitors (\d+)$/m.exec(metrics)?.[1])
    },
    start,
    build: async (...derivations) => (await start(...derivations)).end(),
    stop: () => server.close(),
    close: async () => {
      await server.close()
      await removeTree(dataDirectory)
    },
  }
}
