/**
 * Locking a flake: which inputs it has, which of them are one (`follows`), and what exactly each of
 * them is. What the lock file says holds as long as the flake still asks for the same.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { InputAttribute } from '@snowglobe/shared/flakes/input-attributes'
import { textOf } from '@snowglobe/shared/flakes/input-attributes'
import {
  formatFlakeReference,
  sameReference,
  type FlakeReference,
} from '@snowglobe/shared/flakes/flake-reference'
import {
  formatLockFile,
  isRelative,
  parseLockFile,
  type LockedNode,
  type LockNode,
} from '@snowglobe/shared/flakes/lock-file'
import { NixError } from '../evaluator/errors'
import type { Evaluator } from '../evaluator/evaluator'
import { fetchInput, isLockedFor } from '../evaluator/fetch-tree'
import type { Resumable } from '../evaluator/machine'
import { canonicalPath } from '../language/canonical-path'
import { input, readFlakeFile, type FlakeFile, type FlakeInput, type Reading } from './flake-file'
import { lookUpInRegistries } from './registry'

/** A flake that was fetched, and its own file. */
export interface FetchedFlake extends FlakeFile {
  locked: FlakeReference
  /** The store path of what was fetched, and where the flake lies in it. */
  storePath: ByteString
  directory: ByteString
}

/** A tree that is there, by the node that it is of. */
export interface NodeTree {
  storePath: ByteString
  /** The flake's directory in it, '' for the top. */
  inside: ByteString
  input: ReadonlyMap<ByteString, InputAttribute>
}

export interface LockedFlake {
  flake: FetchedFlake
  root: LockNode
  /** What was fetched to lock the flake; the rest is fetched when it is evaluated. */
  trees: Map<LockNode, NodeTree>
  /** What is locked is not what the lock file says. */
  isModified: boolean
}

/** Fetches a flake and locks its inputs. */
export function* lockFlake(evaluator: Evaluator, reference: FlakeReference): Reading<LockedFlake> {
  const flake = yield* fetchFlake(evaluator, reference, 'all', [])
  const old = readLockFile(evaluator, flake.directory)
  const lock = new Locking(evaluator)
  const root: LockNode = { inputs: new Map() }
  lock.trees.set(root, treeOfFlake(flake))
  yield lock.inputs({
    inputs: flake.inputs,
    node: root,
    prefix: [],
    old,
    followsPrefix: [],
    directory: flake.directory,
    trusted: false,
  })
  const written = formatLockFile(root).text
  const isModified = written !== formatLockFile(old).text
  if (isModified) {
    const shown = formatFlakeReference(reference)
    const text = `not writing modified lock file of flake '${shown}'`
    evaluator.host.message('warning', text)
  }
  return { flake, root, trees: lock.trees, isModified }
}

/** Fetches a flake, and reads its own file. */
function* fetchFlake(
  evaluator: Evaluator,
  reference: FlakeReference,
  registries: 'all' | 'limited',
  prefix: readonly ByteString[],
): Reading<FetchedFlake> {
  const direct = evaluator.store(() => {
    const { pureEval, useRegistries } = evaluator.settings
    return pureEval || !useRegistries || reference.input.get('type') !== 'indirect'
      ? reference
      : lookUpInRegistries(evaluator, reference, registries)
  })
  let fetched = fetchInput(evaluator, direct.input)
  let found = place(fetched.storePath, direct, fetched.input)
  let file = yield* readFlakeFile(evaluator, found.directory, direct, prefix)
  if (file.self.size > 0) {
    // The flake says how it is to be fetched itself.
    const again = new Map(fetched.input)
    for (const [name, value] of file.self) {
      if (name !== 'submodules' && name !== 'lfs') {
        throw new NixError('evaluation', `flake 'self' attribute '${name}' is not supported`)
      }
      if (again.get(name) !== value) again.delete('narHash')
      again.set(name, value)
    }
    fetched = fetchInput(evaluator, again)
    found = place(fetched.storePath, direct, fetched.input)
    file = yield* readFlakeFile(evaluator, found.directory, direct, prefix)
  }
  return { ...file, ...found }
}

function place(
  storePath: ByteString,
  { directory }: FlakeReference,
  locked: ReadonlyMap<ByteString, InputAttribute>,
): Pick<FetchedFlake, 'locked' | 'storePath' | 'directory'> {
  return {
    storePath,
    directory: canonicalPath(`${storePath}/${directory}`),
    locked: { input: locked, directory },
  }
}

function treeOfFlake({ storePath, directory, locked }: FetchedFlake): NodeTree {
  return { storePath, inside: directory.slice(storePath.length + 1), input: locked.input }
}

