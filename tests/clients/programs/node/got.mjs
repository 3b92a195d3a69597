import {pathToFileURL} from "node:url";
import {Readable} from "node:stream";
import {pieces, play} from "./steps.mjs";

const {default: got} = await import(pathToFileURL(`${process.env.NODE_MODULES}/got/dist/source/index.js`));
const told = (response) => ({
  status: response.statusCode,
  rule: response.headers["x-sandbox-rule"],
  text: response.body,
});
await play(async (method, url, headers, body, chunked) => {
  try {
    return told(await got(url, {method, headers, body: chunked ? Readable.from(pieces(body)) : body}));
  } catch (error) {
    if (error.response) return told(error.response); // got throws what is no 2xx
    throw error;
  }
});
