// What the tests share.

import { EVENTS } from "./runner/events.js";
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
