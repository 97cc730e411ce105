# What is built with real nix-build and with ours, and compared.
let
  # The test puts a busybox with links for its programs here.
  programs = builtins.path {
    path = ./programs;
    name = "programs";
  };
  run =
    name: attributes: script:
    derivation (
      {
        inherit name;
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [
          "-c"
          script
        ];
        PATH = "${programs}/bin";
      }
      // attributes
    );
  # With structured attributes a builder finds nothing in its environment.
  runStructured =
    name: attributes: script:
    derivation (
      {
        inherit name;
        system = "x86_64-linux";
        builder = "/bin/sh";
        __structuredAttrs = true;
        args = [
          "-c"
          ''
            export PATH=${programs}/bin
            out=$(sed -n 's/.*"out":"\([^"]*\)".*/\1/p' .attrs.json)
            ${script}
          ''
        ];
      }
      // attributes
    );
  fixed = algorithm: text: {
    outputHashMode = "flat";
    outputHashAlgo = algorithm;
    outputHash = builtins.hashString algorithm text;
  };
  contentAddressed = {
    __contentAddressed = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
  };
in
rec {
  ok = run "ok" { } "echo hello; echo hi > $out";
  dependent = run "dependent" { inherit ok; } "cat $ok > $out; echo $ok >> $out";
  outputs = run "outputs" {
    outputs = [
      "dev"
      "out"
      "doc"
    ];
  } "mkdir $dev; echo $dev > $out; echo x > $doc";
  list = [
    ok
    dependent
    outputs.doc
    outputs.out
  ];
  nested = {
    recurseForDerivations = true;
    inner = {
      recurseForDerivations = true;
      inherit ok;
    };
    left = {
      inherit dependent;
    };
  };
  function =
    { text ? "x" }:
    run "function" { inherit text; } "echo $text > $out";

  failing = run "failing" { } "echo one; echo two >&2; exit 3";
  needsFailing = run "needs-failing" { inherit failing; } "echo $failing";
  needsTwoFailing = run "needs-two-failing" {
    inherit failing;
    other = run "failing-too" { } "exit 4";
  } "echo $failing";
  twoFailing = [
    failing
    (run "failing-too" { } "exit 4")
    ok
  ];
  carriageReturns = run "carriage-returns" { } ''
    printf 'no newline at end'; printf 'a\rb\n'; printf 'unfinished'; exit 1
  '';
  colours = run "colours" { } ''printf '\033[31mred\033[0m\n'; exit 1'';
  forPrograms = run "for-programs" { inherit ok; } "echo one; printf two; echo > $out";
  phases = run "phases" { } ''
    echo '@nix { "action": "setPhase", "phase": "buildPhase" }'; echo 'in it'; exit 1
  '';
  illegalSystem = derivation {
    name = "illegal-system";
    system = "riscv64-linux";
    builder = "/bin/sh";
  };
  features = run "features" {
    requiredSystemFeatures = [
      "unheard-of"
      "kvm"
    ];
  } "echo > $out";
  endless = run "endless" { } "sleep 60";
  withoutSandbox = run "without-sandbox" { __noChroot = true; } "echo > $out";

  cycle = run "cycle" {
    outputs = [
      "out"
      "dev"
    ];
  } "echo $dev > $out; echo $out > $dev";
  flatMismatch = run "flat-mismatch" (fixed "sha256" "x") "printf y > $out";
  recursiveMismatch = run "recursive-mismatch" (
    fixed "sha512" "x" // { outputHashMode = "recursive"; }
  ) "mkdir $out; echo y > $out/y";
  md5 = run "md5" (fixed "md5" "x") "printf x > $out";
  sha1 = run "sha1" (fixed "sha1" "x") "printf x > $out";
  sri = run "sri" {
    outputHashMode = "flat";
    outputHash = "sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=";
  } "printf x > $out";
  needsFixed = run "needs-fixed" { inherit md5; } "cat $md5 > $out";
  impureVariables = run "impure-variables" (
    fixed "sha256" "value/" // { impureEnvVars = [ "SET" "UNSET" ]; }
  ) "printf $SET/$UNSET > $out";

  allowed = run "allowed" {
    inherit ok;
    allowedReferences = [ ok ];
    allowedRequisites = [ ok ];
    disallowedReferences = [ dependent ];
  } "echo $ok > $out";
  notAllowed = run "not-allowed" {
    inherit ok;
    allowedReferences = [ ];
  } "echo $ok > $out";
  itselfNotAllowed = run "itself-not-allowed" { allowedReferences = [ ]; } "echo $out > $out";
  itselfAllowed = run "itself-allowed" { allowedRequisites = [ ]; } "echo $out > $out";
  requisiteNotAllowed = run "requisite-not-allowed" {
    inherit dependent;
    allowedRequisites = [ dependent ];
  } "echo $dependent > $out";
  disallowed = run "disallowed" {
    inherit dependent;
    disallowedRequisites = [ ok ];
  } "echo $dependent > $out";
  illegalSpecifier = run "illegal-specifier" { allowedReferences = [ "nothing" ]; } "echo > $out";
  tooLarge = runStructured "too-large" { outputChecks.out.maxSize = 10; } "echo > $out";
  closureTooLarge = runStructured "closure-too-large" {
    outputChecks.out.maxClosureSize = 200;
  } "echo ${ok} > $out";
  checkedByOutput = runStructured "checked-by-output" {
    outputChecks.out.disallowedReferences = [ ok ];
  } "echo ${ok} > $out";

  graph = run "graph" {
    exportReferencesGraph = [
      "one"
      dependent
      "two"
      ok
    ];
  } "cat one two > $out";
  graphOfDerivation = run "graph-of-derivation" {
    exportReferencesGraph = [
      "graph"
      dependent.drvPath
    ];
  } "cat graph > $out";
  oddGraph = run "odd-graph" { exportReferencesGraph = [ "graph" ]; } "echo > $out";
  structuredGraph = runStructured "structured-graph" {
    exportReferencesGraph.one = [ dependent ];
    exportReferencesGraph.two = [ dependent.drvPath ];
    list = [
      "x"
      2
      true
      null
    ];
  } "mkdir $out; cp .attrs.json .attrs.sh $out";

  floating = run "floating" contentAddressed "mkdir $out; echo $out > $out/self; ln -s $out/self $out/link";
  floatingOutputs = run "floating-outputs" (
    contentAddressed
    // {
      inherit floating;
      outputs = [
        "out"
        "dev"
      ];
    }
  ) "mkdir $dev; echo $floating $dev > $dev/d; echo $dev $out > $out";
  floatingFlat = run "floating-flat" {
    __contentAddressed = true;
    outputHashMode = "flat";
    outputHashAlgo = "sha1";
  } "echo hi > $out";
  # Other inputs, the same output: what needs it is not built again.
  sameFloating = run "floating" (contentAddressed // { irrelevant = 1; })
    "mkdir $out; echo $out > $out/self; ln -s $out/self $out/link";
  deferred = run "deferred" { inherit floating; } "cat $floating/self > $out; echo $floating >> $out";
  deferredSame = run "deferred" { floating = sameFloating; }
    "cat $floating/self > $out; echo $floating >> $out";

  environment = import ./environment.nix { inherit run; };
  userEnvironment = derivation {
    name = "user-environment";
    system = "builtin";
    builder = "builtin:buildenv";
    manifest = ok;
    derivations =
      let
        package =
          name: script:
          run name { } "mkdir -p $out/bin $out/share/doc; ${script}";
        one = package "one" ''
          echo one > $out/bin/one; echo 1 > $out/share/doc/one; echo 1 > $out/share/both
          mkdir $out/nix-support; echo ${brought} > $out/nix-support/propagated-user-env-packages
        '';
        two = package "two" ": after ${one}; echo two > $out/bin/two; echo 2 > $out/share/doc/two; echo 2 > $out/share/both; ln -s /nowhere $out/dangling";
        brought = package "brought" "echo brought > $out/bin/brought; ln -s ${ok} $out/link; touch $out/.hidden";
      in
      [
        [ "true" 5 1 one ]
        [ "true" 7 1 two ]
        [ "false" 7 1 ok ]
      ];
  };

  fromDerivation = import (run "from-derivation" { } "echo '{ x }: x' > $out") { x = ok; };
}
