// Reads the action and the workflows given as arguments with GitHub's own parser; exits with 1 when it
// finds a fault. Files named action.yml are actions, the others workflows.

import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { basename } from "node:path";
import process from "node:process";

register("./json-loader.mjs", import.meta.url);
const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import("@actions/workflow-parser");
const { convertActionTemplate, parseAction } = await import("@actions/workflow-parser/actions/index");

const files = process.argv.slice(2);
if (files.length === 0) {
  throw new Error("no file was given: an empty look is no evidence");
}
for (const name of files) {
  const action = basename(name) === "action.yml";
  const [parse, convert] = action ? [parseAction, convertActionTemplate] : [parseWorkflow, convertWorkflowTemplate];
  const { context, value } = parse({ name, content: await readFile(name, "utf8") }, new NoOperationTraceWriter());
  if (context.errors.getErrors().length === 0) {
    const template = await convert(context, value);
    const parts = action ? template.runs.steps : template.jobs;
    if (parts.length === 0) {
      throw new Error(`${name} has neither steps nor jobs`);
    }
  }
  for (const { message } of context.errors.getErrors()) {
    console.error(`${name}: ${message}`);
    process.exitCode = 1;
  }
}
console.log(`GitHub's parser read ${files.length} file(s)`);
