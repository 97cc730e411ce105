/** Files of /etc by which programs know the users root and nobody, where nothing else tells them. */
{
  lib,
  runCommand,
  symlinkJoin,
  writeTextDir,
  /** More users, as lines of passwd(5). */
  extraPasswdLines ? [ ],
  /** More groups, as lines of group(5). */
  extraGroupLines ? [ ],
}:
symlinkJoin {
  name = "fake-nss";
  paths = [
    (writeTextDir "etc/passwd" ''
      root:x:0:0:root user:/var/empty:/bin/sh
      ${lib.concatStrings (map (line: line + "\n") extraPasswdLines)}nobody:x:65534:65534:nobody:/var/empty:/bin/sh
    '')
    (writeTextDir "etc/group" ''
      root:x:0:
      ${lib.concatStrings (map (line: line + "\n") extraGroupLines)}nobody:x:65534:
    '')
    (writeTextDir "etc/nsswitch.conf" ''
      hosts: files dns
    '')
    (runCommand "var-empty" { } ''
      mkdir -p $out/var/empty
    '')
  ];
}
