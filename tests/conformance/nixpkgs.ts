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
  /** Packages and wholes whose derivations are the same. */
  same: number
  /** Packages and wholes that were compared because they have a derivation here or there. */
  compared: number
  problems: string[]
}

/**
 * Debian's Nix has no limit on nested calls, and packages of nixpkgs 20.09 with a whole TeX Live nest
 * more of them than today's Nix allows by itself.
 */
const maxCallDepth = 100_000

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

/** What every system here says. */
const machine = 'boot.loader.grub.device = "nodev"; fileSystems."/".device = "/dev/sda1";'

const systems: Record<string, string> = {
  'a small NixOS system': '',
  'a NixOS system that serves': `
    services.nginx = {
      enable = true;
      virtualHosts."example.org" = { enableACME = true; forceSSL = true; root = "/srv"; };
    };
    security.acme = { email = "a@example.org"; acceptTerms = true; };
    services.postgresql.enable = true;
    services.openssh.enable = true;
    networking.firewall.allowedTCPPorts = [ 80 443 ];
    users.users.alice = { isNormalUser = true; extraGroups = [ "wheel" ]; };
    virtualisation.docker.enable = true;`,
  'a NixOS system with a desktop': `
    services.xserver = {
      enable = true;
      displayManager.sddm.enable = true;
      desktopManager.plasma5.enable = true;
    };
    sound.enable = true;
    hardware.pulseaudio.enable = true;
    services.printing.enable = true;
    networking.networkmanager.enable = true;`,
}

/** What is compared besides packages. */
function wholes(nixpkgs: string): Record<string, string> {
  const paths = Object.entries(systems).map(([what, configuration]) => [
    what,
    `(import ${nixpkgs}/nixos {
      system = "x86_64-linux";
      configuration = { pkgs, ... }: { ${machine} ${configuration} };
    }).system.drvPath`,
  ])
  return {
    "nixpkgs' tests of its library": `import ${nixpkgs}/lib/tests/misc.nix`,
    ...(Object.fromEntries(paths) as Record<string, string>),
  }
}

/** Compares `count` packages: always the same ones of a tree, spread by the hashes of their names. */
export function compareNixpkgs(nixpkgs: string, count: number): NixpkgsResult {
  const evaluator = new Evaluator(emptyStoreHost(nixpkgs), { maxCallDepth })
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
  const result: NixpkgsResult = { same: 0, compared: 0, problems: [] }
  const real = new RealNix()
  const compare = (what: string, here: string, there: string | null) => {
    const same = there === null ? here.startsWith('error: ') : here === there
    if (!same) result.problems.push(`${what}\n  Nix: ${there ?? 'a failure'}\n  here: ${here}`)
    if (!here.startsWith('"') && there?.startsWith('"') !== true) return
    result.compared++
    if (same) result.same++
  }
  try {
    // In a file, which one process of real Nix evaluates once for however many packages.
    const file = real.keep('packages.nix', source)
    const expected = real.evaluate(
      asked.map((name) => `(import ${file}).describe ${JSON.stringify(name)}`),
    )
    asked.forEach((name, index) => compare(name, found.get(name)!, expected[index] ?? null))
    for (const [what, expression] of Object.entries(wholes(nixpkgs))) {
      const here = told(() =>
        printAmbiguous(
          evaluator.forceDeep(evaluator.evaluateString(expression, { kind: 'string' }, '/')),
        ),
      )
      compare(what, here, real.evaluate([expression])[0] ?? null)
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
