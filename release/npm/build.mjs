// Makes the npm packages of a release: `tidegate`, and one for each system with the binary in it.
//
// Usage: node build.mjs VERSION BINARIES TARGET_FOLDER
//
// npm itself installs the package of the machine at hand and verifies it, so nothing is downloaded by a
// script after the installation.

import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [version, binaries, into] = process.argv.slice(2);
if (!into) {
  throw new Error("usage: node build.mjs VERSION BINARIES TARGET_FOLDER");
}
const root = resolve(here, "../..");
const shared = {
  version,
  license: "MIT OR Apache-2.0",
  repository: { type: "git", url: "git+https://github.com/tidegate/tidegate.git" },
};

const platforms = await targets();
for (const platform of platforms) {
  await platformPackage(platform);
}
await wrapper();

// The targets of a release, with npm's words for each.
async function targets() {
  const text = await readFile(join(here, "../targets.txt"), "utf8");
  const rows = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return rows.map((row) => {
    const [target, , os, cpu] = row.split(/ +/);
    const suffix = os === "win32" ? ".exe" : "";
    return { target, os, cpu, suffix, name: `@tidegate/${os}-${cpu}` };
  });
}

async function platformPackage({ target, os, cpu, suffix, name }) {
  const folder = join(into, `${os}-${cpu}`);
  const program = join(folder, `tidegate${suffix}`);
  await mkdir(folder, { recursive: true });
  await copyFile(join(binaries, `tidegate-${target}${suffix}`), program);
  await chmod(program, 0o755);
  await describe(folder, {
    name,
    description: `The binary of Tidegate for ${os} on ${cpu}`,
    os: [os],
    cpu: [cpu],
    files: [`tidegate${suffix}`],
    ...shared,
  });
  await licences(folder);
}

async function wrapper() {
  const folder = join(into, "tidegate");
  await mkdir(folder, { recursive: true });
  await copyFile(join(here, "tidegate.mjs"), join(folder, "tidegate.mjs"));
  await copyFile(join(root, "README.md"), join(folder, "README.md"));
  await describe(folder, {
    name: "tidegate",
    description: "A gate for deploys: lets good ones out and blocks bad ones, with evidence and advice",
    bin: { tidegate: "tidegate.mjs" },
    files: ["tidegate.mjs"],
    type: "module",
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(platforms.map(({ name }) => [name, version])),
    ...shared,
  });
  await licences(folder);
}

async function describe(folder, description) {
  await writeFile(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
}

async function licences(folder) {
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) {
    await copyFile(join(root, name), join(folder, name));
  }
}
