// A POST through the proxy of HTTPS_PROXY, with Node's own modules alone. Prints status and body.
const http = require("http");
const https = require("https");

const proxy = new URL(process.env.HTTPS_PROXY);
const [url, body] = process.argv.slice(2);
const target = new URL(url);
const headers = {
  "Content-Type": "application/json",
  "Content-Length": Buffer.byteLength(body),
  "X-VTEX-API-AppKey": "vtexappkey-sandbox",
  "X-VTEX-API-AppToken": "sandbox-token",
};

http
  .request({ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: `${target.hostname}:443` })
  .on("connect", (response, socket) => {
    https
      .request(target, { method: "POST", socket, agent: false, headers }, (answer) => {
        let text = "";
        answer.on("data", (part) => (text += part));
        answer.on("end", () => {
          console.log(answer.statusCode, text);
          socket.destroy();
        });
      })
      .end(body);
  })
  .end();
