/** From a locked flake to its value: the outputs, called with the values of its inputs. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { formatLockFile } from '@snowglobe/shared/flakes/lock-file'
import type { AttributeSet } from '../evaluator/attribute-set'
import { AttributeSetBuilder, attributeSetOf } from '../evaluator/attribute-set'
import { builtinOf, type BuiltinDefinition } from '../evaluator/builtin'
import { internalFunction } from '../evaluator/builtins/derivations'
import { treeAttributes } from '../evaluator/builtins/fetchers'
import type { Evaluator } from '../evaluator/evaluator'
import { fetchInput } from '../evaluator/fetch-tree'
import { Apply, type Resumable } from '../evaluator/machine'
import type { Slot, Value } from '../evaluator/values'
import { inputFromAttributes } from '@snowglobe/shared/flakes/fetch-input'
import type { InputAttribute } from '@snowglobe/shared/flakes/input-attributes'
import type { LockedFlake } from './lock-flake'

/**
 * Gives the value of each node of a lock file, lazily: `trees` has what is there already, `fetch`
 * gets the rest. The value of a flake is what its outputs are, with what is known of its source.
 */
const nodesToValue: ByteString = `lockText: trees: fetch:
let
  lock = builtins.fromJSON lockText;

  # An input is a node's name, or the names that lead from the root to one.
  nodeOf = input: if builtins.isList input then builtins.foldl' step lock.root input else input;
  step = node: name: nodeOf lock.nodes.\${node}.inputs.\${name};

  valueOf = name: node:
    let
      locked = node.locked or { };
      isRelative = (locked.type or null) == "path" && builtins.substring 0 1 locked.path != "/";
      parent = values.\${nodeOf node.parent};
      known = trees.\${name} or null;
      sourceInfo =
        if known != null then known.sourceInfo
        else if isRelative then parent.sourceInfo
        else fetch (node.info or { } // removeAttrs locked [ "dir" ]);
      below = base: directory: if directory == "" then base else base + "/" + directory;
      top =
        if known == null && isRelative then below parent.outPath locked.path else sourceInfo.outPath;
      outPath = below top (if known != null then known.dir else locked.dir or "");

      flake = import (outPath + "/flake.nix");
      inputs = builtins.mapAttrs (_: input: values.\${nodeOf input}.result) (node.inputs or { });
      outputs = flake.outputs (inputs // { self = whole; });
      whole = outputs // sourceInfo // {
        inherit outPath inputs outputs sourceInfo;
        _type = "flake";
      };
    in
    {
      inherit outPath sourceInfo;
      result =
        if node.flake or true
        then assert builtins.isFunction flake.outputs; whole
        else sourceInfo // { inherit sourceInfo outPath; };
    };

  values = builtins.mapAttrs valueOf lock.nodes;
in
values.\${lock.root}.result
`

/** Fetches what a lock file says; no function of the language. */
const fetchLocked: BuiltinDefinition = {
  name: 'fetchFinalTree',
  args: ['input'],
  type: 'AttrSet -> AttrSet',
  since: null,
  doc: 'Fetches an input as a lock file has it.',
  *resume({ evaluator, position }, argument) {
    const given = (yield argument) as AttributeSet
    const attributes = new Map<ByteString, InputAttribute>()
    for (const name of given.names) {
      attributes.set(name, (yield given.get(name)!) as InputAttribute)
    }
    attributes.set('__final', true)
    const input = evaluator.store(() => inputFromAttributes(attributes))
    return treeAttributes(fetchInput(evaluator, input), false, position)
  },
}

/** The value of a locked flake. */
export function* callFlake(
  evaluator: Evaluator,
  { root, trees, isModified }: LockedFlake,
): Resumable {
  const { text, keys } = formatLockFile(root)
  const known = new AttributeSetBuilder()
  for (const [node, { storePath, inside, input }] of trees) {
    let sourceInfo = treeAttributes({ storePath, input }, false, 0)
    // What a changed lock file belongs to is no revision that anybody has.
    if (node === root && isModified) {
      sourceInfo = sourceInfo.remove(new Set(['rev', 'shortRev', 'revCount']))
    }
    const key = keys.get(node)
    if (key !== undefined) known.set(key, attributeSetOf({ sourceInfo, dir: inside }))
  }
  const fn: Slot = internalFunction(evaluator, 'call-flake.nix', nodesToValue)
  const args: Value[] = [text, known.build(), builtinOf(fetchLocked)]
  return yield new Apply(fn, args)
}
