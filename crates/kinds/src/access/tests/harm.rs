//! What must stay as it is, and answers that mislead.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::testing::{Asked, Kept, answer};
use tidegate_core::ports::http::{HttpError, Response};

const RECORDS: &str = r#"
resources:
  records:
    create: { post: /records, json: { title: "${canary}" }, id: $.id, delete: "/records/${id}" }
    read: /records/${id}
    absent-from: [/records]
"#;

/// The portal behind something that changes its answers.
fn behind(
    faults: &[Fault],
    mut change: impl FnMut(&Asked, Response) -> Result<Response, HttpError> + Send + 'static,
) -> Arc<FakePortal> {
    let portal = Portal::with(faults);
    FakePortal::new(move |asked| change(asked, portal.answer(asked)?))
}

fn deletes(tried: &Tried) -> Vec<String> {
    let lines = tried.portal.lines().into_iter();
    lines.filter(|line| line.contains(" DELETE ")).collect()
}

#[test]
fn an_example_of_the_document_is_no_thing_to_lose() {
    let document = r##"{
      "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
      "paths": { "/{part}/{id}": {
        "parameters": [
          { "name": "part", "in": "path", "required": true, "schema": { "type": "string" } },
          { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "example": "rec-1001" } }
        ],
        "delete": { "responses": { "204": { "description": "ok" } } }
      } }
    }"##;
    let row = |parameters: &str| {
        format!(
            "routes: {{ \"DELETE /{{part}}/{{id}}\": {{ allow: [adam], parameters: {parameters} }} }}"
        )
    };
    let with = |config: &str| {
        trial(config, &[Fault::OpenDelete], |trial| {
            trial.openapi = Some("openapi.json");
            trial.files = FakeFiles::new(&[("openapi.json", document)]);
        })
    };
    assert_eq!(deletes(&with(&row("{ part: records }"))), [""; 0]);
    let shared = format!(
        "parameters: {{ id: rec-1001 }}\n{}",
        row("{ part: records }")
    );
    assert_eq!(deletes(&with(&shared)), [""; 0]);
    let named = with(&row("{ part: records, id: rec-1001 }"));
    assert_eq!(deletes(&named)[0], "- DELETE /records/rec-1001");
}

#[test]
fn without_identities_nothing_is_changed_by_its_id() {
    let document = r##"{
      "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
      "paths": { "/records/{id}": {
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "example": "rec-1001" } }],
        "put": {
          "requestBody": { "content": { "application/json": { "schema": {
            "type": "object", "required": ["title"], "properties": { "title": { "type": "string" } } } } } },
          "responses": { "200": { "description": "ok" } }
        }
      } }
    }"##;
    let update = "    update: [{ put: \"/records/${id}\", json: { title: \"${unique}\" } }]\n";
    let config = format!("routes: {{ \"PUT /records/{{id}}\": [] }}\n{RECORDS}{update}");
    let tried = trial(&config, &[], |trial| {
        trial.people.clear();
        trial.openapi = Some("openapi.json");
        trial.files = FakeFiles::new(&[("openapi.json", document)]);
    });
    let lines = tried.portal.lines();
    assert!(!lines.iter().any(|line| line.contains("PUT")), "{lines:#?}");
}

#[test]
fn a_refusal_that_repeats_what_was_asked_holds_no_data() {
    let portal = behind(&[], |asked, response| {
        match (asked.name(), asked.path.split_once("q=")) {
            ("adam", Some((_, text))) => answer(200, json!({ "q": text, "hits": 1 }).to_string()),
            (_, Some((_, text))) => answer(403, json!({ "error": "no", "q": text }).to_string()),
            _ => Ok(response),
        }
    });
    let config = "routes: { GET /records: all, GET /search: { allow: [adam], query: { q: \"${unique}\" } } }";
    let tried = Trial::of(crate::access::kind()).run(config, &portal);
    assert_eq!(tried.codes(), [""; 0]);
}

#[test]
fn what_a_stranger_changes_and_nobody_can_put_back_is_named() {
    let tried = documented("{}", &[Fault::OpenPlan], |_| {});
    let promises = tried.cleanup.promises.lock().unwrap();
    let open = promises.iter().filter(|(_, kept)| *kept == Kept::Open);
    let markers: Vec<&str> = open.map(|(promise, _)| promise.marker.as_str()).collect();
    assert_eq!(markers, ["what PUT /plan changed"]);
}

#[test]
fn what_lands_with_whoever_sent_it_is_found_and_removed_there() {
    let config = format!(
        "routes: {{ POST /records: {{ allow: [anna, adam], json: {{ title: \"${{unique}}\" }}, read: \"/records?q=${{unique}}\" }} }}\n{RECORDS}"
    );
    let tried = tried(&config, &[]);
    assert_eq!(tried.codes(), ["access/role-bypass"]);
    assert_eq!(tried.report().findings[0].subject, "POST /records boris");
    let promises = tried.cleanup.promises.lock().unwrap();
    let of_boris = promises.iter().filter(|(promise, kept)| {
        promise
            .identity
            .as_ref()
            .is_some_and(|who| who.as_str() == "boris")
            && matches!(kept, Kept::Fulfilled(_))
    });
    assert_eq!(of_boris.count(), 1);
    assert!(promises.iter().all(|(_, kept)| *kept != Kept::Open));
}

