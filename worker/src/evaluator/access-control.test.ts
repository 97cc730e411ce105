import { describe, expect, it } from 'vitest'
import { checkUri } from './access-control'
import { defaultSettings, type EvaluationSettings } from './evaluation-settings'
import { Evaluator } from './evaluator'
import { evaluateCase } from './testing/evaluate-cases'
import { TestHost } from './testing/test-host'

const files = [
  { path: 'a/b', contents: 'text' },
  { path: 'a/default.nix', contents: '{ x = 1; }' },
  { path: 'c/d', contents: 'other' },
]

function give(settings: Partial<EvaluationSettings>, expression: string, nativeLimit?: number) {
  const host = new TestHost('/test', files)
  host.environment.set('NAME', 'value')
  host.nixPath.push({ prefix: 'a', path: '/test/a' })
  const options = nativeLimit === undefined ? { settings } : { settings, nativeLimit }
  return evaluateCase(new Evaluator(host, options), expression, '/test')
}

const pure = { pureEval: true }
const restricted = { restrictEval: true }
const text = '"${builtins.toFile "x" "text"}"'

describe.each([undefined, 0])('with a native limit of %s', (limit) => {
  it.each([
    [pure, 'builtins ? currentTime || builtins ? currentSystem', 'false'],
    [pure, 'builtins.getEnv "NAME"', '""'],
    [pure, 'builtins.nixPath', '[ ]'],
    [pure, '[ ~/x ]', "error: the path '~/x' can not be resolved in pure mode"],
    [
      pure,
      '<a>',
      "error: cannot look up '<a>' in pure evaluation mode (use '--impure' to override)",
    ],
    [
      pure,
      'import ./a',
      "error: access to absolute path '/test/a' is forbidden in pure evaluation mode (use '--impure' to override)",
    ],
    [
      pure,
      '"${./a}"',
      "error: access to absolute path '/test/a' is forbidden in pure evaluation mode (use '--impure' to override)",
    ],
    [
      pure,
      'builtins.path { path = ./a; }',
      "error: access to absolute path '/test/a' is forbidden in pure evaluation mode (use '--impure' to override)",
    ],
    [
      pure,
      'builtins.readDir ./c',
      "error: access to absolute path '/test/c' is forbidden in pure evaluation mode (use '--impure' to override)",
    ],
    [pure, 'builtins.pathExists ./a/b', 'false'],
    [
      pure,
      'builtins.storePath "/nix/store/1rz4g4znpzjwh1xymhjpm42vipw92pr7-x"',
      "error: 'builtins.storePath' is not allowed in pure evaluation mode",
    ],
    [pure, `builtins.readFile ${text}`, '"text"'],
    [pure, 'import <nix/fetchurl.nix> ? x', 'false'],
    [restricted, 'builtins.currentTime', '1700000000'],
    [restricted, 'builtins.getEnv "NAME"', '""'],
    [restricted, '(import <a>).x', '1'],
    [restricted, 'builtins.readFile ./a/b', '"text"'],
    [
      restricted,
      'builtins.readFile ./c/d',
      "error: access to absolute path '/test/c/d' is forbidden in restricted mode",
    ],
    [restricted, 'builtins.readDir ./.', '{ a = "directory"; }'],
    [restricted, 'builtins.pathExists ./c', 'false'],
    [restricted, 'builtins.readFile "${./a}/b"', '"text"'],
    [{}, 'builtins.readFile ./c/d', '"other"'],
    [{}, 'builtins.getEnv "NAME"', '"value"'],
  ])('%j: %s', (settings, expression, expected) => {
    expect(give(settings, expression, limit)).toBe(expected)
  })
})

describe('builtins', () => {
  it('trace verbosely, and stop at warnings, as settings say', () => {
    const host = new TestHost()
    const evaluator = new Evaluator(host, { settings: { traceVerbose: true, abortOnWarn: true } })
    expect(evaluateCase(evaluator, 'builtins.traceVerbose "x" 1', '/test')).toBe('1')
    expect(evaluateCase(evaluator, 'builtins.warn "y" 1', '/test')).toBe(
      'error: aborting to reveal stack trace of warning, as abort-on-warn is set',
    )
    expect(host.messages).toEqual(['trace: x', 'warning: y'])
  })
})

describe('URIs in restricted evaluation', () => {
  const settings = {
    ...defaultSettings,
    restrictEval: true,
    allowedUris: ['https://github.com', 'https://example.org/a/', 'git:'],
  }
  it.each([
    ['https://github.com', true],
    ['https://github.com/x', true],
    ['https://github.community', false],
    ['https://example.org/a/b', true],
    ['https://example.org/b', false],
    ['git://any', true],
  ])('%s: %s', (uri, allowed) => {
    const check = () => checkUri(uri, settings, null)
    if (allowed) check()
    else expect(check).toThrow(`access to URI '${uri}' is forbidden in restricted mode`)
  })
})
