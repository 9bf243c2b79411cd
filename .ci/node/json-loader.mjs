// Lets packages import JSON as bundlers allow it and Node.js does not.

import { readFile } from "node:fs/promises";

export async function load(url, context, next) {
  if (url.endsWith(".json")) {
    const source = `export default ${await readFile(new URL(url), "utf8")}`;
    return { format: "module", source, shortCircuit: true };
  }
  return next(url, context);
}
