derivation {
  name = "environment-values";
  system = "x86_64-linux";
  builder = "/bin/sh";
  int = 42;
  negative = -7;
  large = 9223372036854775807;
  float = 1.5;
  whole = 2.0;
  small = 1.0e-9;
  yes = true;
  no = false;
  nothing = null;
  list = [ 1 "two" 3.25 true false null ];
  lists = [ [ "a" [ "b" ] ] [ ] "c" [ ] ];
  path_text = toString ./files/one.txt == "";
  "with.dots and spaces" = "name";
  "" = "no name";
}
