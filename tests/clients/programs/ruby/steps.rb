# The conversation that each Ruby client has; one JSON line a step.
require "erb"
require "json"

VTEX = {"X-VTEX-API-AppKey" => "vtexappkey-sandbox", "X-VTEX-API-AppToken" => "sandbox-token"}.freeze
NEWSTORE = {"Authorization" => "Bearer sandbox-newstore"}.freeze
JSON_BODY = {"Content-Type" => "application/json"}.freeze
PROFILES = "#{ENV.fetch("VTEX_URL")}/api/storage/profile-system/profiles"
CUSTOMERS = "#{ENV.fetch("NEWSTORE_URL")}/v1/d/pii/profiles"

def customer(email, document)
  JSON.generate(firstName: "Ana", lastName: "Lima", email: email, document: document, documentType: "CPF")
end

def tell(step, status, value)
  puts JSON.generate(step: step, status: status, value: value)
end

# call(method, url, headers, body, chunked) gives status, rule and text
def play(call)
  ana = customer("ana+matrix@example.com", "12345678911")
  status, _, text = call.(:post, PROFILES, VTEX.merge(JSON_BODY), ana, false)
  profile = "#{PROFILES}/#{JSON.parse(text)["id"]}"
  tell("create", status, JSON.parse(text)["document"]["email"])
  status, rule, = call.(:post, PROFILES, VTEX.merge(JSON_BODY), ana, false)
  tell("conflict", status, rule)
  email = ERB::Util.url_encode("ana+matrix@example.com")
  status, _, text = call.(:get, "#{PROFILES}/#{email}?alternativeKey=email", VTEX, nil, false)
  tell("masked read", status, JSON.parse(text)["document"]["email"])
  status, _, text = call.(:post, PROFILES, VTEX.merge(JSON_BODY), customer("ben@example.com", "98765432100"), true)
  tell("chunked create", status, JSON.parse(text)["document"]["email"])
  known = JSON.generate(email: "ana+matrix@example.com", full_name: "Ana Lima")
  _, _, text = call.(:post, CUSTOMERS, NEWSTORE.merge(JSON_BODY), known, false)
  created = JSON.parse(text)
  one = "#{CUSTOMERS}/#{created["id"]}"
  change = JSON.generate(full_name: "Ana B.", last_updated_at: created["updated_at"])
  status, _, text = call.(:patch, one, NEWSTORE.merge(JSON_BODY), change, false)
  tell("update", status, JSON.parse(text)["full_name"])
  status, rule, = call.(:patch, one, NEWSTORE.merge(JSON_BODY), change, false)
  tell("stale update", status, rule)
  status, _, text = call.(:get, "#{CUSTOMERS}?count=50", NEWSTORE, nil, false)
  tell("list", status, JSON.parse(text)["profiles"].length)
  status, _, text = call.(:delete, profile, VTEX, nil, false)
  tell("delete", status, text.to_s)
  status, = call.(:get, profile, VTEX, nil, false)
  tell("read after delete", status, "")
  readers = Array.new(10) { Thread.new { Array.new(5) { call.(:get, one, NEWSTORE, nil, false).first } } }
  statuses = readers.flat_map(&:value)
  tell("side by side", statuses.first, statuses.count(200))
end
