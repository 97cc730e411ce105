import type { ValueView } from '@snowglobe/worker/browser/api'

type Formals = NonNullable<ValueView['formals']>

/** How what was pasted becomes a value that is of use: the name its file gets, and what calls it. */
export interface Wrapping {
  /** What it is. */
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
  'mkShell',
  'mkShellNoCC',
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
 * What people paste is often something that another program would call: what it seems to be, and a file
 * that calls it so. Null for values that stand for themselves. `source` is the code that gave the value.
 */
export function wrappingOf(value: ValueView, source: string): Wrapping | null {
  const wrapping = wrappingOfValue(value)
  const isShell = wrapping !== null && callable.test(wrapping.file) && /\bmkShell/.test(source)
  if (!isShell) return wrapping
  return {
    ...wrapping,
    title: 'This is a shell, as nix-shell takes it.',
    file: 'shell.nix',
    text: wrapping.text.replace(callable, 'shell.nix'),
  }
}

/** What a shell may look like by its arguments. */
const callable = /\b(function|package)\.nix/

function wrappingOfValue({ formals, parameters, isFlake }: ValueView): Wrapping | null {
  if (isFlake === true) return flake
  if (formals !== undefined) return wrappingOfFormals(formals)
  const [first, second] = parameters ?? []
  if (/^(final|self)$/.test(first ?? '') && /^(prev|super)$/.test(second ?? '')) return overlay
  if (parameters?.length === 1 && first === 'pkgs') {
    return functionOfNixpkgs('import ./function.nix (import <nixpkgs> { })\n')
  }
  return null
}

const overlay: Wrapping = {
  title: 'This is an overlay.',
  action: 'Apply it to nixpkgs',
  file: 'overlay.nix',
  text: 'import <nixpkgs> { overlays = [ (import ./overlay.nix) ]; }\n',
}

const flake: Wrapping = {
  title: 'This is a flake.',
  action: 'Evaluate its outputs',
  file: 'flake.nix',
  text: `let
  flake = import ./flake.nix;
  pkgs = import <nixpkgs> { };
  outputs = flake.outputs (builtins.mapAttrs given wanted);
  wanted = { self = null; } // flake.inputs or { } // builtins.functionArgs flake.outputs;
  given = name: _: inputs.\${name} or (throw "say what the input '\${name}' is");

  # What the flake is given. Its nixpkgs is that of the chosen channel.
  inputs = {
    self = outputs // { outPath = ./.; };
    nixpkgs = {
      inherit (pkgs) lib;
      legacyPackages.\${pkgs.stdenv.hostPlatform.system} = pkgs;
      outPath = <nixpkgs>;
    };
  };
in
outputs
`,
}

function functionOfNixpkgs(text: string): Wrapping {
  return {
    title: 'This is a function of nixpkgs.',
    action: 'Call it with nixpkgs',
    file: 'function.nix',
    text,
  }
}

/** Of a function that takes a set. */
function wrappingOfFormals({ names, ellipsis }: Formals): Wrapping {
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
    return functionOfNixpkgs('import ./function.nix { pkgs = import <nixpkgs> { }; }\n')
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
