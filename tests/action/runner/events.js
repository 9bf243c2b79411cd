// The events that start workflows: real payloads of GitHub, told about a real repository, with the variables
// that the runner sets for each.

import { createRequire } from "node:module";
import { checkout } from "./repository.js";

const EXAMPLES = createRequire(import.meta.url)("@octokit/webhooks-examples");
const NOBODY = "0".repeat(40);

function example(name, fits = () => true) {
  const found = EXAMPLES.find((each) => each.name === name)?.examples.find(fits);
  if (!found) {
    throw new Error(`there is no example of ${name}`);
  }
  const payload = structuredClone(found);
  payload.repository.default_branch = "main";
  return payload;
}

function event(name, payload, { origin, sha, ref, branch, head = "", base = "", actor = "ada" }) {
  const reference = ref ?? `refs/heads/${branch}`;
  const workspace = checkout(origin, sha, reference);
  const repository = payload.repository.full_name;
  const [owner] = repository.split("/");
  const variables = {
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION: "gate",
    GITHUB_ACTOR: actor,
    GITHUB_TRIGGERING_ACTOR: actor,
    GITHUB_API_URL: "https://api.github.com",
    GITHUB_BASE_REF: base,
    GITHUB_EVENT_NAME: name,
    GITHUB_GRAPHQL_URL: "https://api.github.com/graphql",
    GITHUB_HEAD_REF: head,
    GITHUB_JOB: "gate",
    GITHUB_REF: reference,
    GITHUB_REF_NAME: reference.replace(/^refs\/(heads|tags|pull)\//, ""),
    GITHUB_REF_PROTECTED: "false",
    GITHUB_REF_TYPE: reference.startsWith("refs/tags/") ? "tag" : "branch",
    GITHUB_REPOSITORY: repository,
    GITHUB_REPOSITORY_OWNER: owner,
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_RUN_ID: "1658821493",
    GITHUB_RUN_NUMBER: "3",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_SHA: sha,
    GITHUB_WORKFLOW: "Deploy",
    GITHUB_WORKFLOW_REF: `${repository}/.github/workflows/deploy.yml@refs/heads/main`,
    GITHUB_WORKSPACE: workspace,
  };
  const github = { token: "ghs_harnessharnessharnessharness0000", event_name: name, event: payload, sha, ref: reference, repository };
  return { name, payload, variables, github, workspace };
}

function push(origin, changes) {
  const payload = example("push", (each) => each.ref.startsWith("refs/heads/"));
  Object.assign(payload, { ref: "refs/heads/main", before: origin.base, after: origin.head, created: false, deleted: false, forced: false }, changes);
  payload.head_commit = { ...payload.head_commit, id: payload.after };
  return payload;
}

function pullRequest(origin, action) {
  const payload = example("pull_request", (each) => each.action === action);
  const { pull_request: pull } = payload;
  payload.number = 2;
  Object.assign(pull, { number: 2, merge_commit_sha: origin.merge });
  Object.assign(pull.head, { sha: origin.head, ref: "change" });
  Object.assign(pull.base, { sha: origin.base, ref: "main" });
  return payload;
}

function pullRequestEvent(payload, origin, actor) {
  return event("pull_request", payload, { origin, sha: origin.merge, ref: "refs/pull/2/merge", head: "change", base: "main", actor });
}

function deployment(origin, state, environment, url) {
  const payload = example("deployment_status");
  Object.assign(payload.deployment, { sha: origin.head, ref: "change", environment });
  Object.assign(payload.deployment_status, { state, environment, environment_url: url, target_url: url });
  return event("deployment_status", payload, { origin, sha: origin.head, branch: "change" });
}

/** One event of each sort; each takes a repository and, where deployments matter, the candidate's address. */
export const EVENTS = {
  push: (origin) => event("push", push(origin), { origin, sha: origin.head, branch: "main" }),
  "first push": (origin) =>
    event("push", push(origin, { ref: "refs/heads/change", before: NOBODY, created: true }), { origin, sha: origin.head, branch: "change" }),
  "force push": (origin) =>
    event("push", push(origin, { ref: "refs/heads/change", before: "f".repeat(40), forced: true }), { origin, sha: origin.head, branch: "change" }),
  tag: (origin) => {
    const payload = example("push", (each) => each.ref === "refs/tags/simple-tag" && each.created);
    Object.assign(payload, { before: NOBODY, after: origin.head });
    return event("push", payload, { origin, sha: origin.head, ref: "refs/tags/simple-tag" });
  },
  schedule: (origin) => {
    const { repository } = push(origin);
    const payload = { schedule: "30 5 * * 1", workflow: ".github/workflows/gate.yml", repository };
    return event("schedule", payload, { origin, sha: origin.base, branch: "main" });
  },
  workflow_dispatch: (origin) => {
    const payload = example("workflow_dispatch");
    payload.ref = "refs/heads/main";
    return event("workflow_dispatch", payload, { origin, sha: origin.base, branch: "main" });
  },
  pull_request: (origin) => pullRequestEvent(pullRequest(origin, "synchronize"), origin),
  "fork pull request": (origin) => {
    const payload = pullRequest(origin, "opened");
    const { head } = payload.pull_request;
    head.repo = { ...(head.repo ?? payload.repository), fork: true, full_name: "stranger/Hello-World", id: 1 };
    payload.pull_request.author_association = "FIRST_TIME_CONTRIBUTOR";
    return pullRequestEvent(payload, origin, "stranger");
  },
  "dependabot pull request": (origin) => {
    const payload = pullRequest(origin, "opened");
    payload.pull_request.user.login = "dependabot[bot]";
    payload.sender.login = "dependabot[bot]";
    return pullRequestEvent(payload, origin, "dependabot[bot]");
  },
  merge_group: (origin) => {
    const payload = example("merge_group");
    const queue = `gh-readonly-queue/main/pr-2-${origin.base}`;
    Object.assign(payload.merge_group, { head_sha: origin.merge, head_ref: `refs/heads/${queue}`, base_sha: origin.base, base_ref: "refs/heads/main" });
    return event("merge_group", payload, { origin, sha: origin.merge, branch: queue });
  },
  "deployment_status success": (origin, url) => deployment(origin, "success", "Preview", url),
  "deployment_status failure": (origin, url) => deployment(origin, "failure", "Preview", url),
  workflow_run: (origin) => {
    const payload = example("workflow_run", (each) => each.workflow_run.conclusion === "success");
    Object.assign(payload.workflow_run, { head_sha: origin.head, head_branch: "change" });
    return event("workflow_run", payload, { origin, sha: origin.base, branch: "main" });
  },
};
