mod harm;

use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::http::HttpError;

use crate::testing::{FakePortal, Kept};

use super::testing::{CONFIG, Fault, Manner, portal, run, run_with, trial};

#[test]
fn a_portal_that_keeps_its_tenants_apart_passes() {
    let tried = run(&[], &[]);
    assert_eq!(tried.codes(), Vec::<&str>::new());
    assert_eq!(tried.doubt(), "");
    assert!(tried.is_clean(), "{:?}", tried.cleanup.kept());
    assert!(
        tried.report().evaluated > 20,
        "{}",
        tried.report().evaluated
    );
}

#[test]
fn one_resource_costs_well_under_fifty_requests() {
    let sent = run(&[], &[]).portal.lines();
    assert!(sent.len() < 60, "{}: {sent:#?}", sent.len());
}

#[test]
fn a_portal_of_another_manner_passes_too() {
    for manner in [
        Manner::Redirects,
        Manner::FailsInBody,
        Manner::CountsReads,
        Manner::Echoes,
        Manner::Later,
        Manner::Pages,
        Manner::Words,
        Manner::Strict,
        Manner::Expires,
        Manner::OffHost,
    ] {
        let tried = run(&[], &[manner]);
        assert_eq!(tried.codes(), Vec::<&str>::new(), "{manner:?}");
        assert_eq!(tried.doubt(), "", "{manner:?}");
        assert!(tried.is_clean(), "{manner:?}: {:?}", tried.cleanup.kept());
    }
}

#[test]
fn faults_are_found_whatever_the_manner() {
    let cases = [
        (Fault::Lists, Manner::Pages, "isolation/list"),
        (Fault::Searches, Manner::Echoes, "isolation/list"),
        (Fault::Reads, Manner::Expires, "isolation/read"),
        (Fault::Puts, Manner::CountsReads, "isolation/write"),
        (Fault::Deletes, Manner::Later, "isolation/delete"),
        (Fault::Reads, Manner::Words, "isolation/read"),
        (Fault::TrustsHeader, Manner::Words, "isolation/read"),
    ];
    for (fault, manner, code) in cases {
        let tried = run(&[fault], &[manner]);
        assert!(tried.codes().contains(&code), "{fault:?}, {manner:?}");
    }
}

#[test]
fn what_proves_nothing_is_no_pass() {
    let cases = [
        (Manner::NoOwner, "could not log in"),
        (Manner::NoLogin, "could not log in"),
        (Manner::NoId, "has no id at $.id (line 4 of the gate file)"),
        (
            Manner::EmptyForBoris,
            "does not show boris's own canary either",
        ),
        (Manner::Limits, "wants no more requests for 1 min"),
        (Manner::ReadOnly, "was answered with 403"),
        (Manner::NoPut, "cannot use it on its own either (405)"),
    ];
    for (manner, text) in cases {
        let tried = run(&[], &[manner]);
        assert_eq!(tried.codes(), Vec::<&str>::new(), "{manner:?}");
        assert!(
            tried.doubt().contains(text),
            "{manner:?}: {}",
            tried.doubt()
        );
    }
}

#[test]
fn a_leak_is_found_although_the_attacker_owns_nothing() {
    let tried = run(&[Fault::Reads], &[Manner::ReadOnly]);
    assert_eq!(tried.codes(), ["isolation/read"]);
}

#[test]
fn a_thing_that_changes_once_by_itself_is_nobodys_write() {
    let tried = run(&[], &[Manner::Settles]);
    assert_eq!(tried.codes(), Vec::<&str>::new());
    assert!(tried.is_clean());
}

#[test]
fn a_finding_tells_the_whole_story_and_no_value() {
    let tried = run(&[Fault::Puts], &[]);
    let [finding] = &*tried.report().findings else {
        panic!("{:?}", tried.codes());
    };
    assert_eq!(
        finding.title,
        "A client of globex can change records of acme"
    );
    let evidence = finding.evidence.iter();
    let evidence: Vec<String> = evidence
        .map(|one| format!("{}: {}", one.label, one.text))
        .collect();
    let [before, attack, after] = &*evidence else {
        panic!("{evidence:?}");
    };
    assert!(
        before.starts_with("before: GET /records/${id} as anna: 200"),
        "{before}"
    );
    assert!(
        attack.starts_with("attack: PUT /records/${id} as boris: 200"),
        "{attack}"
    );
    assert!(after.ends_with("changed: title"), "{after}");
    assert!(!evidence.join("\n").contains("Rope"));
    assert_eq!(finding.subject, "records: PUT /records/${id}");
}

#[test]
fn every_write_that_was_taken_is_followed_by_a_new_login() {
    let tried = run(&[], &[Manner::Redirects]);
    let asked = tried.portal.asked.lock().unwrap();
    let sessions = |method: &str| {
        let of = asked
            .iter()
            .filter(|one| one.name() == "boris" && one.method == method);
        of.filter_map(|one| one.session).collect::<Vec<_>>()
    };
    let (put, patch) = (sessions("PUT"), sessions("PATCH"));
    assert_ne!(put[0], patch[0]);
}

