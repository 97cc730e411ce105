# Downloads the first of $urls that can be had, and unpacks it to $out.
for url in $urls; do
  echo "trying $url"
  if wget -O file "$url"; then break; fi
  rm -f file
done
if [ ! -e file ]; then
  echo "none of the addresses gave a file" >&2
  exit 1
fi
mkdir unpacked
case "$(head -c 6 file | od -An -tx1 | tr -d ' \n')" in
  504b*) unzip -q file -d unpacked ;;
  1f8b*) gunzip -c file | tar -x -f - -C unpacked ;;
  fd377a58*) unxz -c file | tar -x -f - -C unpacked ;;
  425a68*) bunzip2 -c file | tar -x -f - -C unpacked ;;
  *) tar -x -f file -C unpacked ;;
esac
if [ -n "$stripRoot" ]; then
  set -- unpacked/*
  if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "zip file must contain a single file or directory at its top, or stripRoot must be false" >&2
    exit 1
  fi
  mv "$1" "$out"
else
  mv unpacked "$out"
fi
chmod -R u+w "$out"
