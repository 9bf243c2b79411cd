//! What must stay as it is, and portals whose answers mislead.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::super::testing::{CONFIG, Fault, portal, trial};
use crate::testing::{Asked, FakeFiles, FakePortal, Kept, answer};

/// A portal where each tenant counts its own records, so that both have a record 1.
struct Numbered {
    records: BTreeMap<(bool, u64), Json>,
    wraps: bool,
}

const PLAIN: &str = r#"
owner: anna
attacker: boris
create: { post: /records, json: { title: "${canary}" }, delete: "/records/${id}" }
read: "/records/${id}"
update: [{ put: "/records/${id}", json: { title: "${canary}" } }]
absent-from: ["/records?q=${canary}"]
"#;

impl Numbered {
    fn portal(own: u64, others: u64, wraps: bool) -> Arc<FakePortal> {
        let record = |id: u64| json!({ "id": id, "title": "kept", "status": "open", "currency": "EUR", "total": 250 });
        let of = |is_owner: bool, count| (1..=count).map(move |id| ((is_owner, id), record(id)));
        let records = of(true, own).chain(of(false, others)).collect();
        let mut numbered = Self { records, wraps };
        FakePortal::new(move |asked| {
            let (status, body) = numbered.answer(asked);
            answer(status, body.to_string())
        })
    }

    fn answer(&mut self, asked: &Asked) -> (u16, Json) {
        let no = (404, json!({ "error": "there is no such record" }));
        let is_owner = match asked.name() {
            "anna" => true,
            "boris" => false,
            _ => return (401, json!({ "error": "log in" })),
        };
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let id = path
            .strip_prefix("/records/")
            .and_then(|id| id.parse().ok());
        let title = asked.json()["title"].clone();
        match (asked.method.as_str(), id) {
            ("POST", None) => {
                let own = self.records.keys().filter(|(who, _)| *who == is_owner);
                let id = own.map(|(_, id)| *id).max().unwrap_or_default() + 1;
                let record = json!({ "id": id, "title": title, "status": "open", "currency": "EUR", "total": 250 });
                self.records.insert((is_owner, id), record.clone());
                let account = json!({ "id": 1 });
                let wrapped = json!({ "account": account, "record": record });
                (201, if self.wraps { wrapped } else { record })
            }
            ("GET", None) => {
                let text = query
                    .split("q=")
                    .nth(1)
                    .and_then(|rest| rest.split('&').next());
                let own = self.records.iter().filter(|((who, _), _)| *who == is_owner);
                let found = own.map(|(_, record)| record.clone());
                let found = found
                    .filter(|record| text.is_none_or(|text| record.to_string().contains(text)));
                (200, json!({ "items": found.collect::<Vec<_>>() }))
            }
            ("GET" | "HEAD", Some(id)) => {
                let found = self.records.get(&(is_owner, id));
                found.map_or(no, |record| (200, record.clone()))
            }
            ("PUT", Some(id)) => match self.records.get_mut(&(is_owner, id)) {
                Some(record) => {
                    record["title"] = title;
                    (200, record.clone())
                }
                None => no,
            },
            ("DELETE", Some(id)) => match self.records.remove(&(is_owner, id)) {
                Some(_) => (204, Json::Null),
                None => no,
            },
            _ => no,
        }
    }
}

#[test]
fn what_the_attacker_had_before_under_the_same_id_is_left_alone() {
    let tried = trial().run(PLAIN, &Numbered::portal(3, 9, false));
    assert_eq!(tried.codes(), [""; 0]);
    let lines = tried.portal.lines();
    let writes = ["boris PUT /records/4", "boris DELETE /records/4"];
    assert!(
        !lines.iter().any(|line| writes.contains(&line.as_str())),
        "{lines:#?}"
    );
    assert!(
        tried
            .doubt()
            .contains("has one of its own under the id of anna's"),
        "{}",
        tried.doubt()
    );
    let config = format!("{PLAIN}skip: [\"PUT /records/{{id}}\", \"DELETE /records/{{id}}\"]\n");
    assert_eq!(
        trial().run(&config, &Numbered::portal(3, 9, false)).doubt(),
        ""
    );
}

#[test]
fn records_that_each_tenant_counts_for_itself_are_no_leak() {
    let tried = trial().run(PLAIN, &Numbered::portal(3, 3, false));
    assert_eq!(tried.codes(), [""; 0]);
    assert_eq!(tried.doubt(), "");
}

#[test]
fn what_is_removed_is_what_has_the_mark_and_not_what_else_an_answer_names() {
    let tried = trial().run(PLAIN, &Numbered::portal(9, 3, true));
    assert_eq!(tried.codes(), [""; 0]);
    let kept = tried.cleanup.kept();
    let wrong = Kept::Fulfilled("DELETE /records/1".into());
    assert!(!kept.contains(&wrong), "{kept:?}");
    assert!(
        kept.contains(&Kept::Fulfilled("DELETE /records/10".into())),
        "{kept:?}"
    );
}

