//! GitHub going wrong: nothing is made twice, nothing is lost silently, the token stays here.

use std::time::Duration;

use proptest::prelude::*;
use tidegate_github::api::publish::{Place, Target, publish};
use tidegate_github::api::{ApiError, code_scanning, comment, compare, status};
use tidegate_testkit::github::Fault;
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{COMMIT, SARIF, Scene, TOKEN, codes, publication, run, wait};

/// Every call that creates or appends.
const WRITES: &[(&str, Place)] = &[
    ("checks/create", Place::CheckRun),
    ("checks/update", Place::CheckRun),
    ("issues/create-comment", Place::Comment),
    ("repos/create-commit-status", Place::Status),
    ("repos/create-deployment-status", Place::Deployment),
    ("code-scanning/upload-sarif", Place::CodeScanning),
    ("actions/review-custom-gates-for-run", Place::ProtectionRule),
];

fn tell(scene: &Scene, place: Place) -> Result<&'static str, ApiError> {
    let (summary, codes) = (run(120), codes());
    scene.github.with(|state| {
        state.processing = Some("complete");
        if state.answers.is_empty() {
            state.waiting = vec!["production".into()];
        }
    });
    let publication = publication(&summary, &codes);
    let target = Target {
        place,
        optional: false,
    };
    let told = wait(async { publish(&scene.client(), publication, &[target]).await });
    told.into_iter().next().unwrap().outcome
}

/// Everything is there exactly once.
fn once(scene: &Scene, place: Place, context: &str) {
    scene.lawful();
    scene.github.with(|state| {
        let there = match place {
            Place::CheckRun => {
                assert_eq!(state.check_runs[0]["status"], "completed", "{context}");
                assert_eq!(
                    state.check_runs[0]["output"]["annotations_count"], 120,
                    "{context}"
                );
                state.check_runs.len()
            }
            Place::Comment => state.comments.len(),
            Place::Status => state.statuses.len(),
            Place::Deployment => state.deployment_statuses.len(),
            Place::CodeScanning => state.uploads.len(),
            Place::ProtectionRule => state.answers.len(),
        };
        assert_eq!(there, 1, "{context}");
    });
}

#[test]
fn a_lost_answer_never_makes_two() {
    let faults = [
        Fault::CutAfter,
        Fault::CutBefore,
        Fault::FailAfter(502),
        Fault::status(503, "Service Unavailable"),
    ];
    for (operation, place) in WRITES {
        for fault in &faults {
            let Some(scene) = Scene::set() else { return };
            scene.github.fail(operation, fault.clone());
            let context = format!("{operation} {fault:?}");
            assert!(tell(&scene, *place).is_ok(), "{context}");
            once(&scene, *place, &context);
        }
    }
}

#[test]
fn an_answer_that_comes_too_late_is_a_lost_one() {
    let Some(scene) = Scene::set() else { return };
    let draft = comment::draft(&run(1), &codes(), None, false).unwrap();
    scene
        .github
        .fail("issues/create-comment", Fault::Slow(Duration::from_secs(4)));
    wait(async {
        let client = scene.patient_client("acme/portal", Duration::from_secs(2));
        comment::publish(&client, &draft).await
    })
    .unwrap();
    once(&scene, Place::Comment, "slow");
    assert_eq!(scene.github.count("issues/create-comment"), 1);
}

#[test]
fn two_lost_answers_in_a_row_make_no_two_either() {
    for (operation, place) in WRITES {
        let Some(scene) = Scene::set() else { return };
        scene.github.fail(operation, Fault::CutBefore);
        scene.github.fail(operation, Fault::CutAfter);
        assert!(tell(&scene, *place).is_ok(), "{operation}");
        once(&scene, *place, operation);
    }
}

#[test]
fn an_answer_that_is_no_json_is_looked_up() {
    for (operation, place) in &WRITES[..5] {
        let Some(scene) = Scene::set() else { return };
        scene.github.fail(operation, Fault::Garbage);
        assert!(tell(&scene, *place).is_ok(), "{operation}");
        once(&scene, *place, operation);
    }
}

#[test]
fn too_many_requests_are_waited_for_as_github_says() {
    let reset = Fault::Answer {
        status: 403,
        headers: vec![
            ("x-ratelimit-remaining", "0".into()),
            ("x-ratelimit-reset", "1700000030".into()),
        ],
        message: "API rate limit exceeded".into(),
    };
    let cases = [
        (Fault::header(429, "retry-after", 7), 7),
        (Fault::header(403, "retry-after", 9), 9),
        (reset, 31),
        (Fault::status(429, ""), 60),
        (
            Fault::status(403, "You have exceeded a secondary rate limit"),
            60,
        ),
    ];
    for (fault, seconds) in cases {
        for (operation, place) in WRITES {
            let Some(scene) = Scene::set() else { return };
            scene.github.fail(operation, fault.clone());
            let context = format!("{operation} {fault:?}");
            assert!(tell(&scene, *place).is_ok(), "{context}");
            once(&scene, *place, &context);
            assert_eq!(scene.clock.naps()[0], seconds, "{context}");
        }
    }
}

