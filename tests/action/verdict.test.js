// What a job ends with, for every verdict.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./runner/job.js";
import { repository } from "./runner/repository.js";
import { examplePortal, page, serve } from "./runner/servers.js";
import { EXPECTATION, GATE, gate } from "./support.js";

const PASSWORDS = Object.fromEntries(
  ["anna", "adam", "cora", "boris", "greta", "tess"].map((name) => [`${name.toUpperCase()}_PASSWORD`, `${name}-demo-password`]),
);
const PORTAL = {
  "tidegate.yaml": readFileSync(join(ROOT, "examples/client-portal/tidegate.yaml"), "utf8"),
  "src/openapi.json": readFileSync(join(ROOT, "examples/client-portal/src/openapi.json"), "utf8"),
};

const example = (url, rest = {}) =>
  gate({ files: PORTAL, portal: url, environment: PASSWORDS, secrets: Object.values(PASSWORDS), inputs: { args: "--all" }, ...rest });

const errors = (result) => result.annotations.filter(({ level, message }) => level === "error" && !message.startsWith("Process completed"));

test("the good example portal is let through", async (t) => {
  const result = await example(await examplePortal(t), { inputs: { args: "--all", reports: "html junit,sarif\nmarkdown gitlab" } });
  assert.equal(result.conclusion, "success", result.log);
  assert.deepEqual(errors(result), []);
  const { outputs } = result;
  assert.match(outputs.verdict, /^allow/);
  assert.equal(outputs["exit-code"], "0");
  assert.equal(outputs.executed, outputs.total);
  assert.equal(outputs.blocking, "0");
  for (const format of ["json", "html", "junit", "sarif", "markdown", "gitlab"]) {
    const file = outputs[`report-${format}`];
    assert.ok(file.startsWith(outputs["report-folder"]) && existsSync(file), `${format}: ${file}`);
  }
  assert.match(result.log, /The gate is open: the deploy is allowed\./);
  assert.match(result.summary.split("\n")[0], /may go out/);
});

test("a broken example portal is stopped, at the lines that say why", async (t) => {
  const result = await example(await examplePortal(t, "search-empty", "billing-open"));
  assert.equal(result.conclusion, "failure", result.log);
  const { outputs } = result;
  assert.equal(outputs.verdict, "block");
  assert.equal(outputs["exit-code"], "1");
  assert.ok(Number(outputs.blocking) >= 2, result.log);
  assert.ok(errors(result).length >= 2, result.log);
  for (const { file, line } of errors(result)) {
    assert.ok(file === "tidegate.yaml" && line > 0, `${file}:${line}`);
  }
  assert.ok(existsSync(outputs["report-html"]), "the reports are there after a block");
  assert.deepEqual(result.steps.map(({ name, outcome }) => [name, outcome]), [
    ["Find and verify Tidegate", "success"],
    ["Run the checks", "success"],
    ["Give the verdict", "failure"],
  ]);
  for (const password of Object.values(PASSWORDS)) {
    for (const text of [result.log, result.summary, readFileSync(outputs["report-json"], "utf8"), readFileSync(outputs["report-html"], "utf8")]) {
      assert.ok(!text.includes(password), "a password is shown");
    }
  }
});

test("a block shows its finding on the line of the gate file, below a folder as well", async (t) => {
  const { url } = await page(t, "goodbye");
  const top = await gate({ portal: url });
  assert.equal(top.conclusion, "failure", top.log);
  assert.deepEqual(errors(top).map(({ file, line }) => [file, line]), [["tidegate.yaml", EXPECTATION]]);
  const below = await gate({ portal: url, files: { "apps/portal/tidegate.yaml": GATE }, inputs: { "working-directory": "apps/portal" } });
  assert.deepEqual(errors(below).map(({ file, line }) => [file, line]), [["apps/portal/tidegate.yaml", EXPECTATION]], below.log);
  const named = await gate({ portal: url, files: { "gates/portal.yaml": GATE }, inputs: { gate: "gates/portal.yaml" } });
  assert.deepEqual(errors(named).map(({ file, line }) => [file, line]), [["gates/portal.yaml", EXPECTATION]], named.log);
});

test("an advisory run tells the true verdict and lets the job succeed", async (t) => {
  const { url } = await page(t, "goodbye");
  const result = await gate({ portal: url, inputs: { advisory: true } });
  assert.equal(result.conclusion, "success", result.log);
  assert.equal(result.outputs.verdict, "block");
  assert.equal(result.outputs["exit-code"], "0");
  assert.match(result.log, /whatever the verdict is: the input advisory is true/);
});

test("no format of the reports makes a block a success", async (t) => {
  const { url } = await page(t, "goodbye");
  for (const reports of ["sarif", "html", "junit", "markdown", "gitlab", ""]) {
    const result = await gate({ portal: url, inputs: { reports } });
    assert.equal(result.conclusion, "failure", `${reports}: ${result.log}`);
    assert.equal(result.outputs.verdict, "block");
  }
});

test("nothing executed is not allowed", async (t) => {
  const { url } = await page(t);
  const result = await gate({ portal: url, inputs: { args: "--only\nnone-of-them-*" } });
  assert.equal(result.conclusion, "failure", result.log);
  assert.ok(["2", "4"].includes(result.outputs["exit-code"]), result.log);
  const production = "  production: { url: https://portal.acme.example }\nvariables:";
  const never = GATE.replace("severity: critical", "severity: critical\n    when: { environment: [production] }").replace("variables:", production);
  const skipped = await gate({ portal: url, files: { "tidegate.yaml": never }, inputs: { environment: "preview" } });
  assert.equal(skipped.conclusion, "failure", skipped.log);
  assert.equal(skipped.outputs["exit-code"], "4", skipped.log);
  assert.match(skipped.log, /no check ran, and nothing executed is not allowed/);
  assert.equal(errors(skipped)[0].message, skipped.outputs.headline);
});

