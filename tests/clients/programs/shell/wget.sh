#!/usr/bin/env bash
# wget as it comes; it cannot send a chunked body. Arguments are options of every call.
. "$(dirname "$0")/steps.sh"
options=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

call() {
  local method=$1 url=$2 body=$3 header
  shift 4
  local arguments=(-nv --server-response --content-on-error --method "$method" "${options[@]}" -O "$work/text")
  for header in "$@"; do arguments+=(--header "$header"); done
  [ -z "$body" ] || arguments+=(--body-data "$body")
  : >"$work/text"
  wget "${arguments[@]}" "$url" 2>"$work/log" || [ $? -eq 8 ] || { cat "$work/log" >&2; exit 1; } # 8: an error status
  status=$(grep -oE '^ +HTTP/1.1 [0-9]+' "$work/log" | tail -1 | grep -oE '[0-9]+$')
  rule=$(sed -nE 's/^ +x-sandbox-rule: (.*)$/\1/Ip' "$work/log" | tail -1)
  text=$(cat "$work/text")
}

many() {
  local url=$1 count=$2 header urls=()
  shift 2
  local arguments=(-nv --server-response "${options[@]}" -O /dev/null)
  for header in "$@"; do arguments+=(--header "$header"); done
  for ((i = 0; i < count; i++)); do urls+=("$url"); done
  wget "${arguments[@]}" "${urls[@]}" 2>&1 | grep -E '^ +HTTP/1.1 [0-9]+' | grep -v ' 200 Connection' | grep -oE ' [0-9]{3}' | tr -d ' '
}

play