function readLockFile(evaluator: Evaluator, directory: ByteString): LockNode {
  const path = `${directory}/flake.lock`
  return evaluator.store(() => {
    if (evaluator.files.followedStatus(path) === null) return { inputs: new Map() }
    return parseLockFile(evaluator.files.readText(path), path)
  })
}

interface Task {
  inputs: ReadonlyMap<ByteString, FlakeInput>
  node: LockNode
  /** Names of inputs that lead to the node. */
  prefix: readonly ByteString[]
  old: LockNode | null
  /** What `follows` of the old lock file begin at. */
  followsPrefix: readonly ByteString[]
  /** Where the flake lies whose inputs they are: relative paths are relative to it. */
  directory: ByteString
  /** The lock file is known to be of this very flake. */
  trusted: boolean
}

class Locking {
  readonly trees = new Map<LockNode, NodeTree>()
  /** What flakes higher up say of inputs, by names from the root. */
  private readonly overrides = new Map<
    string,
    { input: FlakeInput; parent: readonly ByteString[] }
  >()
  /** The flakes that are being locked: one must not be its own input. */
  private readonly parents: FlakeReference[] = []

  constructor(private readonly evaluator: Evaluator) {}

  /** Locks the inputs of one node. */
  *inputs(task: Task): Resumable {
    const { prefix, inputs } = task
    for (const [name, { overrides }] of inputs)
      this.addOverrides([...prefix, name], overrides, prefix)
    this.warnOfStrayOverrides(task)
    for (const [name, declared] of inputs) {
      const path = [...prefix, name]
      try {
        yield this.lockInput(task, name, path, declared)
      } catch (error) {
        if (error instanceof NixError) {
          error.addFrame(`while updating the flake input '${path.join('/')}'`, 0)
        }
        throw error
      }
    }
    return null
  }

  private addOverrides(
    path: readonly ByteString[],
    overrides: ReadonlyMap<ByteString, FlakeInput>,
    parent: readonly ByteString[],
  ): void {
    for (const [name, input] of overrides) {
      const inner = [...path, name]
      const key = inner.join('/')
      const says = input.reference !== null || input.follows !== null
      // What is said higher up counts.
      if (says && !this.overrides.has(key)) this.overrides.set(key, { input, parent })
      this.addOverrides(inner, input.overrides, parent)
    }
  }

  private warnOfStrayOverrides({ prefix, inputs }: Task): void {
    for (const key of this.overrides.keys()) {
      const names = key.split('/')
      const name = names.pop() ?? ''
      if (names.join('/') !== prefix.join('/') || inputs.has(name)) continue
      this.evaluator.host.message(
        'warning',
        `input '${prefix.join('/')}' has an override for a non-existent input '${name}'`,
      )
    }
  }

  private *lockInput(
    task: Task,
    name: ByteString,
    path: readonly ByteString[],
    declared: FlakeInput,
  ): Resumable {
    const { node, prefix } = task
    const override = this.overrides.get(path.join('/'))
    const wanted = override?.input ?? declared
    if (wanted.follows !== null) {
      node.inputs.set(name, { kind: 'follows', path: wanted.follows })
      return null
    }
    const reference = wanted.reference ?? this.evaluator.store(() => indirectReference(name))
    const parent = isRelative(reference) ? (override?.parent ?? prefix) : null
    const edge = task.old?.inputs.get(name)
    const old = edge?.kind === 'node' ? edge.node : null
    if (
      old !== null &&
      sameReference(withoutQuery(old.original), withoutQuery(reference)) &&
      sameNames(old.parent, parent)
    ) {
      return yield this.keep(task, name, path, old)
    }
    return yield this.lockAnew(task, name, path, {
      reference,
      isFlake: wanted.isFlake,
      old,
      parent,
    })
  }

  /** Takes over what the lock file says of an input, without fetching it if that suffices. */
  private *keep(
    task: Task,
    name: ByteString,
    path: readonly ByteString[],
    old: LockedNode,
  ): Resumable {
    const kept: LockedNode = { ...old, inputs: new Map() }
    task.node.inputs.set(name, { kind: 'node', node: kept })
    const inputs = new Map<ByteString, FlakeInput>()
    let mustFetch = false
    for (const [inner, edge] of old.inputs) {
      if (edge.kind === 'node') {
        inputs.set(inner, { ...input(edge.node.original), isFlake: edge.node.isFlake })
        continue
      }
      // Whether the input is still there only the flake itself can tell.
      if (!task.trusted && !this.overrides.has([...path, inner].join('/'))) mustFetch = true
      inputs.set(inner, { ...input(null), follows: [...task.followsPrefix, ...edge.path] })
    }
    const common = { node: kept, prefix: path, old, followsPrefix: task.followsPrefix }
    if (!mustFetch) {
      return yield this.inputs({ ...common, inputs, directory: task.directory, trusted: true })
    }
    const flake = yield* this.flakeAt(task, old.locked, path)
    this.trees.set(kept, treeOfFlake(flake))
    const { directory } = flake
    return yield this.inputs({ ...common, inputs: flake.inputs, directory, trusted: false })
  }

