// action.yml, its scripts and its guide say the same. With TIDEGATE_WRITE the tables of the guide are written.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { parse } from "yaml";
import { ROOT, manifest } from "./runner/job.js";

const GUIDE = join(ROOT, "docs/action.md");
const action = manifest();
const source = readFileSync(join(ROOT, "action.yml"), "utf8");

const shown = (value) => (value === "" ? "" : `\`${value}\``);
const TABLES = {
  inputs: [
    "| Input | Default | What it is |",
    "|---|---|---|",
    ...Object.entries(action.inputs).map(([name, { default: value, description }]) => `| \`${name}\` | ${shown(value)} | ${description} |`),
  ],
  outputs: [
    "| Output | What it is |",
    "|---|---|",
    ...Object.entries(action.outputs).map(([name, { description }]) => `| \`${name}\` | ${description} |`),
  ],
};

for (const [name, lines] of Object.entries(TABLES)) {
  test(`the guide's table of ${name} is that of action.yml`, () => {
    const guide = readFileSync(GUIDE, "utf8");
    const region = new RegExp(`(<!-- ${name}: [^\n]*-->\n)([\\s\\S]*?)(<!-- /${name} -->)`);
    const table = `\n${lines.join("\n")}\n\n`;
    if (process.env.TIDEGATE_WRITE) {
      writeFileSync(GUIDE, guide.replace(region, (_, begin, __, end) => `${begin}${table}${end}`));
    } else {
      assert.equal(guide.match(region)?.[2], table, "TIDEGATE_WRITE=1 npm --prefix tests/action test writes it");
    }
  });
}

test("every input is used, and every input that is used exists", () => {
  const used = new Set([...source.matchAll(/inputs\.([a-z-]+)/g)].map(([, name]) => name));
  assert.deepEqual([...used].sort(), Object.keys(action.inputs).sort());
});

test("every output comes from a step that there is", () => {
  const steps = new Set(action.runs.steps.map(({ id }) => id));
  for (const [, step] of source.matchAll(/steps\.([a-z-]+)\.outputs/g)) {
    assert.ok(steps.has(step), step);
  }
});

test("no input is written into a script", () => {
  for (const { name, run, shell, uses } of action.runs.steps) {
    assert.ok(!run.includes("${{"), `${name}: a value in a script can be run`);
    assert.equal(shell, "bash");
    assert.equal(uses, undefined, "an action within would have to be reachable from every server");
  }
});

test("the token is in the environment of no step that runs checks", () => {
  const holders = action.runs.steps.filter(({ env }) => JSON.stringify(env).includes("inputs.token"));
  assert.deepEqual(holders.map(({ id, name }) => id ?? name), ["previous", "Publish the verdict"]);
});

test("each variable that a script needs is given to it", () => {
  for (const step of action.runs.steps) {
    const [, script] = step.run.match(/action\/([a-z]+\.sh)"$/);
    const text = readFileSync(join(ROOT, "action", script), "utf8");
    const needed = new Set([...text.matchAll(/\b(INPUT_[A-Z_]+|TIDEGATE|REPORT|EXIT_CODE|HEADLINE)\b/g)].map(([name]) => name));
    const given = new Set(Object.keys(step.env).filter((name) => name !== "GITHUB_TOKEN"));
    assert.deepEqual([...needed].sort(), [...given].sort(), script);
  }
});

test("this repository's own workflow uses inputs and outputs that there are", () => {
  const workflow = readFileSync(join(ROOT, ".github/workflows/gate.yml"), "utf8");
  const steps = Object.values(parse(workflow).jobs).flatMap((job) => job.steps);
  const own = steps.filter(({ uses }) => uses === "./");
  assert.equal(own.length, 1);
  assert.deepEqual(Object.keys(own[0].with).filter((name) => !(name in action.inputs)), []);
  for (const [, name] of workflow.matchAll(/steps\.gate\.outputs\.([a-z-]+)/g)) {
    assert.ok(name in action.outputs, name);
  }
});

test("the workflows for others are made of inputs that there are, and pin actions", () => {
  const guide = [...readFileSync(GUIDE, "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
  const folder = join(ROOT, "docs/workflows");
  const files = readdirSync(folder).filter((name) => name.endsWith(".yml")).map((name) => readFileSync(join(folder, name), "utf8"));
  const steps = [...guide, ...files].flatMap((text) => Object.values(parse(text).jobs ?? {})).flatMap((job) => job.steps ?? []);
  const own = steps.filter(({ uses }) => uses?.startsWith("tidegate/tidegate@"));
  assert.ok(own.length > files.length / 2);
  assert.deepEqual(own.flatMap((step) => Object.keys(step.with)).filter((name) => !(name in action.inputs)), []);
  for (const { uses } of steps.filter((step) => step.uses && !own.includes(step))) {
    assert.match(uses, /@[0-9a-f]{40}$/);
  }
});

test("what the guide calls a permission is what the input says", () => {
  for (const name of ["comment", "check-run", "sarif", "status", "deployment", "compare"]) {
    const [, permission, level] = action.inputs[name].description.match(/permission ([a-z-]+) with ([a-z]+)/);
    assert.match(readFileSync(GUIDE, "utf8"), new RegExp(`^\\| \`${name}\` \\|.*\\| \`${permission}: ${level}\``, "m"));
  }
});
