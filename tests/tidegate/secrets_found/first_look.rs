//! The first minutes of a new user: what the binary says when little is set up or something is amiss.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::support::{Bench, letters, stripe};
use crate::support::Ran;

#[test]
fn a_plan_says_what_would_be_looked_at_without_looking() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.gate("", "http://127.0.0.1:9", "");
    let ran = bench.tidegate(&["plan"]);
    ran.expect(0)
        .says("no-secrets")
        .says("secrets")
        .never_says("src/pay.ts");
}

#[test]
fn a_folder_that_is_not_there_is_named_with_the_remedy() {
    let bench = Bench::repository();
    for secrets in ["build: [nowhere]", "files: [nowhere]"] {
        let look = bench.look(secrets);
        look.ran.expect(3);
        look.says("there is no folder nowhere")
            .says("Build the portal before the gate runs");
    }
    for secrets in ["build: [../elsewhere]", "files: [/etc]"] {
        let look = bench.look(secrets);
        look.ran.expect(3);
        look.says("is outside the project folder");
    }
}

#[test]
fn a_finding_says_what_to_do_and_explain_says_more() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    let look = bench.look("");
    look.says("A Stripe secret key (live mode) enters the repository in src/pay.ts");
    look.says("Treat it as stolen and replace it")
        .says("sk_live_… (32 characters)");
    look.says("everybody who can read the repository");
    let ran = bench.tidegate(&["explain", "secrets/stripe-secret-key"]);
    ran.expect(0).says("How to replace it");
}

#[test]
fn a_folder_that_may_not_be_written_to_can_be_gated() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.gate("site: false", "http://127.0.0.1:9", "");
    fs::set_permissions(bench.path(), fs::Permissions::from_mode(0o555)).expect("it is ours");
    let look = bench.run(&["--no-preflight"], &[]);
    fs::set_permissions(bench.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    look.finds(&["stripe-secret-key src/pay.ts:2"]);
}

#[test]
fn ctrl_c_ends_a_look_at_a_large_folder_at_once() {
    let bench = Bench::folder();
    let text = letters(1, 4 << 20);
    for file in 0..60 {
        bench.write(&format!("dist/{file}.js"), &text);
    }
    bench.gate("site: false", "http://127.0.0.1:9", "");
    let child = bench
        .command(&["--no-preflight"], &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let looking = || {
        let folder = fs::read_dir(format!("/proc/{}/fd", child.id()));
        let mut links = folder.into_iter().flatten().flatten();
        links.any(|link| {
            let file = fs::read_link(link.path()).unwrap_or_default();
            file.extension().is_some_and(|ending| ending == "js")
        })
    };
    let until = Instant::now() + Duration::from_secs(60);
    while !looking() {
        assert!(Instant::now() < until, "no file is looked at");
        std::thread::yield_now();
    }
    let signalled = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(signalled.expect("kill runs").success());
    let ran = Ran::of(child.wait_with_output().expect("the child is ours"));
    bench.took(ran).ran.expect(130);
}
