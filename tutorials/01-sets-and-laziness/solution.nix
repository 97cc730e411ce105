let
  package = {
    name = "hello";
    version = "2.12";
    secret = throw "the secret was asked for";
  };

  describe = { name, version, ... }: "${name}-${version}";
in
{
  # 1. A function that makes "name-version" of a package.
  inherit describe;

  # 2. What describe makes of the package above: "hello-2.12".
  fullName = describe package;

  # 3. The names of the package's attributes.
  attributes = builtins.attrNames package;
}
