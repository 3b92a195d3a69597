require "net/http"
require "stringio"
require "uri"
require_relative "steps"

# this thread's connection to that host, kept
def connection(uri)
  kept = (Thread.current[:connections] ||= {})
  kept[uri.host] ||= Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https")
end

play(lambda do |method, url, headers, body, chunked|
  uri = URI(url)
  request = Net::HTTP.const_get(method.capitalize).new(uri, headers)
  if chunked
    request["Transfer-Encoding"] = "chunked"
    request.body_stream = StringIO.new(body)
  else
    request.body = body
  end
  response = connection(uri).request(request)
  [response.code.to_i, response["X-Sandbox-Rule"], response.body]
end)
