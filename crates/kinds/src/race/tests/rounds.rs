//! What happens when the portal is not as expected, and what is said about it.

use tidegate_core::check::{Doubt, Unit};
use tidegate_core::gate::EnvironmentKind;

use super::super::testing::{
    DOUBLE, DUPLICATE, IDEMPOTENT, LIMIT, PAGE, Raced, UPDATE, race, race_in,
};
use crate::testing::{FakeFiles, Kept};

#[test]
fn a_pass_says_how_it_was_reached_and_never_that_there_is_no_race() {
    let raced = race("", DUPLICATE);
    let notes = raced.notes();
    assert!(notes.starts_with("No duplicate in 13 rounds of 12 requests, released within 0.03 ms (HTTP/2, last frames together)."), "{notes}");
    assert!(
        notes.contains("in 30 % of such rounds") && notes.contains("certainty of 99 %"),
        "{notes}"
    );
    assert!(
        notes.contains("that there is none is not proven"),
        "{notes}"
    );
    let metrics = &raced.report().metrics;
    let told: Vec<_> = metrics
        .iter()
        .map(|one| (one.name.as_str(), one.subject.as_str(), one.samples.len()))
        .collect();
    assert_eq!(
        told,
        [
            ("spread", "POST /records", 13),
            ("rounds", "POST /records", 0)
        ]
    );
    assert!((metrics[0].value - 0.03).abs() < 1e-9 && metrics[0].unit == Unit::Milliseconds);
    assert_eq!(raced.volleys.lock().unwrap().len(), 13);
}

#[test]
fn each_round_has_values_of_its_own() {
    let raced = race("", IDEMPOTENT);
    let volleys = raced.volleys.lock().unwrap();
    let texts = volleys.iter().map(|volley| {
        let text = format!("{:?}", volley[0].headers) + &format!("{:?}", volley[0].body);
        let key = volley[0]
            .headers
            .iter()
            .find(|(name, _)| name == "idempotency-key");
        let key = key.unwrap().1.expose().to_owned();
        assert!(
            volley.iter().all(|one| one.headers[0].1.expose() == key),
            "{text}"
        );
        key
    });
    let keys: std::collections::BTreeSet<String> = texts.collect();
    assert_eq!(keys.len(), 13);
}

#[test]
fn the_first_round_that_catches_is_the_last_and_tells_what_it_saw() {
    let raced = race("third", DUPLICATE);
    assert_eq!(raced.volleys.lock().unwrap().len(), 3);
    let finding = &raced.report().findings[0];
    assert_eq!(
        finding.title,
        "12 simultaneous POST /records made 12 records where one is right"
    );
    let evidence = |label: &str| {
        let mut evidence = finding.evidence.iter();
        evidence
            .find(|one| one.label == label)
            .map(|one| one.text.as_str())
    };
    assert_eq!(evidence("round"), Some("3 of 13 planned"));
    assert_eq!(evidence("answers"), Some("12 with 201"));
    assert_eq!(
        evidence("released"),
        Some("HTTP/2, last frames together, within 0.03 ms")
    );
    assert!(
        evidence("ids").unwrap().ends_with("and 4 more"),
        "{finding:#?}"
    );
    assert!(finding.advice.starts_with("Put a unique constraint"));
    assert!(!raced.notes().contains("No duplicate"));
}

#[test]
fn lost_changes_and_exceeded_limits_are_told_in_numbers() {
    let title = |fault, config| race(fault, config).report().findings[0].title.clone();
    let sent = "12 simultaneous POST /records/${record}/amount";
    assert_eq!(
        title("lost", UPDATE),
        format!("{sent}: 12 answered with a success, and only 1 counted")
    );
    assert_eq!(
        title("over", LIMIT),
        format!("{sent}: 12 answered with a success and 12 counted, where 3 may be")
    );
}

#[test]
fn production_is_left_alone() {
    let files = FakeFiles::new(&[]);
    let raced = race_in("duplicate", DUPLICATE, EnvironmentKind::Production, &files);
    assert!(raced.portal.lines().is_empty());
    assert!(raced.volleys.lock().unwrap().is_empty());
    assert!(
        raced.doubt().contains("left out in production"),
        "{}",
        raced.doubt()
    );
}

fn unproven(raced: &Raced, expected: &str) {
    assert_eq!(raced.codes(), [""; 0], "{:#?}", raced.report);
    let doubt = raced.report().inconclusive.as_ref().unwrap();
    assert_eq!(doubt.reason, Doubt::NoEvidence);
    assert!(doubt.text.contains(expected), "{}", doubt.text);
}

#[test]
fn without_a_control_nothing_is_sent_at_once_and_nothing_is_proven() {
    for (fault, config, expected) in [
        (
            "refuses",
            DUPLICATE,
            "sent once, was answered with status 403",
        ),
        (
            "hidden",
            DUPLICATE,
            "within 2s GET /records?q=${unique} does not show it",
        ),
        (
            "echo",
            DUPLICATE,
            "shows the mark before anything was created",
        ),
        (
            "wrong-step",
            UPDATE,
            "sent once, changes what GET /records/${record} shows by 10, where 5 is expected",
        ),
        (
            "refuses",
            UPDATE,
            "What each round begins with did not work",
        ),
    ] {
        let raced = race(fault, config);
        unproven(&raced, expected);
        assert!(raced.volleys.lock().unwrap().is_empty(), "{fault}");
        assert_eq!(raced.left(), Vec::<u64>::new(), "{fault}");
    }
}

