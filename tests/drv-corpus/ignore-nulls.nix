derivation {
  name = "ignore-nulls";
  system = "x86_64-linux";
  builder = "/bin/sh";
  __ignoreNulls = true;
  absent = null;
  present = "";
  in_list = [ null "x" ];
}