#[test]
fn an_answer_to_a_write_that_names_somebody_has_nobody_removed() {
    let good = portal(&[], &[]);
    let naming = FakePortal::new(move |asked| {
        let is_foreign = asked.method == "PUT" && asked.name() == "boris";
        match good.answer_to(asked)? {
            refused if is_foreign && refused.status == 404 => answer(200, r#"{"user":{"id":102}}"#),
            other => Ok(other),
        }
    });
    let config = CONFIG.replace("id: $.id, ", "");
    let tried = trial().run(&config, &naming);
    assert_eq!(tried.codes(), [""; 0]);
    let kept = tried.cleanup.kept();
    assert!(
        !kept.contains(&Kept::Fulfilled("DELETE /records/102".into())),
        "{kept:?}"
    );
}

#[test]
fn what_an_attacker_took_over_is_removed_by_the_attacker() {
    let tried = trial().run(CONFIG, &portal(&[Fault::TakesOver], &[]));
    let promises = tried.cleanup.promises.lock().unwrap();
    let of = |who: &str| {
        let of = promises.iter().filter(|(promise, _)| {
            promise
                .identity
                .as_ref()
                .is_some_and(|one| one.as_str() == who)
        });
        of.map(|(_, kept)| kept.clone()).collect::<Vec<_>>()
    };
    let first = of("anna")[0].clone();
    assert!(of("boris").contains(&first), "{:?}", of("boris"));
}

#[test]
fn an_echo_that_could_not_be_told_is_no_finding() {
    let echoing = portal(&[], &[super::super::testing::Manner::Echoes]);
    let mut searched = 0;
    let limited = FakePortal::new(move |asked| {
        searched += usize::from(asked.path.starts_with("/search") && asked.name() == "boris");
        if searched > 1 && asked.path.starts_with("/search") {
            return answer(429, "{}");
        }
        echoing.answer_to(asked)
    });
    let tried = trial().run(CONFIG, &limited);
    assert_eq!(tried.codes(), [""; 0]);
    assert!(tried.doubt().contains("429"), "{}", tried.doubt());
}

#[test]
fn an_answer_that_was_cut_off_proves_nothing() {
    let good = portal(&[], &[]);
    let long = FakePortal::new(move |asked| {
        let mut response = good.answer_to(asked)?;
        response.truncated = asked.path == "/export.csv" && asked.name() == "boris";
        Ok(response)
    });
    let tried = trial().run(CONFIG, &long);
    assert_eq!(tried.codes(), [""; 0]);
    assert!(
        tried
            .doubt()
            .contains("GET /export.csv answers boris with more than"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn where_something_landed_is_not_known_when_its_owner_gets_no_answer() {
    let good = portal(&[], &[]);
    let mut is_next = false;
    let failing = FakePortal::new(move |asked| {
        let looks = asked.name() == "anna" && asked.method == "GET";
        if looks && std::mem::take(&mut is_next) {
            return answer(500, "{}");
        }
        is_next |= asked.method == "POST" && asked.body.contains("tenant_id");
        good.answer_to(asked)
    });
    let tried = trial().run(CONFIG, &failing);
    assert!(
        tried
            .doubt()
            .contains("GET /records/${id} as anna was answered with 500"),
        "{}",
        tried.doubt()
    );
}

/// A document with records that come and go.
const DOCUMENT: &str = r##"{
  "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
  "paths": {
    "/records": { "post": {
      "requestBody": { "content": { "application/json": { "schema": {
        "type": "object", "required": ["title"], "properties": { "title": { "type": "string" } } } } } },
      "responses": { "201": { "description": "ok" } } } },
    "/records/{id}": {
      "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } }],
      "get": { "responses": { "200": { "description": "ok" } } },
      "delete": { "responses": { "204": { "description": "ok" } } } }
  }
}"##;

#[test]
fn an_attacker_that_is_refused_everything_proves_nothing_although_all_comes_from_the_document() {
    let good = portal(&[], &[]);
    let locked = FakePortal::new(move |asked| match asked.name() {
        "boris" => answer(403, "{}"),
        _ => good.answer_to(asked),
    });
    let mut trial = trial();
    trial.openapi = Some("openapi.json");
    trial.files = FakeFiles::new(&[("openapi.json", DOCUMENT)]);
    let tried = trial.run("{}", &locked);
    assert_eq!(tried.codes(), [""; 0]);
    assert!(
        tried.doubt().contains("cannot be seen to own one"),
        "{}",
        tried.doubt()
    );
}
