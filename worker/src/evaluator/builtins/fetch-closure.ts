/** `fetchClosure`: paths from binary caches. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { isStorePath } from '@snowglobe/shared/store-path'
import type { AttributeSet } from '../attribute-set'
import type { BuiltinDefinition } from '../builtin'
import { coerceResumable, ContextBuilder } from '../coerce'
import { NixError } from '../errors'
import type { Evaluator } from '../evaluator'
import { expectBoolean, expectPlainString } from '../expect'
import { HostError } from '../host'
import type { Resumable } from '../machine'
import { ContextString, type Value } from '../values'
import { set } from './parameters'

const argument = set('while evaluating the argument passed to builtins.fetchClosure')

interface Wanted {
  fromStore: ByteString | null
  fromPath: ByteString | null
  /** '' where the right one is to be told. */
  toPath: ByteString | null
  inputAddressed: boolean
}

function failure(text: ByteString): NixError {
  return new NixError('evaluation', text)
}

function* readWanted(evaluator: Evaluator, given: AttributeSet, wanted: Wanted): Resumable {
  const { storeDir } = evaluator.host.store
  for (const name of given.names) {
    const context = `while evaluating the attribute '${name}' passed to builtins.fetchClosure`
    const position = given.positionOf(name)
    const slot = given.get(name)!
    switch (name) {
      case 'fromPath':
      case 'toPath': {
        const value: Value = yield slot
        if (name === 'toPath' && value === '') {
          wanted.toPath = ''
          break
        }
        const options = { more: false, copyToStore: false, context }
        const code = coerceResumable(evaluator, value, options, new ContextBuilder(), position)
        const path = (yield code) as ByteString
        if (!isStorePath(storeDir, path)) {
          throw failure(`path '${path}' is not in the Nix store`).addFrame(context, position)
        }
        wanted[name] = path
        break
      }
      case 'fromStore':
        wanted.fromStore = expectPlainString(yield slot, position, context)
        break
      case 'inputAddressed':
        wanted.inputAddressed = expectBoolean(yield slot, position, context)
        break
      default:
        throw failure(`attribute '${name}' isn't supported in call to 'fetchClosure'`)
    }
  }
  return null
}

/** Checks what was asked for; gives the cache and the path. */
function checked({ fromStore, fromPath, toPath, inputAddressed }: Wanted) {
  if (fromPath === null) {
    throw failure("attribute 'fromPath' is missing in call to 'fetchClosure'")
  }
  if (inputAddressed && toPath !== null) {
    throw failure(
      "attribute 'inputAddressed' is set to true, but 'toPath' is also set. Please remove one of them",
    )
  }
  if (fromStore === null) {
    throw failure("attribute 'fromStore' is missing in call to 'fetchClosure'")
  }
  if (!/^https?:\/\//.test(fromStore)) {
    throw failure("'fetchClosure' only supports http:// and https:// stores")
  }
  if (fromStore.includes('?')) {
    throw failure(`'fetchClosure' does not support URL query parameters (in '${fromStore}')`)
  }
  return { fromStore, fromPath }
}

/** Gets what is wanted. Gives its path. */
function fetchWanted(evaluator: Evaluator, wanted: Wanted): ByteString {
  const { fromStore, fromPath } = checked(wanted)
  const { toPath, inputAddressed } = wanted
  const { host } = evaluator
  const { path, isContentAddressed } = evaluator.store(() => {
    if (host.fetchClosure === undefined) {
      throw new HostError(`'${fromPath}' cannot be fetched: there is no store here to fetch it to`)
    }
    return host.fetchClosure({ fromStore, fromPath, toPath })
  })
  if (toPath !== null) {
    if (toPath === '') {
      throw failure(
        `rewriting '${fromPath}' to content-addressed form yielded '${path}'\nUse this value for the 'toPath' attribute passed to 'fetchClosure'`,
      )
    }
    if (path !== toPath) {
      throw failure(
        `rewriting '${fromPath}' to content-addressed form yielded '${path}', while '${toPath}' was expected`,
      )
    }
    if (!isContentAddressed) {
      throw failure(
        `The 'toPath' value '${toPath}' is input-addressed, so it can't possibly be the result of rewriting to a content-addressed path.\n\nSet 'toPath' to an empty string to make Nix report the correct content-addressed path.`,
      )
    }
  } else if (inputAddressed && isContentAddressed) {
    throw failure(
      `The store object referred to by 'fromPath' at '${path}' is not input-addressed, but 'inputAddressed' is set to 'true'.\n\nRemove the 'inputAddressed' attribute (it defaults to 'false') to expect 'fromPath' to be content-addressed`,
    )
  } else if (!inputAddressed && !isContentAddressed) {
    throw failure(
      `The 'fromPath' value '${path}' is input-addressed, but 'inputAddressed' is set to 'false' (default).\n\nIf you do intend to fetch an input-addressed store path, add\n\n    inputAddressed = true;\n\nto the 'fetchClosure' arguments.\n\nNote that to ensure authenticity input-addressed store paths, users must configure a trusted binary cache public key on their systems. This is not needed for content-addressed paths.`,
    )
  }
  evaluator.allowClosure(path)
  return path
}

export const fetchClosureBuiltins: BuiltinDefinition[] = [
  {
    name: 'fetchClosure',
    args: ['args'],
    type: '{ fromStore :: String; fromPath :: Path | String; toPath :: Path | String; inputAddressed :: Bool; } -> String',
    since: '2.8',
    feature: 'fetch-closure',
    doc: 'Gets the path *fromPath*, with all that it refers to, from the binary cache *fromStore*. It must be content-addressed, unless *inputAddressed* is true: then it must be signed by a key that is trusted. With *toPath* a copy is made that is content-addressed, and must have that path; `""` there has the right one told.',
    *resume({ evaluator }, args) {
      const wanted: Wanted = {
        fromStore: null,
        fromPath: null,
        toPath: null,
        inputAddressed: false,
      }
      yield readWanted(evaluator, yield* argument.receive(args), wanted)
      const path = fetchWanted(evaluator, wanted)
      return new ContextString(path, new Set([path]))
    },
  },
]
