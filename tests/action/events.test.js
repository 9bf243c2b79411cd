// The action on each event: what it judges, what it compares with, and what it may use.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { run } from "./runner/job.js";
import { TIDEGATE, page } from "./runner/servers.js";
import { EVENTS } from "./runner/events.js";
import { repository } from "./runner/repository.js";
import { GATE, gate } from "./support.js";

const FILES = { "tidegate.yaml": GATE };

const report = (result) => JSON.parse(readFileSync(result.outputs["report-json"], "utf8")).run;

// What happens to the deployment is told at each of its states; only one of them is out.
const PENDING = "deployment_status failure";

for (const name of Object.keys(EVENTS).filter((each) => each !== PENDING)) {
  test(`${name}: a good candidate is let through`, async (t) => {
    const { url, asked } = await page(t);
    const result = await gate({ event: name, portal: url });
    assert.equal(result.conclusion, "success", result.log);
    assert.equal(result.outputs.verdict, "allow", result.log);
    assert.equal(result.outputs.executed, "1");
    assert.ok(asked.length > 0);
  });

  test(`${name}: a bad candidate is stopped`, async (t) => {
    const { url } = await page(t, "goodbye");
    const result = await gate({ event: name, portal: url });
    assert.equal(result.conclusion, "failure", result.log);
    assert.equal(result.outputs["exit-code"], "1", result.log);
    assert.equal(result.outputs.verdict, "block");
  });
}

test(`${PENDING}: nothing is asked, and nothing executed is not allowed`, async (t) => {
  const { url, asked } = await page(t);
  const result = await gate({ event: PENDING, portal: url });
  assert.equal(result.conclusion, "failure", result.log);
  assert.equal(result.outputs["exit-code"], "4", result.log);
  assert.match(result.log + result.summary, /the state of the deployment is `failure`/);
  assert.deepEqual(asked, []);
});

// Which commit a run judges, and with which it compares.
const CHANGES = {
  push: ["head", "base"],
  "first push": ["head", "base"],
  "force push": ["head", "base"],
  tag: ["head", "base"],
  schedule: ["base", undefined],
  workflow_dispatch: ["base", undefined],
  pull_request: ["head", "base"],
  "fork pull request": ["head", "base"],
  "dependabot pull request": ["head", "base"],
  merge_group: ["merge", "base"],
  "deployment_status success": ["head", "base"],
  workflow_run: ["head", undefined],
};

for (const [name, [commit, base]] of Object.entries(CHANGES)) {
  test(`${name}: the run judges the right change, although one commit is checked out`, async (t) => {
    const { url } = await page(t);
    const origin = repository(FILES);
    const result = await gate({ event: name, portal: url, origin });
    const { provenance } = report(result);
    assert.equal(provenance.commit, origin[commit], result.log);
    assert.equal(provenance.base ?? undefined, origin[base], result.log);
  });
}

test("the summary's first line says the verdict, how much ran, and what that stops here", async (t) => {
  const { url } = await page(t, "goodbye");
  for (const name of ["push", "pull_request", "deployment_status success"]) {
    const result = await gate({ event: name, portal: url });
    const [first] = result.summary.split("\n");
    assert.match(first, /blocked/);
    assert.match(result.summary.split("\n").slice(0, 4).join("\n"), /1 of 1/);
    assert.ok(result.summary.includes(report(result).provenance.consequence), result.summary);
  }
});

test("a candidate of the event is looked at, and the input url comes before it", async (t) => {
  const event = await page(t);
  const input = await page(t);
  const gateFile = GATE.replace("url: ${PORTAL_URL}", "url: http://127.0.0.1:9").replace("variables: { PORTAL_URL: {} }\n", "");
  const options = { event: "deployment_status success", portal: event.url, files: { "tidegate.yaml": gateFile } };
  assert.equal((await gate(options)).conclusion, "success");
  assert.ok(event.asked.length > 0);
  const before = event.asked.length;
  assert.equal((await gate({ ...options, inputs: { url: input.url } })).conclusion, "success");
  assert.ok(input.asked.length > 0);
  assert.equal(event.asked.length, before);
});

for (const name of ["fork pull request", "dependabot pull request"]) {
  test(`${name}: checks that need a secret are skipped, the rest decides, and the headline says so`, async (t) => {
    const { url } = await page(t);
    const secret = "  with-a-key:\n    flow:\n      - get: /\n        headers: { x-key: \"${PORTAL_KEY}\" }\n";
    const result = await gate({ event: name, portal: url, files: { "tidegate.yaml": GATE + secret } });
    assert.equal(result.conclusion, "success", result.log);
    assert.match(result.outputs.headline, /partly checked/i);
    assert.equal(result.outputs.executed, "1");
    const { provenance } = report(result);
    assert.ok(provenance.untrusted, result.log);
  });

  test(`${name}: the gate file is that of the base`, async (t) => {
    const { url } = await page(t, "goodbye");
    const open = GATE.replace("contains: welcome", "contains: goodbye");
    const result = await gate({ event: name, portal: url, changes: { "tidegate.yaml": open } });
    assert.equal(result.conclusion, "failure", result.log);
    assert.equal(result.outputs.verdict, "block");
  });
}

test("a payload with missing fields is told, and the rest is used", async (t) => {
  const { url } = await page(t);
  const origin = repository(FILES);
  const event = EVENTS.pull_request(origin);
  for (const payload of [{}, { pull_request: {} }, { pull_request: { head: null, base: 7 } }, []]) {
    const result = await run({ event: { ...event, payload }, inputs: { "binary-path": TIDEGATE }, environment: { PORTAL_URL: url } });
    assert.equal(result.conclusion, "success", result.log);
  }
});