#[test]
fn a_thing_of_their_own_under_the_same_id_is_left_alone() {
    let numbered =
        |asked: &Asked, response: Response| match (asked.name(), &*asked.method, &*asked.path) {
            ("anna", "POST", _) => answer(
                201,
                json!({ "id": 7, "title": asked.json()["title"] }).to_string(),
            ),
            ("anna", "GET", "/records/7") => answer(200, r#"{"id":7,"title":"tidegate"}"#),
            ("boris", "GET", "/records/7") => answer(200, r#"{"id":7,"title":"kept"}"#),
            _ => Ok(response),
        };
    let mut title = serde_json::Value::Null;
    let portal = behind(&[], move |asked, response| {
        if asked.name() == "anna" && asked.method == "POST" {
            title = asked.json()["title"].clone();
        }
        let mut response = numbered(asked, response)?;
        if asked.name() == "anna" && asked.path == "/records/7" && asked.method == "GET" {
            response.body = json!({ "id": 7, "title": title })
                .to_string()
                .into_bytes()
                .into();
        }
        Ok(response)
    });
    let config = format!("routes: {{ \"DELETE /records/{{id}}\": [anna] }}\n{RECORDS}");
    let tried = Trial::of(crate::access::kind()).run(&config, &portal);
    let lines = deletes(&tried);
    assert!(
        !lines.iter().any(|line| line.starts_with("boris")),
        "{lines:#?}"
    );
    assert!(
        cell(&tried, "DELETE /records/{id}", 4).contains("one of its own under the same id"),
        "{:#?}",
        rows(&tried)
    );
}

#[test]
fn a_failure_where_nothing_is_read_back_is_no_refusal() {
    let portal = behind(&[], |asked, response| {
        match (asked.name(), &*asked.method) {
            ("anna" | "boris", "PUT") => answer(500, "{}"),
            _ => Ok(response),
        }
    });
    let config =
        "routes: { GET /records: all, PUT /plan: { allow: [adam], json: { plan: team } } }";
    let tried = Trial::of(crate::access::kind()).run(config, &portal);
    assert!(
        cell(&tried, "PUT /plan", 2).contains("not proven"),
        "{:#?}",
        rows(&tried)
    );
}

#[test]
fn a_list_that_was_cut_off_proves_nothing() {
    let portal = behind(&[], |asked, response| {
        if asked.path != "/users" || asked.name() == "adam" {
            return Ok(response);
        }
        let mut cut = answer(200, r#"[{"name":"Somebody","nu"#)?;
        cut.truncated = true;
        Ok(cut)
    });
    let tried = Trial::of(crate::access::kind())
        .run("routes: { GET /records: all, GET /users: [adam] }", &portal);
    assert!(
        tried.doubt().contains("more than can be compared"),
        "{:#?}",
        rows(&tried)
    );
}

#[test]
fn what_is_shown_masked_is_not_stored_so() {
    let portal = behind(&[], |asked, response| {
        match (asked.name(), &*asked.method, &*asked.path) {
            ("adam", "GET", "/plan") => answer(200, r#"{"plan":"starter","key":"sk-***"}"#),
            _ => Ok(response),
        }
    });
    let config =
        "routes: { PUT /plan: { allow: [adam], json: { plan: team, key: new }, read: /plan } }";
    let tried = Trial::of(crate::access::kind()).run(config, &portal);
    let asked = tried.portal.asked.lock().unwrap();
    assert!(!asked.iter().any(|one| one.body.contains("***")));
    drop(asked);
    let kept = tried.cleanup.kept();
    assert!(kept.is_empty(), "{kept:?}");
}

#[test]
fn a_change_that_nothing_puts_back_is_told() {
    let config = "routes: { PUT /plan: { allow: [adam], form: { plan: team }, read: /plan } }";
    let mut plan = "starter".to_owned();
    let portal = behind(&[], move |asked, response| {
        match (asked.name(), &*asked.method, &*asked.path) {
            ("adam", "PUT", "/plan") => {
                plan = "team".to_owned();
                answer(200, "{}")
            }
            ("adam", "GET", "/plan") => answer(200, json!({ "plan": plan }).to_string()),
            _ => Ok(response),
        }
    });
    let tried = Trial::of(crate::access::kind()).run(config, &portal);
    let notes = tried.report().notes.join("\n");
    assert!(
        notes.contains("What PUT /plan changed as `adam` was not put back"),
        "{notes}"
    );
}

#[test]
fn what_is_worked_on_after_its_creation_is_not_the_attack() {
    let (mut title, mut looks) = (serde_json::Value::Null, 0);
    let portal = behind(&[], move |asked, response| {
        match (asked.name(), &*asked.method) {
            ("anna", "POST" | "PUT") => {
                title = asked.json()["title"].clone();
                answer(201, json!({ "id": "rec-7", "title": title }).to_string())
            }
            ("anna", "GET") if asked.path == "/records/rec-7" => {
                looks += 1;
                let status = if looks > 2 { "ready" } else { "scanning" };
                answer(
                    200,
                    json!({ "id": "rec-7", "title": title, "status": status }).to_string(),
                )
            }
            ("boris" | "adam", "PUT") => answer(403, "{}"),
            _ => Ok(response),
        }
    });
    let row = "PUT /records/{id}: { allow: [anna], json: { title: \"${unique}\" } }";
    let config = format!("routes:\n  GET /records: all\n  {row}\n{RECORDS}");
    let tried = Trial::of(crate::access::kind()).run(&config, &portal);
    assert_eq!(tried.codes(), [""; 0], "{:#?}", rows(&tried));
    assert!(
        cell(&tried, "PUT /records/{id}", 4).contains("unchanged"),
        "{:#?}",
        rows(&tried)
    );
}