  private *lockAnew(
    task: Task,
    name: ByteString,
    path: readonly ByteString[],
    wanted: {
      reference: FlakeReference
      isFlake: boolean
      old: LockedNode | null
      parent: readonly ByteString[] | null
    },
  ): Resumable {
    const { reference, isFlake, old, parent } = wanted
    const { evaluator } = this
    if (
      evaluator.settings.pureEval &&
      !isLockedFor(evaluator, reference.input) &&
      !isRelative(reference)
    ) {
      throw new NixError(
        'restricted',
        `cannot update unlocked flake input '${path.join('/')}' in pure mode`,
      )
    }
    if (!isFlake) {
      const tree = this.treeAt(task, reference)
      const locked = { input: tree.input, directory: reference.directory }
      const node = { locked, original: reference, isFlake, parent, inputs: new Map() }
      this.trees.set(node, tree)
      task.node.inputs.set(name, { kind: 'node', node })
      return null
    }
    if (this.parents.some((one) => sameReference(one, reference))) {
      const shown = formatFlakeReference(reference)
      throw new NixError('evaluation', `found circular import of flake '${shown}'`)
    }
    const flake = yield* this.flakeAt(task, reference, path)
    const { locked, directory, inputs } = flake
    const node = { locked, original: reference, isFlake, parent, inputs: new Map() }
    this.trees.set(node, treeOfFlake(flake))
    task.node.inputs.set(name, { kind: 'node', node })
    this.parents.push(reference)
    yield this.inputs({
      inputs,
      node,
      prefix: path,
      old: old ?? readLockFile(evaluator, directory),
      followsPrefix: path,
      directory,
      trusted: false,
    })
    this.parents.pop()
    return null
  }

  /** The flake of a reference, which may be relative to the one that names it. */
  private *flakeAt(
    task: Task,
    reference: FlakeReference,
    path: readonly ByteString[],
  ): Reading<FetchedFlake> {
    if (!isRelative(reference)) {
      return yield* fetchFlake(this.evaluator, reference, 'limited', path)
    }
    const at = this.relativePlace(task, reference)
    const directory = canonicalPath(`${at.directory}/${reference.directory}`)
    const file = yield* readFlakeFile(this.evaluator, directory, reference, path)
    return { ...file, locked: reference, storePath: at.storePath, directory }
  }

  private treeAt(task: Task, reference: FlakeReference): NodeTree {
    if (isRelative(reference)) {
      const { storePath, directory } = this.relativePlace(task, reference)
      return { storePath, inside: directory.slice(storePath.length + 1), input: reference.input }
    }
    const { evaluator } = this
    const direct = evaluator.store(() => {
      const { pureEval, useRegistries } = evaluator.settings
      const isIndirect = reference.input.get('type') === 'indirect'
      return isIndirect && !pureEval && useRegistries
        ? lookUpInRegistries(evaluator, reference, 'limited')
        : reference
    })
    const { storePath, input } = fetchInput(evaluator, direct.input)
    return { storePath, inside: direct.directory, input }
  }

  private relativePlace({ directory }: Task, reference: FlakeReference) {
    const { storeDir } = this.evaluator.host.store
    const end = directory.indexOf('/', storeDir.length + 1)
    const storePath = end < 0 ? directory : directory.slice(0, end)
    const path = textOf(reference.input, 'path') ?? ''
    const place = canonicalPath(`${directory}/${path}`)
    if (place !== storePath && !place.startsWith(`${storePath}/`)) {
      throw new NixError(
        'evaluation',
        `relative flake reference '${formatFlakeReference(reference)}' points outside of its parent's tree`,
      )
    }
    return { storePath, directory: place }
  }
}

function indirectReference(name: ByteString): FlakeReference {
  return {
    input: new Map([
      ['type', 'indirect'],
      ['id', name],
    ]),
    directory: '',
  }
}

function sameNames(a: readonly ByteString[] | null, b: readonly ByteString[] | null): boolean {
  return a === null || b === null ? a === b : a.join('/') === b.join('/')
}

/** Older lock files have the directory in the URL, too. */
function withoutQuery(reference: FlakeReference): FlakeReference {
  const url = textOf(reference.input, 'url')
  if (url === null || reference.directory === '') return reference
  const bare = url.replace(/([?&])dir=[^&#]*(&|$)/, (_, begin: string, end: string) =>
    end === '' ? '' : begin,
  )
  return { ...reference, input: new Map([...reference.input, ['url', bare]]) }
}
