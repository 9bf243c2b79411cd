//! Checkouts as CI systems make them: what is compared with what, and what a reader is told.

use super::support::{Bench, Look, stripe};

const NEW: &str = "stripe-secret-key src/new.ts:2";
const OLD: &str = "stripe-secret-key src/old.ts:2";

/// A repository whose `main` has an old key, with a branch `feature` that brings a new one.
struct Origin {
    bench: Bench,
    /// The tip of `main`.
    main: String,
    /// The tip of `feature`.
    feature: String,
}

fn origin() -> Origin {
    let bench = Bench::repository();
    bench.write_key("src/old.ts", &stripe(0));
    let main = bench.commit("Pay as we always did");
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench.write("src/work.ts", "export const work = 1;\n");
    bench.commit("Work");
    bench.write_key("src/new.ts", &stripe(1));
    let feature = bench.commit("Pay anew");
    // The merge that GitHub makes of a pull request.
    bench.git(&["switch", "--quiet", "--detach", "main"]);
    bench.git(&["merge", "--quiet", "--no-ff", "-m", "Merge", "feature"]);
    bench.git(&["update-ref", "refs/pull/7/merge", "HEAD"]);
    bench.git(&["tag", "v1", "feature"]);
    bench.git(&["switch", "--quiet", "main"]);
    Origin {
        bench,
        main,
        feature,
    }
}

impl Origin {
    /// A checkout as actions/checkout makes it: one reference, so deep, detached.
    fn fetched(&self, from: &str, to: &str, depth: &str) -> Bench {
        let clone = Bench::folder();
        clone.git(&["init", "--quiet", "--initial-branch=main"]);
        let url = format!("file://{}", self.bench.path().display());
        clone.git(&["remote", "add", "origin", &url]);
        let reference = format!("+{from}:{to}");
        let depth = (depth != "0").then(|| format!("--depth={depth}"));
        let options = depth
            .as_deref()
            .into_iter()
            .chain(["origin", reference.as_str()]);
        let fetch: Vec<&str> = ["fetch", "--quiet", "--no-tags"]
            .into_iter()
            .chain(options)
            .collect();
        clone.git(&fetch);
        clone.git(&["checkout", "--quiet", "--detach", to]);
        clone
    }
}

const GITHUB: [(&str, &str); 2] = [("CI", "true"), ("GITHUB_ACTIONS", "true")];
const PULL_REQUEST: [(&str, &str); 4] = [
    ("CI", "true"),
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("GITHUB_BASE_REF", "main"),
];

/// What the kind compares with by itself: nobody reads the event for it.
fn look_without_the_event(clone: &Bench) -> Look {
    clone.gate("site: false, ", "http://127.0.0.1:9", "");
    clone.run(&["--no-preflight", "--ci", "off"], &PULL_REQUEST)
}

#[test]
fn a_push_one_commit_deep_has_nothing_to_compare_with_and_says_what_to_set() {
    let origin = origin();
    let clone = origin.fetched("refs/heads/feature", "refs/remotes/origin/feature", "1");
    let look = clone.look_in("", &GITHUB);
    look.finds(&[NEW, OLD]);
    look.says("every file counts as new")
        .says("`fetch-depth: 0`");
}

#[test]
fn a_push_with_its_history_and_main_beside_it_is_compared_with_main() {
    let origin = origin();
    let clone = Bench::clone_of(origin.bench.path(), &["--branch", "feature"]);
    clone
        .look_in("", &GITHUB)
        .finds(&[NEW])
        .says("compared with");
}

#[test]
fn a_pull_request_is_compared_with_the_branch_it_goes_into() {
    let origin = origin();
    let deep = |depth| origin.fetched("refs/pull/7/merge", "refs/remotes/pull/7/merge", depth);
    let look = look_without_the_event(&deep("1"));
    look.finds(&[NEW, OLD]);
    look.says("`origin/main`").says("`fetch-depth: 0`");
    // Two commits are enough: the first parent of the merge is the base.
    let look = look_without_the_event(&deep("2"));
    look.finds(&[NEW]).says("compared with `HEAD^1`");
    let all = deep("0");
    all.git(&[
        "fetch",
        "--quiet",
        "origin",
        "+main:refs/remotes/origin/main",
    ]);
    look_without_the_event(&all)
        .finds(&[NEW])
        .says("`origin/main`");
}

