/**
  Documentation of options, as data.
*/
{ lib }:
let
  inherit (builtins) isAttrs isBool isList mapAttrs;
  inherit (lib) literalExpression;
  inherit (lib.options)
    isOption
    optionAttrSetToDocList'
    renderOptionValue
    scrubOptionValue
    showOption
    unknownModule
    ;

  # The option itself, and those of the submodule that it is, if any.
  document =
    option:
    let
      name = showOption option.loc;
      visible = option.visible or true;
      subOptions = option.type.getSubOptions option.loc;
      context = what: builtins.addErrorContext "while evaluating the ${what} of option `${name}`";
      default =
        if option ? defaultText then
          option.defaultText
        else if option ? default then
          option.default
        else
          option.type.emptyValue.value;
      hasDefault = option ? defaultText || option ? default || option ? type.emptyValue.value;
    in
    [
      (
        {
          inherit (option) loc;
          inherit name;
          description = option.description or null;
          declarations = builtins.filter (file: file != unknownModule) option.declarations;
          internal = option.internal or false;
          visible = if isBool visible then visible else visible == "shallow";
          readOnly = option.readOnly or false;
          type = option.type.description or "unspecified";
        }
        // lib.optionalAttrs (option ? example) {
          example = context "example" (renderOptionValue option.example);
        }
        // lib.optionalAttrs hasDefault { default = context "default value" (renderOptionValue default); }
        // lib.optionalAttrs (option.relatedPackages or null != null) { inherit (option) relatedPackages; }
      )
    ]
    ++ lib.optionals (
      if isBool visible then visible else visible == "transparent"
    ) (optionAttrSetToDocList' option.loc subOptions);
in
{
  /**
    What is known of each option in a set of options, and of options within submodules.

    # Type
    `{ … } -> [ { loc, name, type, description, declarations, default, example, internal, visible, readOnly } ]`

    # Example
    ```nix
    let eval = lib.evalModules { modules = [ { options.x = lib.mkOption { type = lib.types.int; default = 1; }; } ]; }; in
    map (o: [ o.name o.type o.default.text ]) (builtins.filter (o: !lib.hasPrefix "_" o.name) (lib.optionAttrSetToDocList eval.options))
    => [ [ "x" "signed integer" "1" ] ]
    ```
  */
  optionAttrSetToDocList = optionAttrSetToDocList' [ ];

  /**
    Like `optionAttrSetToDocList`, with the path to the options first. (It is not used: options know
    their own.)

    # Type
    `[string] -> { … } -> [ { … } ]`

    # Example
    ```nix
    lib.optionAttrSetToDocList' [ "x" ] { }
    => [ ]
    ```
  */
  optionAttrSetToDocList' = _: options: builtins.concatMap document (lib.collect isOption options);

  /**
    A value in which derivations have their names for paths, so that it can be shown without
    instantiating them.

    # Type
    `any -> any`

    # Example
    ```nix
    (lib.scrubOptionValue { a = 1; p = derivation { name = "n"; system = "x"; builder = "b"; }; }).p.outPath
    => "n"
    ```
  */
  scrubOptionValue =
    x:
    if lib.isDerivation x then
      {
        type = "derivation";
        inherit (x) name;
        drvPath = x.name;
        outPath = x.name;
      }
    else if isList x then
      map scrubOptionValue x
    else if isAttrs x then
      mapAttrs (_: scrubOptionValue) (builtins.removeAttrs x [ "_args" ])
    else
      x;

  /**
    A value as documentation shows it: text of `literalExpression` or `literalMD` as it is, other
    values as Nix code.

    # Type
    `any -> { _type, text }`

    # Example
    ```nix
    (lib.options.renderOptionValue { a = 1; }).text
    => "{\n  a = 1;\n}"
    ```
  */
  renderOptionValue =
    value:
    if value ? _type && value ? text then
      value
    else
      literalExpression (
        lib.generators.toPretty {
          multiline = true;
          allowPrettyValues = true;
        } value
      );
}
