/** What `pkgs.formats` writes, and what it takes for a value. The result lists the tests that fail. */
pkgs:
let
  inherit (pkgs) formats lib;
  text = format: value: (format.generate "settings" value).text;
  accepts = format: value: (builtins.tryEval (
    builtins.deepSeq (lib.evalModules {
      modules = [ { options.x = lib.mkOption { inherit (format) type; }; } { x = value; } ];
    }).config.x true
  )).success;

  /** Everything that makes TOML difficult. */
  toml = {
    whole = 1;
    fraction = 1.0;
    large = 1.0e30;
    negative = -2.5;
    string = "tab\t quote\" backslash\\ umlaut ü \n${(fromTOML ''x = "\u007F"'').x}";
    empty = [ ];
    list = [ 1 2 ];
    lists = [ [ 1 ] [ "a" ] ];
    table = { };
    nested.only.tables = { a = true; b = { }; };
    "a b".c = 1;
    "".d = 1;
    tables = [ { a = 1; b.c = 2; l = [ { z = 1; } ]; } { } ];
    mixed = [ 1 { a = 1; } ];
    inList = [ [ { a.b = 1; } ] ];
  };
in
lib.runTests {
  testTomlIsReadBack = {
    expr = fromTOML (text (formats.toml { }) toml);
    expected = toml;
  };
  testTomlIsReadable = {
    expr = text (formats.toml { }) { a = 1; b.c.d = "x"; e = [ { f = 2; } ]; };
    expected = ''
      a = 1

      [b.c]
      d = "x"

      [[e]]
      f = 2
    '';
  };
  testTomlNamesPackages = {
    expr = lib.hasInfix "\"${pkgs.hello}/bin" (text (formats.toml { }) { program = "${pkgs.hello}/bin/hello"; package = pkgs.hello; });
    expected = true;
  };
  testTomlHasNoNull = {
    expr = map (accepts (formats.toml { })) [ { a = 1; } { a = null; } ];
    expected = [ true false ];
  };
  testJsonIsReadBack = {
    expr = builtins.fromJSON (text (formats.json { }) { a = [ 1 null ]; });
    expected = { a = [ 1 null ]; };
  };
  testYamlIsJson = {
    expr = builtins.fromJSON (text (formats.yaml { }) { a = 1; });
    expected = { a = 1; };
  };
  testIni = {
    expr = text (formats.ini { }) { s = { a = 1; b = true; }; };
    expected = "[s]\na=1\nb=true\n";
  };
  testIniJoinsLists = {
    expr = text (formats.ini { listToValue = lib.concatMapStringsSep "," toString; }) { s.a = [ 1 2 ]; };
    expected = "[s]\na=1,2\n";
  };
  testIniRepeatsKeys = {
    expr = text (formats.ini { listsAsDuplicateKeys = true; }) { s.a = [ 1 2 ]; };
    expected = "[s]\na=1\na=2\n";
  };
  testIniTakesListsOnlyWithAMeaning = {
    expr = map (format: accepts format { s.a = [ 1 ]; }) [
      (formats.ini { })
      (formats.ini { listsAsDuplicateKeys = true; })
    ];
    expected = [ false true ];
  };
  testIniWithGlobalSection = {
    expr = text (formats.iniWithGlobalSection { }) { globalSection.top = 1; sections.s.a = 2; };
    expected = "top=1\n\n[s]\na=2\n";
  };
  testGitIni = {
    expr = text (formats.gitIni { }) { user.name = "Ann"; branch.main.remote = "origin"; };
    expected = "[branch \"main\"]\n\tremote = \"origin\"\n\n[user]\n\tname = \"Ann\"\n";
  };
  testGitIniTypes = {
    expr = map (accepts (formats.gitIni { })) [ { a.b.c = "x"; } { a.b = "x"; } { a = "x"; } ];
    expected = [ true true false ];
  };
  testKeyValue = {
    expr = text (formats.keyValue { }) { a = 1; b = "two"; };
    expected = "a=1\nb=two\n";
  };
}
