derivation {
  name = "pass-as-file";
  system = "x86_64-linux";
  builder = "/bin/sh";
  passAsFile = [ "text" "script" ];
  text = "a long text\nwith lines\n";
  script = "echo ${./files/one.txt}";
}
