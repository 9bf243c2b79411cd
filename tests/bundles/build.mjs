// Builds minified bundles with source maps: `clean` holds public keys only, `planted` holds secrets as well.
//
// Usage: node build.mjs FOLDER. Beside the bundles it writes planted/manifest.json: for each secret the
// rule that knows it, its source file and line, the app it is in, and its value.

import { execFile } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { install } from "../npm/installed.mjs";
import { publicKeys, secrets } from "./keys.mjs";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const [folder] = process.argv.slice(2);
if (!folder) {
  throw new Error("usage: node build.mjs FOLDER");
}
const target = resolve(folder);
const placeholder = /\{\{([a-z0-9/-]+)\}\}/g;

await install(here, target);
const built = ["clean", "planted"].flatMap((kind) =>
  ["portal", "map", "next"].map(async (app) => {
    const planted = await write(kind, app);
    await bundle(join(target, kind, app), app);
    return planted;
  }),
);
const manifest = (await Promise.all(built)).flat();
const missing = Object.keys(secrets).filter((name) => !manifest.some((entry) => entry.name === name));
if (missing.length > 0) {
  throw new Error(`planted nowhere: ${missing.join(", ")}`);
}
await writeFile(join(target, "planted", "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`bundles with ${manifest.length} planted secrets are in ${target}`);

// Writes an app's sources with the keys in their places; tells where which secret is.
async function write(kind, app) {
  const to = join(target, kind, app);
  await rm(to, { recursive: true, force: true });
  await cp(join(here, "apps", app), to, { recursive: true });
  if (kind === "planted") {
    await cp(join(here, "planted", app), to, { recursive: true });
  }
  const entries = await readdir(to, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const planted = await Promise.all(files.map((file) => fill(file, relative(to, file), app)));
  return planted.flat();
}

async function fill(path, file, app) {
  const text = await readFile(path, "utf8");
  const planted = [];
  const lines = text.split("\n").map((line, index) =>
    line.replaceAll(placeholder, (_, name) => {
      const value = publicKeys[name] ?? secrets[name];
      if (value === undefined) {
        throw new Error(`${path}:${index + 1}: there is no key ${name}`);
      }
      if (name in secrets) {
        planted.push({ name, slug: name.split("/")[0], app, file, line: index + 1, value });
      }
      // The places are all within double quotes.
      return JSON.stringify(value).slice(1, -1);
    }),
  );
  await writeFile(path, lines.join("\n"));
  return planted;
}

async function bundle(root, app) {
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const [program, ...words] =
    app === "next" ? ["next/dist/bin/next", "build"] : ["vite/bin/vite.js", "build", "--logLevel", "warn"];
  await told(process.execPath, [join(target, "node_modules", program), ...words], { cwd: root, env });
}

// Runs a program; what it printed is shown when it fails.
async function told(program, words, options) {
  try {
    await run(program, words, options);
  } catch (error) {
    console.error(`${error.stdout}${error.stderr}`);
    throw new Error(`${program} ${words.join(" ")} ended with ${error.code ?? error.signal}`);
  }
}
