//! The kind against portals in memory.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::{Confidence, Severity};
use tidegate_core::ports::http::{HttpError, Response};

use super::kind;
use crate::testing::{Asked, FakeFiles, FakePortal, Kept, Trial, Tried, answer};

mod failing;

/// What a portal stores of what it is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portal {
    /// Fields beside `title` that it stores.
    pub(super) stores: &'static [&'static str],
    /// Whether it refuses what it does not know.
    pub(super) is_strict: bool,
    /// Whether the answer of a write has everything that was sent.
    pub(super) echoes: bool,
    /// Whether the tenant of a thing decides who sees it.
    pub(super) is_split: bool,
    /// A status in the place of every create.
    pub(super) creates: u16,
    /// What a field of another type than before is answered with.
    pub(super) typed: bool,
}

impl Portal {
    /// A portal that stores a title and nothing else.
    pub(super) const GOOD: Self = Self {
        stores: &[],
        is_strict: false,
        echoes: false,
        is_split: false,
        creates: 201,
        typed: false,
    };

    fn refuses(&self, sent: &Json) -> bool {
        let mut names = sent.as_object().into_iter().flat_map(Map::keys);
        let unknown = names
            .any(|name| name != "title" && name != "name" && !self.stores.contains(&name.as_str()));
        let wrong = self.typed && sent.get("permissions").is_some();
        (self.is_strict && unknown) || wrong
    }

    fn take(&self, thing: &mut Json, sent: &Json) {
        for (name, value) in sent.as_object().into_iter().flatten() {
            if name == "title" || name == "name" || self.stores.contains(&name.as_str()) {
                thing[name] = value.clone();
            }
        }
    }
}

/// A portal with `/records` and the own profile at `/me`.
pub(super) fn world(portal: Portal) -> impl FnMut(&Asked) -> Result<Response, HttpError> + Send {
    let mut things: BTreeMap<String, Json> = BTreeMap::new();
    let mut me = json!({ "id": "usr_1", "name": "Anna", "role": "member" });
    move |asked| {
        let sent = asked.json();
        let id = asked.path.strip_prefix("/records/").map(str::to_owned);
        let tenant = if asked.name() == "boris" {
            "globex"
        } else {
            "acme"
        };
        match (asked.method.as_str(), asked.path.as_str(), id) {
            ("POST" | "PATCH" | "PUT", ..) if portal.refuses(&sent) => answer(422, "{}"),
            ("POST", "/records", _) if portal.creates != 201 => answer(portal.creates, "{}"),
            ("POST", "/records", _) => {
                let id = format!("rec_{}", things.len() + 1);
                let mut thing = json!({ "id": id, "title": null, "tenant_id": tenant, "created_at": "2026-03-02T10:15:00Z" });
                portal.take(&mut thing, &sent);
                let mut shown = thing.clone();
                if portal.echoes {
                    for (name, value) in sent.as_object().into_iter().flatten() {
                        shown[name] = value.clone();
                    }
                    shown["id"] = json!(id);
                }
                things.insert(id, thing);
                answer(201, shown.to_string())
            }
            ("GET", _, Some(id)) => match things.get(&id) {
                Some(thing) if !portal.is_split || thing["tenant_id"] == tenant => {
                    answer(200, thing.to_string())
                }
                _ => answer(404, "{}"),
            },
            ("PATCH", _, Some(id)) => match things.get_mut(&id) {
                Some(thing) => {
                    portal.take(thing, &sent);
                    answer(204, "")
                }
                None => answer(404, "{}"),
            },
            ("GET", "/me", _) => answer(200, me.to_string()),
            ("PATCH", "/me", _) => {
                portal.take(&mut me, &sent);
                answer(200, me.to_string())
            }
            _ => answer(404, "{}"),
        }
    }
}

pub(super) const RECORDS: &str = r#"
create: { post: /records, json: { title: "${canary}" }, delete: "/records/${id}" }
read: "/records/${id}"
"#;

