// What portals answer and what checks print is foreign: it must not speak to the runner.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { page, serve } from "./runner/servers.js";
import { GATE, gate, standIn } from "./support.js";

const COMMANDS = [
  "::error::owned",
  "##[error]owned",
  " \t::warning file=README.md,line=1::owned",
  "\u200b::notice::owned",
  "text ##[set-output name=exit-code]0",
  "::set-output name=exit-code::0",
  "::set-env name=PATH::/owned",
  "::add-path::/owned",
  "::add-mask::the",
  "::stop-commands::owned",
  "::save-state name=x::owned",
  "##[add-mask]the",
];
const HOSTILE = ["\n", "\r", "\r\n", "\u0085", "\u2028"].flatMap((end) => COMMANDS.map((line) => `${end}${line}`)).join("");

function unharmed(result) {
  assert.deepEqual(result.commands, [], result.log);
  for (const { message, file, level } of result.annotations) {
    assert.ok(message !== "owned" && file !== "README.md", `${level} ${file}: ${message}`);
  }
  assert.ok(!result.log.includes("***"), "a mask of the portal's was taken");
  assert.deepEqual(result.variables, {});
}

test("an answer of the portal cannot speak to the runner", async (t) => {
  const { url } = await page(t, `welcome to nobody${HOSTILE}`, 500);
  const result = await gate({ portal: url });
  assert.equal(result.conclusion, "failure", result.log);
  assert.equal(result.outputs["exit-code"], "1");
  unharmed(result);
});

test("whatever the program prints, the runner takes nothing of it for a command", async () => {
  const text = HOSTILE.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
  const { program } = standIn(`printf '%b' '${text}'\nprintf '%b' '${text}' >&2\nprintf '::error::owned'`);
  const result = await gate({ inputs: { "binary-path": program } });
  assert.equal(result.conclusion, "success", result.log);
  unharmed(result);
  assert.equal(result.outputs["exit-code"], "0");
});

test("a header of the portal cannot speak to the runner", async (t) => {
  const { url } = await serve(t, () => ({ status: 200, headers: { "content-type": "##[error]owned", "x-odd": "::error::owned" }, body: "goodbye" }));
  const file = GATE.replace("status: 200", "status: 200, headers: { x-odd: fine, content-type: fine }");
  const result = await gate({ portal: url, files: { "tidegate.yaml": file } });
  assert.equal(result.conclusion, "failure", result.log);
  unharmed(result);
});

test("a gate file cannot speak to the runner, read or refused", async (t) => {
  const { url } = await page(t, "goodbye");
  const named = GATE.replace("- get: /", '- name: "x\\n::error::owned ##[error]owned"\n        get: /');
  unharmed(await gate({ portal: url, files: { "tidegate.yaml": named } }));
  const wrong = `${GATE}\n::error::owned: 1\n"##[error]owned": 2\n`;
  const result = await gate({ portal: url, files: { "tidegate.yaml": wrong } });
  assert.equal(result.outputs["exit-code"], "2");
  unharmed(result);
});

test("inputs cannot speak to the runner", async (t) => {
  const { url } = await page(t);
  for (const input of ["gate", "environment", "url", "base", "args", "working-directory", "reports", "previous", "version", "binary-path", "mirror", "comment"]) {
    unharmed(await gate({ portal: url, inputs: { [input]: HOSTILE } }));
  }
});

test("what a command prints cannot speak to the runner, and gets no token and no file of the runner's", async (t) => {
  const { url } = await page(t);
  const script = `#!/bin/sh
printf '%b' '${HOSTILE.replaceAll("\r", "\\r").replaceAll("\n", "\\n")}'
printf '%b' '${HOSTILE.replaceAll("\r", "\\r").replaceAll("\n", "\\n")}' >&2
env >seen.txt
exit 1
`;
  const file = `${GATE}  our-tests:\n    command: { run: sh tests.sh }\n`;
  const environment = { GITHUB_TOKEN: "ghs_given_to_the_job_by_accident", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "identity-of-the-job" };
  const result = await gate({ portal: url, files: { "tidegate.yaml": file, "tests.sh": script }, environment });
  assert.equal(result.conclusion, "failure", result.log);
  unharmed(result);
  const seen = readFileSync(join(result.workspace, "seen.txt"), "utf8");
  assert.match(seen, /^PATH=/m);
  for (const name of ["GITHUB_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_ENV=", "GITHUB_OUTPUT=", "GITHUB_PATH=", "GITHUB_STEP_SUMMARY=", ...Object.values(environment)]) {
    assert.ok(!seen.includes(name), name);
  }
});

test("secrets of the environment are in no output, with the runner's mask and without", async (t) => {
  const secret = "correct-horse-battery-staple";
  const { url } = await serve(t, ({ headers }) => ({ status: 500, body: `you sent ${headers["x-key"]}` }));
  const file = GATE.replace("- get: /", '- get: /\n        headers: { x-key: "${PORTAL_KEY}" }');
  const result = await gate({ portal: url, files: { "tidegate.yaml": file }, environment: { PORTAL_KEY: secret } });
  assert.equal(result.outputs["exit-code"], "1", result.log);
  const { outputs } = result;
  const written = ["report-json", "report-html", "report-junit"].map((name) => readFileSync(outputs[name], "utf8"));
  for (const text of [result.log, result.summary, JSON.stringify(result.annotations), ...written]) {
    assert.ok(!text.includes(secret));
  }
});

test("more findings than a step may show are counted, and none is lost unseen", async (t) => {
  const { url } = await page(t, "goodbye");
  const more = Array.from({ length: 24 }, (_, at) => `  page-${at}:\n    flow:\n      - { get: /page-${at}, expect: { status: 404 } }\n`);
  const result = await gate({ portal: url, files: { "tidegate.yaml": GATE + more.join("") }, inputs: { args: "--all" } });
  assert.equal(result.conclusion, "failure", result.log);
  assert.equal(result.outputs.blocking, "25", result.log);
  const errors = result.annotations.filter(({ level }) => level === "error");
  assert.equal(errors.length, 10);
  assert.ok(errors.some(({ message }) => /1[56]/.test(message) && /more/.test(message)), JSON.stringify(errors));
  // Only the runner's own word about the exit code has no room.
  assert.ok(result.dropped <= 1, `${result.dropped} annotations were dropped`);
});
