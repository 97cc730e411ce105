derivation {
  name = "to-string-attributes";
  system = "x86_64-linux";
  builder = "/bin/sh";
  out_path = { outPath = "/some/path"; };
  to_string = { __toString = self: "is ${self.word}"; word = "said"; };
  list = [ { outPath = ./files/one.txt; } ];
}
