import {createRequire} from "node:module";
import {Readable} from "node:stream";
import {pieces, play} from "./steps.mjs";

const axios = createRequire(process.env.NODE_MODULES + "/")("axios");
const text = (data) => (typeof data === "string" ? data : JSON.stringify(data));
const told = (response) => ({
  status: response.status,
  rule: response.headers["x-sandbox-rule"],
  text: text(response.data),
});
await play(async (method, url, headers, body, chunked) => {
  try {
    return told(await axios({method, url, headers, data: chunked ? Readable.from(pieces(body)) : body}));
  } catch (error) {
    if (error.response) return told(error.response); // axios throws what is no 2xx
    throw error;
  }
});
