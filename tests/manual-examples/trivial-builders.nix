/** "Trivial build helpers". */
{ pkgs, lib, ... }:
let
  inherit (pkgs)
    concatScript
    concatText
    concatTextFile
    linkFarm
    replaceVars
    runCommand
    runCommandLocal
    runCommandWith
    stdenv
    symlinkJoin
    writeClosure
    writeScript
    writeScriptBin
    writeShellApplication
    writeShellScript
    writeShellScriptBin
    writeText
    writeTextDir
    writeTextFile
    ;
  file = writeText "my-file" "Contents of File\n";
  check = name: env: command: runCommand "check-${name}" env "set -x\n${command}\ntouch $out";
in
{
  evaluated = {
    curl = writeShellApplication {
      name = "show-site";
      runtimeInputs = [ pkgs.hello pkgs.less ];
      runtimeEnv = { PAGER = "less"; };
      excludeShellChecks = [ "SC2086" ];
      bashOptions = [ "errexit" ];
      text = "hello | less";
    };
    exe = map (program: lib.removePrefix "${program}" (lib.getExe program)) [
      (writeShellScriptBin "one" "")
      (writeScriptBin "two" "#!/bin/sh\n")
    ];
  };

  built = {
    runCommand = check "run-command" {
      example = runCommand "my-example" { } ''
        echo My example command is running
        mkdir $out
        echo I can write data to the Nix store > $out/message
        cat $out/message
      '';
      local = runCommandLocal "my-local" { } "echo local > $out";
      withArguments = runCommandWith {
        name = "example";
        derivationArgs.greeting = "hi";
      } "echo $greeting > $out";
    } ''
      [ "$(cat $example/message)" = "I can write data to the Nix store" ]
      [ "$(cat $local $withArguments)" = "local
      hi" ]
    '';

    textFiles = check "text-files" {
      inherit file;
      directory = writeTextDir "share/my-file" "Contents of File\n";
      program = writeTextFile {
        name = "my-script";
        text = "#!${pkgs.runtimeShell}\necho my script\n";
        executable = true;
        destination = "/bin/my-script";
      };
      script = writeScript "my-file" "#!${pkgs.runtimeShell}\necho hi\n";
      shellScript = writeShellScript "my-script" ''echo "$1"'';
      joined = concatTextFile { name = "joined"; files = [ file file ]; };
      text = concatText "text" [ file ];
      scripts = concatScript "scripts" [ (writeText "a" "#!${pkgs.runtimeShell}\n") (writeText "b" "echo b\n") ];
    } ''
      diff $file $directory/share/my-file
      [ "$($program/bin/my-script)" = "my script" ]
      [ "$($script)" = hi ]
      [ "$($shellScript 'two words')" = "two words" ]
      cat $file $file | diff - $joined
      diff $file $text
      [ "$($scripts)" = b ]
    '';

    shellApplication = check "shell-application" {
      application = writeShellApplication {
        name = "greet";
        runtimeInputs = [ (writeShellScriptBin "say" ''echo "says $1"'') ];
        runtimeEnv = { WHO = "you there"; };
        text = ''
          say "$WHO"
          echo "$UNSET"
          echo not reached
        '';
      };
    } ''
      if $application/bin/greet > output 2> errors; then exit 1; fi
      [ "$(cat output)" = "says you there" ]
      grep -q UNSET errors
    '';

    joins = check "joins" {
      both = symlinkJoin {
        name = "both";
        paths = [ (writeTextDir "a/one" "1") (writeTextDir "a/two" "2") ];
        postBuild = "echo links added";
      };
      farm = linkFarm "farm" { one = file; "deep/two" = file; };
      farmOfList = linkFarm "farm" [ { name = "one"; path = file; } ];
      inherit file;
    } ''
      [ "$(cat $both/a/one $both/a/two)" = 12 ]
      [ -L $both/a/one ] && [ ! -L $both/a ]
      [ "$(readlink $farm/deep/two)" = $file ]
      [ "$(readlink $farmOfList/one)" = $file ]
    '';

    closure = check "closure" {
      list = writeClosure [ (writeScriptBin "hi" "${file}") ];
      inherit file;
    } ''
      grep -qx $file $list
      [ "$(wc -l < $list)" = 2 ]
    '';

    replaced = check "replaced" {
      text = replaceVars (builtins.toFile "greeting.txt" "hello @world@, @kept@\n") {
        world = "you";
        kept = null;
      };
    } ''[ "$(cat $text)" = "hello you, @kept@" ]'';
  };
}
