/**
  What nixpkgs' manual shows, in our own words: for each way to make or change a package, what comes
  of it.
*/
collection:
let
  pkgs = import collection { };
  inherit (pkgs) lib;

  greeter = pkgs.stdenv.mkDerivation (finalAttrs: {
    pname = "greeter";
    version = "1.2";
    src = builtins.toFile "greeter.sh" "echo hello";
    buildInputs = [ pkgs.zlib ];
    configureFlags = [ "--with-zlib" ] ++ lib.optional finalAttrs.doCheck "--enable-tests";
    doCheck = false;
    passthru.page = "https://example.org/greeter-${finalAttrs.version}";
    meta = {
      description = "Greets ${finalAttrs.pname}'s reader";
      license = lib.licenses.mit;
    };
  });

  /** As it would be in a file `package.nix`. */
  withOptions =
    {
      lib,
      stdenv,
      zlib,
      enableColours ? true,
    }:
    stdenv.mkDerivation {
      name = "with-options";
      buildInputs = [ zlib ];
      configureFlags = [ (lib.enableFeature enableColours "colours") ];
    };
in
{
  mkDerivation = {
    inherit (greeter) name configureFlags page drvPath;
    inherit (greeter.meta) description;
    licence = greeter.meta.license.spdxId;
  };

  overrideAttrs =
    let
      newer = greeter.overrideAttrs (
        finalAttrs: previousAttrs: {
          version = "2.0";
          doCheck = true;
          configureFlags = previousAttrs.configureFlags ++ [ "--verbose" ];
        }
      );
      renamed = newer.overrideAttrs (previous: { pname = "the-${previous.pname}"; });
      constant = greeter.overrideAttrs { pname = "other"; };
    in
    {
      inherit (newer) configureFlags page;
      names = map (package: package.name) [ newer renamed constant ];
      before = greeter.name;
    };

  callPackage =
    let
      package = pkgs.callPackage withOptions { };
      flags = map (variant: variant.configureFlags);
    in
    {
      flags = flags [
        package
        (pkgs.callPackage withOptions { enableColours = false; })
        (package.override { enableColours = false; })
        (package.override (previous: { enableColours = !(previous ? zlib); }))
      ];
      missing = (builtins.tryEval (pkgs.callPackage ({ noSuchPackage ? "default" }: noSuchPackage) { })).value;
    };

  overlays =
    let
      zlib = final: prev: {
        zlib = prev.zlib.overrideAttrs (previous: {
          configureFlags = previous.configureFlags ++ [ "--64" ];
        });
      };
      added = final: prev: { mine = final.callPackage withOptions { }; answer = 41; };
      later = final: prev: { answer = prev.answer + 1; };
      changed = import collection { overlays = [ zlib added later ]; };
      extended = pkgs.extend (final: prev: { hello = prev.hello // { changed = true; }; });
    in
    {
      inherit (changed) answer;
      inherit (extended.hello) changed;
      usesChangedZlib = map (package: package == changed.zlib.dev) changed.mine.buildInputs;
      rebuilt = lib.filter (name: changed.${name}.drvPath != pkgs.${name}.drvPath) [
        "hello" "zlib" "libpng" "file" "bash"
      ];
    };

  writeShellApplication = {
    script = (pkgs.writeShellApplication {
      name = "say";
      runtimeInputs = [ pkgs.hello ];
      runtimeEnv.WHO = "you";
      text = ''hello "$WHO"'';
    }).drvPath;
    main = lib.getExe (pkgs.writeShellScriptBin "say" "echo");
  };

  mkShell =
    let
      shell = pkgs.mkShell {
        packages = [ pkgs.hello ];
        inputsFrom = [ greeter ];
        shellHook = "echo welcome";
        WHO = "you";
      };
    in
    {
      inherit (shell) name WHO drvPath;
      hooks = lib.splitString "\n" shell.shellHook;
      inputs = map (input: input.name) (shell.buildInputs ++ shell.nativeBuildInputs);
    };

  evalModules =
    let
      evaluated = lib.evalModules {
        specialArgs.domain = "example.org";
        modules = [
          (
            { config, lib, domain, ... }:
            {
              options = {
                enable = lib.mkEnableOption "the server";
                port = lib.mkOption { type = lib.types.port; default = 80; };
                names = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
                users = lib.mkOption {
                  default = { };
                  type = lib.types.attrsOf (
                    lib.types.submodule (
                      { name, ... }:
                      {
                        options.home = lib.mkOption { type = lib.types.str; default = "/home/${name}"; };
                      }
                    )
                  );
                };
                address = lib.mkOption { type = lib.types.str; };
              };
              config = lib.mkIf config.enable {
                address = "http://${domain}:${toString config.port}";
                names = lib.mkAfter [ "last" ];
              };
            }
          )
          { enable = true; port = lib.mkDefault 8080; names = [ "first" ]; }
          { port = lib.mkForce 8443; users.ann = { }; users.bob.home = "/srv/bob"; }
        ];
      };
    in
    removeAttrs evaluated.config [ "_module" ]
    // {
      wrong = (builtins.tryEval (lib.evalModules {
        modules = [ { options.port = lib.mkOption { type = lib.types.port; }; } { port = "x"; } ];
      }).config.port).success;
    };
}
