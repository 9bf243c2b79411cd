// What somebody sees who writes a gate file in an editor.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LanguageServer } from "./server.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const schema = join(root, "docs", "gate.schema.json");
const example = join(root, "examples", "client-portal", "tidegate.yaml");

// The server waits for changes to settle; a machine under load takes its time on top.
const options = { timeout: 60_000 };

const head = [
  `# yaml-language-server: $schema=${pathToFileURL(schema).href}`,
  "version: 1",
  "name: editor",
  "environments:",
  "  local: { kind: local, url: http://127.0.0.1:8080 }",
  "identities:",
  "  anna: { bearer: \"${ANNA_TOKEN}\" }",
  "checks:",
];

let number = 0;
// A gate file with these lines under `checks:`; line numbers count from 0 in the whole file.
function gate(...lines) {
  number += 1;
  return { path: join(root, `gate-${number}.yaml`), text: [...head, ...lines, ""].join("\n") };
}

describe("a gate file in an editor", options, () => {
  let server;
  before(async () => {
    server = await LanguageServer.start();
  }, options);
  after(() => server.stop(), options);

  it("has no complaints about the example", options, async () => {
    const diagnostics = await server.open(example, await readFile(example, "utf8"));
    assert.deepEqual(diagnostics, []);
  });

  it("offers the kinds and the common keys inside a check", options, async () => {
    const { path, text } = gate("  login:", "    ");
    await server.open(path, text);
    const offered = await server.complete(path, head.length + 1, 4);
    for (const key of ["flow", "command", "as", "severity", "needs", "timeout", "retries", "covers", "owner"]) {
      assert.ok(offered.includes(key), `${key} is not among ${offered}`);
    }
  });

  it("offers the methods and the other keys inside a step", options, async () => {
    const { path, text } = gate("  login:", "    flow:", "      - name: first", "        ");
    await server.open(path, text);
    const offered = await server.complete(path, head.length + 3, 8);
    for (const key of ["get", "post", "put", "delete", "expect", "capture", "cleanup", "json", "headers"]) {
      assert.ok(offered.includes(key), `${key} is not among ${offered}`);
    }
  });

  it("offers the values of a severity", options, async () => {
    const { path, text } = gate("  login:", "    severity: ", "    flow: [{ get: / }]");
    await server.open(path, text);
    const offered = await server.complete(path, head.length + 1, 14);
    for (const value of ["low", "medium", "high", "critical"]) {
      assert.ok(offered.includes(value), `${value} is not among ${offered}`);
    }
  });

  const bad = [
    ["an unknown key of a check", ["  login:", "    serverity: high", "    flow: [{ get: / }]"], 1],
    ["an unknown key of a step", ["  login:", "    flow:", "      - get: /", "        expct: 200"], 3],
    ["a value that is none of a severity's", ["  login:", "    severity: awful", "    flow: [{ get: / }]"], 1],
    ["a flow that is no list", ["  login:", "    flow: yes please"], 1],
    ["a good check before a bad one", ["  one: { flow: [{ get: / }] }", "  two:", "    retries: many", "    flow: [{ get: / }]"], 2],
  ];
  for (const [what, lines, line] of bad) {
    it(`points at ${what}`, options, async () => {
      const { path, text } = gate(...lines);
      const diagnostics = await server.open(path, text);
      const at = diagnostics.map((diagnostic) => diagnostic.range.start.line);
      assert.deepEqual([...new Set(at)], [head.length + line], JSON.stringify(diagnostics));
    });
  }

  it("has no complaints about a template where a number is expected", options, async () => {
    const { path, text } = gate("  login:", "    retries: \"${RETRIES}\"", "    flow: [{ get: / }]");
    assert.deepEqual(await server.open(path, text), []);
  });
});
