# The conversation that each command-line client has; one JSON line a step.
# NEVER_CHUNKED: set for a client that sends no chunked bodies.
# call METHOD URL BODY CHUNKED HEADER… sets $status, $rule and $text; many URL COUNT HEADER… prints a status a line.
set -euo pipefail

vtex=('X-VTEX-API-AppKey: vtexappkey-sandbox' 'X-VTEX-API-AppToken: sandbox-token')
newstore=('Authorization: Bearer sandbox-newstore')
json=('Content-Type: application/json')
profiles=$VTEX_URL/api/storage/profile-system/profiles
customers=$NEWSTORE_URL/v1/d/pii/profiles

property() { grep -oE "\"$1\":\"[^\"]*\"" <<<"$text" | head -1 | cut -d'"' -f4; }
tell() { printf '{"step":"%s","status":%d,"value":%s}\n' "$1" "$status" "$2"; }
customer() { printf '{"firstName":"Ana","lastName":"Lima","email":"%s","document":"%s","documentType":"CPF"}' "$@"; }

play() {
  local ana profile one change
  ana=$(customer ana+matrix@example.com 12345678911)
  call POST "$profiles" "$ana" '' "${vtex[@]}" "${json[@]}"
  profile=$profiles/$(property id)
  tell create "\"$(property email)\""
  call POST "$profiles" "$ana" '' "${vtex[@]}" "${json[@]}"
  tell conflict "\"$rule\""
  call GET "$profiles/ana%2Bmatrix%40example.com?alternativeKey=email" '' '' "${vtex[@]}"
  tell 'masked read' "\"$(property email)\""
  if [ -z "${NEVER_CHUNKED:-}" ]; then
    call POST "$profiles" "$(customer ben@example.com 98765432100)" yes "${vtex[@]}" "${json[@]}"
    tell 'chunked create' "\"$(property email)\""
  fi
  call POST "$customers" '{"email":"ana+matrix@example.com","full_name":"Ana Lima"}' '' "${newstore[@]}" "${json[@]}"
  one=$customers/$(property id)
  change="{\"full_name\":\"Ana B.\",\"last_updated_at\":\"$(property updated_at)\"}"
  call PATCH "$one" "$change" '' "${newstore[@]}" "${json[@]}"
  tell update "\"$(property full_name)\""
  call PATCH "$one" "$change" '' "${newstore[@]}" "${json[@]}"
  tell 'stale update' "\"$rule\""
  call GET "$customers?count=50" '' '' "${newstore[@]}"
  tell list "$(grep -o '"display_id"' <<<"$text" | wc -l)"
  call DELETE "$profile" '' '' "${vtex[@]}"
  tell delete "\"$text\""
  call GET "$profile" '' '' "${vtex[@]}"
  tell 'read after delete' '""'
  local statuses
  statuses=$(many "$one" 50 "${newstore[@]}")
  status=$(head -1 <<<"$statuses")
  tell 'side by side' "$(grep -c '^200$' <<<"$statuses")"
}
