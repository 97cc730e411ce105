derivation rec {
  pname = "recursive-set";
  version = "1.2.3";
  name = "${pname}-${version}";
  system = "x86_64-linux";
  builder = "/bin/sh";
  args = [ "-c" "echo ${name} > $out" ];
}