#[test]
fn nobody_waits_longer_than_is_sensible() {
    let Some(scene) = Scene::set() else { return };
    scene.github.fail(
        "issues/create-comment",
        Fault::header(429, "retry-after", 3_600),
    );
    let error = tell(&scene, Place::Comment).unwrap_err();
    assert_eq!(
        error,
        ApiError::Limited {
            wait: Duration::from_secs(3_600)
        }
    );
    assert_eq!(scene.clock.naps(), Vec::<u64>::new());
    let far = u64::MAX;
    scene.github.fail(
        "issues/create-comment",
        Fault::header(429, "retry-after", far),
    );
    assert!(tell(&scene, Place::Comment).is_err());
}

#[test]
fn what_only_reads_is_repeated_and_given_up() {
    let Some(scene) = Scene::set() else { return };
    let ask = || wait(async { compare::compare(&scene.client(), "main", COMMIT).await });
    for fault in [Fault::status(500, ""), Fault::CutBefore, Fault::CutAfter] {
        scene
            .github
            .fail("repos/compare-commits-with-basehead", fault);
    }
    assert!(ask().is_ok());
    assert_eq!(scene.clock.naps(), [2, 4, 8]);
    for _ in 0..4 {
        scene.github.fail(
            "repos/compare-commits-with-basehead",
            Fault::status(502, ""),
        );
    }
    let error = ask().unwrap_err().to_string();
    assert_eq!(
        error,
        "GitHub could not be asked to compare two commits: GitHub answers 502"
    );
    scene
        .github
        .fail("repos/compare-commits-with-basehead", Fault::Garbage);
    assert!(matches!(ask(), Err(ApiError::Answer { .. })));
    scene.lawful();
}

#[test]
fn a_refusal_is_told_once_and_not_repeated() {
    let Some(scene) = Scene::set() else { return };
    let draft = status::draft(&run(1)).unwrap();
    scene.github.fail(
        "repos/create-commit-status",
        Fault::status(422, "Validation Failed"),
    );
    let error = wait(async { status::publish(&scene.client(), &draft).await }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "GitHub refused to write the commit status (422): Validation Failed"
    );
    assert_eq!(scene.github.count("repos/create-commit-status"), 1);
    scene.github.fail(
        "repos/list-commit-statuses-for-ref",
        Fault::status(401, "Bad credentials"),
    );
    let error = wait(async { status::publish(&scene.client(), &draft).await }).unwrap_err();
    assert!(matches!(error, ApiError::Token { .. }), "{error}");
}

#[test]
fn code_scanning_that_is_off_is_a_permission() {
    let Some(scene) = Scene::set() else { return };
    scene.github.fail(
        "code-scanning/upload-sarif",
        Fault::status(
            403,
            "Advanced Security must be enabled for this repository to use code scanning.",
        ),
    );
    let draft = code_scanning::draft(SARIF, COMMIT, "refs/heads/main").unwrap();
    let error = wait(async { code_scanning::publish(&scene.client(), &draft).await }).unwrap_err();
    assert_eq!(error.permission(), Some("security-events: write"));
    assert!(error.to_string().contains("Advanced Security"), "{error}");
    assert_eq!(scene.github.count("code-scanning/upload-sarif"), 1);
}

#[test]
fn nothing_follows_to_another_host() {
    let Some(scene) = Scene::set() else { return };
    let elsewhere = App::start(|_| Reply::json(200, &serde_json::json!({})));
    for (operation, place) in WRITES {
        scene
            .github
            .fail(operation, Fault::Redirect(format!("{}/x", elsewhere.url())));
        let error = tell(&scene, *place).unwrap_err();
        assert!(
            matches!(error, ApiError::Refused { status: 307, .. }),
            "{error}"
        );
    }
    scene.github.fail(
        "repos/compare-commits-with-basehead",
        Fault::Redirect(format!("{}/x", elsewhere.url())),
    );
    assert!(wait(async { compare::compare(&scene.client(), "main", COMMIT).await }).is_err());
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_race_leaves_one_comment() {
    let Some(scene) = Scene::set() else { return };
    let draft = comment::draft(&run(1), &codes(), None, false).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                wait(async { comment::publish(&scene.client(), &draft).await }).unwrap();
            });
        }
    });
    scene.lawful();
    scene.github.with(|state| {
        assert_eq!(state.comments.len(), 1);
        assert_eq!(state.comments[0]["body"], draft.body);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_error_shows_the_token(
        status in prop::sample::select(vec![400_u16, 401, 403, 404, 409, 410, 422, 301, 451]),
        before in "\\PC{0,40}",
        after in "[\\PC\n\u{1b}\u{202e}]{0,400}",
    ) {
        let Some(scene) = Scene::set() else { return Ok(()) };
        let message = format!("{before}{TOKEN}{after}");
        scene.github.fail("repos/create-commit-status", Fault::status(status, &message));
        let draft = status::draft(&run(1)).unwrap();
        let error = wait(async { status::publish(&scene.client(), &draft).await }).unwrap_err();
        let told = format!("{error} {error:?} {}", error.help());
        prop_assert!(!told.contains(TOKEN), "{told}");
        prop_assert!(!told.contains(&TOKEN[4..]), "{told}");
        prop_assert!(!error.to_string().contains(['\n', '\u{1b}', '\u{202e}']), "{told}");
    }
}