#[test]
fn production_is_only_read() {
    let mut trial = trial();
    trial.environment = EnvironmentKind::Production;
    let good = trial.run(CONFIG, &portal(&[], &[]));
    assert_eq!(good.codes(), Vec::<&str>::new());
    assert_eq!(good.doubt(), "");
    let lines = good.portal.lines();
    let reads = |line: &String| line.contains(" GET ") || line.contains(" HEAD ");
    assert!(lines.iter().all(reads), "{lines:?}");
    assert!(good.cleanup.kept().is_empty());
    let bad = trial.run(CONFIG, &portal(&[Fault::Reads], &[]));
    assert_eq!(bad.codes(), ["isolation/read"]);
    let named = format!("{CONFIG}existing: 103\n");
    let bad = trial.run(&named, &portal(&[Fault::Reads], &[]));
    assert_eq!(bad.codes(), ["isolation/read"]);
}

#[test]
fn production_without_a_record_of_the_owner_proves_nothing() {
    let mut trial = trial();
    trial.environment = EnvironmentKind::Production;
    let swapped = CONFIG
        .replace("owner: anna", "owner: boris")
        .replace("attacker: boris", "attacker: anna");
    let tried = trial.run(&swapped, &portal(&[], &[Manner::EmptyForBoris]));
    assert_eq!(tried.codes(), Vec::<&str>::new());
    assert!(tried.doubt().contains("`existing`"), "{}", tried.doubt());
}

#[test]
fn coverage_says_what_was_tried() {
    let tried = run(&[Fault::Deletes], &[Manner::NoPut]);
    let [table] = &*tried.report().tables else {
        panic!("{:?}", tried.report().tables);
    };
    let [row] = &*table.rows else {
        panic!("{:?}", table.rows);
    };
    let cell = |head: &str| {
        let at = table.columns.iter().position(|column| column == head);
        row[at.unwrap()].as_str()
    };
    assert_eq!(cell("resource"), "records");
    assert!(cell("read").starts_with("held ("), "{row:?}");
    assert_eq!(cell("change"), "held (1 of 3, the rest not proven)");
    assert_eq!(cell("delete"), "leaked (1 of 1)");
}

#[test]
fn what_is_skipped_is_not_sent() {
    let config = format!("{CONFIG}skip: [\"DELETE /records/{{id}}\", \"PUT /records/{{id}}\"]\n");
    let tried = run_with(&config, &[Fault::Deletes, Fault::Puts], &[]);
    assert_eq!(tried.codes(), Vec::<&str>::new());
    let lines = tried.portal.lines();
    assert!(
        !lines.iter().any(|line| line.contains("DELETE")),
        "{lines:?}"
    );
}

/// The first fault of a config, with its label.
fn fault(config: &str) -> String {
    let faults = trial().parse(config).err().unwrap_or_default();
    let first = faults.into_iter().next();
    first.map_or_else(String::new, |fault| {
        format!("{}: {}", fault.message, fault.label.unwrap_or_default())
    })
}

#[test]
fn a_wrong_config_says_what_is_wrong() {
    let rest = CONFIG.replace("owner: anna\nattacker: boris\n", "");
    let with = |sides: &str| fault(&format!("{sides}\n{rest}"));
    assert!(with("owner: anna\nattacker: anna").contains("is the owner too"));
    assert!(with("owner: anna\nattacker: adam").contains("both of the tenant `acme`"));
    assert!(with("owner: anna").contains("`attacker` is missing"));
    assert!(with("owner: anna\nattacker: bori").contains("did you mean"));
    assert!(fault("owner: anna\nattacker: boris").contains("nothing is named"));
    assert!(fault("create: { post: /records }").contains("a resource needs `read`"));
    let unknown = CONFIG.replace("read: \"/records/${id}\"", "read: \"/records/${record}\"");
    assert!(fault(&unknown).contains("record"), "{}", fault(&unknown));
    let lists = CONFIG.replace("/export.csv]", "{ post: /records }]");
    assert!(fault(&lists).contains("this is to look and changes something"));
    assert_eq!(with(""), "");
}

#[test]
fn identities_of_two_tenants_are_needed() {
    let mut trial = trial();
    trial
        .people
        .retain(|person| person.tenant.as_deref() == Some("acme"));
    let faults = trial.parse("{}").err().unwrap_or_default();
    assert!(
        faults[0].message.contains("two different tenants"),
        "{faults:?}"
    );
}

#[test]
fn a_write_whose_answer_is_lost_is_looked_for_in_the_end() {
    let good = portal(&[], &[Manner::Redirects]);
    let lossy = FakePortal::new(move |asked| {
        let answer = good.answer_to(asked);
        if asked.method == "PUT" && asked.name() == "boris" {
            return Err(HttpError::Broken {
                phase: "while reading the body",
                reason: "reset".into(),
            });
        }
        answer
    });
    let tried = trial().run(CONFIG, &lossy);
    assert_eq!(tried.codes(), Vec::<&str>::new());
    assert!(
        tried
            .doubt()
            .contains("PUT /records/${id} as boris got no answer"),
        "{}",
        tried.doubt()
    );
    assert!(tried.cleanup.kept().contains(&Kept::Open));
}
