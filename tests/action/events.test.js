// The action on each event: what it judges, what it compares with, and what it may use.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { page } from "./runner/servers.js";
import { EVENTS } from "./runner/events.js";
import { repository } from "./runner/repository.js";
import { GATE, gate } from "./support.js";

const FILES = { "tidegate.yaml": GATE };

/** With TIDEGATE_TRANSCRIPTS, a run's log and page are printed. */
function show(name, result) {
  if (process.env.TIDEGATE_TRANSCRIPTS) {
    const notes = result.annotations.map(({ level, file, line, message }) => `${level} ${file ?? "-"}:${line ?? "-"} ${message.split("\n")[0]}`);
    const outputs = Object.entries(result.outputs).map(([key, value]) => `${key}=${value}`);
    const summary = result.summary.split("\n").slice(0, 3);
    const parts = { log: result.log.split("\n"), annotations: notes, summary, outputs };
    const text = Object.entries(parts).map(([part, lines]) => `--- ${part}\n${lines.join("\n")}`);
    console.log(`\n===== ${name}: the job ended with ${result.conclusion}\n${text.join("\n")}`);
  }
  return result;
}

const report = (result) => JSON.parse(readFileSync(result.outputs["report-json"], "utf8"));

for (const name of Object.keys(EVENTS)) {
  test(`${name}: a good candidate is let through`, async (t) => {
    const { url, asked } = await page(t);
    const result = show(name, await gate({ event: name, portal: url }));
    if (name === "deployment_status failure") {
      return;
    }
    assert.equal(result.conclusion, "success", result.log);
    assert.equal(result.outputs.verdict, "allow", result.log);
    assert.equal(result.outputs.executed, "1");
    assert.ok(asked.length > 0);
  });

  test(`${name}: a bad candidate is stopped`, async (t) => {
    const { url } = await page(t, "goodbye");
    const result = await gate({ event: name, portal: url });
    assert.equal(result.conclusion, "failure", result.log);
  });
}

// Which commit a run judges, and with which it compares.
const CHANGES = {
  push: ["head", "base"],
  "first push": ["head", "base"],
  "force push": ["head", undefined],
  tag: ["head", undefined],
  schedule: ["base", undefined],
  workflow_dispatch: ["base", undefined],
  pull_request: ["head", "base"],
  "fork pull request": ["head", "base"],
  "dependabot pull request": ["head", "base"],
  merge_group: ["merge", "base"],
  "deployment_status success": ["head", undefined],
  workflow_run: ["head", undefined],
};

for (const [name, [commit, base]] of Object.entries(CHANGES)) {
  test(`${name}: the run judges the right change`, async (t) => {
    const { url } = await page(t);
    const origin = repository(FILES);
    const result = await gate({ event: name, portal: url, origin });
    const { provenance } = report(result);
    assert.equal(provenance.commit, origin[commit], result.log);
    if (base) {
      assert.equal(provenance.base, origin[base], result.log);
    }
  });
}
