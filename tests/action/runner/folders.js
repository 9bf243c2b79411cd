// Temporary folders, gone when the process ends.

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const made = [];
process.once("exit", () => {
  if (made.length > 0) {
    // Some were made read-only.
    execFileSync("chmod", ["-R", "u+w", ...made]);
    execFileSync("rm", ["-rf", ...made]);
  }
});

/** A new folder with a name that begins with `tidegate-` and this. */
export function folder(name) {
  const path = mkdtempSync(join(tmpdir(), `tidegate-${name}-`));
  made.push(path);
  return path;
}
