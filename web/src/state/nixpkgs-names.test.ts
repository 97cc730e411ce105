import { describe, expect, it } from 'vitest'
import type { Problem } from '@snowglobe/worker/browser/api'
import { missingName } from './nixpkgs-names'

const problem = (code: string, message: string): Problem => ({
  severity: 'error',
  code,
  message,
  range: null,
  place: null,
  frames: [],
  text: message,
})

describe('the name that is missed', () => {
  it.each([
    ['missing-attribute', "attribute 'python3' missing\nDid you mean x?", 'python3'],
    ['undefined-variable', "undefined variable 'ripgrep'", 'ripgrep'],
    ['missing-argument', "function 'f' called without required argument 'cmake'", 'cmake'],
    ['throw', "attribute 'python3' missing", null],
  ])('is told by a problem of the kind %s', (code, message, name) => {
    expect(missingName(problem(code, message))).toBe(name)
  })
})
