// Prints what a run of the action shows on each event, for a portal that is fine and one that is not; with
// parameters only on the events that they name.

import process from "node:process";
import { EVENTS } from "./runner/events.js";
import { page } from "./runner/servers.js";
import { GATE, gate } from "./support.js";

const SECRET = `  with-a-key:
    flow:
      - get: /
        headers: { x-key: "\${PORTAL_KEY}" }
`;
const wanted = process.argv.slice(2);

function show(name, result) {
  const notes = result.annotations.map(({ level, file, line, message }) => `${level} ${file ?? "-"}:${line ?? "-"} ${message.split("\n")[0]}`);
  const outputs = Object.entries(result.outputs).map(([key, value]) => `${key}=${value}`);
  const parts = {
    log: result.log.split("\n"),
    annotations: notes,
    "summary, first lines": result.summary.split("\n").slice(0, 8),
    outputs,
  };
  const text = Object.entries(parts).map(([part, lines]) => `--- ${part}\n${lines.join("\n")}`);
  console.log(`\n===== ${name}: the job ended with ${result.conclusion}\n${text.join("\n")}`);
}

for (const name of Object.keys(EVENTS).filter((each) => wanted.length === 0 || wanted.includes(each))) {
  for (const [state, body] of [["a portal that is fine", "welcome"], ["a portal that is not", "goodbye"]]) {
    const closing = [];
    const { url } = await page({ after: (close) => closing.push(close) }, body);
    const withoutSecrets = /fork|dependabot/.test(name);
    const environment = { NO_COLOR: "1", ...(withoutSecrets ? {} : { PORTAL_KEY: "a-key-of-the-portal" }) };
    show(`${name}, ${state}`, await gate({ event: name, portal: url, files: { "tidegate.yaml": GATE + SECRET }, environment }));
    closing.forEach((close) => close());
  }
}
