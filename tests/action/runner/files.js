// The files through which a step tells the runner something (FileCommandManager.cs of actions/runner).

import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LARGEST_SUMMARY = 1024 * 1024;
const KINDS = { output: "GITHUB_OUTPUT", env: "GITHUB_ENV", path: "GITHUB_PATH", state: "GITHUB_STATE", summary: "GITHUB_STEP_SUMMARY" };

/** `NAME=VALUE` and `NAME<<DELIMITER` lines; throws as the runner does for anything else. */
export function pairs(text) {
  const found = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === "") {
      continue;
    }
    const equals = line.indexOf("=");
    const block = line.indexOf("<<");
    if (equals >= 0 && (block < 0 || equals < block)) {
      found.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else if (block > 0) {
      const delimiter = line.slice(block + 2);
      const end = lines.indexOf(delimiter, at + 1);
      if (delimiter === "" || end < 0) {
        throw new Error(`no delimiter '${delimiter}'`);
      }
      found.push([line.slice(0, block), lines.slice(at + 1, end).join("\n")]);
      at = end;
    } else {
      throw new Error(`invalid format '${line}'`);
    }
  }
  return found;
}

/** The files of one step. */
export class StepFiles {
  environment = {};

  constructor(folder, step) {
    mkdirSync(folder, { recursive: true });
    for (const [kind, variable] of Object.entries(KINDS)) {
      this.environment[variable] = join(folder, `${kind}_${step}`);
      writeFileSync(this.environment[variable], "");
    }
  }

  #read(kind) {
    return readFileSync(this.environment[KINDS[kind]], "utf8");
  }

  /** Gives outputs, variables and the summary; faults are told to `fault`. */
  collect(log, fault) {
    const take = (kind) => {
      try {
        return pairs(this.#read(kind));
      } catch (error) {
        fault(`Unable to process file command '${kind}' successfully. ${error.message}`);
        return [];
      }
    };
    return { outputs: take("output"), variables: take("env"), summary: this.#summary(log) };
  }

  #summary(log) {
    const size = statSync(this.environment[KINDS.summary]).size;
    if (size > LARGEST_SUMMARY) {
      log.annotate("error", `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.floor(size / 1024)}k.`);
      return "";
    }
    return log.mask(this.#read("summary"));
  }
}
