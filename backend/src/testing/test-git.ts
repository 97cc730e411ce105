import { execFileSync } from 'node:child_process'

/** Seconds since 1970: when all commits of tests are made. */
export const commitTime = Date.parse('2020-01-02T03:04:05Z') / 1000

/**
 * Runs Git in a directory, as somebody whom nothing of this machine's settings concerns. Gives what it
 * prints, without white space around it. Throws an Error where it fails.
 */
export function testGit(directory: string, args: readonly string[], input = ''): string {
  return execFileSync('git', ['-C', directory, ...args], {
    encoding: 'utf8',
    input,
    stdio: 'pipe',
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      ...Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap((role) => [
          [`GIT_${role}_NAME`, 'Ann'],
          [`GIT_${role}_EMAIL`, 'ann@example.org'],
          [`GIT_${role}_DATE`, `${commitTime} +0000`],
        ]),
      ),
    },
  }).trim()
}
