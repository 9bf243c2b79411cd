// Installs the packages of a folder somewhere else.

import { execFile } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

// Installs what package-lock.json in `from` names into `target`, once for each lockfile.
export async function install(from, target) {
  const lock = await readFile(join(from, "package-lock.json"), "utf8");
  const done = join(target, "installed-lock.json");
  if ((await readFile(done, "utf8").catch(() => "")) === lock) {
    return;
  }
  await mkdir(target, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) {
    await cp(join(from, name), join(target, name));
  }
  const words = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", words, { cwd: target, maxBuffer: 64 * 1024 * 1024 });
  await writeFile(done, lock);
}
