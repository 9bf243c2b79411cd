//! Checkouts that are not the usual clone of one commit.

use serde_json::json;
use tidegate::ci::{Search, Situation};

use super::GATE;
use super::bench::{Event, Repository};
use crate::support::Project;

const DEEP: Search<'static> = Search {
    since: None,
    deepen: true,
    compare: None,
};

fn push<'e>(head: &'e str, before: &str) -> Event<'e> {
    let payload = json!({ "ref": "refs/heads/change", "before": before, "after": head });
    Event::new("push", head, payload)
}

#[test]
fn a_gate_in_a_folder_says_where_it_stands() {
    let repository = Repository::new("");
    let first = repository.commit("apps/portal/tidegate.yaml", GATE);
    let second = repository.commit("apps/portal/src/changed.rs", "changed");
    let gate = repository.0.path().join("apps/portal/tidegate.yaml");
    let situation = Situation::of(&gate, push(&second, &first).occasion(), &Search::default());
    assert_eq!(situation.provenance.folder.as_deref(), Some("apps/portal"));
    assert_eq!(situation.changed_since, Some(first));
    assert!(situation.notes.is_empty(), "{:?}", situation.notes);
}

#[test]
fn a_worktree_is_a_checkout_like_any_other() {
    let repository = Repository::new(GATE);
    let before = repository.head();
    let (_, change) = repository.with_change();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tree");
    let path = path.to_str().expect("the path is text");
    repository.git(&["worktree", "add", "--quiet", "--detach", path, &change]);
    let gate = folder.path().join("tree/tidegate.yaml");
    let situation = Situation::of(&gate, push(&change, &before).occasion(), &Search::default());
    assert_eq!(situation.changed_since, Some(before));
    assert_eq!(situation.provenance.folder.as_deref(), Some(""));
}

#[test]
fn a_gate_in_a_submodule_is_not_taken_for_the_change_of_the_repository_around_it() {
    let inner = Repository::new(GATE);
    let outer = Repository::new("");
    let before = outer.head();
    let from = format!("file://{}", inner.0.path().display());
    outer.git(&["submodule", "--quiet", "add", &from, "portal"]);
    let head = outer.commit("notes.md", "note");
    let gate = outer.0.path().join("portal/tidegate.yaml");
    let situation = Situation::of(&gate, push(&head, &before).occasion(), &Search::default());
    assert_eq!(situation.changed_since, None);
    let notes = situation.notes.join("\n");
    assert!(
        notes.contains("the checkout is at") && notes.contains(&head[..12]),
        "{notes}"
    );
}

#[test]
fn without_git_only_what_the_event_says_is_known() {
    let project = Project::new(GATE);
    let (head, before) = ("1".repeat(40), "2".repeat(40));
    let situation = Situation::of(&project.gate(), push(&head, &before).occasion(), &DEEP);
    assert_eq!(situation.provenance.commit, Some(head));
    assert_eq!(situation.changed_since, None);
    assert_eq!(situation.provenance.base, None);
}

#[test]
fn a_clone_without_origin_says_that_it_does_not_reach_back() {
    let repository = Repository::new(GATE);
    let (main, change) = repository.with_change();
    let clone = repository.checkout(&change);
    clone.git(&["remote", "remove", "origin"]);
    let event = Event::pull_request(&change, (&main, &change), "acme/portal");
    let situation = Situation::of(&clone.0.gate(), event.occasion(), &DEEP);
    assert_eq!(situation.changed_since, None);
    let notes = situation.notes.join("\n");
    assert!(notes.contains("fetch-depth: 0"), "{notes}");
}

#[test]
fn the_first_parent_of_the_merge_is_the_base_also_when_that_has_gone_on() {
    let repository = Repository::new(GATE);
    let (main, change) = repository.with_change();
    let merge = repository.merge();
    let clone = repository.checkout(&merge);
    // What the payload calls the base may be older than what the merge goes into.
    let old = repository.git(&["rev-parse", "main~1"]);
    let event = Event::pull_request(&merge, (&old, &change), "acme/portal");
    let situation = Situation::of(&clone.0.gate(), event.occasion(), &DEEP);
    assert_eq!(situation.changed_since, Some(main));
    assert_eq!(situation.provenance.commit, Some(change));
}
