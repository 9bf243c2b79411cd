//! What the check makes of projects that are neither quite right nor quite wrong.

use serde_json::Value as Json;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Confidence;

use super::testing::{Project, ROW, Rule, TOKEN, Writes, trial};
use crate::testing::{Kept, answer};

const DOCUMENTS: &str = "{ firestore: { on: firestore, project: acme, collections: [clients] } }";
const EVERYTHING: &str = "
realtime: { on: rtdb, paths: [/clients], public-paths: [/news] }
firestore: { on: firestore, project: acme, collections: [clients, clients/acme/invoices], shared-collections: [plans] }
storage: { on: storage, bucket: acme.appspot.com, folders: [contracts] }
accounts: { on: accounts, key: '${KEY}' }
anonymous-user: true
writes: true
";

#[test]
fn documents_are_asked_for_one_by_one_and_then_counted_by_name() {
    let project = Project {
        documents: Rule::Open,
        ..Project::default()
    };
    let tried = project.run(DOCUMENTS);
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "Anybody can read 7 documents of the collection `clients` without a login"
    );
    let path = "/v1/projects/acme/databases/(default)/documents/clients";
    assert_eq!(
        tried.portal.lines(),
        [
            format!("- GET {path}?pageSize=1&mask.fieldPaths=__name__"),
            format!("- GET {path}?pageSize=300&mask.fieldPaths=__name__"),
        ]
    );
    assert!(!format!("{:?}", tried.report()).contains(ROW));
}

#[test]
fn a_project_that_is_closed_everywhere_passes_with_everything_tried() {
    let tried = Project::default().run(EVERYTHING);
    assert_eq!((tried.codes().len(), tried.doubt()), (0, ""));
    assert!(tried.is_clean());
    let lines = tried.portal.lines();
    for line in [
        "- GET /.json?shallow=true",
        "- GET /clients.json?shallow=true",
        "- GET /v0/b/acme.appspot.com/o?maxResults=1&delimiter=%2F&prefix=contracts%2F",
        "- POST /v1/accounts:signUp?key=s3cret-value",
    ] {
        assert!(lines.contains(&line.to_owned()), "{lines:#?}");
    }
    assert!(
        lines
            .iter()
            .any(|line| line.contains("/documents/clients/acme/invoices?"))
    );
    let notes = tried.report().notes.join("\n");
    assert!(notes.contains("named as public"), "{notes}");
}

#[test]
fn what_rules_let_pass_is_a_doubt_while_nothing_is_there() {
    let project = Project {
        documents: Rule::Bare,
        database: Rule::Bare,
        files: Rule::Bare,
        ..Project::default()
    };
    let config = "
realtime: { on: rtdb }
firestore: { on: firestore, project: acme, collections: [clients] }
storage: { on: storage, bucket: b }
";
    let tried = project.run(config);
    assert_eq!((tried.codes().len(), tried.report().evaluated), (0, 0));
    assert_eq!(tried.doubt().matches("but there is nothing").count(), 3);
}

#[test]
fn the_account_is_removed_and_its_token_is_shown_nowhere() {
    let project = Project {
        database: Rule::Account,
        documents: Rule::Account,
        files: Rule::Account,
        ..Project::default()
    };
    let tried = project.run(EVERYTHING);
    assert!(
        tried
            .codes()
            .iter()
            .all(|code| *code == "firebase/any-account")
    );
    // The root and a path, two collections and a folder; neither what is public nor what is shared.
    assert_eq!(tried.codes().len(), 5);
    let removed = Kept::Fulfilled("POST /v1/accounts:delete".to_owned());
    assert!(tried.cleanup.kept().contains(&removed));
    assert!(!format!("{:?}", tried.report()).contains(TOKEN));
}

#[test]
fn a_project_without_anonymous_accounts_and_a_wrong_key_are_told_apart() {
    let with = |message| Project {
        sign_up: Some(message),
        ..Project::default()
    };
    let config = "{ realtime: { on: rtdb }, accounts: { on: accounts, key: '${KEY}' }, anonymous-user: true }";
    let off = with("ADMIN_ONLY_OPERATION").run(config);
    assert_eq!((off.codes().len(), off.doubt()), (0, ""));
    let wrong = with("API key not valid. Please pass a valid API key.").run(config);
    assert!(wrong.doubt().contains("does not know the API key"));
    let other = with("QUOTA_EXCEEDED").run(config);
    assert!(other.doubt().contains("400"));
    assert!(off.is_clean() && wrong.is_clean() && other.is_clean());
}

