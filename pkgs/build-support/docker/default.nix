/**
  `dockerTools`: images of containers, made without Docker and without being root. Nixpkgs manual,
  "pkgs.dockerTools".

  An image is a tar file that `docker load` and `podman load` read, and an OCI layout at the same time
  (https://github.com/opencontainers/image-spec).
*/
{
  lib,
  bash,
  coreutils,
  fakeNss,
  runCommand,
  runtimeShell,
  stdenv,
  symlinkJoin,
  toolchain,
  writeText,
  zstd,
}:
let
  /** By the name of a compressor, what makes images small with it. */
  compressors = {
    none = {
      extension = "";
      command = "cat";
      inputs = [ ];
    };
    gz = {
      extension = ".gz";
      command = "gzip -n";
      inputs = [ ];
    };
    zstd = {
      extension = ".zst";
      command = "zstd --no-progress";
      inputs = [ zstd ];
    };
  };

  compressorOf =
    name:
    compressors.${name}
      or (throw "dockerTools: the compressor must be one of ${toString (lib.attrNames compressors)}, not ‘${name}’");

  defaultArchitecture = stdenv.hostPlatform.go.GOARCH;
  epoch = "1970-01-01T00:00:01Z";

  /** Refuses what needs root while an image is built. */
  withoutRoot =
    function: name: arguments:
    let
      given = lib.filter (
        attribute:
        lib.elem (arguments.${attribute} or null) [
          null
          ""
          false
        ] == false
      ) [
        "runAsRoot"
        "fakeRootCommands"
        "enableFakechroot"
        "includeNixDB"
        "keepContentsDirlinks"
      ];
    in
    lib.assertMsg (given == [ ])
      "dockerTools.${function}: the image ‘${name}’ has ${lib.concatStringsSep ", " given}, for which the starter collection has nothing: take extraCommands, which run as an ordinary user, or choose nixpkgs as the channel";

  /** A closure as files of references, for `layers.awk`. */
  graphOf =
    roots:
    lib.concatLists (
      lib.imap0 (index: root: [
        "graph-${toString index}"
        root
      ]) roots
    );

  /** What goes onto all other layers: files of `items` and what `extraCommands` make, as a tar file. */
  topLayer =
    {
      name,
      items,
      extraCommands,
      uid,
      gid,
      mtime,
    }:
    runCommand "docker-layer-${name}"
      {
        inherit
          items
          extraCommands
          uid
          gid
          mtime
          ;
      }
      ''
        mkdir layer
        cd layer
        for item in $items; do
          echo "adding the files of $item"
          cp -R --no-dereference --preserve=mode,links "$item/." .
          chmod -R u+w .
        done
        eval "$extraCommands"
        mkdir $out
        tar -c -f $out/layer.tar --sort=name --hard-dereference --numeric-owner \
          --owner=$uid --group=$gid --mtime="$mtime" .
      '';

  /** An image is written by `image.sh` from these variables. */
  imageParts =
    {
      name,
      tag,
      items,
      config,
      layer,
      fromImage,
      fromImageName ? null,
      fromImageTag ? null,
      architecture,
      created,
      mtime,
      maxLayers,
      withStore,
    }:
    let
      configFile = writeText "${baseNameOf name}-config.json" (
        builtins.toJSON (if config == null then { } else config)
      );
    in
    {
      imageName = name;
      inherit
        tag
        fromImage
        fromImageName
        fromImageTag
        architecture
        created
        mtime
        maxLayers
        configFile
        layer
        ;
      storeLayers = lib.optionalString withStore (
        runCommand "${baseNameOf name}-store-layers"
          {
            exportReferencesGraph = graphOf (
              [
                configFile
                layer
              ]
              ++ items
            );
            # They are what the image is made from, not in it.
            leftOut = [
              "${configFile}"
              "${layer}"
            ];
            inherit maxLayers;
          }
          ''
            awk -v most=$maxLayers -v leftOut="$leftOut" -f ${./layers.awk} graph-* > $out
          ''
      );
    };

  nameOf = name: lib.toLower name;
  fileNameOf = name: baseNameOf (nameOf name);

  withImageAttributes =
    {
      name,
      tag,
      drv,
      passthru ? { },
    }:
    lib.extendDerivation true (
      {
        imageName = nameOf name;
        imageTag =
          if tag != null then
            tag
          else
            lib.head (lib.splitString "-" (baseNameOf (builtins.unsafeDiscardStringContext drv.outPath)));
      }
      // passthru
    ) drv;

  imageInputs = fromImage: lib.optional (fromImage != null) toolchain.jq;
