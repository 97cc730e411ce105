#! @shell@
# Calls tcc with what the packages that a build uses have to say: see cc-wrapper.sh.

links=1
path=
libraries=
for argument; do
  case "$argument" in -c | -S | -E | -v | -vv | --version | -ar | -print-search-dirs) links= ;; esac
done
if [ -n "$links" ]; then
  for flag in $NIX_LDFLAGS; do
    case "$flag" in
      -rpath) path=next ;;
      -L/*) libraries="$libraries $flag -Wl,-rpath=${flag#-L}" ;;
      -l*) libraries="$libraries $flag" ;;
      *) if [ -n "$path" ]; then libraries="$libraries -Wl,-rpath=$flag" path=; fi ;;
    esac
  done
fi
case "$1" in -ar) exec @tinycc@/bin/tcc "$@" ;; esac
exec @tinycc@/bin/tcc "$@" $NIX_CFLAGS_COMPILE $libraries
