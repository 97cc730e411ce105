# What functions of lib do together, and what they must not look at. The result lists the tests that fail.
{ lib }:
let
  inherit (lib)
    evalModules
    mkDefault
    mkForce
    mkIf
    mkMerge
    mkOption
    mkOrder
    types
    ;

  config = modules: (evalModules { inherit modules; }).config;
  option = type: mkOption { inherit type; };
  fails = value: !(builtins.tryEval (builtins.deepSeq value value)).success;
  never = throw "must not be evaluated";

  names = set: map (path: lib.path.removePrefix ./tree path) (lib.fileset.toList set);

  # As stdenv's: attributes that can be a function of the final ones, and be overridden.
  mkDerivation =
    attrsOrFunction:
    let
      f = lib.toFunction attrsOrFunction;
      final = f final;
    in
    derivation (
      {
        system = "x";
        builder = "b";
      }
      // lib.filterAttrs (name: _: name != "passthru") final
    )
    // {
      overrideAttrs = g: mkDerivation (lib.extends (lib.toExtension g) f);
    };
in
lib.runTests {
  # Laziness

  testAttrByPathLooksNoFurther = {
    expr = lib.attrByPath [ "a" ] 0 { a = 1; b = never; };
    expected = 1;
  };
  testMapAttrsToListKeepsValues = {
    expr = builtins.length (lib.mapAttrsToList (_: _: never) { a = 1; b = 2; });
    expected = 2;
  };
  testFindFirstStops = {
    expr = lib.findFirst (x: x == 1) null [ 1 never ];
    expected = 1;
  };
  testFoldrStops = {
    expr = lib.foldr (x: rest: x || rest) never [ false true never ];
    expected = true;
  };
  testRecursiveUpdateTakesRightWithoutLeft = {
    expr = (lib.recursiveUpdate { a = never; b = 1; } { c = 2; }).b;
    expected = 1;
  };
  testFilterAttrsByNameKeepsValues = {
    expr = builtins.attrNames (lib.filterAttrs (name: _: name != "b") { a = never; b = never; });
    expected = [ "a" ];
  };
  testLongListsDoNotOverflow = {
    expr = lib.last (lib.reverseList (lib.range 1 100000));
    expected = 1;
  };
  testCountOfMany = {
    expr = lib.count (x: lib.mod x 2 == 0) (lib.range 1 50000);
    expected = 25000;
  };

  # Overlays and overriding

  testOverlaysSeeEachOther = {
    expr =
      let
        base = lib.makeExtensible (final: { a = 1; sum = final.a + final.b or 0; });
        extended = (base.extend (final: prev: { b = prev.a * 10; })).extend (final: prev: { a = 5; });
      in
      [ base.sum extended.sum ];
    # The second overlay changed `a` after the first had taken the one from before.
    expected = [ 1 15 ];
  };
  testExtensibleSetsTellTheirFunction = {
    expr = (lib.makeExtensible (final: { a = 1; b = final.a; })).__unfix__ { a = 2; } // { extend = null; };
    expected = { a = 1; b = 2; extend = null; };
  };
  testLibCanBeExtended = {
    expr =
      let
        extended = lib.extend (final: prev: { toUpper = _: "changed"; twice = x: final.id x + x; });
      in
      [ (extended.twice 2) (extended.toUpper "x") (lib.toUpper "x") ];
    expected = [ 4 "changed" "X" ];
  };
  testOverrideThenOverrideAttrs = {
    expr =
      let
        package = lib.callPackageWith { version = "1"; } ({ version }: mkDerivation { name = "p-${version}"; }) { };
        changed = (package.overrideAttrs (old: { name = old.name + "-patched"; })).override { version = "2"; };
      in
      [ package.name changed.name ];
    expected = [ "p-1" "p-2-patched" ];
  };
  testOverrideAttrsKnowsFinal = {
    expr =
      let
        package = mkDerivation (final: { pname = "p"; version = "1"; name = "${final.pname}-${final.version}"; });
      in
      (package.overrideAttrs { version = "2"; }).name;
    expected = "p-2";
  };
  testCallPackageGivesOnlyWhatIsAsked = {
    expr = lib.callPackageWith { a = 1; b = never; } ({ a }: { inherit a; }) { } // { override = null; overrideDerivation = null; };
    expected = { a = 1; override = null; overrideDerivation = null; };
  };
  testScopeOverridesReachNeighbours = {
    expr =
      let
        scope = lib.makeScope (extra: lib.callPackageWith extra) (self: {
          one = self.callPackage ({ }: { n = 1; }) { };
          two = self.callPackage ({ one }: { n = one.n * 2; }) { };
        });
      in
      (scope.overrideScope (final: prev: { one = prev.one // { n = 21; }; })).two.n;
    expected = 42;
  };

  # Modules

  testOrderOfDefinitionsIsThatOfNixpkgs = {
    expr =
      (config [
        { options.x = option (types.listOf types.int); }
        { imports = [ { x = [ 1 ]; } ]; x = [ 2 ]; }
        { x = mkOrder 2000 [ 9 ]; }
        { x = [ 3 ]; }
      ]).x;
    # Later modules come first, and what is imported before those that import: as in nixpkgs.
    expected = [ 1 3 2 9 ];
  };
  testConditionsAndPrioritiesNest = {
    expr =
      (config [
        { options.a.b = option types.int; }
        { a = mkIf true (mkMerge [ (mkDefault { b = 1; }) (mkIf false { b = never; }) ]); }
      ]).a.b;
    expected = 1;
  };
  testForcedAttributesDropOthersUnseen = {
    expr =
      (config [
        { options.x = option (types.attrsOf types.int); }
        { x.a = mkDefault never; }
        { x.a = mkForce 1; x.b = 2; }
      ]).x;
    expected = { a = 1; b = 2; };
  };
  testOptionsMayDependOnEachOther = {
    expr =
      (config [
        ({ config, ... }: {
          options = { a = option types.int; b = option types.int; };
          config = { a = config.b + 1; b = 1; };
        })
      ]).a;
    expected = 2;
  };
  testArgumentsOfModules = {
    expr =
      (evalModules {
        specialArgs.special = 1;
        modules = [
          { _module.args.late = 2; }
          ({ special, late, lib, ... }: { options.x = lib.mkOption { default = special + late; }; })
        ];
      }).config.x;
    expected = 3;
  };
  testModulesWithOneKeyCountOnce = {
    expr =
      let
        m = { key = "only-once"; x = [ 1 ]; };
      in
      (config [ { options.x = option (types.listOf types.int); } m { imports = [ m ]; } ]).x;
    expected = [ 1 ];
  };
  testDisabledModulesAreLeftOut = {
    expr =
      (config [
        { options.x = mkOption { type = types.int; default = 0; }; }
        { key = "a"; x = 1; }
        { disabledModules = [ { key = "a"; } ]; }
      ]).x;
    expected = 0;
  };
  testUndeclaredGoesToFreeformType = {
    expr =
      config [
        { freeformType = types.attrsOf types.int; options.known = option types.str; }
        { known = "k"; other = 1; }
      ];
    expected = { known = "k"; other = 1; };
  };
  testSubmodulesKnowTheirNames = {
    expr =
      (config [
        {
          options.users = option (
            types.attrsOf (types.submodule ({ name, config, ... }: {
              options.home = mkOption { default = "/home/${name}"; };
              options.shell = mkOption { default = "${config.home}/sh"; };
            }))
          );
        }
        { users.ada = { }; users.bob.home = "/b"; }
      ]).users;
    expected = {
      ada = { home = "/home/ada"; shell = "/home/ada/sh"; };
      bob = { home = "/b"; shell = "/b/sh"; };
    };
  };
  testDeclarationsAddUp = {
    expr =
      let
        declare = value: { options.x = option (types.enum [ value ]); };
      in
      (config [ (declare "a") (declare "b") { x = "b"; } ]).x;
    expected = "b";
  };
  testApplySeesTheMergedValue = {
    expr =
      (config [
        { options.x = mkOption { type = types.lines; apply = lib.splitString "\n"; }; }
        { x = "b"; }
        { x = "a"; }
      ]).x;
    expected = [ "a" "b" ];
  };
  testReadOnlyIsDefinedOnce = {
    expr = fails (config [ { options.x = mkOption { readOnly = true; }; } { x = 1; } { x = 1; } ]).x;
    expected = true;
  };
  testOptionsTellWhereTheyAreDefined = {
    expr =
      let
        x = (evalModules { modules = [ { options.x = option types.int; } { _file = "b.nix"; x = mkForce 2; } { _file = "a.nix"; x = 1; } ]; }).options.x;
      in
      { inherit (x) files highestPrio isDefined value; shown = "${x}"; };
    expected = { files = [ "b.nix" ]; highestPrio = 50; isDefined = true; value = 2; shown = "x"; };
  };
  testExtendModulesAddsToAll = {
    expr =
      let
        base = evalModules { modules = [ { options.x = option (types.listOf types.int); config.x = [ 1 ]; } ]; };
        more = base.extendModules { modules = [ { x = mkOrder 1500 [ 2 ]; } ]; };
      in
      [ base.config.x more.config.x ];
    expected = [ [ 1 ] [ 1 2 ] ];
  };
  testAConfigurationIsAType = {
    expr =
      let
        inner = evalModules { modules = [ { options.a = mkOption { default = 1; }; } ]; };
      in
      (config [ { options.s = option inner.type; config.s.a = 2; } ]).s;
    expected = { a = 2; };
  };
  testAssertionsAndWarnings = {
    expr =
      let
        c = config [
          { options = { assertions = option (types.listOf types.raw); warnings = option (types.listOf types.str); }; }
          { assertions = [ { assertion = true; message = "a"; } ]; warnings = [ ]; }
          { assertions = [ { assertion = 1 > 2; message = "b"; } ]; }
        ];
      in
      [ (fails (lib.asserts.checkAssertWarn c.assertions c.warnings 1)) (lib.asserts.checkAssertWarn [ ] c.warnings 1) ];
    expected = [ true 1 ];
  };
  testTypesDescribeThemselves = {
    expr = map (t: t.description) (
      with types;
      [
        (attrsOf (either int (listOf str)))
        (nullOr (enum [ 1 2 ]))
        (functionTo (submodule { }))
        (nonEmptyListOf (nullOr ints.positive))
      ]
    );
    expected = [
      "attribute set of (signed integer or list of string)"
      "null or one of 1, 2"
      "function that evaluates to a(n) (submodule)"
      "non-empty (list of (null or (positive integer, meaning >0)))"
    ];
  };

  # Files

  testFilesetsCombine = {
    expr =
      with lib.fileset;
      names (difference (union ./tree/src (fileFilter (f: f.hasExt "md") ./tree)) (union ./tree/docs ./tree/src/deep));
    expected = [ "./readme.md" "./src/a.c" "./src/b.h" ];
  };
  testFilesetsMeet = {
    expr = names (lib.fileset.intersection ./tree/src (lib.fileset.fileFilter (f: f.hasExt "c") ./tree));
    expected = [ "./src/a.c" "./src/deep/c.c" ];
  };
  testSourcesHoldNoEmptyDirectories = {
    expr =
      let
        source = lib.fileset.toSource { root = ./tree; fileset = ./tree/src/deep; };
      in
      [ (builtins.readDir source) (builtins.readDir "${source}/src") ];
    expected = [ { src = "directory"; } { deep = "directory"; } ];
  };
  testRootMustHoldTheFiles = {
    expr = fails "${lib.fileset.toSource { root = ./tree/src; fileset = ./tree/readme.md; }}";
    expected = true;
  };
  testSourcesAreFilteredTwice = {
    expr = builtins.readDir (
      lib.sourceFilesBySuffices (lib.cleanSourceWith { src = ./tree/src; filter = path: _: baseNameOf path != "deep"; }) [ ".c" ]
    );
    expected = { "a.c" = "regular"; };
  };

  # Text

  testShellArgumentsSurvive = {
    expr = map lib.escapeShellArg [ "" "a b" "it's" "$x" "a/b-c_d" ];
    expected = [ "''" "'a b'" "'it'\\''s'" "'$x'" "a/b-c_d" ];
  };
  testContextIsKept = {
    expr =
      let
        file = builtins.toFile "x" "";
      in
      map builtins.hasContext [
        (lib.trim " ${file} ")
        (builtins.head (lib.splitString "/" file))
        (lib.toSentenceCase file)
        (lib.removePrefix "/" file)
        (lib.escapeShellArg file)
      ];
    expected = [ true true true true true ];
  };
  testPrettyTextCanBeRead = {
    expr = lib.generators.toPretty { } { a.b = [ 1 "x\ny" ]; "c d" = null; };
    expected = "{\n  a = {\n    b = [\n      1\n      ''\n        x\n        y''\n    ];\n  };\n  \"c d\" = null;\n}";
  };

  testSourcesHaveANameOfTheirOwn = {
    expr = map (source: source.name) [
      (lib.cleanSource ./tree)
      (lib.sourceFilesBySuffices (lib.cleanSourceWith { src = ./tree; name = "own"; }) [ ".c" ])
    ];
    expected = [ "source" "own" ];
  };

  # Systems

  testSystemsKnowEachOther = {
    expr =
      let
        a = lib.systems.elaborate "x86_64-linux";
        b = lib.systems.elaborate { config = "i686-unknown-linux-musl"; };
      in
      [ (a.canExecute b) (b.canExecute a) b.system b.isMusl a.go.GOARCH (lib.systems.equals a b) ];
    expected = [ true false "i686-linux" true "amd64" false ];
  };
  testPlatformsOfPackages = {
    expr =
      let
        on = system: lib.meta.availableOn (lib.systems.elaborate system);
        package.meta = { platforms = lib.platforms.unix; badPlatforms = [ lib.systems.inspect.patterns.isAarch ]; };
      in
      map (system: on system package) [ "x86_64-linux" "aarch64-linux" "x86_64-windows" ];
    expected = [ true false false ];
  };
}
