/**
  Configuration of Linux: an option is built in, a module, or left out.
*/
{ lib }:
{
  /**
    Built in.

    # Type
    `{ tristate, optional }`

    # Example
    ```nix
    lib.kernel.yes.tristate
    => "y"
    ```
  */
  yes = {
    tristate = "y";
    optional = false;
  };

  /**
    Left out.

    # Type
    `{ tristate, optional }`

    # Example
    ```nix
    lib.kernel.no.tristate
    => "n"
    ```
  */
  no = {
    tristate = "n";
    optional = false;
  };

  /**
    A module.

    # Type
    `{ tristate, optional }`

    # Example
    ```nix
    lib.kernel.module.tristate
    => "m"
    ```
  */
  module = {
    tristate = "m";
    optional = false;
  };

  /**
    Whatever the kernel's own default is.

    # Type
    `{ tristate, optional }`

    # Example
    ```nix
    lib.kernel.unset.tristate
    => null
    ```
  */
  unset = {
    tristate = null;
    optional = false;
  };

  /**
    Text or a number, as it stands in the file.

    # Type
    `(string | int) -> { freeform, optional }`

    # Example
    ```nix
    lib.kernel.freeform "64"
    => { freeform = "64"; optional = false; }
    ```
  */
  freeform = x: {
    freeform = x;
    optional = false;
  };

  /**
    A setting that may be ignored: not every version of the kernel has the option.

    # Type
    `{ … } -> { … }`

    # Example
    ```nix
    (lib.kernel.option lib.kernel.yes).optional
    => true
    ```
  */
  option = x: x // { optional = true; };

  /**
    Settings that depend on the version: `whenAtLeast`, `whenOlder`, `whenBetween`.

    # Type
    `string -> { whenAtLeast, whenOlder, whenBetween }`

    # Example
    ```nix
    (lib.kernel.whenHelpers "6.1").whenOlder "7" 1
    => { _type = "if"; condition = true; content = 1; }
    ```
  */
  whenHelpers = version: {
    whenAtLeast = ver: lib.mkIf (lib.versionAtLeast version ver);
    whenOlder = ver: lib.mkIf (lib.versionOlder version ver);
    whenBetween =
      verLow: verHigh:
      lib.mkIf (lib.versionAtLeast version verLow && lib.versionOlder version verHigh);
  };
}