#[test]
fn what_is_stored_is_read_back_and_removed() {
    let with = |writes| Project {
        writes,
        ..Project::default()
    };
    let config = "{ realtime: { on: rtdb, paths: [/clients] }, writes: true }";
    let stored = with(Writes::Stored).run(config);
    assert_eq!(stored.codes().len(), 2);
    let finding = &stored.report().findings[1];
    assert_eq!(finding.confidence, Confidence::High);
    assert!(
        finding.evidence[0]
            .text
            .starts_with("PUT /clients/${canary}.json")
    );
    let kept = stored.cleanup.kept();
    assert!(
        kept.iter()
            .all(|kept| matches!(kept, Kept::Fulfilled(with) if with.starts_with("DELETE /")))
    );
    let hidden = with(Writes::Hidden).run(config);
    assert_eq!(hidden.report().findings[0].confidence, Confidence::Medium);
    let lost = with(Writes::Lost).run(config);
    assert!(lost.codes().is_empty());
    assert!(lost.doubt().contains("nothing was stored"));
}

#[test]
fn production_is_only_read() {
    let mut trial = trial();
    trial.environment = EnvironmentKind::Production;
    assert!(
        trial
            .parse(EVERYTHING)
            .unwrap()
            .forecast()
            .writes
            .is_empty()
    );
    let tried = trial.run(EVERYTHING, &Project::default().portal());
    assert!(
        tried
            .portal
            .lines()
            .iter()
            .all(|line| line.starts_with("- GET "))
    );
    assert_eq!(tried.doubt(), "");
    let notes = tried.report().notes.join("\n");
    assert!(notes.contains("no write") && notes.contains("no anonymous account"));
}

#[test]
fn services_that_are_off_and_pages_are_no_pass() {
    let off = Project {
        instead: |_| {
            let body = r#"{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}}"#;
            Some(answer(403, body))
        },
        ..Project::default()
    };
    let tried = off.run(DOCUMENTS);
    assert!(tried.doubt().contains("not set up"), "{}", tried.doubt());
    for (status, body) in [(200, "<html>hi"), (404, "{}"), (423, "{}"), (429, "{}")] {
        let portal = crate::testing::FakePortal::new(move |_| answer(status, body));
        let tried = trial().run(DOCUMENTS, &portal);
        assert_eq!(tried.report().evaluated, 0, "{status}");
        assert!(!tried.doubt().is_empty(), "{status}");
    }
}

#[test]
fn faults_of_the_gate_file_are_told_with_what_to_write() {
    let fault = |config: &str| format!("{:?}", trial().parse(config).err().unwrap());
    assert!(fault("{}").contains("needs `realtime`"));
    assert!(fault("{ realtime: { on: elsewhere } }").contains("firebaseio.com"));
    assert!(fault("{ realtime: { on: rtdb, paths: [clients.json] } }").contains("/clients"));
    let collection = "{ firestore: { on: firestore, project: a, collections: [clients/acme] } }";
    assert!(fault(collection).contains("is no collection"));
    assert!(fault("{ realtime: { on: rtdb }, anonymous-user: true }").contains("accounts:"));
    assert!(fault("{ realtime: { on: rtdb }, most: 1 }").contains("from 4"));
    assert!(fault("{ realtime: { on: rtdb, path: [/a] } }").contains("paths"));
}

#[test]
fn the_examples_of_the_page_are_read_and_fit_the_schema() {
    let schema = jsonschema::draft7::new(&super::kind().schema()).unwrap();
    let mut read = 0;
    for block in super::META.docs.text().split("```yaml\n").skip(1) {
        let (block, _) = block.split_once("```").unwrap();
        let entry: Json = serde_saphyr::from_str(block).unwrap();
        let (_, check) = entry.as_object().unwrap().iter().next().unwrap();
        trial().parse(&check["firebase"].to_string()).unwrap();
        schema.validate(&check["firebase"]).unwrap();
        read += 1;
    }
    assert_eq!(read, 2);
}
