# An attribute that is never asked for may fail; a set that is a function makes the values.
let
  make = { __functor = self: name: "${self.prefix}-${name}"; prefix = "made"; never = throw "asked for"; };
in
derivation { name = make "lazily"; system = "x86_64-linux"; builder = "/bin/sh"; value = make "value"; }
