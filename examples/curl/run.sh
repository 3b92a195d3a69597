#!/usr/bin/env bash
# A deletion, a quota and a conflict, with nothing but curl. Exit 1 where the sandbox answers otherwise than expected.
set -euo pipefail

server=${PII_SANDBOX_URL:-http://127.0.0.1:8080}
name=curl-$$-$RANDOM
url=$server/~$name                # in place of the vendor's scheme, host and port
control=$url/_sandbox/v1
profiles=$url/v1/d/pii/profiles
customer=$url/api/v1/crm/protected/profile/email/customer@example.com
newstore=(-H 'Authorization: Bearer sandbox-newstore')
fashionai=(-H 'X-FashionAI-APP-Token: fai_test_sandbox')
json=(-H 'Content-Type: application/json')
trap 'curl -s -o /dev/null -X DELETE "$control/sandboxes/$name"' EXIT

status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
expect() { # what, expected, seen
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "not ok: $1: expected $2, got $3"; exit 1; fi
}

# a profile is deleted a minute after somebody asked for it
body=$(curl -s "${newstore[@]}" "${json[@]}" -d '{"email":"anna@example.com"}' "$profiles")
id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' <<<"$body")
expect 'a deletion is accepted' 202 "$(status -X POST "${newstore[@]}" "$profiles/$id/delete")"
expect 'a second one is not' 409 "$(status -X POST "${newstore[@]}" "$profiles/$id/delete")"
curl -s -o /dev/null "${json[@]}" -d '{"minutes":1}' "$control/clock/advance"
expect 'a minute later the profile is gone' 404 "$(status "${newstore[@]}" "$profiles/$id")"
expect 'and nothing of the person is left' '{"places":[],' \
  "$(curl -s "$control/residue?subject=anna@example.com" | head -c 13)"

# two calls a minute, and the third waits until the minute is over
curl -s -o /dev/null -X PATCH "${json[@]}" -d '{"fashionai.limit_per_minute":2}' "$control/settings"
for expected in 200 200 429; do
  expect "a call within a minute: $expected" "$expected" "$(status "${fashionai[@]}" "$customer")"
done
curl -s -o /dev/null "${json[@]}" -d '{"minutes":1}' "$control/clock/advance"
expect 'after a minute' 200 "$(status "${fashionai[@]}" "$customer")"

# a fault that the request itself asks for
fault=(-H 'X-Sandbox-Fault: status=502; times=1')
expect 'a fault' 502 "$(status "${newstore[@]}" "${fault[@]}" "$profiles")"
expect 'that is over' 200 "$(status "${newstore[@]}" "${fault[@]}" "$profiles")"

# back to where it began
curl -s -o /dev/null "${json[@]}" -d '{"name":"before"}' "$control/snapshots"
curl -s -o /dev/null "${newstore[@]}" "${json[@]}" -d '{"email":"bea@example.com"}' "$profiles"
curl -s -o /dev/null -X POST "$control/snapshots/before/restore"
expect 'a restored sandbox has changed nothing' '{"collections":{},"properties":{},"state":{}}' "$(curl -s "$control/snapshots/before/diff")"
