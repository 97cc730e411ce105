# Functions that put files where programs look for them.

# installManPage FILE…: by the section that its name ends in
installManPage() {
  local file name section
  for file; do
    name="$(basename "$file")"
    section="${name%.gz}"
    section="${section##*.}"
    install -Dm644 "$file" "${!outputMan}/share/man/man${section:0:1}/$name"
  done
}

# installBin FILE…
installBin() {
  local file
  for file; do install -Dm755 "$file" "${!outputBin}/bin/$(basename "$file")"; done
}

# installShellCompletion [--cmd NAME] [--bash | --fish | --zsh | --name NAME] FILE…
installShellCompletion() {
  local shell='' name='' command='' file target
  while (($# > 0)); do
    case "$1" in
      --bash | --fish | --zsh) shell="${1#--}"; shift; continue ;;
      --name) name="$2"; shift 2; continue ;;
      --cmd) command="$2"; shift 2; continue ;;
      --) shift; continue ;;
    esac
    file="$1"
    shift
    local own="$shell"
    if [ -z "$own" ]; then own="${file##*.}"; fi
    target="$name"
    name=
    if [ -z "$target" ]; then
      case "$own" in
        bash) target="${command:+$command.bash}" ;;
        fish) target="${command:+$command.fish}" ;;
        zsh) target="${command:+_$command}" ;;
      esac
      if [ -z "$target" ]; then target="$(basename "$file")"; fi
      if [ "$own" = zsh ] && [[ $target != _* ]]; then target="_${target%.zsh}"; fi
    fi
    case "$own" in
      bash) target="share/bash-completion/completions/$target" ;;
      fish) target="share/fish/vendor_completions.d/$target" ;;
      zsh) target="share/zsh/site-functions/$target" ;;
      *) echo "installShellCompletion: of what shell is $file?" >&2; return 1 ;;
    esac
    install -Dm644 "$file" "${!outputBin}/$target"
  done
}