in
rec {
  /**
    An image of one layer upon those of `fromImage`: the files of `copyToRoot`, and the store paths
    that these and `config` refer to.

    # Inputs
    - `name`, `tag`: where no tag is given, the hash of the image's own store path
    - `copyToRoot`: packages whose files come to the root of the image
    - `config`: how a container runs (`Cmd`, `Env`, `ExposedPorts` …), as in the OCI's specification
    - `extraCommands`: shell code run in the root of the image
    - `created`: its time, or "now"

    # Type
    `{ name :: string, tag :: string, copyToRoot :: [derivation], config :: { ... }, ... } -> derivation`

    # Example
    ```nix
    (pkgs.dockerTools.buildImage {
      name = "greeter";
      tag = "latest";
      copyToRoot = [ pkgs.hello ];
      config.Cmd = [ "/bin/hello" ];
    }).name
    => "docker-image-greeter.tar.gz"
    ```
  */
  buildImage = lib.makeOverridable (
    {
      name,
      tag ? null,
      fromImage ? null,
      fromImageName ? null,
      fromImageTag ? null,
      copyToRoot ? contents,
      contents ? null,
      config ? null,
      architecture ? defaultArchitecture,
      extraCommands ? "",
      created ? epoch,
      uid ? 0,
      gid ? 0,
      compressor ? "gz",
      includeStorePaths ? true,
      meta ? { },
      runAsRoot ? null,
      includeNixDB ? false,
      keepContentsDirlinks ? false,
      # Of the virtual machine that runAsRoot would need.
      diskSize ? 1024,
      buildVMMemorySize ? 512,
    }@arguments:
    assert withoutRoot "buildImage" name arguments;
    let
      compress = compressorOf compressor;
      fileName = fileNameOf name;
      items = if copyToRoot == null then [ ] else lib.toList copyToRoot;
      layer = topLayer {
        name = fileName;
        inherit
          items
          extraCommands
          uid
          gid
          ;
        mtime = created;
      };
      drv =
        runCommand "docker-image-${fileName}.tar${compress.extension}"
          (
            imageParts {
              name = nameOf name;
              # Copied files need not have come from the store.
              items = [ ];
              inherit
                tag
                config
                layer
                fromImage
                fromImageName
                fromImageTag
                architecture
                created
                ;
              mtime = created;
              maxLayers = 0;
              withStore = includeStorePaths;
            }
            // {
              nativeBuildInputs = compress.inputs ++ imageInputs fromImage;
              inherit meta;
            }
          )
          ''
            tag="''${tag:-$(basename $out | cut -d- -f1)}"
            (source ${./image.sh}; writeImage) | ${compress.command} > $out
          '';
    in
    withImageAttributes {
      inherit name tag drv;
      passthru = {
        inherit layer;
        buildArgs = arguments;
      };
    }
  );

  /**
    Like `buildLayeredImage`; but what is built is a program that writes the image to its standard
    output, so that the store need not hold it: `$(nix-build) | docker load`.

    # Type
    `{ name :: string, contents :: [derivation], config :: { ... }, ... } -> derivation`

    # Example
    ```nix
    (pkgs.dockerTools.streamLayeredImage {
      name = "greeter";
      config.Cmd = [ "${pkgs.hello}/bin/hello" ];
    }).name
    => "stream-greeter"
    ```
  */
  streamLayeredImage = lib.makeOverridable (
    {
      name,
      tag ? null,
      fromImage ? null,
      contents ? [ ],
      config ? { },
      architecture ? defaultArchitecture,
      created ? epoch,
      mtime ? epoch,
      uid ? 0,
      gid ? 0,
      maxLayers ? 100,
      extraCommands ? "",
      includeStorePaths ? true,
      meta ? { },
      passthru ? { },
      fakeRootCommands ? "",
      enableFakechroot ? false,
      includeNixDB ? false,
    }@arguments:
    assert withoutRoot "streamLayeredImage" name arguments;
    assert lib.assertMsg (
      maxLayers > 1
    ) "dockerTools.streamLayeredImage: the image ‘${name}’ needs maxLayers of 2 at least, one for its own files";
    let
      fileName = fileNameOf name;
      items = lib.toList contents;
      layer = topLayer {
        name = fileName;
        items = lib.optional (items != [ ]) (symlinkJoin {
          name = "${fileName}-contents";
          paths = items;
        });
        inherit extraCommands uid gid;
        inherit mtime;
      };
      parts =
        lib.filterAttrs (_: value: value != null) (imageParts {
          name = nameOf name;
          inherit
            tag
            items
            config
            layer
            fromImage
            architecture
            created
            ;
          inherit mtime;
          # The top one is not the store's.
          maxLayers = maxLayers - 1;
          withStore = includeStorePaths;
        });
      path = lib.makeBinPath (
        [
          toolchain.coreutils
          toolchain.gnutar
          toolchain.gzip
        ]
        ++ imageInputs fromImage
      );
      drv = runCommand "stream-${fileName}"
        {
          settings = ''
            PATH=${path}
            NIX_STORE=${builtins.storeDir}
            ${lib.toShellVars parts}
          '';
          passAsFile = [ "settings" ];
          inherit meta;
        }
        ''
          {
            echo "#! ${runtimeShell}"
            cat "$settingsPath"
            echo 'tag="''${tag:-'"$(basename $out | cut -d- -f1)"'}"'
            cat ${./image.sh}
            echo writeImage
          } > $out
          chmod +x $out
        '';
    in
    withImageAttributes {
      inherit name tag drv;
      passthru = passthru // {
        inherit layer;
      };
    }
  );

  /**
    An image with a layer for each store path, so that images share what they have in common. What
    many others refer to comes first; what is beyond `maxLayers` is one layer.

    # Inputs
    As of `buildImage`, but `contents` are packages that the root of the image has links to.

    # Type
    `{ name :: string, contents :: [derivation], config :: { ... }, maxLayers :: int, ... } -> derivation`

    # Example
    ```nix
    (pkgs.dockerTools.buildLayeredImage {
      name = "greeter";
      contents = [ pkgs.hello ];
      config.Cmd = [ "/bin/hello" ];
    }).name
    => "greeter.tar.gz"
    ```
  */
  buildLayeredImage = lib.makeOverridable (
    {
      name,
      compressor ? "gz",
      ...
    }@arguments:
    let
      compress = compressorOf compressor;
      stream = streamLayeredImage (removeAttrs arguments [ "compressor" ]);
      drv =
        runCommand "${fileNameOf name}.tar${compress.extension}"
          {
            inherit (stream) imageName;
            nativeBuildInputs = compress.inputs;
          }
          ''
            ${stream} | ${compress.command} > $out
          '';
    in
    lib.extendDerivation true {
      inherit (stream) imageName imageTag;
      inherit stream;
    } drv
  );

  inherit fakeNss;

  /** For an image: `/usr/bin/env`. */
  usrBinEnv = runCommand "usr-bin-env" { } ''
    mkdir -p $out/usr/bin
    ln -s ${coreutils}/bin/env $out/usr/bin
  '';

  /** For an image: `/bin/sh`. */
  binSh = runCommand "bin-sh" { } ''
    mkdir -p $out/bin
    ln -s ${bash}/bin/bash $out/bin/sh
  '';
}
