/**
  `stdenv.mkDerivation`: from the attributes of a package to its derivation. Most have a `pname` and a
  `version`, the source as `src`, in `nativeBuildInputs` the programs that build it, and in
  `buildInputs` what it is made with.

  A build goes through phases: `unpackPhase`, `patchPhase`, `configurePhase`, `buildPhase`, `checkPhase`,
  `installPhase`, `fixupPhase`. Each is shell code that can be written anew, and may have more before and
  after it: `preBuild`, `postBuild`. A function instead of a set gets the attributes as they are in the
  end, also where others have overridden some. Nixpkgs manual, "The Standard Environment".

  # Type
  `({ pname :: string, version :: string, src :: path, ... } | (attributes -> { ... })) -> derivation`

  # Example
  ```nix
  (pkgs.stdenv.mkDerivation {
    pname = "greeting";
    version = "1.0";
    dontUnpack = true;
    installPhase = "echo hello > $out";
  }).name
  => "greeting-1.0"

  (pkgs.stdenv.mkDerivation (finalAttrs: {
    pname = "greeting";
    version = "1.0";
    src = pkgs.writeText "source" finalAttrs.version;
  })).src.name
  => "source"
  ```
*/
{ lib, config, stdenv }:
let
  checkMeta = import ./check-meta.nix { inherit lib config; };

  /** By the variable of a build, what it holds: packages that the build depends on. */
  inputNames = [
    "depsBuildBuild"
    "nativeBuildInputs"
    "depsBuildTarget"
    "depsHostHost"
    "buildInputs"
    "depsTargetTarget"
    "depsBuildBuildPropagated"
    "propagatedNativeBuildInputs"
    "depsBuildTargetPropagated"
    "depsHostHostPropagated"
    "propagatedBuildInputs"
    "depsTargetTargetPropagated"
  ];

  /** What is of no concern to a build. */
  notForBuilder = [
    "meta"
    "passthru"
    "pos"
    "env"
    "__structuredAttrs"
    "__darwinAllowLocalNetworking"
    "checkInputs"
    "installCheckInputs"
    "nativeCheckInputs"
    "nativeInstallCheckInputs"
    "hardeningDisable"
    "hardeningEnable"
  ];

  /** The inputs of a list: development outputs of packages; nulls are left out. */
  devOutputs =
    what: inputs:
    map lib.getDev (
      lib.filter (input: input != null) (
        lib.flatten (
          if builtins.isList inputs then
            inputs
          else
            throw "the attribute `${what}` must be a list of packages, but is ${
              lib.generators.toPretty { } inputs
            }"
        )
      )
    );

  makeFrom =
    rattrs: attrs@{
      outputs ? [ "out" ],
      doCheck ? config.doCheckByDefault or false,
      doInstallCheck ? config.doCheckByDefault or false,
      separateDebugInfo ? false,
      strictDeps ? config.strictDepsByDefault or false,
      __structuredAttrs ? config.structuredAttrsByDefault or false,
      enableParallelBuilding ? config.enableParallelBuildingByDefault or false,
      meta ? { },
      passthru ? { },
      env ? { },
      pos ? builtins.unsafeGetAttrPos (if attrs ? pname then "pname" else "name") attrs,
      ...
    }:
    let
      name = attrs.name or (
        if attrs ? pname then
          "${attrs.pname}-${
            attrs.version or (throw "mkDerivation: ${attrs.pname} has a `pname` and no `version`")
          }"
        else
          throw "mkDerivation needs a `name`, or a `pname` and a `version`"
      );

      checks = {
        nativeBuildInputs =
          lib.optionals doCheck (attrs.nativeCheckInputs or [ ])
          ++ lib.optionals doInstallCheck (attrs.nativeInstallCheckInputs or [ ]);
        buildInputs =
          lib.optionals doCheck (attrs.checkInputs or [ ])
          ++ lib.optionals doInstallCheck (attrs.installCheckInputs or [ ]);
      };
      inputs = lib.genAttrs inputNames (
        variable: devOutputs variable (attrs.${variable} or [ ] ++ checks.${variable} or [ ])
      );

      ofBuilder =
        removeAttrs attrs (notForBuilder ++ inputNames)
        // inputs
        // {
          inherit name outputs strictDeps;
          doCheck = doCheck;
          inherit doInstallCheck;
          inherit stdenv;
          inherit (stdenv) system;
          __ignoreNulls = true;
          builder = attrs.realBuilder or stdenv.shell;
          args =
            attrs.args or [
              "-e"
              (attrs.builder or ./default-builder.sh)
            ];
          userHook = config.stdenv.userHook or null;
          # Lists of words are strings for a builder, so that it need not tell them apart.
          configureFlags = attrs.configureFlags or [ ];
          patches = attrs.patches or [ ];
        }
        // lib.optionalAttrs enableParallelBuilding {
          inherit enableParallelBuilding;
          enableParallelChecking = attrs.enableParallelChecking or true;
          enableParallelInstalling = attrs.enableParallelInstalling or true;
        }
        // lib.optionalAttrs separateDebugInfo {
          outputs = outputs ++ [ "debug" ];
          # Without it there would be nothing to separate.
          NIX_CFLAGS_COMPILE = "${toString (attrs.NIX_CFLAGS_COMPILE or env.NIX_CFLAGS_COMPILE or "")} -ggdb -Wa,--compress-debug-sections";
        }
        // lib.optionalAttrs __structuredAttrs { inherit __structuredAttrs; }
        // (if __structuredAttrs then { env = checkedEnv; } else checkedEnv);

      clashes = lib.attrNames (builtins.intersectAttrs attrs env);
      checkedEnv =
        if clashes != [ ] then
          throw "mkDerivation: ${name} has ${toString clashes} both in `env` and beside it"
        else
          lib.mapAttrs (
            variable: value:
            if
              lib.isString value
              || lib.isBool value
              || lib.isInt value
              || lib.isDerivation value
              || builtins.isPath value
            then
              value
            else
              throw "mkDerivation: in ${name}, `env.${variable}` must be a string, Boolean, integer, path or derivation, not ${builtins.typeOf value}"
          ) env;

      drv = derivation ofBuilder;

      checkedMeta =
        {
          inherit name;
          available = checkMeta.problems { inherit name; meta = completeMeta; inherit stdenv; } == [ ];
          outputsToInstall = attrs.meta.outputsToInstall or (
            let
              installed =
                if lib.elem "bin" outputs then
                  "bin"
                else if lib.elem "out" outputs then
                  "out"
                else
                  lib.head outputs;
            in
            [ installed ] ++ lib.optional (lib.elem "man" outputs) "man"
          );
        }
        // lib.optionalAttrs (pos != null) { position = "${pos.file}:${toString pos.line}"; };
      completeMeta = checkedMeta // meta;
    in
    lib.extendDerivation
      (checkMeta.handled {
        inherit name stdenv;
        meta = completeMeta;
      })
      (
        {
          meta = completeMeta;
          inherit passthru;
          overrideAttrs =
            f:
            makeDerivation (lib.extends (lib.toExtension f) rattrs);
          /** A derivation whose inputs are all that this one needs to be built. */
          inputDerivation = derivation (
            removeAttrs ofBuilder [
              "outputHash"
              "outputHashAlgo"
              "outputHashMode"
              "allowedReferences"
              "allowedRequisites"
              "disallowedReferences"
              "disallowedRequisites"
            ]
            // {
              name = "inputs-of-${name}";
              outputs = [ "out" ];
              _derivation_original_builder = ofBuilder.builder;
              _derivation_original_args = ofBuilder.args;
              builder = stdenv.shell;
              args = [
                "-c"
                "export > $out"
              ];
            }
          );
        }
        // passthru
      )
      drv;

  /** From a function of the finished attributes. */
  makeDerivation =
    rattrs:
    let
      args = rattrs (
        args
        // {
          inherit finalPackage;
          inherit (finalPackage) overrideAttrs;
        }
      );
      finalPackage = makeFrom rattrs args;
    in
    finalPackage;
in
fnOrAttrs: makeDerivation (if lib.isFunction fnOrAttrs then fnOrAttrs else _: fnOrAttrs)
