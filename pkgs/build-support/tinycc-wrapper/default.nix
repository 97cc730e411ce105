/**
  tcc as builds use it, in place of gcc: it compiles C (no C++) quickly, and needs a few megabytes of
  downloads only. What comes of it uses musl.
*/
{ toolchain, tinycc }:
toolchain.run {
  name = "tinycc-wrapper-${tinycc.version}";
  packages = [ ];
  wrapper = ./tinycc-wrapper.sh;
  setupHook = ../cc-wrapper/setup-hook.sh;
  inherit tinycc;
  inherit (toolchain) busybox;
  script = ''
    mkdir -p $out/bin $out/nix-support
    sed -e "s|@shell@|$busybox/bin/sh|" -e "s|@tinycc@|$tinycc|" $wrapper > $out/bin/tcc
    chmod +x $out/bin/tcc
    for name in cc gcc; do ln -s tcc $out/bin/$name; done
    for name in ar ranlib; do
      printf '#!%s\nexec %s -ar "$@"\n' $busybox/bin/sh $tinycc/bin/tcc > $out/bin/$name
      chmod +x $out/bin/$name
    done
    # An archive of tcc has its index from the start.
    printf '#!%s\n' $busybox/bin/sh > $out/bin/ranlib
    sed 's/^export CC=.*/export CC=tcc AR=ar RANLIB=ranlib/' $setupHook > $out/nix-support/setup-hook
  '';
}
// {
  pname = "tinycc-wrapper";
  inherit (tinycc) version;
  cc = tinycc;
  isGNU = false;
  isClang = false;
  targetPrefix = "";
}
