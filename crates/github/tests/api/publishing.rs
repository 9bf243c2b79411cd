//! What GitHub has after a run was told.

use serde_json::json;
use tidegate_core::verdict::Verdict;
use tidegate_github::api::comment::{self, Posted};
use tidegate_github::api::publish::{Place, Publication, Target, missing_permissions, publish};
use tidegate_github::api::{check_run, code_scanning, deployment, protection, status};
use tidegate_testkit::github::Fault;

use crate::support::{COMMIT, SARIF, Scene, TOKEN, codes, publication, run, wait};

fn everywhere() -> Vec<Target> {
    let optional = false;
    Place::ALL.map(|place| Target { place, optional }).to_vec()
}

#[test]
fn every_place_is_told_and_telling_again_changes_nothing() {
    let Some(scene) = Scene::set() else { return };
    let (summary, codes) = (run(3), codes());
    scene.github.with(|state| {
        state.processing = Some("complete");
        state.waiting = vec!["production".into()];
    });
    let publication = publication(&summary, &codes);
    for _ in 0..2 {
        let told = wait(async { publish(&scene.client(), publication, &everywhere()).await });
        let failed: Vec<_> = told.iter().filter(|one| one.outcome.is_err()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        scene.lawful();
    }
    scene.github.with(|state| {
        assert_eq!(state.check_runs.len(), 1);
        let run = &state.check_runs[0];
        assert_eq!(run["conclusion"], "failure");
        assert_eq!(run["name"], "Tidegate / acme-portal (preview)");
        assert_eq!(run["output"]["annotations_count"], 3);
        assert_eq!(state.comments.len(), 1);
        assert_eq!(state.statuses.len(), 1);
        assert_eq!(state.statuses[0]["context"], "tidegate/acme-portal/preview");
        assert_eq!(state.deployment_statuses.len(), 1);
        assert_eq!(state.deployment_statuses[0]["state"], "failure");
        assert_eq!(state.uploads[0]["ref"], "refs/pull/7/head");
        assert_eq!(state.answers[0]["state"], "rejected");
    });
}

#[test]
fn nothing_is_told_of_a_run_that_had_nothing_to_judge_yet() {
    let Some(scene) = Scene::set() else { return };
    let (mut summary, codes) = (run(0), codes());
    summary.provenance.pending = Some("the deployment is not out yet".into());
    let publication = Publication {
        always_comment: true,
        ..publication(&summary, &codes)
    };
    let told = wait(async { publish(&scene.client(), publication, &everywhere()).await });
    assert!(told.iter().all(|one| one.outcome.is_ok()), "{told:?}");
    assert!(scene.github.requests().is_empty());
}

#[test]
fn annotations_come_in_pages_of_fifty_and_stop_at_five_hundred() {
    let Some(scene) = Scene::set() else { return };
    for (findings, expected) in [(0, 0), (50, 50), (51, 51), (120, 120), (600, 500)] {
        let mut summary = run(findings);
        summary.provenance.run = Some(format!(
            "https://github.com/acme/portal/actions/runs/{findings}"
        ));
        let draft = check_run::draft(&summary, &codes(), None, "1").unwrap();
        wait(async { check_run::publish(&scene.client(), &draft).await }).unwrap();
        scene.github.with(|state| {
            let run = state.check_runs.last().unwrap();
            let there = &state.annotations[&run["id"].as_u64().unwrap()];
            assert_eq!(there.len(), expected);
            assert_eq!(run["status"], "completed");
            if findings == 600 {
                let rest = "101 more; all of them stand in the reports of this run";
                assert_eq!(there[499]["title"], rest);
            }
        });
    }
    scene.lawful();
}

#[test]
fn the_longest_texts_are_cut_to_what_github_takes() {
    let Some(scene) = Scene::set() else { return };
    let mut summary = run(300);
    let long = "Ä@octocat `x` -->".repeat(20_000);
    for finding in &mut summary.results[0].findings {
        finding.title = long[..long.floor_char_boundary(3_000)].to_owned();
        finding.advice = long.clone();
    }
    summary.plan.gate = "g".repeat(400);
    summary.plan.environment = "--> <script>".into();
    let codes = codes();
    let publication = Publication {
        always_comment: true,
        ..publication(&summary, &codes)
    };
    let told = wait(async { publish(&scene.client(), publication, &everywhere()).await });
    let failed: Vec<_> = told.iter().filter(|one| one.outcome.is_err()).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    scene.lawful();
    scene.github.with(|state| {
        let body = state.comments[0]["body"].as_str().unwrap();
        assert!(body.contains("This deploy is blocked"));
        assert!(
            !body.lines().next().unwrap().contains("--> <"),
            "{body:.100}"
        );
    });
}

#[test]
fn a_check_run_concludes_what_the_run_does() {
    let mut summary = run(1);
    assert_eq!(check_run::conclusion(&summary), "failure");
    summary.judgement.verdict = Verdict::Inconclusive;
    assert_eq!(check_run::conclusion(&summary), "failure");
    summary.advisory = true;
    assert_eq!(check_run::conclusion(&summary), "neutral");
    summary.judgement.verdict = Verdict::AllowWithWarnings;
    assert_eq!(check_run::conclusion(&summary), "success");
    summary.judgement.verdict = Verdict::Inconclusive;
    summary.judgement.executed = 0;
    assert_eq!(check_run::conclusion(&summary), "failure");
    summary.interrupted = true;
    assert_eq!(check_run::conclusion(&summary), "cancelled");
}

#[test]
fn the_comment_starts_with_the_first_fault_and_then_follows() {
    let Some(scene) = Scene::set() else { return };
    let post = |findings, always| {
        let draft = comment::draft(&run(findings), &codes(), None, always).unwrap();
        wait(async { comment::publish(&scene.client(), &draft).await }).unwrap()
    };
    assert_eq!(post(0, false), Posted::Silent);
    assert_eq!(post(2, false), Posted::Created);
    assert_eq!(post(0, false), Posted::Updated);
    scene.github.with(|state| {
        assert_eq!(state.comments.len(), 1);
        let body = state.comments[0]["body"].as_str().unwrap();
        assert!(body.contains("This deploy may go out"), "{body}");
        state.comments.clear();
    });
    assert_eq!(post(0, true), Posted::Created);
    scene.lawful();
}

#[test]
fn only_our_own_comment_is_touched_and_duplicates_go() {
    let Some(scene) = Scene::set() else { return };
    let draft = comment::draft(&run(1), &codes(), None, false).unwrap();
    let copied = format!("{}\nhello", draft.marker);
    let (stranger, first) = scene.github.with(|state| {
        let stranger = state.comment(scene.github.description(), "mallory", "User", &copied);
        for number in 0..150 {
            state.comment(
                scene.github.description(),
                "anna",
                "User",
                &format!("{number}"),
            );
        }
        let first = state.comment(
            scene.github.description(),
            "github-actions[bot]",
            "Bot",
            &copied,
        );
        state.comment(
            scene.github.description(),
            "github-actions[bot]",
            "Bot",
            &copied,
        );
        (stranger, first)
    });
    wait(async { comment::publish(&scene.client(), &draft).await }).unwrap();
    scene.lawful();
    scene.github.with(|state| {
        let text =
            |id: u64| state.comments.iter().find(|one| one["id"] == id).unwrap()["body"].clone();
        assert_eq!(text(stranger), json!(copied));
        assert_eq!(text(first), json!(draft.body));
        assert_eq!(state.comments.len(), 152);
    });
}

#[test]
fn a_person_s_token_keeps_to_its_own_comments() {
    let Some(scene) = Scene::set() else { return };
    let draft = comment::draft(&run(1), &codes(), None, false).unwrap();
    scene.github.with(|state| {
        state.user = Some("anna".into());
        state.comment(scene.github.description(), "other[bot]", "Bot", &draft.body);
    });
    let posted = wait(async { comment::publish(&scene.client(), &draft).await }).unwrap();
    assert_eq!(posted, Posted::Created);
    scene.lawful();
}

#[test]
fn a_deployment_keeps_its_link() {
    let Some(scene) = Scene::set() else { return };
    let first = deployment::draft(&run(0), 42);
    wait(async { deployment::publish(&scene.client(), &first).await }).unwrap();
    scene.github.with(|state| {
        state.deployment_statuses[0]["environment_url"] = json!("https://pr-7.acme.example");
    });
    let second = deployment::draft(&run(1), 42);
    wait(async { deployment::publish(&scene.client(), &second).await }).unwrap();
    scene.lawful();
    scene.github.with(|state| {
        assert_eq!(
            state.deployment_statuses[1]["environment_url"],
            "https://pr-7.acme.example"
        );
        assert_eq!(state.deployment_statuses[1]["auto_inactive"], false);
    });
}

#[test]
fn a_status_that_changed_is_set_again() {
    let Some(scene) = Scene::set() else { return };
    for findings in [0, 1, 0, 0] {
        let draft = status::draft(&run(findings)).unwrap();
        wait(async { status::publish(&scene.client(), &draft).await }).unwrap();
    }
    scene.lawful();
    let states = scene.github.with(|state| {
        state
            .statuses
            .iter()
            .map(|one| one["state"].clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(states, ["success", "failure", "success"]);
}

#[test]
fn what_code_scanning_says_of_a_file_is_told() {
    let Some(scene) = Scene::set() else { return };
    let draft = code_scanning::draft(SARIF, COMMIT, "refs/heads/main").unwrap();
    let upload = || wait(async { code_scanning::publish(&scene.client(), &draft).await });
    assert_eq!(upload().unwrap(), code_scanning::Upload::Pending);
    scene.github.with(|state| state.processing = Some("failed"));
    let error = upload().unwrap_err().to_string();
    assert!(
        error.contains("rule : :error:: missing") || error.contains("rule ::error:: missing"),
        "{error}"
    );
    scene.lawful();
}

#[test]
fn an_advisory_run_lets_a_waiting_deployment_begin() {
    let Some(scene) = Scene::set() else { return };
    let mut summary = run(1);
    summary.advisory = true;
    let draft = protection::draft(&summary, 99, "production");
    wait(async { protection::publish(&scene.client(), &draft).await }).unwrap();
    scene.lawful();
    scene
        .github
        .with(|state| assert_eq!(state.answers[0]["state"], "approved"));
}

#[test]
fn a_token_that_only_reads_is_one_notice_and_no_failure() {
    let Some(scene) = Scene::set() else { return };
    let (summary, codes) = (run(1), codes());
    for operation in [
        "checks/create",
        "issues/create-comment",
        "repos/create-commit-status",
        "repos/create-deployment-status",
        "code-scanning/upload-sarif",
    ] {
        scene.github.fail(
            operation,
            Fault::status(403, "Resource not accessible by integration"),
        );
    }
    scene.github.fail(
        "actions/review-custom-gates-for-run",
        Fault::status(404, "Not Found"),
    );
    let publication = publication(&summary, &codes);
    let told = wait(async { publish(&scene.client(), publication, &everywhere()).await });
    assert!(
        !told.iter().any(tidegate_github::api::publish::Told::failed),
        "{told:#?}"
    );
    let notice = missing_permissions(&told).unwrap();
    insta::assert_snapshot!(notice);
    let all = format!("{told:?}");
    assert!(!all.contains(TOKEN));
    scene.lawful();
}
