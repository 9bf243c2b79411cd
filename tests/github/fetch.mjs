// Fetches GitHub's own description of its REST interface, as far as Tidegate uses it.
//
// Usage: node fetch.mjs FOLDER. It writes api.github.com.json and one file for the oldest Enterprise
// Server that is described, each with the operations of operations.json and all that they refer to.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { install } from "../npm/installed.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [folder] = process.argv.slice(2);
if (!folder) {
  throw new Error("usage: node fetch.mjs FOLDER");
}
const target = resolve(folder);

await install(here, target);
const operations = JSON.parse(await readFile(join(here, "operations.json"), "utf8"));
const generated = join(target, "node_modules", "@octokit", "openapi", "generated");
const [oldest] = (await readdir(generated)).filter((name) => /^ghes-[\d.]+\.json$/.test(name)).sort();
for (const [source, name] of [["api.github.com.json", "api.github.com.json"], [oldest, "enterprise-server.json"]]) {
  const description = JSON.parse(await readFile(join(generated, source), "utf8"));
  await writeFile(join(target, name), JSON.stringify(part(description), null, 1));
  console.log(`${source}: ${operations.length} operations are in ${join(target, name)}`);
}

// The operations, and every component that they reach.
function part(description) {
  const paths = {};
  for (const operation of operations) {
    const [method, path] = operation.split(" ");
    const found = description.paths[path]?.[method.toLowerCase()];
    if (!found) {
      throw new Error(`the description has no ${operation}`);
    }
    (paths[path] ??= {})[method.toLowerCase()] = bare(found);
  }
  const components = {};
  const waiting = [...references(paths)];
  const seen = new Set();
  while (waiting.length > 0) {
    const reference = waiting.pop();
    if (seen.has(reference)) {
      continue;
    }
    seen.add(reference);
    const [kind, name] = reference.replace("#/components/", "").split("/");
    const component = bare(description.components[kind][name]);
    (components[kind] ??= {})[name] = component;
    waiting.push(...references(component));
  }
  return { openapi: description.openapi, info: description.info, paths, components };
}

// Without examples, which are most of the description.
function bare(value, within) {
  if (Array.isArray(value)) {
    return value.map((one) => bare(one));
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  const kept = Object.entries(value).filter(([key]) => within === "properties" || key !== "examples");
  return Object.fromEntries(kept.map(([key, one]) => [key, bare(one, key)]));
}

function* references(value) {
  if (value === null || typeof value !== "object") {
    return;
  }
  for (const [key, one] of Object.entries(value)) {
    if (key === "$ref" && typeof one === "string") {
      yield one;
    } else {
      yield* references(one);
    }
  }
}
