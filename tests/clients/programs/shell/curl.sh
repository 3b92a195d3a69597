#!/usr/bin/env bash
# curl as it comes; arguments are options of every call.
. "$(dirname "$0")/steps.sh"
options=("$@")

call() {
  local method=$1 url=$2 body=$3 chunked=$4 header
  shift 4
  local arguments=(-sS -X "$method" "${options[@]}")
  for header in "$@"; do arguments+=(-H "$header"); done
  if [ -n "$chunked" ]; then
    arguments+=(-T - -H 'Expect:')
  elif [ -n "$body" ]; then
    arguments+=(-d "$body")
  fi
  local answer
  answer=$(curl "${arguments[@]}" -w '\n%{http_code}\n%header{x-sandbox-rule}.' "$url" <<<"$body")
  answer=${answer%.} # it kept the last line from being cut off where it is empty
  rule=${answer##*$'\n'} answer=${answer%$'\n'*}
  status=${answer##*$'\n'} text=${answer%$'\n'*}
}

many() {
  local url=$1 count=$2 header
  shift 2
  local arguments=(-sS "${options[@]}" --parallel --parallel-max 10 -o /dev/null -w '%{http_code}\n')
  for header in "$@"; do arguments+=(-H "$header"); done
  curl "${arguments[@]}" "$url#[1-$count]"
}

play
