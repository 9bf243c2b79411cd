//! The table of events: what each one judges, and what a verdict that stops the deploy stops there.

use tidegate_core::provenance::Provenance;

use super::payload::{Payload, is_commit};
use super::{Beginning, Occasion};

/// The account that GitHub's Dependabot acts by.
const DEPENDABOT: &str = "dependabot[bot]";

/// The value of a variable, unless it is empty.
type Variable<'v> = &'v dyn Fn(&str) -> Option<String>;

/// What the event of these variables and this payload judges.
pub(super) fn occasion(variable: Variable<'_>, payload: &mut Payload) -> Occasion {
    let event = variable("GITHUB_EVENT_NAME").unwrap_or_default();
    let mut occasion = surroundings(variable, &event);
    let row = match event.as_str() {
        "push" => push,
        "pull_request" | "pull_request_review" | "pull_request_review_comment" => pull_request,
        "pull_request_target" => pull_request_target,
        "issue_comment" => issue_comment,
        "merge_group" => merge_group,
        "deployment_status" => deployment_status,
        "deployment" => deployment,
        "workflow_run" => workflow_run,
        "workflow_dispatch" | "repository_dispatch" => dispatch,
        "release" => release,
        "schedule" => schedule,
        _ => other,
    };
    row(&mut occasion, payload);
    occasion.begin_at_base_ref(variable);
    // Of a schedule the account is whoever wrote it last, and what runs is the default branch.
    if occasion.provenance.untrusted.is_none()
        && event != "schedule"
        && variable("GITHUB_ACTOR").as_deref() == Some(DEPENDABOT)
    {
        occasion.provenance.untrusted = Some("a run that Dependabot started".into());
    }
    if occasion.provenance.repository.is_none() {
        occasion.provenance.repository = payload
            .optional("repository.html_url")
            .filter(|address| is_web(address));
    }
    occasion
}

/// What the variables say, whatever the event.
fn surroundings(variable: Variable<'_>, event: &str) -> Occasion {
    let server = variable("GITHUB_SERVER_URL").filter(|address| is_web(address));
    let page = server.zip(variable("GITHUB_REPOSITORY"));
    let page = page.map(|(server, name)| format!("{}/{name}", server.trim_end_matches('/')));
    let run = page.as_ref().zip(variable("GITHUB_RUN_ID"));
    let run = run.map(|(page, run)| format!("{page}/actions/runs/{run}"));
    let checkout = variable("GITHUB_SHA").filter(|commit| is_commit(commit));
    Occasion {
        provenance: Provenance {
            commit: checkout.clone(),
            branch: variable("GITHUB_HEAD_REF")
                .or_else(|| variable("GITHUB_REF"))
                .map(|name| short(&name).to_owned()),
            event: Some(event.to_owned()).filter(|event| !event.is_empty()),
            repository: page,
            run,
            ..Provenance::default()
        },
        checkout,
        ..Occasion::default()
    }
}

impl Occasion {
    fn consequence(&mut self, sentence: &str) {
        self.provenance.consequence = Some(sentence.to_owned());
    }

    /// Says that a branch left the default branch somewhere, unless it is that branch itself.
    fn begin_at_default_branch(&mut self, payload: &mut Payload) {
        if let Some(branch) = self.other_default_branch(payload) {
            self.beginnings.push(Beginning::Branch(branch));
        }
    }

    /// Takes the base that the variables of a pull request name, where the payload names none.
    fn begin_at_base_ref(&mut self, variable: Variable<'_>) {
        let named = |beginning: &Beginning| matches!(beginning, Beginning::Branch(_));
        if let Some(branch) = variable("GITHUB_BASE_REF")
            && !self.beginnings.iter().any(named)
        {
            self.beginnings.push(Beginning::Branch(branch));
        }
    }

    /// The default branch, unless it is the one that is judged.
    fn other_default_branch(&self, payload: &mut Payload) -> Option<String> {
        let default = payload.text("repository.default_branch")?;
        (self.provenance.branch.as_ref() != Some(&default)).then_some(default)
    }
}

fn push(occasion: &mut Occasion, payload: &mut Payload) {
    occasion.consequence(
        "It stops the jobs that need this one; it cannot undo what this push deployed by itself.",
    );
    let name = payload.text("ref").unwrap_or_default();
    if !name.is_empty() {
        occasion.provenance.branch = Some(short(&name).to_owned());
    }
    if payload.is("deleted") {
        let phrase = "the push deleted a branch or a tag, which leaves nothing to deploy";
        occasion.provenance.pending = Some(phrase.into());
        return;
    }
    if name.starts_with("refs/tags/") {
        // What is after the push of a tag may be the tag, not its commit. A deploy by tag holds everything
        // since the last one, of which nothing is known; on another branch than the default one it holds
        // at least what that branch added.
        return occasion.begin_at_default_branch(payload);
    }
    if let Some(after) = payload.commit("after") {
        occasion.provenance.commit = Some(after);
    }
    let before = payload.commit("before");
    let forced = payload.is("forced");
    match before {
        Some(before) if !forced => occasion.beginnings.push(Beginning::Commit(before)),
        Some(before) => {
            let instead = match occasion.other_default_branch(payload) {
                Some(branch) => {
                    let told = format!("it is compared with where it left `{branch}`");
                    occasion.beginnings.push(Beginning::Branch(branch));
                    told
                }
                None => {
                    occasion.beginnings.push(Beginning::Commit(before));
                    "it is compared with what old and new history have in common".into()
                }
            };
            let note = format!("the push replaced the history of its branch, so {instead}");
            occasion.notes.push(note);
        }
        None => occasion.begin_at_default_branch(payload),
    }
    occasion.beginnings.push(Beginning::Parent);
}

