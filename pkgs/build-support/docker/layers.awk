# Parts the paths of a closure into layers of an image: a line for each, of paths with spaces between.
# What most others refer to comes first; if there are more than `most` paths, the last line has what is
# left over. `most` 0 is one line.
#
# Its input is what exportReferencesGraph writes: for each path itself, its deriver, the number of
# its references, and these.

FNR == 1 { state = "path" }
state == "path" { path = $0; known[path] = 1; state = "deriver"; next }
state == "deriver" { state = "count"; next }
state == "count" { left = $1; if (left == 0) state = "path"; else state = "references"; next }
state == "references" {
  if ($0 != path) references[path] = references[path] " " $0
  if (--left == 0) state = "path"
}

# Counts `path` for all that it refers to, by whatever way.
function visit(path, from, parts, number, i) {
  if (seen[path] == from) return
  seen[path] = from
  popularity[path]++
  number = split(references[path], parts, " ")
  for (i = 1; i <= number; i++) visit(parts[i], from)
}

END {
  split(leftOut, names, " ")
  for (i in names) omitted[names[i]] = 1
  for (path in known) if (!(path in omitted)) visit(path, path)
  total = 0
  for (path in popularity) if (!(path in omitted)) keys[++total] = sprintf("%09d %s", 999999999 - popularity[path], path)
  total = asort(keys)
  for (i = 1; i <= total; i++) {
    sub(/^[0-9]+ /, "", keys[i])
    printf "%s%s", keys[i], (i == total || i < most ? "\n" : " ")
  }
}
