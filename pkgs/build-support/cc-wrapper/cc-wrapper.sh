#! @shell@
# Calls a compiler with what it has to know of the C library and of the packages that a build uses:
# NIX_CFLAGS_COMPILE, NIX_CFLAGS_LINK and NIX_LDFLAGS, which setup hooks fill.
#
# Written for a shell that starts quickly, since configure scripts call compilers hundreds of times.

links=1
static=
nothing=1
for argument; do
  case "$argument" in
    -c | -S | -E | -M | -MM | -fsyntax-only) links= ;;
    -static | -static-pie) static=1 ;;
    -v | --version | -dumpversion | -dumpmachine | -print-* | --print-* | -V | -qversion) ;;
    *) nothing= ;;
  esac
done

# Asked only about itself, a compiler must not be given anything to link.
if [ -n "$nothing" ]; then exec @program@ -B@libcDev@/lib/ -B@binutils@/bin/ "$@"; fi

# As nixpkgs does: what a build's own flags say comes first.
set -- "$@" $NIX_CFLAGS_COMPILE @headers@

if [ -n "$links" ]; then
  libraries="-L@libcDev@/lib -L@libc@/lib"
  if [ -z "$static" ]; then
    libraries="$libraries -Wl,-dynamic-linker,@loader@ @runtime@ -Wl,-rpath,@libc@/lib"
  fi
  # Flags of the linker reach it through the compiler.
  own=
  for flag in $NIX_LDFLAGS; do
    case "$flag" in
      -L* | -l*) own="$own $flag" ;;
      *) own="$own -Xlinker $flag" ;;
    esac
  done
  libraries="$own $libraries"
  # What is used is found when the program runs, wherever it was found when it was linked.
  if [ -z "$static" ] && [ -z "$NIX_DONT_SET_RPATH" ]; then
    for flag in $NIX_LDFLAGS; do
      case "$flag" in -L/*) libraries="$libraries -Wl,-rpath,${flag#-L}" ;; esac
    done
  fi
  set -- "$@" $NIX_CFLAGS_LINK $libraries
fi

if [ -n "$NIX_DEBUG" ]; then echo "@program@ $*" >&2; fi
exec @program@ -B@libcDev@/lib/ -B@binutils@/bin/ "$@"
