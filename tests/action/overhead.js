// Prints what the action costs beside the run itself, with the program in the tool cache: the median of
// twenty-one runs of all its steps with a program that does nothing and has the size of a released one;
// TIDEGATE_SIZE gives another, in bytes.

import { createHash } from "node:crypto";
import { copyFileSync, cpSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { EVENTS } from "./runner/events.js";
import { folder } from "./runner/folders.js";
import { ROOT, machine, run } from "./runner/job.js";
import { repository } from "./runner/repository.js";
import { GATE } from "./support.js";

const RUNS = 21;
const TARGET = process.arch === "arm64" ? "aarch64-unknown-linux-musl" : "x86_64-unknown-linux-musl";
const size = Number(process.env.TIDEGATE_SIZE ?? 45_000_000);

const action = folder("action");
cpSync(join(ROOT, "action"), join(action, "action"), { recursive: true });
const folders = machine({ action });
const program = join(folders.tools, "tidegate", "9.9.9", TARGET, "tidegate");
mkdirSync(join(program, ".."), { recursive: true });
// The size matters, because the digest is taken of all of it.
copyFileSync("/bin/true", program);
truncateSync(program, Math.max(size, statSync(program).size));
const digest = createHash("sha256").update(readFileSync(program)).digest("hex");
writeFileSync(join(action, "action", "digests.txt"), `${digest} ${TARGET} 9.9.9\n`);

const event = EVENTS.push(repository({ "tidegate.yaml": GATE }));
const times = [];
for (let at = 0; at < RUNS; at += 1) {
  const begun = performance.now();
  const { conclusion, log } = await run({ event, folders });
  times.push(performance.now() - begun);
  if (conclusion !== "success") {
    throw new Error(log);
  }
}
times.sort((one, other) => one - other);
const [least, median, most] = [times[0], times[(RUNS - 1) / 2], times.at(-1)].map(Math.round);
console.log(`the action beside the run itself, cached program of ${Math.round(size / 2 ** 20)} MiB: ${median} ms (${least} to ${most} ms; bar 1,000 ms)`);
