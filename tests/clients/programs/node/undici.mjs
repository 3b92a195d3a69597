import {createRequire} from "node:module";
import {pieces, play} from "./steps.mjs";

const {request, setGlobalDispatcher, EnvHttpProxyAgent} = createRequire(process.env.NODE_MODULES + "/")("undici");
if (process.env.HTTPS_PROXY) setGlobalDispatcher(new EnvHttpProxyAgent());
await play(async (method, url, headers, body, chunked) => {
  const response = await request(url, {method, headers, body: chunked ? pieces(body) : body});
  return {status: response.statusCode, rule: response.headers["x-sandbox-rule"], text: await response.body.text()};
});
