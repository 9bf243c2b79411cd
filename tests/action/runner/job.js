// A job with one step that uses the action, run as GitHub's runner runs composite actions
// (CompositeActionHandler.cs of actions/runner).

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { parse } from "yaml";
import { Log } from "./commands.js";
import { condition, text } from "./expressions.js";
import { StepFiles } from "./files.js";
import { folder } from "./folders.js";

const NOBODY = 65534;

/** The repository's root, where action.yml stands. */
export const ROOT = resolve(import.meta.dirname, "../../..");

/** What action.yml says. */
export function manifest() {
  return parse(readFileSync(join(ROOT, "action.yml"), "utf8"));
}

/** A runner's folders. */
export function machine(options = {}) {
  const home = folder("runner");
  const folders = { home, temp: join(home, "_temp"), tools: options.tools ?? join(home, "_tool"), action: options.action ?? ROOT };
  mkdirSync(folders.temp, { recursive: true });
  mkdirSync(folders.tools, { recursive: true });
  return folders;
}

function inputsOf(action, given, github) {
  const unknown = Object.keys(given).filter((name) => !(name in action.inputs));
  if (unknown.length > 0) {
    throw new Error(`the action has no input ${unknown.join(", ")}`);
  }
  const entries = Object.entries(action.inputs).map(([name, input]) => [
    name,
    String(given[name] ?? text(input.default ?? "", { github })),
  ]);
  return Object.fromEntries(entries);
}

/** Runs a program to its end and hands each line it writes to `line`. */
function execute(program, parameters, options, line, started) {
  return new Promise((done) => {
    const child = spawn(program, parameters, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk) => {
        // .NET ends a line at a lone carriage return as well.
        const lines = (rest + chunk).split(/\r\n|\n|\r/);
        rest = lines.pop();
        lines.forEach(line);
      });
      stream.on("end", () => rest !== "" && line(rest));
    }
    child.on("close", (code, signal) => done(code ?? `killed by ${signal}`));
    started(child);
  });
}

/**
 * Runs the action and gives what the job's page would show.
 *
 * `event` comes from events.js; `inputs` is the step's `with:`, `environment` its `env:`, `secrets` are
 * masked. The signal `cancel` cancels the job; `variables` change those of the runner; `readOnly` takes the
 * right to write into the workspace away.
 */
export async function run({ event, inputs = {}, environment = {}, secrets = [], cancel, variables = {}, readOnly, folders = machine() }) {
  const action = manifest();
  const log = new Log([event.github.token, ...secrets]);
  const payload = join(folders.temp, "_github_workflow", "event.json");
  mkdirSync(join(folders.temp, "_github_workflow"), { recursive: true });
  writeFileSync(payload, JSON.stringify(event.payload));
  const base = {
    PATH: process.env.PATH,
    HOME: folders.home,
    CI: "true",
    ...event.variables,
    GITHUB_ACTION_PATH: folders.action,
    GITHUB_EVENT_PATH: payload,
    RUNNER_OS: "Linux",
    RUNNER_ARCH: process.arch === "arm64" ? "ARM64" : "X64",
    RUNNER_TEMP: folders.temp,
    RUNNER_TOOL_CACHE: folders.tools,
    ...variables,
  };
  const job = { action, log, folders, base, environment, event, cancel, user: readOnly && protect(event.workspace, folders), status: "success", steps: {}, summary: "", ran: [] };
  job.inputs = inputsOf(action, inputs, event.github);
  job.global = {};
  for (const [index, step] of action.runs.steps.entries()) {
    await runStep(job, step, index);
  }
  const contexts = { inputs: job.inputs, steps: job.steps, github: event.github };
  const outputs = Object.entries(action.outputs).map(([name, output]) => [name, text(output.value, contexts)]);
  return {
    conclusion: job.status,
    outputs: Object.fromEntries(outputs),
    annotations: log.annotations,
    dropped: log.dropped,
    summary: job.summary,
    log: log.lines.join("\n"),
    commands: log.refused,
    steps: job.ran,
    variables: job.global,
    workspace: event.workspace,
    folders,
  };
}

async function runStep(job, step, index) {
  const contexts = { inputs: job.inputs, steps: job.steps, github: job.event.github, env: {} };
  const id = step.id ?? `__${index}`;
  if (!condition(step.if, contexts, job.status)) {
    job.steps[id] = { outputs: {}, outcome: "skipped", conclusion: "skipped" };
    return;
  }
  job.log.begin();
  const files = new StepFiles(join(job.folders.temp, "_runner_file_commands"), index);
  const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, text(value, contexts)]);
  const script = join(job.folders.temp, `step-${index}.sh`);
  writeFileSync(script, text(step.run, contexts));
  const env = { ...job.base, ...job.global, ...job.environment, ...Object.fromEntries(own), ...files.environment };
  if (job.user) {
    execFileSync("chown", ["-R", String(job.user), job.folders.temp]);
  }
  const code = await runScript(job, script, env);
  let failed = code !== 0;
  if (failed) {
    job.log.annotate("error", `Process completed with exit code ${code}.`);
  }
  const told = files.collect(job.log, (fault) => {
    job.log.annotate("error", fault);
    failed = true;
  });
  Object.assign(job.global, Object.fromEntries(told.variables));
  job.summary += told.summary;
  const outcome = failed ? "failure" : "success";
  job.steps[id] = { outputs: Object.fromEntries(told.outputs), outcome, conclusion: outcome };
  job.ran.push({ name: step.name, outcome, code });
  if (failed && job.status === "success") {
    job.status = "failure";
  }
}

/** Makes a workspace read-only; root may write everywhere, so that the job runs as nobody then. */
function protect(workspace, folders) {
  execFileSync("chmod", ["-R", "a-w", workspace]);
  if (process.getuid() !== 0) {
    return undefined;
  }
  execFileSync("chown", ["-R", String(NOBODY), workspace, folders.home]);
  return NOBODY;
}

async function runScript(job, script, env) {
  const stop = {};
  const cancelled = () => {
    job.status = "cancelled";
    stop.child.kill("SIGINT");
  };
  // What `shell: bash` stands for.
  const parameters = ["--noprofile", "--norc", "-e", "-o", "pipefail", script];
  const options = { cwd: job.event.workspace, env, uid: job.user };
  const code = await execute("bash", parameters, options, (raw) => job.log.line(raw), (child) => {
    stop.child = child;
    if (!job.cancel?.aborted) {
      job.cancel?.addEventListener("abort", cancelled);
    }
  });
  job.cancel?.removeEventListener("abort", cancelled);
  return code;
}
