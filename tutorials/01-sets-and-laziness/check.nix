{ value, files }:
let
  # Whether a condition holds; one that fails with throw does not.
  holds = condition:
    let result = builtins.tryEval condition;
    in result.success && result.value;

  describes = name: version:
    builtins.isFunction (value.describe or null)
    && value.describe { inherit name version; secret = throw "the secret was asked for"; } == "${name}-${version}";
in
[
  {
    ok = holds (describes "zlib" "1.3" && describes "hello" "2.12");
    hint = "describe must be a function that works for any package, like `{ name, version, ... }: \"…\"`, with `\${name}` and `\${version}` in its string.";
  }
  {
    ok = holds (value.fullName or null == "hello-2.12");
    hint = "fullName must be \"hello-2.12\": name describe in the `let`, then call it: `describe package`.";
  }
  {
    ok = holds (value.attributes or null == [ "name" "secret" "version" ]);
    hint = "attributes must be the list of the three names in package, in order: `builtins.attrNames package`.";
  }
]
