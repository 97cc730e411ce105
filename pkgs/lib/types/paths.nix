/**
  Paths.
*/
{ lib }:
let
  inherit (builtins) isPath match storeDir;
  inherit (lib.types) mkOptionType pathWith;

  # Of a thing in the store or within one, not of the store itself or its hidden files.
  inStorePattern = "${lib.escapeRegex storeDir}/[^./][^/]*(/.*)?";
in
{
  /**
    A path, as a string, a path, or something that is a string for all that matters.

    # Inputs
    - `inStore`: whether it must be in the store (true), or outside (false)
    - `absolute`: whether it must be absolute (true), or relative (false)

    # Type
    `{ inStore ? null, absolute ? null } -> type`

    # Example
    ```nix
    let t = lib.types.pathWith { absolute = true; inStore = false; }; in
    [ t.description (t.check "/etc/hosts") (t.check "hosts") ]
    => [ "absolute path not in the Nix store" true false ]
    ```
  */
  pathWith =
    {
      inStore ? null,
      absolute ? null,
    }:
    lib.throwIf (inStore == true && absolute == false)
      "In pathWith, inStore means the path must be absolute"
      (mkOptionType {
        name = "path";
        description =
          (
            if absolute == null then
              ""
            else if absolute then
              "absolute "
            else
              "relative "
          )
          + "path"
          + (
            if inStore == null then
              ""
            else if inStore then
              " in the Nix store"
            else
              " not in the Nix store"
          );
        descriptionClass = "noun";
        check =
          x:
          lib.isStringLike x
          && (
            let
              text = toString x;
              isAbsolute = builtins.substring 0 1 text == "/";
              # A path value is copied to the store wherever it is used.
              isInStore = isPath x || match inStorePattern text != null;
            in
            (absolute == null || absolute == isAbsolute) && (inStore == null || inStore == isInStore)
          );
        merge = lib.mergeEqualOption;
        functor = lib.defaultFunctor "path" // {
          type = pathWith;
          payload = { inherit inStore absolute; };
          binOp = a: b: if a == b then a else null;
        };
      });

  /**
    An absolute path.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.path.check [ "/etc" ./. "etc" ]
    => [ true true false ]
    ```
  */
  path = pathWith { absolute = true; };

  /**
    A path in the store, or within something there.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.pathInStore.check [ "${builtins.storeDir}/0fb3ykw9r5hpayd05sr0cizwadzq1d8q-bash/bin/bash" "/bin/sh" ]
    => [ true false ]
    ```
  */
  pathInStore = pathWith { inStore = true; };

  /**
    An absolute path outside the store: of what is not to be copied there, such as a secret.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.externalPath.check [ "/run/secrets/key" ./. ]
    => [ true false ]
    ```
  */
  externalPath = pathWith {
    absolute = true;
    inStore = false;
  };

  /**
    A set of files, or the path of one. Several definitions make their union.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.fileset.check [ ./. lib.fileset.empty "text" ]
    => [ true true false ]
    ```
  */
  fileset = mkOptionType {
    name = "fileset";
    description = "fileset";
    descriptionClass = "noun";
    check = lib.fileset.isFileset;
    merge = _loc: defs: lib.fileset.unions (lib.getValues defs);
    emptyValue.value = lib.fileset.empty;
  };
}