const CHANGED: &str = r#"
create: { post: /records, json: { title: "${canary}" }, delete: "/records/${id}" }
read: "/records/${id}"
update: [{ patch: "/records/${id}", json: { title: "${unique}" } }]
"#;

pub(super) const ME: &str = "updates: [{ patch: /me, json: { name: \"${unique}\" }, read: /me }]";

/// A check as anna.
pub(super) fn anna() -> Trial {
    let mut trial = Trial::of(kind());
    trial.who = Some("anna");
    trial
}

pub(super) fn tried(config: &str, portal: Portal) -> Tried {
    anna().run(config, &FakePortal::new(world(portal)))
}

fn with(stores: &'static [&'static str]) -> Portal {
    Portal {
        stores,
        ..Portal::GOOD
    }
}

#[test]
fn a_good_portal_is_asked_a_handful_of_times_and_everything_is_removed() {
    let tried = tried(CHANGED, Portal::GOOD);
    assert_eq!((tried.codes(), tried.doubt()), (vec![], ""));
    assert!(
        tried.portal.lines().len() <= 25,
        "{:#?}",
        tried.portal.lines()
    );
    assert!(tried.is_clean());
    let created = tried
        .portal
        .lines()
        .iter()
        .filter(|line| line.contains("POST"))
        .count();
    assert_eq!(tried.cleanup.kept().len(), created);
}

#[test]
fn a_finding_names_the_fields_and_what_was_before_and_after() {
    let tried = tried(RECORDS, with(&["role", "is_admin"]));
    assert_eq!(tried.codes(), ["mass-assignment/privilege"]);
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "A client can set is_admin, role with POST /records"
    );
    assert_eq!(finding.subject, "POST /records is_admin, role");
    assert_eq!(finding.severity, Severity::Medium);
    let told: Vec<&str> = finding
        .evidence
        .iter()
        .map(|one| one.label.as_str())
        .collect();
    assert_eq!(told, ["fields", "before", "attack", "after"]);
}

#[test]
fn a_right_of_a_person_is_worse_and_is_put_back() {
    let tried = tried(ME, with(&["role"]));
    assert_eq!(tried.codes(), ["mass-assignment/privilege"]);
    assert_eq!(tried.report().findings[0].severity, Severity::Critical);
    assert_eq!(tried.portal.lines()[0], "anna GET /me");
    assert_eq!(
        tried.cleanup.kept(),
        [
            Kept::Fulfilled("PATCH /me".into()),
            Kept::Fulfilled("PATCH /me".into())
        ]
    );
    let good = super::tests::tried(ME, Portal::GOOD);
    assert_eq!((good.codes(), good.doubt()), (vec![], ""));
    assert_eq!(
        good.cleanup.kept(),
        [Kept::Fulfilled("PATCH /me".into()), Kept::Released]
    );
}

#[test]
fn what_cannot_be_put_back_is_not_changed() {
    let config = "updates: [{ patch: /me, json: { nickname: a }, read: /me }]";
    let untouched = tried(config, Portal::GOOD);
    assert_eq!(untouched.portal.lines(), ["anna GET /me"]);
    assert!(
        untouched.doubt().contains("say how with `restore:`"),
        "{}",
        untouched.doubt()
    );
    let config = "updates: [{ patch: /me, json: { nickname: a }, read: /me, restore: { patch: /me, json: { name: Anna } } }]";
    assert_eq!(tried(config, Portal::GOOD).doubt(), "");
}