#[test]
fn a_base_that_shares_no_commit_with_a_shallow_head_is_said() {
    let origin = origin();
    let clone = origin.fetched("refs/heads/feature", "refs/remotes/origin/feature", "1");
    clone.git(&[
        "fetch",
        "--quiet",
        "--depth=1",
        "origin",
        "+main:refs/remotes/origin/main",
    ]);
    let look = look_without_the_event(&clone);
    look.finds(&[NEW, OLD]);
    look.says("does not reach back to `origin/main`")
        .says("`fetch-depth: 0`");
}

#[test]
fn a_merge_request_of_gitlab_is_compared_with_its_base() {
    let origin = origin();
    let request = [
        ("CI", "true"),
        ("GITLAB_CI", "true"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", origin.main.as_str()),
    ];
    let short = origin.fetched("refs/heads/feature", "refs/remotes/origin/feature", "1");
    let look = short.look_in("", &request);
    look.finds(&[NEW, OLD]);
    look.says(&origin.main).says("`GIT_DEPTH: 0`");
    let enough = origin.fetched("refs/heads/feature", "refs/remotes/origin/feature", "3");
    enough
        .look_in("", &request)
        .finds(&[NEW])
        .says(&origin.main);
}

#[test]
fn a_push_to_gitlab_is_compared_with_the_commit_before_it_and_a_first_one_with_main() {
    let origin = origin();
    let push = |before| {
        [
            ("CI", "true"),
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_BEFORE_SHA", before),
        ]
    };
    let clone = Bench::clone_of(origin.bench.path(), &["--branch", "feature"]);
    let before = clone.git(&["rev-parse", "HEAD^"]);
    clone.look_in("", &push(&before)).finds(&[NEW]);
    clone.look_in("", &push(&origin.feature)).finds(&[]);
    let zeros = "0".repeat(40);
    clone
        .look_in("", &push(&zeros))
        .finds(&[NEW])
        .says("compared with");
    let gone = "1".repeat(40);
    clone
        .look_in("", &push(&gone))
        .finds(&[NEW, OLD])
        .says(&gone);
}

#[test]
fn a_tag_and_a_detached_head_are_compared_with_main_as_far_as_it_is_there() {
    let origin = origin();
    let tag = [GITHUB[0], GITHUB[1], ("GITHUB_REF_TYPE", "tag")];
    let short = origin.fetched("refs/tags/v1", "refs/tags/v1", "1");
    short
        .look_in("", &tag)
        .finds(&[NEW, OLD])
        .says("`fetch-depth: 0`");
    let clone = Bench::clone_of(origin.bench.path(), &[]);
    clone.git(&["checkout", "--quiet", "--detach", "v1"]);
    clone.look_in("", &tag).finds(&[NEW]).says("compared with");
    clone.look("").finds(&[NEW]).says("compared with");
}

#[test]
fn a_push_to_main_itself_is_compared_with_the_commit_before() {
    let origin = origin();
    origin
        .bench
        .git(&["merge", "--quiet", "--no-ff", "-m", "Merge", "feature"]);
    let clone = Bench::clone_of(origin.bench.path(), &[]);
    clone
        .look_in("", &GITHUB)
        .finds(&[NEW])
        .says("compared with `HEAD^1`");
    let short = origin.fetched("refs/heads/main", "refs/remotes/origin/main", "1");
    short
        .look_in("", &GITHUB)
        .finds(&[NEW, OLD])
        .says("`fetch-depth: 0`");
}

#[test]
fn the_first_commit_of_a_repository_is_all_new() {
    let bench = Bench::folder();
    bench.git(&["init", "--quiet", "--initial-branch=main"]);
    bench.write_key("src/new.ts", &stripe(1));
    bench.commit("Begin");
    bench
        .look_in("", &GITHUB)
        .finds(&[NEW])
        .says("this is the first commit");
}

#[test]
fn a_shallow_clone_has_a_tree_and_as_much_history_as_it_has() {
    let origin = origin();
    let clone = origin.fetched("refs/heads/feature", "refs/remotes/origin/feature", "1");
    clone.look("change: false, tree: true").finds(&[NEW, OLD]);
    let look = clone.look("change: false, history: true");
    look.finds(&[NEW, OLD]).says("shallow");
}
