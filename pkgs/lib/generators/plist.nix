/**
  Property lists, as macOS has them.
*/
{ lib }:
let
  inherit (builtins)
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isPath
    isString
    ;
in
{
  /**
    A property list. Attributes that are null are left out.

    # Inputs
    - `escape`: whether characters that mean something in XML are escaped in names and strings, as
      they should be

    # Type
    `{ escape ? false } -> any -> string`

    # Example
    ```nix
    lib.hasInfix "<key>a</key>\n\t<integer>1</integer>" (lib.generators.toPlist { escape = true; } { a = 1; })
    => true
    ```
  */
  toPlist =
    {
      escape ? false,
    }:
    let
      text = if escape then lib.escapeXML else lib.id;
      element =
        indent: v:
        if v == null then
          ""
        else if isBool v then
          indent + (if v then "<true/>" else "<false/>")
        else if isInt v then
          "${indent}<integer>${toString v}</integer>"
        else if isString v || isPath v then
          "${indent}<string>${text (toString v)}</string>"
        else if isList v then
          container indent "array" (map (element "\t${indent}") v)
        else if isAttrs v then
          container indent "dict" (lib.mapAttrsToList (entry "\t${indent}") (lib.filterAttrs (_: x: x != null) v))
        else if isFloat v then
          "${indent}<real>${toString v}</real>"
        else
          abort "generators.toPlist: should never happen (v = ${builtins.typeOf v})";
      container =
        indent: tag: items:
        "${indent}<${tag}>\n${lib.concatStringsSep "\n" items}\n${indent}</${tag}>";
      entry = indent: name: value: "${indent}<key>${text name}</key>\n${element indent value}";
    in
    v: ''
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <plist version="1.0">
      ${element "" v}
      </plist>'';
}
