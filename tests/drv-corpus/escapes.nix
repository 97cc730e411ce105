derivation {
  name = "escapes";
  system = "x86_64-linux";
  builder = "/bin/sh";
  args = [ "-c" "printf '\\n\t\"%s\"\r' \"$out\"" ];
  text = "quote \" backslash \\ newline \n return \r tab \t dollar \${x} $\${y}";
  indented = ''
    two
      lines ''${kept} ''' '' + "\\";
}
