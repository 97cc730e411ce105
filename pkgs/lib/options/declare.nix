/**
  Declarations of options.
*/
{ lib }:
let
  inherit (lib.options) mkOption;
  inherit (lib) literalExpression;

  attrPath = path: if builtins.isList path then path else [ path ];
in
{
  /**
    Whether a value is an option.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.isOption [ (lib.mkOption { }) { } ]
    => [ true false ]
    ```
  */
  isOption = lib.isType "option";

  /**
    Declares an option.

    # Inputs
    - `type`: one of `lib.types`; it checks values and merges definitions
    - `default`: the value where nothing is defined
    - `defaultText`: what documentation shows instead of the default
    - `example`, `description`, `relatedPackages`: for documentation
    - `apply`: a function that is applied to the value
    - `internal`, `visible`: whether documentation shows it
    - `readOnly`: whether it may be defined only once

    # Type
    `{ … } -> option`

    # Example
    ```nix
    let
      port = lib.mkOption { type = lib.types.port; default = 80; description = "The port to listen on."; };
    in
    (lib.evalModules { modules = [ { options.port = port; } ]; }).config.port
    => 80
    ```
  */
  mkOption =
    args@{
      default ? null,
      defaultText ? null,
      example ? null,
      description ? null,
      relatedPackages ? null,
      type ? null,
      apply ? null,
      internal ? null,
      visible ? null,
      readOnly ? null,
    }:
    args // { _type = "option"; };

  /**
    Declares an option that switches something on; off by default.

    # Type
    `string -> option`

    # Example
    ```nix
    let option = lib.mkEnableOption "the web server"; in
    [ option.default option.description ]
    => [ false "Whether to enable the web server." ]
    ```
  */
  mkEnableOption =
    name:
    mkOption {
      type = lib.types.bool;
      default = false;
      example = true;
      description = "Whether to enable ${name}.";
    };

  /**
    Declares an option for the package to use.

    # Inputs
    - `pkgs`: the packages, of which the default is one
    - `name`: what it is, or the path to it in `pkgs`
    - `default`: the path to the default in `pkgs`, if that is not `name`; null for no default
    - `nullable`: whether the option may be null
    - `example`: text, or the path to an example in `pkgs`
    - `extraDescription`: added to the description
    - `pkgsText`: how `pkgs` is written in documentation

    # Type
    `pkgs -> (string | [string]) -> { nullable, default, example, extraDescription, pkgsText } -> option`

    # Example
    ```nix
    let option = lib.mkPackageOption { hello = { pname = "hello"; }; } "hello" { }; in
    [ option.default.pname option.defaultText.text option.description ]
    => [ "hello" "pkgs.hello" "The hello package to use." ]
    ```
  */
  mkPackageOption =
    pkgs: name:
    {
      nullable ? false,
      default ? name,
      example ? null,
      extraDescription ? "",
      pkgsText ? "pkgs",
    }:
    let
      path = attrPath default;
      text = p: "${pkgsText}.${lib.showAttrPath (attrPath p)}";
      missing = throw "${text path} cannot be found in ${pkgsText}";
      hasDefault = default != null;
    in
    mkOption (
      {
        type = (if nullable then lib.types.nullOr else lib.id) lib.types.package;
        description =
          "The ${if builtins.isList name then lib.last name else name} package to use."
          + lib.optionalString (extraDescription != "") " ${extraDescription}";
      }
      // lib.optionalAttrs hasDefault {
        default = lib.attrByPath path missing pkgs;
        defaultText = literalExpression (text path);
      }
      // lib.optionalAttrs (nullable && !hasDefault) { default = null; }
      // lib.optionalAttrs (example != null) {
        example = literalExpression (if builtins.isList example then text example else example);
      }
    );

  /**
    Declares an option that takes whatever is not declared and throws it away.

    # Type
    `{ … } -> option`

    # Example
    ```nix
    (lib.mkSinkUndeclaredOptions { }).apply [ { } ]
    => null
    ```
  */
  mkSinkUndeclaredOptions =
    attrs:
    mkOption (
      {
        internal = true;
        visible = false;
        default = false;
        description = "Sink for option definitions.";
        type = lib.mkOptionType {
          name = "sink";
          check = _: true;
          merge = _: _: false;
        };
        apply = _: null;
      }
      // attrs
    );

  /**
    Nix code for `default`, `defaultText` and `example` that documentation shows as it is.

    # Type
    `string -> { _type, text }`

    # Example
    ```nix
    (lib.literalExpression "pkgs.hello").text
    => "pkgs.hello"
    ```
  */
  literalExpression =
    text:
    if !builtins.isString text then
      throw "literalExpression expects a string."
    else
      {
        _type = "literalExpression";
        inherit text;
      };

  /**
    An old form for code in another language in documentation.

    # Type
    `string -> string -> { _type, text }`

    # Example
    ```nix
    (lib.options.literalCode "c" "int x;")._type
    => "literalMD"
    ```
  */
  literalCode =
    language: code:
    lib.literalMD ''
      ```${language}
      ${code}
      ```'';

  /**
    Markdown for `default`, `defaultText` and `example`, where the value is best described in words.

    # Type
    `string -> { _type, text }`

    # Example
    ```nix
    (lib.literalMD "the *first* one").text
    => "the *first* one"
    ```
  */
  literalMD =
    text:
    if !builtins.isString text then
      throw "literalMD expects a string."
    else
      {
        _type = "literalMD";
        inherit text;
      };

  /**
    What stands for the file of a module that has none.

    # Type
    `string`

    # Example
    ```nix
    lib.unknownModule
    => "<unknown-file>"
    ```
  */
  unknownModule = "<unknown-file>";
}
