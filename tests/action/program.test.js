// How the program is found and verified: binary-path, the tool cache, a download.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { folder } from "./runner/folders.js";
import { ROOT, machine } from "./runner/job.js";
import { serve } from "./runner/servers.js";
import { gate } from "./support.js";

// Answers as Tidegate does, and allows everything.
const PROGRAM = "#!/bin/sh\n[ \"$1\" = --version ] && echo 'tidegate 9.9.9'\nexit 0\n";
const TARGET = process.arch === "arm64" ? "aarch64-unknown-linux-musl" : "x86_64-unknown-linux-musl";

const digestOf = (text) => createHash("sha256").update(text).digest("hex");

/** A copy of the action that knows releases: lines of digest, target, version. */
function released(...lines) {
  const copy = folder("action");
  cpSync(join(ROOT, "action"), join(copy, "action"), { recursive: true });
  writeFileSync(join(copy, "action", "digests.txt"), `# digests\n${lines.map((line) => `${line.join(" ")}\n`).join("")}`);
  return copy;
}

const known = (...versions) => released(...versions.map((version) => [digestOf(PROGRAM), TARGET, version]));

function mirror(test, program = PROGRAM) {
  return serve(test, ({ url }) => (url.endsWith(`/tidegate-${TARGET}`) ? { body: program } : undefined));
}

const cached = (folders, version = "9.9.9") => join(folders.tools, "tidegate", version, TARGET, "tidegate");

/** The gate with no binary-path. */
function download({ action = known("9.9.9"), inputs = {}, folders = machine({ action }), ...rest }) {
  return gate({ inputs: { "binary-path": "", ...inputs }, folders, ...rest });
}

function refused(result, ...texts) {
  assert.equal(result.conclusion, "failure", result.log);
  const [{ level, message }] = result.annotations;
  assert.equal(level, "error");
  for (const text of texts) {
    assert.ok(message.includes(text), `${text} is missing in: ${message}`);
  }
  assert.match(result.summary, /^\*\*The deploy is not allowed\.\*\* The gate did not run/);
  assert.equal(result.outputs["exit-code"], "");
  assert.deepEqual(result.steps.map(({ name }) => name), ["Find and verify Tidegate", "Give the verdict"]);
}

test("before the first release only binary-path works, and the error says how", async () => {
  refused(await gate({ inputs: { "binary-path": "" } }), "no release of Tidegate yet", "cargo install", "--features full", "binary-path");
});

test("a release is downloaded, verified, cached, and taken from the cache the next time", async (t) => {
  const { url, asked } = await mirror(t);
  const action = known("9.9.8", "9.9.9");
  const folders = machine({ action });
  const first = await download({ folders, inputs: { mirror: `${url}/` } });
  assert.equal(first.conclusion, "success", first.log);
  assert.equal(asked[0].path, `/v9.9.9/tidegate-${TARGET}`);
  assert.equal(readFileSync(cached(folders), "utf8"), PROGRAM);
  assert.equal(statSync(cached(folders)).mode & 0o777, 0o755);
  const second = await download({ folders, inputs: { mirror: url } });
  assert.equal(second.conclusion, "success", second.log);
  assert.match(second.log, /from the tool cache; its digest is right/);
  assert.equal(asked.length, 1);
  const older = await download({ folders, inputs: { mirror: url, version: "v9.9.8" } });
  assert.equal(older.conclusion, "success", older.log);
  assert.equal(asked[1].path, `/v9.9.8/tidegate-${TARGET}`);
});

test("another digest is refused, and nothing of the file is left", async (t) => {
  const { url } = await mirror(t, `${PROGRAM}touch /tmp/owned\n`);
  const folders = machine({ action: known("9.9.9") });
  const result = await download({ folders, inputs: { mirror: url } });
  refused(result, "its digest is not", "It was removed", "Do not go around this");
  assert.equal(existsSync(cached(folders)), false);
  assert.deepEqual(readdirSync(folders.temp).filter((name) => name.startsWith("tidegate-download")), []);
});

