# What keeps a context, and that an empty substring keeps it too.
let
  part = name: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; };
in
derivation {
  name = "context-through-strings";
  system = "x86_64-linux";
  builder = "/bin/sh";
  nothing_of = builtins.substring 0 0 "${part "a"}";
  replaced = builtins.replaceStrings [ "x" ] [ "y" ] "x${part "b"}";
  separator = builtins.concatStringsSep "${part "c"}" [ ];
  split = builtins.concatStringsSep "" (builtins.filter builtins.isString (builtins.split "(-)" "${part "d"}"));
  json = builtins.toJSON { inherit (part "e") outPath; n = [ 1 null ]; };
  base = baseNameOf "${part "f"}";
  length = builtins.stringLength "${part "not-an-input"}";
  hash = builtins.hashString "sha256" "text";
}
