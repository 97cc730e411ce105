import { describe, expect, it } from 'vitest'
import { problemsOfBuild } from './build-problem'
import { afterResult, beginBuild } from './build-progress'
import type { BuildFailure } from '@snowglobe/shared/messages'

const failure: BuildFailure = {
  derivation: '/nix/store/x-unlucky.drv',
  kind: 'builder-failed',
  message: "builder for '/nix/store/x-unlucky.drv' failed with exit code 3",
  exitCode: 3,
  limit: null,
  lastLines: ['about to fail', '\x1b[31mthe reason\x1b[0m'],
}

describe('problemsOfBuild', () => {
  it('tells a failed build as nix-build does, without colours', () => {
    const result = {
      status: 'failed',
      failure,
    } as const
    const [problem] = problemsOfBuild(afterResult(beginBuild(0), result, 1))
    expect(problem!.place).toBe(failure.derivation)
    expect(problem!.text).toBe(
      `error: ${failure.message};\n       last 2 log lines:\n       > about to fail\n       > the reason`,
    )
  })

  it('makes a problem of a bare reason, but does not add it to problems that say more', () => {
    const begun = beginBuild(0)
    const result = { status: 'not-buildable', reason: 'no derivation', problems: [] } as const
    const bare = problemsOfBuild(afterResult(begun, { ...result, problems: [] }, 1))
    expect(bare.map(({ message }) => message)).toEqual(['no derivation'])
    const full = afterResult(begun, { ...result, problems: [{ ...bare[0]!, message: 'why' }] }, 1)
    expect(problemsOfBuild(full).map(({ message }) => message)).toEqual(['why'])
  })

  it('has nothing to say of a build that works', () => {
    expect(problemsOfBuild(null)).toEqual([])
    expect(problemsOfBuild(beginBuild(0))).toEqual([])
  })
})