test("a cached program that was changed is replaced", async (t) => {
  const { url, asked } = await mirror(t);
  const folders = machine({ action: known("9.9.9") });
  mkdirSync(dirname(cached(folders)), { recursive: true });
  writeFileSync(cached(folders), "#!/bin/sh\necho owned\n", { mode: 0o755 });
  const result = await download({ folders, inputs: { mirror: url } });
  assert.equal(result.conclusion, "success", result.log);
  assert.equal(asked.length, 1);
  assert.equal(result.annotations[0].level, "warning");
  assert.match(result.annotations[0].message, /another digest/);
  assert.equal(readFileSync(cached(folders), "utf8"), PROGRAM);
});

test("a version or a target without a digest is refused", async () => {
  refused(await download({ inputs: { version: "1.0.0" } }), "no Tidegate 1.0.0", "Leave version out");
  const action = released([digestOf(PROGRAM), "x86_64-pc-windows-msvc", "9.9.9"]);
  refused(await download({ action }), `at all for ${TARGET}`);
  refused(await download({ action: released(["short", TARGET, "9.9.9"]) }), "no SHA-256 digest");
  refused(await download({ action: released([digestOf(PROGRAM), TARGET, "../../x"]) }), "is no version");
});

test("every runner of GitHub has its program, and others are told", async (t) => {
  const targets = {
    "Linux X64": "x86_64-unknown-linux-musl",
    "Linux ARM64": "aarch64-unknown-linux-musl",
    "macOS X64": "x86_64-apple-darwin",
    "macOS ARM64": "aarch64-apple-darwin",
    "Windows X64": "x86_64-pc-windows-msvc",
    "Windows ARM64": "aarch64-pc-windows-msvc",
  };
  const action = released(...Object.values(targets).map((target) => [digestOf(PROGRAM), target, "9.9.9"]));
  const { url, asked } = await serve(t, () => ({ body: PROGRAM }));
  for (const [runner, target] of Object.entries(targets)) {
    const [RUNNER_OS, RUNNER_ARCH] = runner.split(" ");
    const result = await download({ action, inputs: { mirror: url }, variables: { RUNNER_OS, RUNNER_ARCH } });
    assert.equal(result.conclusion, "success", result.log);
    assert.equal(asked.at(-1).path, `/v9.9.9/tidegate-${target}${RUNNER_OS === "Windows" ? ".exe" : ""}`);
  }
  const other = await download({ variables: { RUNNER_OS: "Linux", RUNNER_ARCH: "ARM" } });
  refused(other, "no Tidegate for this runner (Linux, ARM)", "binary-path");
});

test("a mirror that has nothing is told without its password", async (t) => {
  const { url } = await serve(t, () => ({ status: 404 }));
  const result = await download({ inputs: { mirror: url.replace("//", "//reader:pass-word-1@") } });
  refused(result, "could not be downloaded", `${url}/v9.9.9/`, "mirror", "binary-path");
  assert.ok(!result.log.includes("pass-word-1"), result.log);
});

test("a tool cache that may only be read does not matter", async (t) => {
  const { url } = await mirror(t);
  const folders = machine({ action: known("9.9.9") });
  // Folders cannot be made below a file, whoever one is.
  writeFileSync(join(folders.tools, "tidegate"), "");
  const result = await download({ folders, inputs: { mirror: url } });
  assert.equal(result.conclusion, "success", result.log);
});

test("binary-path is used as it is, and said", async () => {
  const program = join(folder("own"), "tidegate");
  writeFileSync(program, PROGRAM, { mode: 0o755 });
  const result = await gate({ inputs: { "binary-path": program } });
  assert.equal(result.conclusion, "success", result.log);
  assert.match(result.log, /Uses tidegate 9\.9\.9 at .* as it is: binary-path was given, nothing is verified/);
});

test("a binary-path that leads to no Tidegate is told", async () => {
  refused(await gate({ inputs: { "binary-path": "bin/tidegate" } }), "no program at bin/tidegate", "relative to the workspace");
  const program = join(folder("own"), "tidegate");
  writeFileSync(program, "#!/bin/sh\necho something else\n", { mode: 0o755 });
  refused(await gate({ inputs: { "binary-path": program } }), "does not answer as Tidegate does");
  chmodSync(program, 0o644);
  refused(await gate({ inputs: { "binary-path": program } }), "cannot be executed", "chmod +x");
});
