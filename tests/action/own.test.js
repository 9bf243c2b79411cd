// This repository's own workflow, .github/workflows/gate.yml: the action gates the example portal.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { EVENTS } from "./runner/events.js";
import { ROOT, run } from "./runner/job.js";
import { TIDEGATE, examplePortal } from "./runner/servers.js";

const workflow = parse(readFileSync(join(ROOT, ".github/workflows/gate.yml"), "utf8"));
const step = workflow.jobs.gate.steps.find(({ id }) => id === "gate");
const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
const origin = { url: pathToFileURL(ROOT).href, base: head, head, merge: head };

// What the last commit brings is the workflow's business, not that of this test.
const gate = (portal) =>
  run({
    event: EVENTS.push(origin),
    inputs: { ...step.with, "binary-path": TIDEGATE, args: `${step.with.args}\n--skip=no-new-secrets` },
    environment: { ...step.env, PORTAL_URL: portal },
    secrets: Object.values(step.env),
  });

test("the workflow lets the portal through as it is", async (t) => {
  const result = await gate(await examplePortal(t));
  assert.equal(result.conclusion, "success", result.log);
});

test("the workflow stops a portal that leaks", async (t) => {
  const result = await gate(await examplePortal(t, "tenant-read"));
  assert.equal(result.conclusion, "failure", result.log);
  assert.equal(result.outputs["exit-code"], "1", result.log);
});
