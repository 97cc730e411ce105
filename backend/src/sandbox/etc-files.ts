/**
 * The files of `/etc` inside a build, and nothing else is there. The builder's user is called
 * nixbld and has no shell, as in Nix's own sandbox.
 */

/** User and group inside the sandbox: `nixbld`, as Nix numbers it. */
export const builderUid = 1000
export const builderGid = 100

export const etcFiles: Readonly<Record<string, string>> = {
  passwd: [
    'root:x:0:0:Nix build user:/build:/noshell',
    `nixbld:x:${builderUid}:${builderGid}:Nix build user:/build:/noshell`,
    'nobody:x:65534:65534:Nobody:/:/noshell',
    '',
  ].join('\n'),
  group: ['root:x:0:', `nixbld:!:${builderGid}:`, 'nogroup:x:65534:', ''].join('\n'),
  hosts: ['127.0.0.1 localhost', '::1 localhost', ''].join('\n'),
}