#[test]
fn a_portal_that_does_not_answer_at_once_proves_nothing() {
    for (fault, config, expected) in [
        (
            "silent",
            DUPLICATE,
            "None of 12 simultaneous POST /records was carried out, although a single one is: 12 without an answer.",
        ),
        ("forgotten", UPDATE, "12 with 401"),
        (
            "nearly-forgotten",
            DUPLICATE,
            "so that nothing competed: 1 with 201, 11 with 401",
        ),
        (
            "unreachable",
            DUPLICATE,
            "could not be sent many times at once",
        ),
        ("limited", DUPLICATE, "12 of 12 were answered with 429"),
        (
            "garbage",
            DUPLICATE,
            "could not be read back: GET /records?q=${unique} was not answered with JSON",
        ),
        ("deep", DUPLICATE, "was not answered with JSON"),
        ("no-number", UPDATE, "has no number at `$.amount`"),
    ] {
        let raced = race(fault, config);
        unproven(&raced, expected);
        assert_eq!(raced.left(), Vec::<u64>::new(), "{fault}");
        assert!(raced.volleys.lock().unwrap().len() <= 4, "{fault}");
    }
}

#[test]
fn those_that_are_let_through_are_judged_and_the_others_are_told() {
    let raced = race("some-limited", DUPLICATE);
    assert_eq!((raced.codes(), raced.doubt()), (vec![], ""));
    assert!(
        raced
            .notes()
            .contains("Up to 10 of 12 requests at once were answered with 429"),
        "{}",
        raced.notes()
    );
}

#[test]
fn a_session_that_is_forgotten_now_and_then_is_told_and_is_no_inconsistency() {
    for config in [DUPLICATE, IDEMPOTENT, UPDATE] {
        let raced = race("forgetful", config);
        assert_eq!((raced.codes(), raced.doubt()), (vec![], ""));
        let notes = raced.notes();
        assert!(
            notes.contains("26 requests were answered with 401"),
            "{notes}"
        );
    }
}

#[test]
fn lost_answers_are_no_excuse_and_what_they_created_is_found_and_removed() {
    let raced = race("silent-duplicate", DUPLICATE);
    assert_eq!(raced.codes(), ["race/duplicate"]);
    assert!(raced.cleanup.kept().contains(&Kept::Open));
    assert_eq!(raced.left(), Vec::<u64>::new());
    let raced = race("half-silent", UPDATE);
    assert_eq!((raced.codes(), raced.doubt()), (vec![], ""));
    assert!(
        raced.notes().contains("78 requests got no answer"),
        "{}",
        raced.notes()
    );
}

#[test]
fn what_an_interrupted_round_created_is_removed() {
    let raced = race("stopped", DUPLICATE);
    assert!(raced.report.is_err());
    assert_eq!(raced.server.lock().unwrap().size(), 2);
    assert_eq!(raced.left(), Vec::<u64>::new());
}

#[test]
fn everything_that_was_created_is_removed() {
    for config in [DUPLICATE, IDEMPOTENT, DOUBLE, PAGE, UPDATE, LIMIT] {
        for fault in ["", "duplicate", "over", "ids", "error", "nothing"] {
            let raced = race(fault, config);
            assert_eq!(raced.left(), Vec::<u64>::new(), "{fault}: {config}");
            assert!(raced.server.lock().unwrap().size() > 0);
        }
    }
    let kept = DUPLICATE
        .lines()
        .filter(|line| !line.starts_with("cleanup"));
    let raced = race("", &kept.collect::<Vec<_>>().join("\n"));
    assert_eq!(raced.left().len(), 14);
    assert!(
        raced.notes().contains("What the rounds created stays"),
        "{}",
        raced.notes()
    );
}

#[test]
fn what_is_worth_less_is_said_and_is_no_finding() {
    let raced = race("far", DUPLICATE);
    assert_eq!((raced.codes(), raced.doubt()), (vec![], ""));
    let notes = raced.notes();
    assert!(
        notes.contains("did not come close together")
            && notes.contains("median spread 9.03 ms; started together on warm connections")
            && notes.contains("worth a certainty of 48.6 %"),
        "{notes}"
    );
    let raced = race("http1", DUPLICATE);
    let notes = raced.notes();
    assert!(notes.contains("HTTP/1.1, last bytes together"), "{notes}");
    assert!(
        notes.contains("does not speak HTTP/2") && !notes.contains("close together"),
        "{notes}"
    );
}

#[test]
fn hostile_answers_cost_little_and_are_cut() {
    let raced = race("hostile", DUPLICATE);
    assert_eq!(raced.codes(), [""; 0], "{:#?}", raced.report);
    let raced = race("flood", DUPLICATE);
    assert_eq!(raced.codes(), ["race/duplicate"]);
    let removals = raced.cleanup.kept();
    let removals = removals
        .iter()
        .filter(|kept| matches!(kept, Kept::Fulfilled(_)));
    assert!(removals.count() <= 202);
    let evidence = &raced.report().findings[0].evidence;
    assert!(
        evidence.iter().all(|one| one.text.len() < 1_000),
        "{evidence:#?}"
    );
}

#[test]
fn what_the_project_is_built_with_gets_its_own_advice() {
    let files = FakeFiles::new(&[(
        "package.json",
        r#"{"dependencies": {"next": "16", "@supabase/supabase-js": "2", "@prisma/client": "7", "prisma": "7"}}"#,
    )]);
    let advice = |fault, config| {
        let raced = race_in(fault, config, EnvironmentKind::Preview, &files);
        raced.report().findings[0].advice.clone()
    };
    let duplicates = advice("duplicate", DUPLICATE);
    for part in [
        "unique constraint",
        "`P2002`",
        "onConflict",
        "crypto.randomUUID()",
    ] {
        assert!(duplicates.contains(part), "{part}: {duplicates}");
    }
    let updates = advice("lost", UPDATE);
    for part in ["balance = balance + $1", "decrement: 1", ".rpc()"] {
        assert!(updates.contains(part), "{part}: {updates}");
    }
}