#[test]
fn what_is_shown_masked_is_not_stored_so() {
    let masked = FakePortal::new(|_| answer(200, r#"{"name":"Anna","key":"sk-***"}"#));
    let config = "updates: [{ patch: /me, json: { name: a, key: b }, read: /me }]";
    let untouched = anna().run(config, &masked);
    assert_eq!(untouched.portal.lines(), ["anna GET /me"]);
    assert!(
        untouched.doubt().contains("or shows it masked"),
        "{}",
        untouched.doubt()
    );
}

#[test]
fn an_echo_is_no_finding_and_refusing_is_good() {
    for portal in [
        Portal {
            echoes: true,
            ..Portal::GOOD
        },
        Portal {
            is_strict: true,
            ..Portal::GOOD
        },
        Portal {
            is_strict: true,
            typed: true,
            ..Portal::GOOD
        },
    ] {
        let tried = tried(CHANGED, portal);
        assert_eq!((tried.codes(), tried.doubt()), (vec![], ""), "{portal:?}");
        assert!(tried.report().evaluated > 5 && tried.is_clean());
    }
}

#[test]
fn the_field_is_named_exactly_where_the_whole_body_is_refused() {
    for is_strict in [true, false] {
        let portal = Portal {
            is_strict,
            typed: true,
            ..with(&["is_staff"])
        };
        let tried = tried(RECORDS, portal);
        assert_eq!(tried.codes(), ["mass-assignment/privilege"]);
        assert_eq!(tried.report().findings[0].subject, "POST /records is_staff");
    }
}

#[test]
fn a_change_is_tried_too() {
    let mut portal = world(with(&["verified"]));
    let portal = FakePortal::new(move |asked: &Asked| {
        if asked.method == "POST" {
            let mut only_title = asked.clone();
            only_title.body = json!({ "title": asked.json()["title"] }).to_string();
            return portal(&only_title);
        }
        portal(asked)
    });
    let tried = anna().run(CHANGED, &portal);
    assert_eq!(tried.codes(), ["mass-assignment/verified"]);
    assert_eq!(
        tried.report().findings[0].subject,
        "PATCH /records/${id} verified"
    );
}

#[test]
fn a_thing_that_went_to_the_other_tenant_is_found_and_removed_there() {
    let portal = Portal {
        is_split: true,
        ..with(&["tenant_id"])
    };
    let tried = tried(RECORDS, portal);
    assert_eq!(tried.codes(), ["mass-assignment/tenant"]);
    let finding = &tried.report().findings[0];
    assert_eq!(finding.severity, Severity::Critical);
    assert!(
        finding.title.contains("another tenant's account"),
        "{}",
        finding.title
    );
    let promises = tried.cleanup.promises.lock().unwrap();
    let of_boris = promises
        .iter()
        .find(|(promise, _)| promise.identity == Some("boris".into()));
    assert!(of_boris.is_some_and(
        |(_, kept)| matches!(kept, Kept::Fulfilled(with) if with.starts_with("DELETE"))
    ));
}

#[test]
fn a_thing_that_shows_up_later_is_waited_for() {
    let mut inner = world(with(&["approved"]));
    let mut known = BTreeMap::new();
    let portal = FakePortal::new(move |asked: &Asked| {
        let looks: &mut u32 = known.entry(asked.line()).or_default();
        *looks += 1;
        if asked.method == "GET" && *looks < 3 {
            return answer(404, "{}");
        }
        inner(asked)
    });
    let tried = anna().run(RECORDS, &portal);
    assert_eq!(
        (tried.codes(), tried.doubt()),
        (vec!["mass-assignment/verified"], "")
    );
}

#[test]
fn an_ordinary_name_is_only_a_hint_where_no_document_says_more() {
    let tried = tried(RECORDS, with(&["amount"]));
    assert_eq!(tried.codes(), ["mass-assignment/price"]);
    assert_eq!(tried.report().findings[0].confidence, Confidence::Low);
}

const DOCUMENT: &str = r##"
openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /records:
    post:
      requestBody:
        content:
          application/json:
            schema: { type: object, required: [title], properties: { title: { type: string, minLength: 3 }, amount: { type: integer }, margin: { type: integer, readOnly: true } } }
      responses: { '201': { description: made } }
  /records/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { responses: { '200': { description: ok } } }
    delete: { responses: { '204': { description: gone } } }
  /me:
    get: { responses: { '200': { description: ok } } }
    patch:
      requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string } } } } } }
      responses: { '200': { description: ok } }
"##;

