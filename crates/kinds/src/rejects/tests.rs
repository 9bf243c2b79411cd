use super::testing::{Fault, Ran, parse, run};
use crate::testing::Kept;

/// A declared create with everything that there is.
const DECLARED: &str = "
operations:
  - post: /api/records
    json: { title: '${unique}', amount: 5 }
    capture: { id: $.id }
    cleanup: { delete: '/api/records/${id}' }
    schema: record.json
    read: '/api/records?q=${unique}'
    count: { get: /api/records, total: $.total }
    pages: [/page]
";

const DERIVED: &str = "{ most: 300 }";

fn declared(faults: &[Fault]) -> Ran {
    run(DECLARED, false, faults)
}

/// A fault of the portal, and the codes that it must raise.
static CASES: &[(&str, &[Fault])] = &[
    ("rejects/accepted", &[Fault::Clamps]),
    ("rejects/stored", &[Fault::Stores]),
    ("rejects/stored", &[Fault::StoresBare]),
    ("rejects/server-error", &[Fault::Fails]),
    ("rejects/server-error", &[Fault::Hangs]),
    ("rejects/quote-breaks", &[Fault::Quote500]),
    ("rejects/quote-breaks", &[Fault::QuoteSql]),
    ("rejects/markup-unescaped", &[Fault::Unescaped]),
    ("rejects/unnamed-field", &[Fault::Unnamed]),
    ("rejects/content-type-ignored", &[Fault::AnyType]),
];

#[test]
fn a_portal_that_checks_its_input_passes() {
    for (config, has_document) in [(DECLARED, false), (DECLARED, true), (DERIVED, true)] {
        let ran = run(config, has_document, &[]);
        assert_eq!(ran.titles(), Vec::<&str>::new());
        assert_eq!(ran.report().inconclusive, None);
        assert!(ran.report().evaluated > 15, "{}", ran.report().evaluated);
    }
}

#[test]
fn each_fault_raises_its_code_and_no_other() {
    for (code, faults) in CASES {
        let ran = declared(faults);
        assert_eq!(ran.codes(), [*code], "{faults:?}: {:?}", ran.titles());
    }
    for info in super::codes::CODES {
        let mut cases = CASES.iter().map(|(code, _)| *code);
        let is_last = info.code.as_str() == "rejects/no-size-limit";
        assert!(
            is_last || cases.any(|code| code == info.code.as_str()),
            "{}",
            info.code
        );
    }
}

#[test]
fn a_body_without_a_limit_is_found() {
    let config = DECLARED.replace("    schema: record.json\n", "");
    let ran = run(&config, false, &[Fault::NoLimit, Fault::Lax]);
    assert_eq!(ran.codes(), ["rejects/no-size-limit"], "{:?}", ran.titles());
    let ran = run(&config, false, &[Fault::Lax]);
    assert_eq!(ran.codes(), Vec::<&str>::new(), "{:?}", ran.titles());
}

/// The evidence of a run's only finding.
fn evidence(ran: &Ran) -> Vec<String> {
    let [finding] = &*ran.report().findings else {
        panic!("{:?}", ran.titles());
    };
    let evidence = finding.evidence.iter();
    evidence
        .map(|one| format!("{}: {}", one.label, one.text))
        .collect()
}

#[test]
fn findings_say_what_was_wrong_in_plain_words() {
    let config = format!("{DECLARED}lenient: [too-small]\n");
    let ran = run(&config, false, &[Fault::Clamps]);
    assert_eq!(
        ran.titles(),
        ["POST /api/records accepts a body whose `amount` is above its maximum of 100"]
    );
    assert_eq!(
        evidence(&ran),
        [
            "request: POST /api/records with a body whose `amount` is above its maximum of 100",
            "response: 201, application/json",
            "stored: yes: found by its mark in GET /api/records?q=${unique}",
            "path: $.amount",
        ]
    );
}

