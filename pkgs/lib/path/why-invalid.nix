# Why a value is no subpath, or null if it is one. Not part of `lib`.
{ lib }:
value:
if !builtins.isString value then
  "The given value is of type ${builtins.typeOf value}, but a string was expected"
else if value == "" then
  "The given string is empty"
else if builtins.substring 0 1 value == "/" then
  ''The given string "${value}" starts with a `/`, representing an absolute path''
else if builtins.elem ".." (lib.splitString "/" value) then
  ''The given string "${value}" contains a `..` component, which is not allowed in subpaths''
else
  null
