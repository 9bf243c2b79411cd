// Writes the workflows in the files given as arguments into the folder given first, so that they can be linted: those
// in the blocks of a page, and those that insta keeps as snapshots of what a test wrote.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import process from "node:process";

const isWorkflow = (text) => /^jobs:/m.test(text) && /^on:/m.test(text);

// What stands below a snapshot's own head.
function snapshot(text, name) {
  const [, body] = text.match(/^---\n[\s\S]*?\n---\n([\s\S]*)$/) ?? [];
  if (body === undefined || !isWorkflow(body)) {
    throw new Error(`${name} holds no workflow`);
  }
  return [body];
}

const blocks = (text) => [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].map(([, block]) => block).filter(isWorkflow);

const [folder, ...files] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
let count = 0;
for (const file of files) {
  const text = await readFile(file, "utf8");
  const kind = extname(file);
  for (const workflow of kind === ".snap" ? snapshot(text, file) : blocks(text)) {
    count += 1;
    await writeFile(join(folder, `${basename(file, kind)}-${count}.yml`), workflow);
  }
}
if (count === 0) {
  throw new Error("no file has a workflow: an empty look is no evidence");
}
