/** The oracle of tests: Debian's Nix. Tests that need it are skipped, with a line, where it is not. */
import { spawnSync } from 'node:child_process'

export const hasNix = spawnSync('nix-store', ['--version']).status === 0
if (!hasNix) console.warn('Nix is not installed: comparisons with it are skipped')
