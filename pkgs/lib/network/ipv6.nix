/**
  Addresses of IPv6.
*/
{ lib }:
let
  inherit (builtins) elemAt head length;

  # The 16 bits that stand between two colons.
  parseGroup =
    address: group:
    if builtins.match "[0-9a-fA-F]{1,4}" group == null then
      throw "lib.network.ipv6: \"${address}\" is no address: `${group}' should be one to four hexadecimal digits"
    else
      lib.fromHexString group;

  groupsOf = address: text: if text == "" then [ ] else map (parseGroup address) (lib.splitString ":" text);

  # Eight groups; `::` stands for as many zeros as are missing.
  parse =
    address:
    let
      halves = lib.splitString "::" address;
      before = groupsOf address (head halves);
      after = if length halves == 2 then groupsOf address (elemAt halves 1) else [ ];
      missing = 8 - length before - length after;
    in
    if length halves > 2 || (length halves == 2 && missing < 1) || (length halves == 1 && missing != 0) then
      throw "lib.network.ipv6: \"${address}\" is not a valid IPv6 address"
    else
      before ++ lib.lists.replicate missing 0 ++ after;

  show = groups: lib.toLower (lib.concatMapStringsSep ":" lib.toHexString groups);
in
{
  /**
    An address, with the length of its prefix if that is given.

    # Type
    `string -> { address :: string, prefixLength :: int }`

    # Example
    ```nix
    lib.network.ipv6.fromString "2001:DB8::ffff/32"
    => { address = "2001:db8:0:0:0:0:0:ffff"; prefixLength = 32; }

    lib.network.ipv6.fromString "2001::db8::1"
    => error: is not a valid IPv6 address
    ```
  */
  fromString =
    text:
    let
      parts = lib.splitString "/" text;
      prefixLength = if length parts == 1 then 128 else lib.toInt (elemAt parts 1);
    in
    if length parts > 2 then
      throw "lib.network.ipv6: \"${text}\" has more than one prefix length"
    else if prefixLength < 1 || prefixLength > 128 then
      throw "lib.network.ipv6: \"${text}\" has a prefix length outside of 1 to 128"
    else
      {
        address = show (parse (head parts));
        inherit prefixLength;
      };

  /**
    The second half of an address that is made of the hardware's own, as autoconfiguration does it.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.network.ipv6.mkEUI64Suffix "66:75:63:6B:20:75"
    => "6475:63ff:fe6b:2075"
    ```
  */
  mkEUI64Suffix =
    mac:
    let
      bytes = map (
        byte:
        if builtins.match "[0-9a-fA-F]{2}" byte == null then
          throw "\"${mac}\" is not a valid MAC address (expected 6 octets of data)"
        else
          lib.fromHexString byte
      ) (lib.splitStringBy (_: c: c == ":" || c == "-" || c == ".") false mac);
      byte = elemAt bytes;
      # The bit that says whether the address is unique in the world is turned over, and ff:fe is
      # put in the middle.
      eui = [
        (builtins.bitXor (byte 0) 2 * 256 + byte 1)
        (byte 2 * 256 + 255)
        (254 * 256 + byte 3)
        (byte 4 * 256 + byte 5)
      ];
    in
    if length bytes != 6 then
      throw "\"${mac}\" is not a valid MAC address (expected 6 octets of data)"
    else
      show eui;
}
