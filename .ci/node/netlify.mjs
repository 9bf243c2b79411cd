// Runs the step with which a written workflow waits for Netlify's preview, with answers as GitHub gives them. Takes the
// folder of the workflows that `tidegate init` writes; needs bash and jq.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

const [folder] = process.argv.slice(2);
const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
const scripts = texts.flatMap((text) => [...text.matchAll(/^ +- name: Wait for Netlify's preview\n[^]*?\n( +)run: \|\n((?:\1 {2}.*\n)+)/gm)]);
assert.equal(scripts.length, 1, "one workflow waits for Netlify");
const [[, , script]] = scripts;

// `gh api … --jq FILTER`: the answers one after the other, the last of them for ever. Nobody waits in a test.
const PROGRAMS = {
  gh: '#!/bin/sh\n[ "$2" = "repos/acme/portal/commits/c0ffee/status?per_page=100" ] || exit 9\n'
    + 'n=$(cat "$ANSWERS/asked" 2>/dev/null || echo 0)\necho $((n + 1)) >"$ANSWERS/asked"\n'
    + '[ -e "$ANSWERS/$n.json" ] || n=last\njq --raw-output "$4" "$ANSWERS/$n.json"\n',
  sleep: "#!/bin/sh\n",
};

const statuses = (...all) => ({ state: "pending", statuses: all.map(([context, state, target_url]) => ({ context, state, target_url })) });
const preview = (state, url) => ["netlify/acme-portal/deploy-preview", state, url];
const unrelated = ["netlify/acme-portal/headers-changed", "success", "https://app.netlify.com/acme/headers"];
const address = "https://deploy-preview-7--acme-portal.netlify.app";

async function run(...answers) {
  const home = await mkdtemp(join(tmpdir(), "netlify-"));
  try {
    for (const [name, text] of Object.entries(PROGRAMS)) {
      await writeFile(join(home, name), text);
      await chmod(join(home, name), 0o755);
    }
    for (const [number, answer] of answers.entries()) {
      const name = number === answers.length - 1 ? "last" : number;
      await writeFile(join(home, `${name}.json`), typeof answer === "string" ? answer : JSON.stringify(answer));
    }
    const output = join(home, "output");
    await writeFile(output, "");
    const env = {
      PATH: `${home}:${process.env.PATH}`,
      ANSWERS: home,
      GITHUB_OUTPUT: output,
      GITHUB_REPOSITORY: "acme/portal",
      COMMIT: "c0ffee",
    };
    // As GitHub starts a step without `shell`: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions
    const ended = await promisify(execFile)("bash", ["-e", "-c", script], { env }).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stdout }) => ({ code, said: stdout }),
    );
    return { ...ended, output: await readFile(output, "utf8") };
  } finally {
    await rm(home, { recursive: true });
  }
}

const found = await run(
  "no JSON, so that the program fails",
  statuses(),
  statuses(unrelated, preview("pending", "https://app.netlify.com/acme/deploys/1")),
  statuses(unrelated, preview("success", address)),
);
assert.deepEqual(found, { code: 0, said: "", output: `url=${address}\n` });
for (const [answer, said] of [
  [statuses(preview("failure", "https://app.netlify.com/acme/deploys/1")), /no preview of this change/],
  [statuses(preview("success", "https://app.netlify.com/acme/deploys/1")), /no preview of this change/],
  [statuses(unrelated), /did not say within 15 minutes/],
]) {
  const ended = await run(answer);
  assert.equal(ended.code, 1);
  assert.match(ended.said, said);
  assert.equal(ended.output, "");
}
console.log("the step that waits for Netlify does so");
