// What the tests share.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EVENTS } from "./runner/events.js";
import { folder } from "./runner/folders.js";
import { run } from "./runner/job.js";
import { repository } from "./runner/repository.js";
import { TIDEGATE } from "./runner/servers.js";

/** A gate that looks at the first page; its third line from the end is what it expects. */
export const GATE = `version: 1
name: acme-portal
environments:
  preview:
    kind: local
    url: \${PORTAL_URL}
variables: { PORTAL_URL: {} }
checks:
  home-page:
    severity: critical
    flow:
      - get: /
        expect: { status: 200, body: { contains: welcome } }
`;

/** The line of GATE that the annotation has to stand on. */
export const EXPECTATION = GATE.split("\n").findIndex((line) => line.includes("expect:")) + 1;

/** Runs the action for an event on a repository with `files`, with the built program. */
export function gate(options) {
  const { event = "push", files = { "tidegate.yaml": GATE }, changes, portal, inputs = {}, environment = {}, ...rest } = options;
  const origin = options.origin ?? repository(files, changes);
  return run({
    event: EVENTS[event](origin, portal),
    inputs: { "binary-path": TIDEGATE, ...inputs },
    environment: portal ? { PORTAL_URL: portal, ...environment } : environment,
    ...rest,
  });
}

/**
 * A program that stands in for Tidegate: it writes the JSON report, notes its parameters and its tokens in the
 * file `record`, and then does what `script` says, which finds the command in $1.
 */
export function standIn(script = "") {
  const home = folder("stand-in");
  const record = join(home, "record");
  const program = join(home, "tidegate");
  const text = `#!/bin/bash
[ "$1" = --version ] && { echo 'tidegate 9.9.9'; exit 0; }
printf '%s token=%s\\n' "$*" "\${GITHUB_TOKEN:-}" >>'${record}'
for argument in "$@"; do
  case $argument in --report=json=*) echo '{}' >"\${argument#--report=json=}" ;; esac
done
${script}
exit 0
`;
  writeFileSync(program, text, { mode: 0o755 });
  const calls = () => (existsSync(record) ? readFileSync(record, "utf8").trim().split("\n") : []);
  return { program, calls };
}
