// Loopback servers: a portal that answers as it is told, a release to download, and the example portal.

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "./job.js";

const built = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");

/** The built program. */
export const TIDEGATE = process.env.TIDEGATE_BINARY ?? join(built, "debug", "tidegate");
const PORTAL = process.env.TIDEGATE_PORTAL ?? join(built, "debug", "client-portal");

/** Serves what `answer` gives for a request, until the test ends; 404 for nothing, silence for `null`. */
export async function serve(test, answer) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push({ method: request.method, path: request.url, headers: request.headers });
    const told = answer(request);
    if (told === null) {
      return;
    }
    const { status = 200, headers = {}, body = "" } = told ?? { status: 404 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

/** A portal with one page. */
export function page(test, body = "welcome", status = 200) {
  return serve(test, () => ({ status, headers: { "content-type": "text/plain" }, body }));
}

/** The example portal with these regressions; gives its address. */
export async function examplePortal(test, ...breaks) {
  const parameters = ["--quiet", "--print-url", "--webhook-url", "http://127.0.0.1:4010/hooks", ...breaks.flatMap((name) => ["--break", name])];
  const child = spawn(PORTAL, parameters, { stdio: ["ignore", "pipe", "inherit"] });
  test.after(() => child.kill());
  return new Promise((ready, failed) => {
    child.stdout.once("data", (line) => ready(String(line).trim()));
    child.once("exit", (code) => failed(new Error(`the portal ended with ${code}`)));
  });
}
