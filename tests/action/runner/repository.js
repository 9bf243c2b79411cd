// A repository on a host of its own, and checkouts of it as actions/checkout makes them.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { folder } from "./folders.js";

const WHO = { NAME: "Ada", EMAIL: "ada@acme.example", DATE: "2026-11-01T12:00:00Z" };

function git(folder, ...parameters) {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  for (const [name, value] of Object.entries(WHO)) {
    env[`GIT_AUTHOR_${name}`] = value;
    env[`GIT_COMMITTER_${name}`] = value;
  }
  return execFileSync("git", parameters, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

function commit(folder, files, message) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "--message", message);
  return git(folder, "rev-parse", "HEAD");
}

/**
 * A repository whose branch `main` has `files`, and whose branch `change` adds `changes` to them; `merge` is
 * the commit that GitHub makes of the two for a pull request.
 */
export function repository(files, changes = { "notes.md": "A change.\n" }) {
  const home = folder("origin");
  const work = join(home, "work");
  mkdirSync(work);
  git(work, "init", "--quiet", "--initial-branch", "main");
  const first = commit(work, { "README.md": "# Portal\n" }, "Begin");
  const base = commit(work, files, "Add the portal");
  git(work, "checkout", "--quiet", "-b", "change");
  const head = commit(work, changes, "Change the portal");
  git(work, "checkout", "--quiet", "--detach", "main");
  git(work, "merge", "--quiet", "--no-ff", "--message", "Merge the change", "change");
  const merge = git(work, "rev-parse", "HEAD");
  git(work, "update-ref", "refs/pull/2/merge", merge);
  git(work, "tag", "simple-tag", head);
  git(work, "config", "uploadpack.allowAnySHA1InWant", "true");
  return { home, url: pathToFileURL(work).href, first, base, head, merge };
}

/** A shallow checkout of a commit by its reference, as actions/checkout makes it without options. */
export function checkout(origin, revision, reference) {
  const workspace = folder("workspace");
  const branch = reference.match(/^refs\/heads\/(.*)/)?.[1];
  const local = reference.replace(/^refs\/heads\//, "refs/remotes/origin/").replace(/^refs\/pull\//, "refs/remotes/pull/");
  git(workspace, "init", "--quiet");
  git(workspace, "remote", "add", "origin", origin.url);
  git(workspace, "fetch", "--quiet", "--no-tags", "--prune", "--depth=1", "origin", `+${revision}:${local}`);
  git(workspace, "checkout", "--quiet", "--force", ...(branch ? ["-B", branch, local] : [local]));
  return workspace;
}
