# Writes an image to the standard output. Its variables:
#
#   imageName tag     what it is called
#   configFile        how containers of it run, in JSON
#   architecture created
#   mtime             of files in layers
#   layer             the directory with layer.tar, which comes last
#   storeLayers       a file with the store paths of a layer in each line, or empty
#   fromImage         an image whose layers come first, or empty

set -euo pipefail

# addBlob FILE: moves it to its place; sets `digest` and `size`.
addBlob() {
  digest="$(sha256sum < "$1" | cut -d ' ' -f 1)"
  size="$(stat -c %s "$1")"
  mv "$1" "image/blobs/sha256/$digest"
}

diffIds=() layerPaths=() layerDescriptors=() history=()

# addLayer COMMENT: adds ./layer.tar. Layers that are alike share a file.
addLayer() {
  addBlob layer.tar
  diffIds+=("\"sha256:$digest\"")
  layerPaths+=("\"blobs/sha256/$digest\"")
  layerDescriptors+=("{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"sha256:$digest\",\"size\":$size}")
  if [ -n "$1" ]; then history+=("{\"created\":\"$time\",\"comment\":\"$1\"}"); fi
}

join() {
  local IFS=,
  echo "$*"
}

# What the layers of `fromImage` have: names with a dot behind, since none may be empty.
declare -A there=()

# Adds layers, history and environment of `fromImage`.
addBaseImage() {
  mkdir base
  tar -x -C base -f "$fromImage"
  local images=base/manifest.json choice='.[0]'
  if [ -n "${fromImageName:-}" ]; then
    choice='[.[] | select(any(.RepoTags[]?; startswith($name + ":") and ($tag == "" or endswith(":" + $tag))))][0]'
  fi
  jq --arg name "${fromImageName:-}" --arg tag "${fromImageTag:-}" "$choice" "$images" > chosen
  if [ "$(cat chosen)" = null ]; then
    echo "dockerTools: $fromImage has no image ${fromImageName:-}${fromImageTag:+:$fromImageTag}" >&2
    exit 1
  fi
  local baseConfig file line
  baseConfig="base/$(jq -r .Config chosen)"
  for file in $(jq -r '.Layers[]' chosen); do
    # What an image says of its layers is of them as they are uncompressed.
    if [ "$(head -c 2 "base/$file" | od -An -tx1 | tr -d ' \n')" = 1f8b ]; then
      gzip -dc "base/$file" > layer.tar
    else
      cp -L "base/$file" layer.tar
    fi
    while read -r line; do
      line="${line#./}"
      there["${line%/}."]=1
    done < <(tar -t -f layer.tar)
    addLayer ''
  done
  while read -r line; do history+=("$line"); done < <(jq -c '.history[]?' "$baseConfig")
  # Variables of its own win over those of the image that it stands on.
  jq -c --slurpfile base "$baseConfig" '
    def named: map({ key: split("=")[0], value: . }) | from_entries;
    (($base[0].config.Env // []) | named) + ((.Env // []) | named) | [.[]] as $all
    | if $all == [] then empty else $all end' config > environment
  if [ -s environment ]; then
    jq -c --slurpfile env environment '.Env = $env[0]' config > merged
    mv merged config
  fi
}

# addStorePaths PATH…: appends them to ./layer.tar, with the directories above.
addStorePaths() {
  local store="${NIX_STORE#/}" parents=() parent='' part
  mkdir -p "skeleton/$store"
  chmod -R 755 skeleton
  while read -r -d / part; do
    parent+="${parent:+/}$part"
    parents+=("$parent")
  done <<< "$store/"
  local owner=(--hard-dereference --numeric-owner --owner=0 --group=0 --sort=name --mtime="$mtime")
  if [ -z "${there["$store."]-}" ]; then
    tar -r -f layer.tar "${owner[@]}" -C skeleton --no-recursion "${parents[@]}"
  fi
  tar -r -f layer.tar "${owner[@]}" -C / "${@#/}"
}

writeImage() {
  local line paths path missing time own
  time="$created"
  if [ "$time" = now ]; then time="$(date -u +%Y-%m-%dT%H:%M:%SZ)"; fi
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  mkdir -p image/blobs/sha256
  cp "$configFile" config
  chmod u+w config
  if [ -n "${fromImage:-}" ]; then addBaseImage; fi

  own=()
  if [ -n "$storeLayers" ]; then
    while read -r line; do
      missing=()
      for path in $line; do
        if [ -z "${there["${path#/}."]-}" ]; then missing+=("$path"); fi
      done
      if ((${#missing[@]} == 0)); then continue; fi
      if ((maxLayers == 0)); then
        own=("${missing[@]}")
        continue
      fi
      addStorePaths "${missing[@]}"
      addLayer "store paths: ${missing[*]##*/}"
    done < "$storeLayers"
  fi
  cp "$layer/layer.tar" layer.tar
  chmod u+w layer.tar
  if ((${#own[@]} > 0)); then addStorePaths "${own[@]}"; fi
  addLayer "$imageName"

  printf '{"architecture":"%s","config":%s,"created":"%s","history":[%s],"os":"linux","rootfs":{"diff_ids":[%s],"type":"layers"}}' \
    "$architecture" "$(cat config)" "$time" "$(join "${history[@]}")" "$(join "${diffIds[@]}")" > config.json
  addBlob config.json
  local configDigest="$digest" configSize="$size"
  printf '[{"Config":"blobs/sha256/%s","Layers":[%s],"RepoTags":["%s:%s"]}]' \
    "$configDigest" "$(join "${layerPaths[@]}")" "$imageName" "$tag" > image/manifest.json

  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[%s]}' \
    "$configDigest" "$configSize" "$(join "${layerDescriptors[@]}")" > manifest
  addBlob manifest
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"%s"}}]}' \
    "$digest" "$size" "$tag" > image/index.json
  printf '{"imageLayoutVersion":"1.0.0"}' > image/oci-layout

  tar -c -C image --sort=name --numeric-owner --owner=0 --group=0 --mode=a=r,u+w,a+X --mtime="@1" \
    blobs index.json manifest.json oci-layout
}
