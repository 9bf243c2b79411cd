//! What the server does when it is asked, and what it keeps.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::description::{Description, Matched};
use super::sample::over;
use super::{number, refused};
use crate::recorder::RecordedRequest;

/// What the server keeps. Lists are in the order of their making.
#[derive(Debug, Default)]
pub struct State {
    /// Who the token says it is; the token of a workflow may not ask.
    pub user: Option<String>,
    /// Check runs.
    pub check_runs: Vec<Value>,
    /// The annotations of check runs, by their id.
    pub annotations: BTreeMap<u64, Vec<Value>>,
    /// Comments of pull request 7.
    pub comments: Vec<Value>,
    /// Commit statuses.
    pub statuses: Vec<Value>,
    /// Statuses of deployment 42.
    pub deployment_statuses: Vec<Value>,
    /// Uploads to code scanning.
    pub uploads: Vec<Value>,
    /// What becomes of an upload: `pending`, `complete` or `failed`.
    pub processing: Option<&'static str>,
    /// Artifacts, in the order in which they are listed.
    pub artifacts: Vec<Value>,
    /// What the store has, by the id of the artifact.
    pub archives: BTreeMap<u64, Vec<u8>>,
    /// How many files a comparison has.
    pub changed_files: usize,
    /// Environments that wait for an answer.
    pub waiting: Vec<String>,
    /// Answers to deployment protection rules.
    pub answers: Vec<Value>,
    ids: u64,
}

impl State {
    /// A comment of somebody.
    pub fn comment(
        &mut self,
        description: &Description,
        login: &str,
        sort: &str,
        body: &str,
    ) -> u64 {
        let id = self.id();
        let user = over(
            description.component("simple-user"),
            &json!({ "login": login, "type": sort }),
        );
        let sample = description.sample("issues/create-comment", 201);
        let comment = over(sample, &json!({ "id": id, "body": body, "user": user }));
        self.comments.push(comment);
        id
    }

    /// An artifact of a branch; `fork` for one that another repository's branch made.
    pub fn artifact(
        &mut self,
        description: &Description,
        name: &str,
        branch: &str,
        fork: bool,
        archive: Vec<u8>,
    ) -> u64 {
        let id = self.id();
        let sample = description.sample_item("actions/list-artifacts-for-repo", Some("artifacts"));
        let day = format!("2026-11-{:02}T12:00:00Z", id.min(28));
        let run = json!({ "id": id, "repository_id": 1, "head_repository_id": if fork { 2 } else { 1 }, "head_branch": branch, "head_sha": "0".repeat(40) });
        let mut artifact = over(
            sample,
            &json!({ "id": id, "name": name, "expired": false, "created_at": day }),
        );
        artifact["workflow_run"] = run;
        self.artifacts.insert(0, artifact);
        self.archives.insert(id, archive);
        id
    }

    fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// Does what an operation says and gives status and body.
    pub(super) fn act(
        &mut self,
        description: &Description,
        matched: &Matched,
        request: &RecordedRequest,
    ) -> (u16, Value) {
        if matched.path.contains_key("repo") && matched.path["repo"] != "portal" {
            return refused(404, "Not Found");
        }
        let body = request.json().unwrap_or_default();
        let page = |all: &[Value]| paged(all, request);
        match matched.operation.as_str() {
            "users/get-authenticated" => self.whoami(description),
            "repos/get" => {
                let sample = description.sample("repos/get", 200);
                (200, over(sample, &json!({ "default_branch": "main" })))
            }
            "checks/create" => self.create_check_run(description, &body),
            "checks/update" => self.update_check_run(number(matched, "check_run_id"), &body),
            "checks/get" => found(&self.check_runs, number(matched, "check_run_id")),
            "checks/list-for-ref" => {
                let named = |run: &&Value| {
                    Some(run["name"].as_str().unwrap_or_default())
                        == request.query_value("check_name").as_deref()
                        && run["head_sha"] == json!(matched.path["ref"])
                };
                let runs: Vec<Value> = self.check_runs.iter().filter(named).cloned().collect();
                (
                    200,
                    json!({ "total_count": runs.len(), "check_runs": page(&runs) }),
                )
            }
            "issues/list-comments" => (200, json!(page(&self.comments))),
            "issues/create-comment" => {
                let text = body["body"].as_str().unwrap_or_default();
                let (login, sort) = match self.user.clone() {
                    Some(user) => (user, "User"),
                    None => ("github-actions[bot]".to_owned(), "Bot"),
                };
                self.comment(description, &login, sort, text);
                (201, self.comments.last().cloned().unwrap_or_default())
            }
            "issues/update-comment" => {
                let id = number(matched, "comment_id");
                if let Some(comment) = self.comments.iter_mut().find(|one| one["id"] == id) {
                    comment["body"] = body["body"].clone();
                }
                found(&self.comments, id)
            }
            "issues/delete-comment" => {
                let id = number(matched, "comment_id");
                let before = self.comments.len();
                self.comments.retain(|one| one["id"] != id);
                if self.comments.len() == before {
                    refused(404, "Not Found")
                } else {
                    (204, Value::Null)
                }
            }
            "repos/create-commit-status" => {
                let sample = description.sample("repos/create-commit-status", 201);
                self.keep(sample, &body, |state| &mut state.statuses)
            }
            "repos/list-commit-statuses-for-ref" => (200, json!(page(&newest(&self.statuses)))),
            "repos/create-deployment-status" => {
                let sample = description.sample("repos/create-deployment-status", 201);
                self.keep(sample, &body, |state| &mut state.deployment_statuses)
            }
            "repos/list-deployment-statuses" => {
                (200, json!(page(&newest(&self.deployment_statuses))))
            }
            _ => self.act_on_runs(description, matched, request, &body),
        }
    }