/// What every event of a pull request says.
fn of_pull_request(occasion: &mut Occasion, payload: &mut Payload) {
    let provenance = &mut occasion.provenance;
    provenance.pull_request = payload.number("pull_request.number");
    if let Some(head) = payload.commit("pull_request.head.sha") {
        provenance.commit = Some(head);
    }
    if let Some(branch) = payload.text("pull_request.head.ref") {
        provenance.branch = Some(branch);
    }
    occasion.consequence(
        "It keeps the pull request from being merged only where this job is a required check.",
    );
}

fn pull_request(occasion: &mut Occasion, payload: &mut Payload) {
    of_pull_request(occasion, payload);
    occasion.beginnings.push(Beginning::MergedInto);
    if let Some(base) = payload.commit("pull_request.base.sha") {
        occasion.beginnings.push(Beginning::Commit(base));
    }
    if let Some(branch) = payload.text("pull_request.base.ref") {
        occasion.beginnings.push(Beginning::Branch(branch));
    }
    // The repository of a head is null once the fork was deleted.
    let here = payload.text("pull_request.base.repo.full_name");
    let there = payload.optional("pull_request.head.repo.full_name");
    let author = payload.optional("pull_request.user.login");
    let untrusted = match (here, there) {
        _ if author.as_deref() == Some(DEPENDABOT) => "a pull request of Dependabot",
        (None, _) => "a pull request of unknown origin",
        (here, there) if here != there => "a pull request from a fork",
        _ => return,
    };
    occasion.provenance.untrusted = Some(untrusted.into());
}

fn pull_request_target(occasion: &mut Occasion, payload: &mut Payload) {
    of_pull_request(occasion, payload);
    if let Some(base) = payload.commit("pull_request.base.sha") {
        occasion.beginnings.push(Beginning::Commit(base));
    }
    if let Some(branch) = payload.text("pull_request.base.ref") {
        occasion.beginnings.push(Beginning::Branch(branch));
    }
    occasion.provenance.untrusted = Some("a pull request on `pull_request_target`".into());
    occasion.withhold_secrets = true;
    occasion.notes.push(
        "`pull_request_target` runs with the secrets of the repository beside a change that anybody \
         may have sent, so none of them is used; `pull_request` is the safe event"
            .into(),
    );
}

/// A comment is answered with the secrets of the repository, whoever wrote it and the change.
fn issue_comment(occasion: &mut Occasion, payload: &mut Payload) {
    occasion.consequence("It stops the jobs that need this one.");
    if !payload.has("issue.pull_request") {
        return;
    }
    // What is checked out is judged: the event does not say which commit that is.
    let provenance = &mut occasion.provenance;
    provenance.pull_request = payload.number("issue.number");
    (provenance.commit, provenance.branch) = (None, None);
    provenance.untrusted = Some("a pull request that a comment is about".into());
    occasion.withhold_secrets = true;
    occasion.begin_at_default_branch(payload);
}

fn merge_group(occasion: &mut Occasion, payload: &mut Payload) {
    occasion.consequence(
        "It keeps the merge queue from merging this only where this job is a required check.",
    );
    if let Some(head) = payload.commit("merge_group.head_sha") {
        occasion.provenance.commit = Some(head);
    }
    if let Some(name) = payload.text("merge_group.head_ref") {
        occasion.provenance.branch = Some(short(&name).to_owned());
    }
    if let Some(base) = payload.commit("merge_group.base_sha") {
        occasion.beginnings.push(Beginning::Commit(base));
    }
    if let Some(name) = payload.text("merge_group.base_ref") {
        let branch = short(&name).to_owned();
        occasion.beginnings.push(Beginning::Branch(branch));
    }
}

/// What both events of a deployment say.
fn of_deployment(occasion: &mut Occasion, payload: &mut Payload) {
    if let Some(commit) = payload.commit("deployment.sha") {
        occasion.provenance.commit = Some(commit);
    }
    // It may be the commit itself.
    let name = payload.text("deployment.ref");
    if let Some(name) = name.filter(|name| !is_commit(name)) {
        occasion.provenance.branch = Some(short(&name).to_owned());
    }
    occasion.environment = payload.text("deployment.environment");
    occasion.begin_at_default_branch(payload);
}

