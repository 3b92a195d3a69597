require "faraday"
require "stringio"
require_relative "steps"

client = Faraday.new
play(lambda do |method, url, headers, body, chunked|
  sent = chunked ? headers.merge("Transfer-Encoding" => "chunked") : headers
  response = client.run_request(method, url, chunked ? StringIO.new(body) : body, sent)
  [response.status, response.headers["X-Sandbox-Rule"], response.body]
end)
