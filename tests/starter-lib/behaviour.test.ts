/** What lib does together, and what its errors say, in Snowglobe and in real Nix. */
import { describe, expect, it } from 'vitest'
import { evaluatorsOfTests } from '../evaluators'
import { library } from './examples'

const evaluators = evaluatorsOfTests()
const here = import.meta.dirname

/** Modules, the path of an option's value, and what the message of the error says. */
const errors: [what: string, modules: string, value: string, message: string[]][] = [
  [
    'a value of the wrong type: option, type, file and value',
    `{ options.port = lib.mkOption { type = lib.types.port; }; } { _file = "web.nix"; port = "http"; }`,
    'port',
    [
      "A definition for option `port' is not of type `16 bit unsigned integer;",
      'In `web.nix\': "http"',
    ],
  ],
  [
    'a value within a list by its place',
    `{ options.l = lib.mkOption { type = lib.types.listOf lib.types.int; }; } { _file = "a.nix"; l = [ 1 "2" ]; }`,
    'l',
    [
      'A definition for option `l."[definition 1-entry 2]"\' is not of type `signed integer\'',
      "In `a.nix'",
    ],
  ],
  [
    'an option that nobody declares, and which was meant',
    `{ options.services.web.enable = lib.mkEnableOption "web"; } { _file = "a.nix"; services.web.enabel = true; }`,
    'services.web.enable',
    [
      "The option `services.web.enabel' does not exist. Definition values:",
      "- In `a.nix': true",
      "Did you mean `services.web.enable'?",
    ],
  ],
  [
    'two values for one',
    `{ options.x = lib.mkOption { type = lib.types.int; }; } { _file = "a.nix"; x = 1; } { _file = "b.nix"; x = 2; }`,
    'x',
    [
      "The option `x' has conflicting definition values:",
      "- In `a.nix': 1",
      "- In `b.nix': 2",
      'Use `lib.mkForce value` or `lib.mkDefault value`',
    ],
  ],
  [
    'an option without a value',
    `{ options.x = lib.mkOption { type = lib.types.int; }; }`,
    'x',
    ["The option `x' was accessed but has no value defined. Try setting the option."],
  ],
  [
    'two declarations that do not go together',
    `{ _file = "a.nix"; options.x = lib.mkOption { type = lib.types.int; }; } { _file = "b.nix"; options.x = lib.mkOption { type = lib.types.str; }; }`,
    'x',
    ["The option `x' in `a.nix' is already declared in `b.nix'."],
  ],
  [
    'an option below another one',
    `{ _file = "a.nix"; options.x = lib.mkOption { type = lib.types.int; }; } { _file = "b.nix"; options.x.y = lib.mkOption { }; }`,
    'x',
    [
      "The option `x' in module `a.nix' would be a parent of the following options, but its type `signed integer' does not support nested options.",
      "- option(s) with prefix `x.y' in module `b.nix'",
    ],
  ],
  ['a module that is none', `(x: 1)`, 'x', ['does not look like a module.']],
  [
    'an attribute beside config',
    `{ _file = "a.nix"; config = { }; x = 1; }`,
    'x',
    ["has an unsupported attribute `x'."],
  ],
  [
    'an argument that nobody gives',
    `({ nothing, ... }: { options.x = lib.mkOption { default = nothing; }; })`,
    'x',
    ["'nothing' missing"],
  ],
  [
    'a value within a submodule by its path',
    `{ options.s = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { options.n = lib.mkOption { type = lib.types.int; }; }); }; } { _file = "a.nix"; s.one.n = true; }`,
    's.one.n',
    ["A definition for option `s.one.n' is not of type `signed integer'.", "- In `a.nix': true"],
  ],
]

describe.each(evaluators)('lib in $name', ({ evaluate }) => {
  it('does what behaviour.nix says', () => {
    const expression = `import ./behaviour.nix { lib = import ${library}; }`
    const { stdout, stderr } = evaluate(expression, here)
    expect(stdout, stderr).toBe('[]')
  })

  it.each(errors)('explains %s', (_what, modules, value, messages) => {
    const expression = `let lib = import ${library}; in (lib.evalModules { modules = [ ${modules} ]; }).config.${value}`
    const { status, stderr } = evaluate(expression, here)
    expect(status).not.toBe(0)
    for (const message of messages) expect(stderr).toContain(message)
  })

  it('names the argument that callPackage does not have, and one that is like it', () => {
    const expression = `(import ${library}).callPackageWith { openssl = 1; } ({ opensll }: opensll) { }`
    const { status, stderr } = evaluate(expression, here)
    expect(status).not.toBe(0)
    expect(stderr).toContain('Function called without required argument "opensll" at')
    expect(stderr).toContain('did you mean "openssl"?')
  })
})