fn deployment_status(occasion: &mut Occasion, payload: &mut Payload) {
    of_deployment(occasion, payload);
    occasion.consequence(
        "The deploy is already out: the verdict marks it, and stops only what waits for this job.",
    );
    if let Some(environment) = payload.optional("deployment_status.environment") {
        occasion.environment = Some(environment);
    }
    if let Some(url) = payload.optional("deployment_status.environment_url") {
        if is_web(&url) {
            occasion.url = Some(url);
        } else {
            let note = "the event's `deployment_status.environment_url` is no address of the web";
            occasion.notes.push(note.into());
        }
    }
    let state = payload.text("deployment_status.state");
    if state.as_deref() != Some("success") {
        let state = state.map_or_else(
            || "unknown".to_owned(),
            |state| format!("`{}`", state.escape_debug()),
        );
        let phrase = format!("the state of the deployment is {state}, and only a `success` is out");
        occasion.provenance.pending = Some(phrase);
        occasion.notes.push(
            "a job with `if: github.event.deployment_status.state == 'success'` begins only then"
                .into(),
        );
    }
}

fn deployment(occasion: &mut Occasion, payload: &mut Payload) {
    of_deployment(occasion, payload);
    occasion.consequence("It stops the deploy only where the job that deploys needs this one.");
}

fn workflow_run(occasion: &mut Occasion, payload: &mut Payload) {
    occasion.consequence("It stops the jobs that need this one; the run that it follows is over.");
    if let Some(head) = payload.commit("workflow_run.head_sha") {
        occasion.provenance.commit = Some(head);
    }
    if let Some(branch) = payload.optional("workflow_run.head_branch") {
        occasion.provenance.branch = Some(branch);
    }
    if payload.has("workflow_run.pull_requests.0") {
        occasion.provenance.pull_request = payload.number("workflow_run.pull_requests.0.number");
        let base = payload.commit("workflow_run.pull_requests.0.base.sha");
        occasion.beginnings.extend(base.map(Beginning::Commit));
    }
    let here = payload.text("repository.full_name");
    let there = payload.text("workflow_run.head_repository.full_name");
    let actor = payload.optional("workflow_run.actor.login");
    let untrusted = match (here, there) {
        _ if actor.as_deref() == Some(DEPENDABOT) => Some("a run that follows one of Dependabot"),
        (None, _) | (_, None) => Some("a run that follows one of unknown origin"),
        (here, there) if here != there => Some("a run that follows one of a fork"),
        _ => None,
    };
    occasion.provenance.untrusted = untrusted.map(str::to_owned);
    if untrusted.is_some() {
        // The branch of a fork may have the name of the default branch here.
        let default = payload.text("repository.default_branch");
        occasion.beginnings.extend(default.map(Beginning::Branch));
    } else {
        occasion.begin_at_default_branch(payload);
    }
    // It has the secrets of the default branch, whatever the run that it follows had.
    occasion.withhold_secrets = untrusted.is_some();
    unless_over(occasion, payload);
}

/// Says that there is nothing to judge while the run that is followed goes on, or when it failed.
fn unless_over(occasion: &mut Occasion, payload: &mut Payload) {
    let action = payload.optional("action");
    let conclusion = payload.optional("workflow_run.conclusion");
    let phrase = match (action.as_deref(), conclusion) {
        (Some("requested" | "in_progress"), _) => {
            "the run that this one follows is not over".to_owned()
        }
        (_, Some(conclusion)) if conclusion != "success" => format!(
            "the run that this one follows ended with `{}`",
            conclusion.escape_debug()
        ),
        _ => return,
    };
    occasion.provenance.pending = Some(phrase);
}

fn dispatch(occasion: &mut Occasion, payload: &mut Payload) {
    occasion.consequence(
        "It stops the jobs that need this one; it cannot undo what was deployed before it.",
    );
    occasion.begin_at_default_branch(payload);
}

fn schedule(occasion: &mut Occasion, _payload: &mut Payload) {
    occasion
        .consequence("It stops the jobs that need this one; what is deployed stays where it is.");
}

fn release(occasion: &mut Occasion, payload: &mut Payload) {
    occasion.consequence("It stops the jobs that need this one; the release itself stays.");
    if let Some(tag) = payload.text("release.tag_name") {
        occasion.provenance.branch = Some(tag);
    }
    if payload.optional("action").as_deref() == Some("deleted") {
        let phrase = "the release was deleted, which leaves nothing to deploy";
        occasion.provenance.pending = Some(phrase.into());
    }
}

fn other(occasion: &mut Occasion, _payload: &mut Payload) {
    occasion.consequence("It stops the jobs that need this one.");
}

/// The name of a branch or a tag without what stands before it.
fn short(name: &str) -> &str {
    let name = name.strip_prefix("refs/").unwrap_or(name);
    let kinds = ["heads/", "tags/"];
    kinds
        .iter()
        .find_map(|kind| name.strip_prefix(kind))
        .unwrap_or(name)
}

/// Whether an address is one of the web.
fn is_web(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}