#[test]
fn what_is_wrong_with_many_fields_is_one_finding_that_lists_each_try() {
    let ran = declared(&[Fault::Clamps]);
    assert_eq!(
        ran.titles(),
        ["POST /api/records accepts wrong input: `amount` (too large, too small)"]
    );
    let how = "answered 201, application/json; stored: yes: found by its mark in GET /api/records?q=${unique}";
    assert_eq!(
        evidence(&ran),
        [
            format!("request: a body whose `amount` is above its maximum of 100: {how}"),
            format!("request: a body whose `amount` is below its minimum of 0: {how}"),
        ]
    );
    let stored = declared(&[Fault::Stores]);
    assert_eq!(
        stored.titles(),
        [
            "POST /api/records stores input that it refuses: `title` (missing, wrong type, too long, …), \
             `amount` (wrong type, too large, too small), the body (missing, extra field, content type, …)"
        ]
    );
}

#[test]
fn a_waiver_for_one_way_to_be_wrong_does_not_hide_another() {
    let subject = |lenient: &str| {
        let config = format!("{DECLARED}lenient: [{lenient}]\n");
        let ran = run(&config, false, &[Fault::Clamps]);
        ran.report().findings[0].subject.clone()
    };
    assert_eq!(subject("too-small"), "POST /api/records $.amount too-large");
    assert_eq!(
        subject("markup"),
        "POST /api/records $.amount too-large, $.amount too-small"
    );
}

#[test]
fn an_update_is_judged_by_the_state_of_the_thing() {
    let ran = run(DERIVED, true, &[Fault::UpdatesFirst]);
    assert_eq!(ran.codes(), ["rejects/stored"]);
    let titles = ran.titles();
    assert!(
        titles
            .iter()
            .all(|title| title.starts_with("PUT") || title.starts_with("PATCH")),
        "{titles:?}"
    );
    let patch = "PATCH /records/{id} stores input that it refuses: `title` (wrong type, too long, too short), ";
    assert!(
        titles.iter().any(|title| title.starts_with(patch)),
        "{titles:?}"
    );
}

#[test]
fn everything_that_is_created_is_removed() {
    for faults in [&[][..], &[Fault::Clamps], &[Fault::Stores]] {
        let ran = declared(faults);
        let kept = ran.cleanup.kept();
        // What has no mark cannot be told from what others store: it is named as left over.
        let is_open = kept.contains(&Kept::Open);
        assert_eq!(is_open, faults == [Fault::Stores], "{faults:?}: {kept:?}");
        let removed = kept
            .iter()
            .filter(|kept| matches!(kept, Kept::Fulfilled(_)))
            .count();
        let stored = ran.portal.marked();
        assert!(stored >= 3);
        assert_eq!(removed, stored, "{faults:?}");
    }
}

#[test]
fn a_look_that_breaks_is_taken_again() {
    let ran = declared(&[Fault::Stores, Fault::HangsUp]);
    assert_eq!(ran.codes(), ["rejects/stored"]);
    let kept = ran.cleanup.kept();
    let removed = kept
        .iter()
        .filter(|kept| matches!(kept, Kept::Fulfilled(_)));
    assert_eq!(removed.count(), ran.portal.marked());
}

#[test]
fn what_nobody_could_see_stays_promised() {
    let ran = declared(&[Fault::Stores, Fault::GoesBlind]);
    let kept = ran.cleanup.kept();
    let fulfilled = kept
        .iter()
        .filter(|kept| matches!(kept, Kept::Fulfilled(_)));
    let open = kept.iter().filter(|kept| **kept == Kept::Open).count();
    let stored = ran.portal.marked();
    assert!(
        fulfilled.count() + open >= stored,
        "{stored} are stored: {kept:?}"
    );
    let notes = ran.report().notes.join("\n");
    assert!(
        notes.contains("is not known: GET /api/records?q=${unique} did not answer"),
        "{notes}"
    );
}

