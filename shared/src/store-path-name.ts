/**
 * The syntax of store paths, without hashing: what a page that must not load the hashers can use.
 * store-path.ts computes them.
 */
import { base32Digits } from './base32'
import type { ByteString } from './bytes'

export const defaultStoreDir: ByteString = '/nix/store'

/** Characters in the hash part of a store path: 160 bits in base-32. */
export const hashPartLength = 32

/** The longest name a store path may have; with hash and dash it fills a file name of 255. */
const maxNameLength = 211

/** A text that is no store path or no name of one. The message is Nix's. */
export class StorePathError extends Error {
  override name = 'StorePathError'
}

export interface StorePathParts {
  /** 32 characters of base-32. */
  hashPart: string
  /** What follows the hash part and its dash. */
  name: ByteString
}

/** Throws StorePathError if this cannot be the name of a store path. */
export function checkStorePathName(name: ByteString): void {
  if (name === '') throw new StorePathError('name must not be empty')
  if (name.length > maxNameLength)
    throw new StorePathError(`name '${name}' must be no longer than ${maxNameLength} characters`)
  if (name === '.' || name === '..') throw new StorePathError(`name '${name}' is not valid`)
  for (const first of ['.', '..'])
    if (name.startsWith(`${first}-`))
      throw new StorePathError(
        `name '${name}' is not valid: first dash-separated component must not be '${first}'`,
      )
  const illegal = /[^0-9a-zA-Z+\-._?=]/.exec(name)
  if (illegal) throw new StorePathError(`name '${name}' contains illegal character '${illegal[0]}'`)
}

/**
 * The parts of a store path, which must lie directly in `storeDir`. Throws StorePathError.
 */
export function parseStorePath(storeDir: ByteString, path: ByteString): StorePathParts {
  if (!isDirectlyIn(storeDir, path))
    throw new StorePathError(`path '${path}' is not in the Nix store`)
  return parseBaseName(path.slice(storeDir.length + 1))
}

/** The parts of a store path's last component (`<hash>-<name>`). Throws StorePathError. */
export function parseBaseName(baseName: ByteString): StorePathParts {
  if (baseName.length < hashPartLength + 1)
    throw new StorePathError(`'${baseName}' is too short to be a valid store path`)
  if (baseName[hashPartLength] !== '-')
    throw new StorePathError(
      `'${baseName}' can't name a store path because the hash part is not followed by a '-'`,
    )
  for (let i = 0; i < hashPartLength; i++)
    if (!base32Digits.includes(baseName[i]!))
      throw new StorePathError(
        `store path '${baseName}' contains illegal base-32 character '${baseName[i]!}'`,
      )
  const name = baseName.slice(hashPartLength + 1)
  try {
    checkStorePathName(name)
  } catch (error) {
    const { message } = error as StorePathError
    throw new StorePathError(`path '${baseName}' is not a valid store path: ${message}`)
  }
  return { hashPart: baseName.slice(0, hashPartLength), name }
}

const baseNamePattern =
  /^[0-9abcdfghijklmnpqrsvwxyz]{32}-(?!\.\.?(?:$|-))[0-9a-zA-Z+\-._?=]{1,211}$/

/** Whether a path is a store path: directly in the store, with a hash and a valid name. */
export function isStorePath(storeDir: ByteString, path: ByteString): boolean {
  return isDirectlyIn(storeDir, path) && baseNamePattern.test(path.slice(storeDir.length + 1))
}

/**
 * The store path that a path in the store belongs to: `/nix/store/<hash>-<name>` of
 * `/nix/store/<hash>-<name>/bin/x`. Throws StorePathError if it is not in the store.
 */
export function storePathOf(storeDir: ByteString, path: ByteString): ByteString {
  if (!path.startsWith(storeDir + '/') || path.length === storeDir.length + 1)
    throw new StorePathError(`path '${path}' is not in the Nix store`)
  const slash = path.indexOf('/', storeDir.length + 1)
  const storePath = slash < 0 ? path : path.slice(0, slash)
  parseBaseName(storePath.slice(storeDir.length + 1))
  return storePath
}

/** The name of a derivation's output path: `hello` for `out`, else `hello-dev`. */
export function outputPathName(derivationName: ByteString, output: ByteString): ByteString {
  return output === 'out' ? derivationName : `${derivationName}-${output}`
}

function isDirectlyIn(storeDir: ByteString, path: ByteString): boolean {
  return (
    path.length > storeDir.length + 1 &&
    path.startsWith(storeDir) &&
    path[storeDir.length] === '/' &&
    !path.includes('/', storeDir.length + 1)
  )
}
