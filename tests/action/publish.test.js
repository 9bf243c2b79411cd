// What is told to GitHub beside the log, and with which token.

import assert from "node:assert/strict";
import { test } from "node:test";
import { page, serve } from "./runner/servers.js";
import { gate, standIn } from "./support.js";

const TOKEN = "ghs_harnessharnessharnessharness0000";

/** The calls of a command, without where the report lies. */
const callsOf = (calls, command) => calls.filter((line) => line.startsWith(`${command} `)).map((line) => line.replace(/\/\S*\//, ""));

test("nothing is published, and no token is used, unless it was asked for", async () => {
  const { program, calls } = standIn();
  const result = await gate({ inputs: { "binary-path": program } });
  assert.equal(result.conclusion, "success", result.log);
  assert.equal(calls().length, 1);
  assert.match(calls()[0], /^run .* token=$/);
});

test("what was asked for is published in one step, which alone has the token", async () => {
  const { program, calls } = standIn();
  const inputs = { "binary-path": program, comment: true, "check-run": true, sarif: "True", status: true, deployment: true };
  const result = await gate({ inputs, environment: { GITHUB_TOKEN: "ghs_of_the_job" } });
  assert.equal(result.conclusion, "success", result.log);
  assert.match(calls()[0], /^run .* token=$/);
  assert.deepEqual(callsOf(calls(), "publish"), [`publish tidegate.json --to check-run,comment,status,deployment,code-scanning token=${TOKEN}`]);
});

test("another token may be given", async () => {
  const { program, calls } = standIn();
  await gate({ inputs: { "binary-path": program, comment: true, token: "ghs_of_an_app" } });
  assert.deepEqual(callsOf(calls(), "publish"), ["publish tidegate.json --to comment token=ghs_of_an_app"]);
});

test("a block is published before the job fails", async () => {
  const { program, calls } = standIn('[ "$1" = run ] && exit 1');
  const result = await gate({ inputs: { "binary-path": program, comment: true } });
  assert.equal(result.conclusion, "failure");
  assert.equal(callsOf(calls(), "publish").length, 1);
  assert.deepEqual(result.steps.map(({ name, outcome }) => `${name}: ${outcome}`).slice(-2), ["Publish the verdict: success", "Give the verdict: failure"]);
});

test("what cannot be published is a warning, and the verdict stands", async () => {
  for (const [code, conclusion] of [[0, "success"], [1, "failure"]]) {
    const { program } = standIn(`[ "$1" = publish ] && { echo 'HTTP 500' >&2; exit 1; }\n[ "$1" = run ] && exit ${code}`);
    const result = await gate({ inputs: { "binary-path": program, comment: true } });
    assert.equal(result.conclusion, conclusion, result.log);
    assert.equal(result.annotations[0].level, "warning");
    assert.match(result.annotations[0].message, /Not everything could be published \(comment\)\. The verdict stands/);
  }
});

test("a run without a report has nothing to publish", async () => {
  const { program, calls } = standIn();
  const result = await gate({ inputs: { "binary-path": program, comment: true, "working-directory": "nowhere" } });
  assert.equal(result.conclusion, "failure");
  assert.deepEqual(calls(), []);
});

test("the report of the default branch is compared with when that was asked for", async () => {
  const found = standIn(`[ "$1" = previous ] && echo '{}' >"$3"`);
  const result = await gate({ inputs: { "binary-path": found.program, compare: true } });
  assert.equal(result.conclusion, "success", result.log);
  const [previous, run] = found.calls();
  assert.match(previous, new RegExp(`^previous --output \\S*/previous\\.json token=${TOKEN}$`));
  assert.match(run, /^run .*--previous=\S*\/previous\.json .* token=$/);
  const missing = standIn('[ "$1" = previous ] && exit 1');
  const other = await gate({ inputs: { "binary-path": missing.program, compare: true } });
  assert.equal(other.conclusion, "success", other.log);
  assert.equal(other.annotations[0].level, "notice");
  assert.ok(!missing.calls()[1].includes("--previous"));
  const given = standIn();
  await gate({ inputs: { "binary-path": given.program, compare: true, previous: "cache/last.json" } });
  assert.equal(given.calls().length, 1);
  assert.match(given.calls()[0], /--previous=cache\/last\.json/);
});

test("without permission there is a notice, and the verdict stands", async (t) => {
  const { url } = await page(t);
  const body = JSON.stringify({ message: "Resource not accessible by integration", status: "403" });
  const api = await serve(t, () => ({ status: 403, headers: { "content-type": "application/json" }, body }));
  const inputs = { comment: true, "check-run": true, sarif: true, status: true };
  const result = await gate({ event: "pull_request", portal: url, inputs, variables: { GITHUB_API_URL: api.url } });
  assert.equal(result.conclusion, "success", result.log);
  assert.ok(api.asked.length > 0, result.log);
  assert.ok(!result.log.includes(TOKEN));
  assert.deepEqual(result.annotations.filter(({ level }) => level === "error"), []);
});