test("a candidate that cannot be reached is not allowed", async (t) => {
  const { url } = await serve(t, () => ({ status: 500 }));
  const result = await gate({ portal: url.replace(/\d+$/, "9") });
  assert.equal(result.conclusion, "failure", result.log);
  assert.ok(["1", "3"].includes(result.outputs["exit-code"]), result.log);
});

test("an address alone gets the starter set, unless a gate file is named", async (t) => {
  const files = { "notes.md": "Nothing of a gate.\n" };
  const headers = { "content-type": "text/html" };
  const { url } = await serve(t, () => ({ status: 200, headers, body: "<!doctype html><h1>Welcome</h1>" }));
  const changes = { "more.md": "A change.\n" };
  const result = await gate({ files, changes, inputs: { url, args: "--only\nhome-page" } });
  assert.equal(result.conclusion, "success", result.log);
  assert.equal(result.outputs.verdict, "allow", result.log);
  assert.match(result.summary, /Not answered: \d+ of the 10 questions/);
  const named = await gate({ files, changes, inputs: { url, gate: "tidegate.yaml", args: "--only\nhome-page" } });
  assert.equal(named.outputs["exit-code"], "2", named.log);
});

test("a gate file that is wrong is told on the page of the run", async (t) => {
  const { url } = await page(t);
  const result = await gate({ portal: url, files: { "tidegate.yaml": GATE.replace("critical", "grave") } });
  assert.equal(result.conclusion, "failure");
  assert.equal(result.outputs["exit-code"], "2", result.log);
  assert.equal(result.outputs.verdict, "");
  assert.match(errors(result)[0].message, /gate file or an input is wrong/);
  assert.match(result.summary, /^\*\*The deploy is not allowed\.\*\*/);
});

test("inputs that make no sense are told before anything runs", async (t) => {
  const { url, asked } = await page(t);
  const wrong = {
    comment: ["yes", "The input comment is 'yes', which is neither true nor false"],
    reports: ["html, pdf", "There is no report 'pdf'"],
    "working-directory": ["nowhere", "There is no folder nowhere"],
  };
  for (const [input, [value, message]] of Object.entries(wrong)) {
    const result = await gate({ portal: url, inputs: { [input]: value } });
    assert.equal(result.conclusion, "failure", result.log);
    assert.ok(errors(result)[0].message.includes(message), result.log);
  }
  assert.deepEqual(asked, []);
});

test("inputs cannot be run", async (t) => {
  const { url } = await page(t);
  const evil = "$(touch owned)`touch owned`; touch owned #";
  for (const input of ["gate", "environment", "url", "base", "args", "working-directory", "reports", "previous", "version", "binary-path", "mirror"]) {
    const result = await gate({ portal: url, inputs: { [input]: evil } });
    assert.equal(existsSync(join(result.folders.home, "owned")), false, input);
    assert.ok(!result.log.includes("touch: "), result.log);
  }
});

test("a workspace that may only be read does not matter", async (t) => {
  const { url } = await page(t);
  const result = await gate({ portal: url, readOnly: true });
  assert.equal(result.conclusion, "success", result.log);
  // What it cannot remember for the next run is a warning.
  assert.match(result.outputs.verdict, /^allow/);
});

test("a cancelled job cleans up what its checks created", async (t) => {
  const cancelling = new AbortController();
  const { url, asked } = await serve(t, ({ method, url: path }) => {
    if (method === "POST") {
      return { status: 201, headers: { "content-type": "application/json" }, body: '{"id":"r1"}' };
    }
    if (path === "/slow") {
      cancelling.abort();
      return null;
    }
    return { status: 200, body: "welcome" };
  });
  const flow = `    flow:
      - post: /records
        json: { title: "\${unique}" }
        expect: 201
        capture: { record: $.id }
        cleanup: { delete: "/records/\${record}" }
      - get: /slow
`;
  const file = `${GATE.slice(0, GATE.indexOf("    flow:"))}${flow}`;
  const result = await gate({ portal: url, files: { "tidegate.yaml": file }, cancel: cancelling.signal });
  assert.equal(result.conclusion, "cancelled", result.log);
  assert.ok(asked.some(({ method, path }) => method === "DELETE" && path === "/records/r1"), result.log);
  assert.equal(result.outputs["exit-code"], "130", result.log);
  assert.equal(result.steps.at(-1).outcome, "failure");
});

test("with an earlier report the outputs say what is new and what is fixed", async (t) => {
  let body = "goodbye";
  const { url } = await serve(t, () => ({ body }));
  const origin = repository({ "tidegate.yaml": GATE });
  const first = await gate({ portal: url, origin });
  assert.equal(first.outputs.new, "");
  const previous = join(first.workspace, "last.json");
  copyFileSync(first.outputs["report-json"], previous);
  const same = await gate({ portal: url, origin, inputs: { previous } });
  assert.deepEqual([same.outputs.new, same.outputs.fixed], ["0", "0"], same.log);
  body = "welcome";
  const mended = await gate({ portal: url, origin, inputs: { previous } });
  assert.deepEqual([mended.outputs.new, mended.outputs.fixed], ["0", "1"], mended.log);
  assert.equal(mended.conclusion, "success");
});