#[test]
fn a_page_that_could_not_be_looked_at_is_told() {
    let told = |faults: &[Fault]| {
        let notes = declared(faults).report().notes.join("\n");
        notes.contains("Whether GET /page shows markup as markup is not known")
    };
    assert!(told(&[Fault::PageGone]));
    assert!(!told(&[]));
}

#[test]
fn every_create_is_promised_before_it_is_sent() {
    let ran = declared(&[]);
    let log = ran.portal.log.lock().unwrap();
    let creates = log.iter().filter(|line| line.contains(" POST ")).count();
    assert_eq!(ran.cleanup.kept().len(), creates);
}

#[test]
fn the_same_seed_sends_the_same_requests() {
    for (config, has_document) in [(DECLARED, false), (DERIVED, true)] {
        let one = run(config, has_document, &[]);
        let other = run(config, has_document, &[]);
        assert_eq!(
            *one.portal.log.lock().unwrap(),
            *other.portal.log.lock().unwrap()
        );
    }
}

#[test]
fn the_control_is_normal_and_everything_else_negative() {
    let ran = declared(&[]);
    let log = ran.portal.log.lock().unwrap();
    let writes: Vec<&String> = log.iter().filter(|line| line.contains(" POST ")).collect();
    assert!(writes[0].starts_with("Normal"));
    assert!(writes[1..].iter().all(|line| line.starts_with("Negative")));
}

#[test]
fn the_budget_holds() {
    for most in [4, 9, 20, 40] {
        for (config, has_document) in [
            (DECLARED.to_owned() + &format!("most: {most}\n"), false),
            (format!("{{ most: {most} }}"), true),
        ] {
            let ran = run(&config, has_document, &[Fault::StoresBare]);
            let sent = ran.portal.log.lock().unwrap().len();
            assert!(sent <= most, "{sent} of {most}");
        }
    }
}

#[test]
fn what_is_accepted_on_purpose_is_no_finding() {
    let config = format!("{DECLARED}    lenient: [too-large]\nlenient: [too-small]\n");
    assert_eq!(
        run(&config, false, &[Fault::Clamps]).codes(),
        Vec::<&str>::new()
    );
    let config = format!("{DECLARED}    lenient: [markup]\n");
    assert_eq!(
        run(&config, false, &[Fault::Unescaped]).codes(),
        Vec::<&str>::new()
    );
    // Leniency is about accepting: failing is never meant.
    let config = format!("{DECLARED}    lenient: [wrong-type]\n");
    assert_eq!(
        run(&config, false, &[Fault::Fails]).codes(),
        ["rejects/server-error"]
    );
}

#[test]
fn the_error_object_of_postgrest_is_no_leak() {
    assert_eq!(declared(&[Fault::PostgRest]).titles(), Vec::<&str>::new());
}

#[test]
fn without_a_control_nothing_is_known() {
    let ran = declared(&[Fault::Closed]);
    assert_eq!(ran.titles(), Vec::<&str>::new());
    let why = &ran.report().inconclusive.as_ref().unwrap().text;
    assert_eq!(
        why,
        "POST /api/records could not be tried: its valid request was answered with 403."
    );
    assert_eq!(
        ran.portal
            .log
            .lock()
            .unwrap()
            .iter()
            .filter(|line| line.contains("POST"))
            .count(),
        1
    );
    let wrong = DECLARED.replace("amount: 5", "amount: 500");
    let ran = run(&wrong, false, &[]);
    let why = &ran.report().inconclusive.as_ref().unwrap().text;
    assert!(
        why.contains("the valid body does not fit the schema: $.amount"),
        "{why}"
    );
}

#[test]
fn a_portal_that_asks_for_peace_gets_it() {
    let ran = declared(&[Fault::Limits]);
    let why = &ran.report().inconclusive.as_ref().unwrap().text;
    assert!(why.contains("429"), "{why}");
    assert!(ran.portal.log.lock().unwrap().len() < 10);
}

