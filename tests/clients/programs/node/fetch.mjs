import {pieces, play} from "./steps.mjs";

await play(async (method, url, headers, body, chunked) => {
  const options = chunked ? {body: ReadableStream.from(pieces(body)), duplex: "half"} : {body};
  const response = await fetch(url, {method, headers, ...options});
  return {status: response.status, rule: response.headers.get("x-sandbox-rule"), text: await response.text()};
});
