/** The derivations of a sample of nixpkgs' packages, here and on real Nix. */
import { createHash } from 'node:crypto'
import { NixError } from '../../worker/src/evaluator/errors'
import { Evaluator } from '../../worker/src/evaluator/evaluator'
import type { AttributeSet } from '../../worker/src/evaluator/attribute-set'
import { printAmbiguous } from '../../worker/src/evaluator/print-value'
import type { Value } from '../../worker/src/evaluator/values'
import { emptyStoreHost } from './command'
import { RealNix } from './real-evaluation'

export interface NixpkgsResult {
  /** Packages whose derivation is the same. */
  same: number
  problems: string[]
}

/** Of a package gives its derivation's path; null for what is none or may not be evaluated. */
function describe(nixpkgs: string): string {
  const packages = `import ${nixpkgs} { system = "x86_64-linux"; config = { }; overlays = [ ]; }`
  return `
    let
      packages = ${packages};
      path = package:
        if builtins.isAttrs package && package.type or "" == "derivation" then package.drvPath else null;
      describe = name:
        let attempt = builtins.tryEval (path packages.\${name}); in
        if attempt.success then attempt.value else null;
    in
    { inherit describe; names = builtins.attrNames packages; }`
}

/** What is compared besides packages. */
function wholes(nixpkgs: string): Record<string, string> {
  return {
    "nixpkgs' tests of its library": `import ${nixpkgs}/lib/tests/misc.nix`,
    'a NixOS system': `(import ${nixpkgs}/nixos {
      system = "x86_64-linux";
      configuration = { boot.loader.grub.device = "nodev"; fileSystems."/".device = "/dev/sda1"; };
    }).system.drvPath`,
  }
}

/** Compares `count` packages: always the same ones of a tree, spread by the hashes of their names. */
export function compareNixpkgs(nixpkgs: string, count: number): NixpkgsResult {
  const evaluator = new Evaluator(emptyStoreHost(nixpkgs))
  const source = describe(nixpkgs)
  const own = evaluator.evaluateString(source, { kind: 'string' }, '/') as AttributeSet
  const describeOne = evaluator.force(own.get('describe')!)
  const names = spread((evaluator.forceDeep(own.get('names')!) as Value[]).map(String))
  const asked: string[] = []
  const found = new Map<string, string>()
  let derivations = 0
  for (const name of names) {
    if (derivations === count) break
    asked.push(name)
    const value = told(() => printAmbiguous(evaluator.call(describeOne, name)))
    found.set(name, value)
    if (value.startsWith('"')) derivations++
  }
  const result: NixpkgsResult = { same: 0, problems: [] }
  const real = new RealNix()
  const compare = (what: string, here: string, there: string | null) => {
    const same = there === null ? here.startsWith('error: ') : here === there
    if (!same) result.problems.push(`${what}\n  Nix: ${there ?? 'a failure'}\n  here: ${here}`)
    else if (here.startsWith('"')) result.same++
  }
  try {
    // All in one value, so that real Nix reads nixpkgs once; one by one only if one of them fails.
    const list = asked.map((name) => JSON.stringify(name)).join(' ')
    const [together] = real.evaluate([`map (${source}).describe [ ${list} ]`])
    const expected =
      together === null
        ? real.evaluate(asked.map((name) => `(${source}).describe ${JSON.stringify(name)}`))
        : together.slice(2, -2).split(' ')
    asked.forEach((name, index) => compare(name, found.get(name)!, expected[index]))
    for (const [what, expression] of Object.entries(wholes(nixpkgs))) {
      const here = told(() =>
        printAmbiguous(
          evaluator.forceDeep(evaluator.evaluateString(expression, { kind: 'string' }, '/')),
        ),
      )
      compare(what, here, real.evaluate([expression])[0])
    }
  } finally {
    real.close()
  }
  return result
}

function spread(names: string[]): string[] {
  const hash = (name: string) => createHash('sha256').update(name).digest('hex')
  return names
    .map((name) => ({ name, hash: hash(name) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .map(({ name }) => name)
}

function told(work: () => string): string {
  try {
    return work()
  } catch (error) {
    if (error instanceof NixError) return `error: ${error.text}`
    throw error
  }
}