    /// Code scanning, artifacts and workflow runs.
    fn act_on_runs(
        &mut self,
        description: &Description,
        matched: &Matched,
        request: &RecordedRequest,
        body: &Value,
    ) -> (u16, Value) {
        match matched.operation.as_str() {
            "code-scanning/upload-sarif" => {
                let id = format!("upload-{}", self.id());
                let mut upload = body.clone();
                upload["id"] = json!(id);
                self.uploads.push(upload);
                (
                    202,
                    json!({ "id": id, "url": "https://github.example/upload" }),
                )
            }
            "code-scanning/get-sarif" => match self.processing {
                None => refused(404, "Not Found"),
                Some(status) => (
                    200,
                    json!({ "processing_status": status, "errors": if status == "failed" { json!(["rule ::error:: missing"]) } else { Value::Null } }),
                ),
            },
            "code-scanning/list-recent-analyses" => {
                let sample = description.sample_item("code-scanning/list-recent-analyses", None);
                let told = |upload: &Value| {
                    over(
                        sample.clone(),
                        &json!({ "commit_sha": upload["commit_sha"], "ref": upload["ref"], "category": "tidegate/acme-portal/preview", "sarif_id": upload["id"] }),
                    )
                };
                (
                    200,
                    json!(self.uploads.iter().map(told).collect::<Vec<_>>()),
                )
            }
            "actions/list-artifacts-for-repo" => {
                let named = |artifact: &&Value| {
                    artifact["name"].as_str() == request.query_value("name").as_deref()
                };
                let all: Vec<Value> = self.artifacts.iter().filter(named).cloned().collect();
                (
                    200,
                    json!({ "total_count": all.len(), "artifacts": paged(&all, request) }),
                )
            }
            "actions/download-artifact" => (302, json!(number(matched, "artifact_id"))),
            "repos/compare-commits-with-basehead" => {
                let file = over(
                    description.component("diff-entry"),
                    &json!({ "status": "modified" }),
                );
                let named =
                    |at: usize| over(file.clone(), &json!({ "filename": format!("src/{at}.ts") }));
                let files: Vec<Value> = (0..self.changed_files).map(named).collect();
                let sample = description.sample("repos/compare-commits-with-basehead", 200);
                (
                    200,
                    over(
                        sample,
                        &json!({ "files": files, "merge_base_commit": { "sha": "b".repeat(40) } }),
                    ),
                )
            }
            "actions/get-pending-deployments-for-run" => {
                let sample =
                    description.sample_item("actions/get-pending-deployments-for-run", None);
                let told = |name: &String| {
                    over(sample.clone(), &json!({ "environment": { "name": name } }))
                };
                (
                    200,
                    json!(self.waiting.iter().map(told).collect::<Vec<_>>()),
                )
            }
            "actions/review-custom-gates-for-run" => {
                self.waiting
                    .retain(|name| json!(name) != body["environment_name"]);
                self.answers.push(body.clone());
                (204, Value::Null)
            }
            other => refused(404, other),
        }
    }

    fn whoami(&self, description: &Description) -> (u16, Value) {
        match &self.user {
            None => refused(403, "Resource not accessible by integration"),
            Some(login) => {
                let sample = description.component("public-user");
                (
                    200,
                    over(sample, &json!({ "login": login, "type": "User" })),
                )
            }
        }
    }

    fn create_check_run(&mut self, description: &Description, body: &Value) -> (u16, Value) {
        let id = self.id();
        let sample = description.sample("checks/create", 201);
        let mut run = over(sample, body);
        run["id"] = json!(id);
        self.check_runs.push(run);
        self.update_check_run(id, body);
        (201, self.check_runs.last().cloned().unwrap_or_default())
    }

    /// Annotations are appended, everything else takes the place of what was there.
    fn update_check_run(&mut self, id: u64, body: &Value) -> (u16, Value) {
        let Some(run) = self.check_runs.iter_mut().find(|run| run["id"] == id) else {
            return refused(404, "Not Found");
        };
        let mut change = body.clone();
        let there = self.annotations.entry(id).or_default();
        if let Some(output) = change["output"].as_object_mut() {
            let more = output.remove("annotations");
            there.extend(
                more.and_then(|more| more.as_array().cloned())
                    .unwrap_or_default(),
            );
        }
        let mut changed = over(run.take(), &change);
        if let Some(output) = changed["output"].as_object_mut() {
            output.remove("annotations");
        }
        changed["output"]["annotations_count"] = json!(there.len());
        *run = changed;
        found(&self.check_runs, id)
    }

    fn keep(
        &mut self,
        sample: Value,
        body: &Value,
        list: fn(&mut Self) -> &mut Vec<Value>,
    ) -> (u16, Value) {
        let mut kept = over(sample, body);
        kept["id"] = json!(self.id());
        list(self).push(kept.clone());
        (201, kept)
    }
}

fn found(all: &[Value], id: u64) -> (u16, Value) {
    match all.iter().find(|one| one["id"] == id) {
        Some(one) => (200, one.clone()),
        None => refused(404, "Not Found"),
    }
}

fn newest(all: &[Value]) -> Vec<Value> {
    all.iter().rev().cloned().collect()
}

fn paged(all: &[Value], request: &RecordedRequest) -> Vec<Value> {
    let asked = |name: &str, otherwise: usize| {
        request
            .query_value(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let (size, page): (usize, usize) = (asked("per_page", 30), asked("page", 1));
    all.iter()
        .skip(size * (page - 1))
        .take(size)
        .cloned()
        .collect()
}
