// Writes the workflows in the pages given as arguments into the folder given first, so that they can be linted.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";

const [folder, ...pages] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
let count = 0;
for (const page of pages) {
  const text = await readFile(page, "utf8");
  for (const [, block] of text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)) {
    if (/^jobs:/m.test(block) && /^on:/m.test(block)) {
      count += 1;
      await writeFile(join(folder, `${basename(page, ".md")}-${count}.yml`), block);
    }
  }
}
if (count === 0) {
  throw new Error("no page has a workflow: an empty look is no evidence");
}
