//! What single events have of their own.

use super::*;

#[test]
fn a_schedule_that_dependabot_wrote_last_runs_what_is_on_the_default_branch() {
    let actor = [("GITHUB_ACTOR", "dependabot[bot]")];
    let occasion = occasion("schedule", b"{}", &actor);
    assert_eq!(occasion.provenance.untrusted, None);
}

#[test]
fn the_variables_of_a_pull_request_name_a_base_that_the_payload_lacks() {
    let base = [("GITHUB_BASE_REF", "release/2")];
    let begins = |payload: &[u8]| occasion("pull_request", payload, &base).beginnings;
    let release = Beginning::Branch("release/2".into());
    assert_eq!(begins(b"{}"), [Beginning::MergedInto, release.clone()]);
    assert_eq!(begins(b"no JSON"), [Beginning::MergedInto, release]);
    // The payload's own word comes first.
    let named = begins(PULL_REQUEST.as_bytes());
    assert!(
        named.contains(&Beginning::Branch("master".into())),
        "{named:?}"
    );
    assert_eq!(named.len(), 3);
    // Elsewhere the variable is empty.
    assert_eq!(
        occasion("push", b"{}", &[("GITHUB_BASE_REF", "")]).beginnings,
        [Beginning::Parent]
    );
}

#[test]
fn the_branch_of_a_merge_queue_keeps_its_whole_name() {
    let name = "gh-readonly-queue/main/pr-104-0a1b2c3d";
    let payload = json!({ "action": "checks_requested", "merge_group": {
        "head_sha": SHA, "head_ref": format!("refs/heads/{name}"),
        "base_sha": BEFORE, "base_ref": "refs/heads/release/2",
    }});
    let occasion = of("merge_group", &payload);
    assert_eq!(occasion.provenance.branch.as_deref(), Some(name));
    assert_eq!(
        occasion.beginnings,
        [
            Beginning::Commit(BEFORE.into()),
            Beginning::Branch("release/2".into())
        ]
    );
    assert_eq!(occasion.provenance.untrusted, None);
}

#[test]
fn a_deployment_of_a_commit_keeps_the_branch_unknown_and_every_state_but_success_waits() {
    let deployed = |changes: &[(&str, Value)]| of("deployment_status", &with(DEPLOYED, changes));
    // Vercel gives the commit itself as the ref.
    let occasion = deployed(&[
        ("deployment.ref", json!(SHA)),
        ("deployment.sha", json!(SHA)),
    ]);
    assert_ne!(occasion.provenance.branch.as_deref(), Some(SHA));
    for state in [
        "error",
        "failure",
        "inactive",
        "in_progress",
        "queued",
        "pending",
        "SUCCESS",
        "",
    ] {
        let occasion = deployed(&[("deployment_status.state", json!(state))]);
        assert!(occasion.provenance.pending.is_some(), "{state}");
    }
    assert_eq!(
        deployed(&[("deployment_status.state", json!("success"))])
            .provenance
            .pending,
        None
    );
}
