// Lets another judge, Stoplight's prism, look at the requests that the tests recorded.
//
// Usage: TIDEGATE_GITHUB_REQUESTS=FILE cargo test -p tidegate-github --features api --test api table
//        node prism.mjs DESCRIPTION REQUESTS PRISM
//
// DESCRIPTION is the file that fetch.mjs wrote, and PRISM the program of the npm package
// @stoplight/prism-cli 5. It prints what prism takes and refuses for each operation, and fails when
// prism refuses a request as it is made. What GitHub says in prose alone, such as lengths, and names that
// no schema knows, prism cannot refuse.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import process from "node:process";

const [description, requests, prism] = process.argv.slice(2);
if (!prism) {
  throw new Error("usage: node prism.mjs DESCRIPTION REQUESTS PRISM");
}
const port = 4019;
const recorded = JSON.parse(await readFile(requests, "utf8"));
const server = spawn(prism, ["mock", "--errors", "--port", String(port), description], { stdio: ["ignore", "pipe", "inherit"] });
try {
  await listening(server);
  const table = new Map();
  const refused = [];
  for (const one of recorded) {
    // Larger than prism reads.
    if (one.body.length > 1_000_000) {
      continue;
    }
    const row = table.get(one.operation) ?? { good: "", broken: 0, refused: 0 };
    table.set(one.operation, row);
    const { no, body } = await send(one);
    if (one.good) {
      row.good = no ? "refused" : "accepted";
      if (no) {
        refused.push(`${one.operation}: ${body}`);
      }
    } else {
      row.broken += 1;
      row.refused += no ? 1 : 0;
    }
  }
  console.log("operation".padEnd(46), "as it is".padEnd(10), "broken: refused / sent");
  for (const [operation, row] of table) {
    console.log(operation.padEnd(46), row.good.padEnd(10), `${row.refused} / ${row.broken}`);
  }
  if (refused.length > 0) {
    throw new Error(refused.join("\n"));
  }
} finally {
  server.kill();
}

// Waits until prism says that it listens; what it says later is read and dropped.
function listening(child) {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (part) => {
      said += part;
      if (said.includes("is listening on")) {
        resolve();
      }
    });
    child.on("exit", () => reject(new Error(`prism ended: ${said}`)));
  });
}

// Sends a request as it was recorded. Its media type, which GitHub asks for, is not in the description.
async function send(one) {
  const kept = one.headers.filter(([name]) => !["host", "connection", "content-length", "accept"].includes(name));
  const headers = { ...Object.fromEntries(kept), accept: "application/json" };
  const body = one.body === "" ? undefined : Buffer.from(one.body);
  const outgoing = request({ port, host: "127.0.0.1", method: one.method, path: one.target, headers: { ...headers, "content-length": body?.length ?? 0 } });
  outgoing.end(body);
  const [answer] = await once(outgoing, "response");
  let text = "";
  for await (const part of answer) {
    text += part;
  }
  return { no: answer.statusCode >= 400 && !itself(text), body: text.slice(0, 600) };
}

// Whether prism finds fault with nothing but the answer that it made itself from an example of GitHub's.
function itself(text) {
  const { validation } = text === "" ? {} : JSON.parse(text);
  return Array.isArray(validation) && validation.every(({ location }) => location[0] === "response");
}
