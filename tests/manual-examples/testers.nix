/** "Testers". */
{ pkgs, lib, ... }:
let
  inherit (pkgs) runCommand testers writeText;
in
{
  evaluated.version = testers.testVersion { package = pkgs.hello; };
  built = {
    equalContents = testers.testEqualContents {
      assertion = "sed -e performs replacement";
      expected = writeText "expected" "foo baz baz\n";
      actual = runCommand "actual" { base = writeText "base" "foo bar baz\n"; } "sed -e 's/bar/baz/g' $base > $out";
    };
    buildFailure = runCommand "example" {
      failed = testers.testBuildFailure (
        runCommand "fail" { } ''
          echo failing though > $out
          echo -e "ow\nit hurts"
          exit 3
        ''
      );
    } ''
      grep -F "it hurts" $failed/testBuildFailure.log
      [[ 3 = $(cat $failed/testBuildFailure.exit) ]]
      grep -F "failing though" $failed/result
      touch $out
    '';
  };
}
