# Functions and attribute sets: how packages are described and changed.
let
  # A function may take a set apart by name, with defaults, and ignore the rest.
  describe = { name, version ? "1.0", tags ? [ ], ... }: {
    fullName = "${name}-${version}";
    keywords = builtins.concatStringsSep ", " tags;
  };

  packages = {
    hello = { name = "hello"; version = "2.12"; tags = [ "greeting" "example" ]; };
    sled = { name = "sled"; colour = "red"; };
  };

  # A change is a function from the old set to the new attributes.
  override = package: change: package // change package;
in
{
  descriptions = builtins.mapAttrs (name: describe) packages;

  newer = describe (override packages.hello (old: {
    version = old.version + ".1";
    tags = old.tags ++ [ "newer" ];
  }));

  # What a function asks for can be asked, too.
  asksFor = builtins.functionArgs describe;

  # Functions are values: keep them in lists, pass them on, give them back.
  composed =
    let compose = f: g: x: f (g x);
    in map (compose (x: x * 10) (x: x + 1)) [ 1 2 3 ];
}