#[test]
fn the_document_gives_what_is_written_and_what_may_be_set() {
    let mut trial = anna();
    trial.openapi = Some("openapi.yaml");
    trial.files = FakeFiles::new(&[("openapi.yaml", DOCUMENT)]);
    let run = |stores| trial.run("{}", &FakePortal::new(world(with(stores))));
    let good = run(&[]);
    assert_eq!((good.codes(), good.doubt()), (vec![], ""));
    let subjects = |tried: &Tried| {
        let findings = tried.report().findings.iter();
        findings.map(|one| one.subject.clone()).collect::<Vec<_>>()
    };
    assert_eq!(subjects(&run(&["amount"])), ["PATCH /me amount"]);
    assert!(good.portal.lines().contains(&"anna PATCH /me".to_owned()));
    assert_eq!(subjects(&run(&["margin"])), ["POST /records margin"]);
    assert_eq!(
        run(&["status"]).report().findings[0].confidence,
        Confidence::High
    );
}

#[test]
fn without_a_control_nothing_is_proven() {
    for (creates, wanted) in [
        (403, "answered with 403"),
        (500, "answered with 500"),
        (204, "no id"),
    ] {
        let tried = tried(
            RECORDS,
            Portal {
                creates,
                ..Portal::GOOD
            },
        );
        assert!(tried.doubt().contains(wanted), "{}", tried.doubt());
        assert!(tried.codes().is_empty());
    }
}

#[test]
fn hostile_answers_end_in_a_sentence() {
    for body in [
        "<html>a page</html>".to_owned(),
        "[".repeat(1_000_000),
        "{\"title\":".to_owned(),
        format!("{}1{}", "{\"a\":".repeat(90_000), "}".repeat(90_000)),
    ] {
        let portal = FakePortal::new(move |asked: &Asked| match asked.method.as_str() {
            "POST" => answer(201, "{\"id\":1}"),
            _ => answer(200, body.clone()),
        });
        let tried = anna().run(RECORDS, &portal);
        assert!(tried.codes().is_empty());
        assert!(
            tried.doubt().contains("not read back as JSON"),
            "{}",
            tried.doubt()
        );
    }
    let limited = anna().run(RECORDS, &FakePortal::new(|_| answer(429, "")));
    assert!(
        limited.doubt().contains("wants no more requests"),
        "{}",
        limited.doubt()
    );
}

#[test]
fn nothing_is_sent_in_production() {
    let mut trial = anna();
    trial.environment = EnvironmentKind::Production;
    let tried = trial.run(RECORDS, &FakePortal::new(world(Portal::GOOD)));
    assert!(tried.portal.lines().is_empty());
    assert!(tried.report().notes[0].contains("production is only read"));
}

#[test]
fn a_wrong_config_is_told_with_its_place() {
    for (config, message, at) in [
        ("{}", "nothing is named that could be written", ""),
        (
            "creates: { post: /records }",
            "unknown key `creates`",
            "creates",
        ),
        (
            "create: { post: /records, json: { a: b } }",
            "a resource needs `read`",
            "",
        ),
        (
            "{ create: { post: /records }, read: \"/records/${id}\" }",
            "no JSON body",
            "/records",
        ),
        ("updates: [{ patch: /me, json: { name: a } }]", "read", ""),
        (
            "updates: [{ delete: /me, json: { name: a }, read: /me }]",
            "DELETE changes no fields",
            "/me",
        ),
        (
            "updates: [{ patch: \"/me/${who}\", json: { name: a }, read: /me }]",
            "unknown capture `who`",
            "",
        ),
        (
            "{ skip: [GET /me], updates: [{ patch: /me, json: { name: a }, read: /me }] }",
            "is no write operation",
            "GET /me",
        ),
        (
            "{ most: 1, updates: [{ patch: /me, json: { name: a }, read: /me }] }",
            "this is no budget",
            "1",
        ),
    ] {
        let Err(faults) = anna().parse(config) else {
            panic!("{config}");
        };
        let fault = faults.iter().find(|fault| fault.message.contains(message));
        let fault = fault.unwrap_or_else(|| panic!("{config}: {faults:?}"));
        let span = fault.span.as_ref().unwrap();
        assert!(
            at.is_empty() || span.text() == at,
            "{config}: {}",
            span.text()
        );
    }
}