#[test]
fn what_nothing_shows_is_not_called_stored() {
    let config = DECLARED.replace("    count: { get: /api/records, total: $.total }\n", "");
    let ran = run(&config, false, &[Fault::Stores, Fault::Blind]);
    assert_eq!(ran.titles(), Vec::<&str>::new());
    assert!(
        ran.report().notes[0].contains("not known"),
        "{:?}",
        ran.report().notes
    );
}

#[test]
fn a_count_that_does_not_move_with_the_control_counts_for_nothing() {
    for faults in [&[Fault::StoresBare, Fault::Blind][..], &[Fault::Busy]] {
        assert_eq!(declared(faults).titles(), Vec::<&str>::new());
    }
}

#[test]
fn what_could_do_harm_or_could_not_be_removed_is_left_out_and_named() {
    let ran = run(DERIVED, true, &[]);
    let notes = ran.report().notes.join("\n");
    for name in [
        "POST /invitations",
        "POST /uploads",
        "POST /events",
        "POST /records/{id}/notes",
    ] {
        assert!(notes.contains(name), "{name}: {notes}");
    }
    let log = ran.portal.log.lock().unwrap();
    assert!(
        !log.iter()
            .any(|line| line.contains("invitations") || line.contains("events"))
    );
    assert!(log.iter().any(|line| line.contains("PUT /api/records/100")));
    assert!(
        log.iter()
            .any(|line| line.contains("PATCH /api/records/100"))
    );
}

#[test]
fn an_operation_that_the_document_does_not_have_is_told() {
    let ran = run("{ exclude: [POST /record] }", true, &[]);
    let error = ran.report.unwrap_err();
    assert!(
        error.message.contains("unknown operation `POST /record`"),
        "{}",
        error.message
    );
    assert!(
        error.message.contains("did you mean `POST /records`?"),
        "{}",
        error.message
    );
    let ran = run("{ exclude: [POST /records] }", true, &[]);
    assert!(ran.report().inconclusive.is_some());
}

#[test]
fn bad_configs_are_told_at_their_place() {
    let cases = [
        ("{}", false, "no operation is named", 1, 1),
        ("{ operations: [] }", false, "this is a list", 1, 13),
        (
            "operations:\n  - get: /api/records\n    json: {}\n",
            false,
            "GET sends nothing that could be wrong",
            2,
            10,
        ),
        (
            "operations:\n  - post: /api/records\n",
            false,
            "there is no valid body to begin with",
            2,
            11,
        ),
        (
            "operations:\n  - post: /a\n    json: {}\n    raed: /a\n",
            false,
            "unknown key `raed`",
            4,
            5,
        ),
        (
            "operations:\n  - post: /a\n    json: {}\n    read: { post: /a }\n",
            false,
            "this is to look and changes something",
            4,
            19,
        ),
        (
            "operations:\n  - post: /a\n    json: {}\n    lenient: [too-big]\n",
            false,
            "unknown sort of wrong input `too-big`",
            4,
            15,
        ),
        (
            "operations:\n  - post: /a\n    json: { a: '${nope}' }\n",
            false,
            "unknown capture `nope`",
            3,
            17,
        ),
        (
            "operations:\n  - post: /a\n    json: {}\n    count: { get: '/a?q=${unique}', total: $.total }\n",
            false,
            "this counts one request's things only",
            4,
            20,
        ),
        (
            "operations:\n  - post: /a\n    json: {}\n    count: { get: /a, total: total }\n",
            false,
            "`total` is not a JSONPath",
            4,
            30,
        ),
        ("{ most: 3 }", true, "this is no budget of requests", 1, 9),
        (
            "{ include: [records] }",
            true,
            "`records` is no write operation",
            1,
            13,
        ),
    ];
    for (config, has_document, message, line, column) in cases {
        let faults = parse(config, has_document).err().unwrap();
        assert!(
            faults[0].message.contains(message),
            "{config}: {}",
            faults[0].message
        );
        let location = faults[0].span.as_ref().unwrap().location();
        let place = location.to_string();
        assert_eq!(place, format!("tidegate.yaml:{line}:{column}"), "{config}");
    }
}
