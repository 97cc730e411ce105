import type { ValueView } from '@snowglobe/worker/browser/api'

type Formals = NonNullable<ValueView['formals']>

/** How a function becomes a value: the name its file gets, and what calls it. */
export interface Wrapping {
  /** What the function is. */
  title: string
  /** What is done about it. */
  action: string
  file: string
  /** The new entry. */
  text: string
}

/** Arguments that packages of nixpkgs take; none of them is likely to be anything else. */
const packageArguments = new Set([
  'buildGoModule',
  'callPackage',
  'cmake',
  'fetchFromGitHub',
  'fetchFromGitLab',
  'fetchgit',
  'fetchurl',
  'fetchzip',
  'makeWrapper',
  'pkg-config',
  'python3Packages',
  'runCommand',
  'rustPlatform',
  'stdenv',
  'stdenvNoCC',
  'symlinkJoin',
  'writeShellApplication',
  'writeText',
])

/**
 * What people paste is often a function that something else would call. For one that takes a set: what
 * it seems to be, and a file that calls it so.
 */
export function wrappingOf({ names, ellipsis }: Formals): Wrapping {
  const has = (name: string) => names.some((formal) => formal.name === name)
  const required = names.filter(({ hasDefault }) => !hasDefault)
  if (has('config') && (ellipsis || has('options'))) {
    return {
      title: 'This is a module.',
      action: 'Evaluate it with evalModules',
      file: 'module.nix',
      text: `let
  pkgs = import <nixpkgs> { };
in
(pkgs.lib.evalModules {
  modules = [
    ./module.nix
    { _module.args = { inherit pkgs; }; }
  ];
}).config
`,
    }
  }
  if (required.length === 0) {
    return {
      title: 'This is a function; all that it takes has a default.',
      action: 'Call it',
      file: 'function.nix',
      text: 'import ./function.nix { }\n',
    }
  }
  if (names.some(({ name }) => packageArguments.has(name)) || (has('lib') && !has('config'))) {
    return {
      title: 'This is a package, as nixpkgs writes them.',
      action: 'Call it with callPackage',
      file: 'package.nix',
      text: '(import <nixpkgs> { }).callPackage ./package.nix { }\n',
    }
  }
  if (required.length === 1 && has('pkgs')) {
    return {
      title: 'This is a function of nixpkgs.',
      action: 'Call it with nixpkgs',
      file: 'function.nix',
      text: 'import ./function.nix { pkgs = import <nixpkgs> { }; }\n',
    }
  }
  const argument = ({ name }: { name: string }) =>
    name === 'pkgs'
      ? '  pkgs = import <nixpkgs> { };\n'
      : `  ${name} = throw "say what ${name} is";\n`
  return {
    title: `This is a function of ${required.map(({ name }) => name).join(', ')}.`,
    action: 'Call it',
    file: 'function.nix',
    text: `import ./function.nix {\n${required.map(argument).join('')}}\n`,
  }
}
