#!/usr/bin/env node
// Starts the binary of Tidegate that npm installed for this machine.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import process from "node:process";

const name = `@tidegate/${process.platform}-${process.arch}`;
const suffix = process.platform === "win32" ? ".exe" : "";

function program() {
  try {
    return createRequire(import.meta.url).resolve(`${name}/tidegate${suffix}`);
  } catch {
    console.error(`error: the package ${name} is not installed`);
    console.error(
      "  help: install without --omit=optional; where there is no such package, `cargo install tidegate --features full` builds one",
    );
    process.exit(70);
  }
}

const child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
// The binary ends a run in order when it is interrupted; this process waits for that.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`error: tidegate could not be started: ${error.message}`);
  process.exit(70);
});
child.on("exit", (code, signal) => {
  process.exit(code ?? 128 + constants.signals[signal]);
});
