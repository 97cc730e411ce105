/**
  Functions on strings.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
{
  inherit (builtins)
    appendContext
    compareVersions
    elem
    elemAt
    filter
    fromJSON
    genList
    getContext
    hasContext
    head
    isAttrs
    isInt
    isList
    isPath
    isString
    length
    match
    parseDrvName
    readFile
    replaceStrings
    split
    storeDir
    stringLength
    substring
    tail
    toJSON
    typeOf
    unsafeDiscardStringContext
    ;
}
// part ./affixes.nix
// part ./case.nix
// part ./concat.nix
// part ./distance.nix
// part ./escape.nix
// part ./flags.nix
// part ./names.nix
// part ./numbers.nix
// part ./paths.nix
// part ./shell.nix
// part ./split.nix
// part ./test.nix
