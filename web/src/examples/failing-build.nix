# A build that fails: press Build to see how failures are told.
# The first step is built; the second prints, complains and gives up with exit code 3.
let
  busybox = @busybox@;

  snow = derivation {
    name = "snow";
    system = builtins.currentSystem;
    builder = "${busybox}/bin/sh";
    args = [ "-c" "echo 'flakes: 6' > $out" ];
  };
in
derivation {
  name = "avalanche";
  system = builtins.currentSystem;
  builder = "${busybox}/bin/sh";
  PATH = "${busybox}/bin";
  inherit snow;
  args = [ "-c" ''
    echo "reading $snow"
    cat "$snow"
    echo "looking for a seventh flake..."
    grep 'flakes: 7' "$snow" || {
      echo "error: there are only six" >&2
      exit 3
    }
    cp "$snow" "$out"
  '' ];
}
