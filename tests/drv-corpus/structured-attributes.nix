derivation {
  name = "structured-attributes";
  system = "x86_64-linux";
  builder = "/bin/sh";
  __structuredAttrs = true;
  outputs = [ "out" "dev" ];
  args = [ "-c" "echo" ];
  list = [ 1 2.5 "three" [ ] { } ];
  set = { b = true; a = null; nested.deep = "é\"\\\n\t"; };
  path = ./files/one.txt;
  input = derivation { name = "input"; system = "x86_64-linux"; builder = "/bin/sh"; };
}
