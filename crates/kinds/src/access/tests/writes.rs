//! Writes: who changes what, by the state.

use super::*;
use tidegate_core::meta::Severity;

fn found(tried: &Tried) -> Vec<(&str, &str)> {
    let findings = tried.report().findings.iter();
    findings
        .map(|one| (one.code.as_str(), one.subject.as_str()))
        .collect()
}

/// What the first finding says of the state that was read back.
fn after(tried: &Tried) -> &str {
    let mut evidence = tried.report().findings[0].evidence.iter();
    evidence
        .find(|one| one.label == "after")
        .map_or("", |one| one.text.as_str())
}

#[test]
fn who_read_the_state_back_and_what_it_showed_is_told() {
    for (fault, told) in [
        (
            Fault::OpenCreate,
            "GET /records?q=${unique} as anna: holds what was sent",
        ),
        (Fault::OpenPlan, "GET /plan as adam: changed: plan"),
        (
            Fault::OpenDelete,
            "GET /records/${id} as anna: refused with 404",
        ),
    ] {
        let tried = tried(MATRIX, &[fault]);
        assert_eq!(after(&tried), told, "{fault:?}");
    }
}

#[test]
fn what_a_stranger_creates_is_found_and_removed() {
    let tried = tried(MATRIX, &[Fault::OpenCreate]);
    assert_eq!(
        found(&tried),
        [("access/public-write", "POST /records without a login")]
    );
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "Anybody can change data with POST /records without a login"
    );
    let evidence: Vec<&str> = finding
        .evidence
        .iter()
        .map(|one| one.label.as_str())
        .collect();
    assert_eq!(evidence, ["before", "attack", "after"]);
    assert!(tried.is_clean(), "{:?}", tried.cleanup.kept());
}

#[test]
fn a_plan_that_a_stranger_changes_is_put_back() {
    let tried = tried(MATRIX, &[Fault::OpenPlan]);
    assert_eq!(
        found(&tried),
        [("access/public-write", "PUT /plan without a login")]
    );
    let lines = tried.portal.lines();
    let puts = lines.iter().filter(|line| line.ends_with("PUT /plan"));
    // The stranger, what puts it back, anna, boris, the control, and what puts it back again.
    assert_eq!(puts.count(), 6, "{lines:#?}");
    let asked = tried.portal.asked.lock().unwrap();
    let last = asked
        .iter()
        .rfind(|asked| asked.line() == "PUT /plan")
        .unwrap();
    assert_eq!(last.json()["plan"], "starter");
}

#[test]
fn a_member_who_changes_the_plan_is_named() {
    let tried = tried(MATRIX, &[Fault::PlanForMembers]);
    assert_eq!(
        found(&tried),
        [
            ("access/role-bypass", "PUT /plan anna"),
            ("access/role-bypass", "PUT /plan boris"),
        ]
    );
    let finding = &tried.report().findings[0];
    assert_eq!(finding.severity, Severity::Critical);
    assert_eq!(
        finding.title,
        "`anna` (member) can change data with PUT /plan, which only `adam` may"
    );
}

#[test]
fn a_change_behind_a_refusal_is_found_by_the_state() {
    let tried = tried(MATRIX, &[Fault::PlanChangesFirst]);
    let codes = tried.codes();
    assert_eq!(codes, ["access/changed-though-refused"; 2]);
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "`anna` (member) is refused at PUT /plan and the change is made all the same"
    );
}

#[test]
fn a_yes_that_changes_nothing_is_no_finding() {
    let tried = tried(MATRIX, &[Fault::PlanSaysYes]);
    assert_eq!(tried.codes(), [""; 0]);
    assert_eq!(
        cell(&tried, "PUT /plan", 2),
        "deny: answered 200, unchanged"
    );
}

#[test]
fn things_that_strangers_remove_are_things_of_this_run() {
    for (fault, codes) in [
        (Fault::OpenDelete, ["access/public-write"]),
        (Fault::DeletesFirst, ["access/changed-though-refused"]),
    ] {
        let matrix = "routes: { GET /records: all, \"DELETE /records/{id}\": all }\n".to_owned();
        let resources = &MATRIX[MATRIX.find("resources:").unwrap()..];
        let tried = tried(&(matrix + resources), &[fault]);
        assert_eq!(tried.codes(), codes, "{fault:?}");
        let lines = tried.portal.lines();
        let real = lines.iter().any(|line| {
            line.contains("DELETE /records/rec-1") || line.contains("DELETE /records/rec-2")
        });
        assert!(!real, "{lines:#?}");
        assert!(tried.is_clean());
    }
}

#[test]
fn what_differs_by_itself_is_looked_for_once_in_each_sort_of_thing() {
    let config = MATRIX.replace(
        "DELETE /records/{id}: [anna, adam, boris]",
        "DELETE /records/{id}: [anna, adam]",
    );
    let tried = tried(&config, &[Fault::OpenDelete, Fault::Volatile]);
    assert_eq!(
        found(&tried),
        [(
            "access/public-write",
            "DELETE /records/{id} without a login"
        )]
    );
    let lines = tried.portal.lines();
    let mut looks: Vec<(String, usize)> = Vec::new();
    for line in lines
        .iter()
        .filter(|line| line.starts_with("anna GET /records/rec-3"))
    {
        match looks.last_mut().filter(|(last, _)| last == line) {
            Some((_, count)) => *count += 1,
            None => looks.push((line.clone(), 1)),
        }
    }
    let counts: Vec<usize> = looks.iter().map(|(_, count)| *count).collect();
    // Twice before and once after the stranger; then once before, after boris, and after anna herself.
    assert_eq!(counts, [3, 3], "{lines:#?}");
}

#[test]
fn what_a_stranger_may_create_can_be_found_by_its_mark() {
    let document = r##"{
      "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
      "security": [{ "bearer": [] }],
      "components": { "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } } },
      "paths": { "/notes": {
        "post": { "requestBody": { "content": { "application/json": { "schema": {
          "type": "object", "properties": { "text": { "type": "string" } } } } } } },
        "put": { "requestBody": { "content": { "application/json": { "schema": {
          "type": "object", "properties": { "text": { "type": "string" } } } } } } }
      } }
    }"##;
    let tried = trial("{}", &[], |trial| {
        trial.openapi = Some("openapi.json");
        trial.files = FakeFiles::new(&[("openapi.json", document)]);
    });
    let asked = tried.portal.asked.lock().unwrap();
    let body = |line: &str| asked.iter().find(|one| one.line() == line).unwrap().json();
    let mark = body("POST /notes")["text"].to_string();
    assert!(mark.contains("tidegate-"), "{mark}");
    assert_eq!(body("PUT /notes"), serde_json::json!({}));
}

#[test]
fn a_thing_that_is_not_ours_is_left_alone() {
    let tried = tried(
        "routes: { GET /records: all, \"DELETE /records/{id}\": all }",
        &[Fault::OpenDelete],
    );
    assert_eq!(tried.codes(), [""; 0]);
    assert!(
        !tried
            .portal
            .lines()
            .iter()
            .any(|line| line.contains("DELETE"))
    );
    let tables = &tried.report().tables;
    let left_out = tables
        .iter()
        .find(|table| table.title.contains("not tried"))
        .unwrap();
    assert_eq!(left_out.rows[0][0], "DELETE /records/{id}");
}

#[test]
fn a_write_that_shows_nowhere_proves_nothing() {
    let tried = tried(MATRIX, &[Fault::PlanStays]);
    assert_eq!(tried.codes(), [""; 0]);
    assert!(
        tried.doubt().contains("changes nothing that is read back"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn fields_that_differ_by_themselves_are_no_change() {
    let tried = tried(MATRIX, &[Fault::Volatile]);
    assert_eq!(
        (tried.codes(), tried.doubt()),
        (vec![], ""),
        "{:#?}",
        rows(&tried)
    );
}

#[test]
fn the_document_alone_has_its_writes_tried() {
    let tried = documented("{}", &[Fault::OpenPlan], |_| {});
    assert_eq!(
        found(&tried),
        [("access/public-write", "PUT /plan without a login")]
    );
    let tried = documented("{}", &[Fault::OpenCreate], |_| {});
    assert_eq!(
        found(&tried),
        [("access/public-write", "POST /records without a login")]
    );
    assert!(tried.is_clean(), "{:?}", tried.cleanup.kept());
    let tried = documented("{}", &[Fault::OpenDelete], |_| {});
    assert_eq!(
        found(&tried),
        [(
            "access/public-write",
            "DELETE /records/{id} without a login"
        )]
    );
}

#[test]
fn a_refused_write_without_a_control_is_told_and_stops_nothing() {
    let tried = documented("{}", &[], |_| {});
    assert_eq!((tried.codes(), tried.doubt()), (vec![], ""));
    let notes = tried.report().notes.join("\n");
    assert!(
        notes.contains("PUT /plan without a login: refused with 401"),
        "{notes}"
    );
}

#[test]
fn what_others_change_meanwhile_is_not_the_attack() {
    let tried = tried(MATRIX, &[Fault::Busy]);
    assert_eq!(
        (tried.codes(), tried.doubt()),
        (vec![], ""),
        "{:#?}",
        rows(&tried)
    );
    let tried = super::tried(MATRIX, &[Fault::Busy, Fault::PlanChangesFirst]);
    assert_eq!(tried.codes(), ["access/changed-though-refused"; 2]);
}

#[test]
fn a_marked_write_whose_removal_is_not_known_is_named() {
    let config = r#"routes: { POST /records: { allow: all, json: { title: "${unique}" }, read: "/records?q=${unique}" } }"#;
    let tried = tried(config, &[Fault::OpenCreate]);
    assert_eq!(tried.codes(), ["access/public-write"]);
    let promises = tried.cleanup.promises.lock().unwrap();
    let open = promises
        .iter()
        .filter(|(_, kept)| *kept == crate::testing::Kept::Open);
    let markers: Vec<&str> = open.map(|(promise, _)| promise.marker.as_str()).collect();
    // What the stranger created, and the three who may.
    assert_eq!(markers.len(), 4, "{markers:?}");
    assert!(
        markers.iter().all(|marker| marker.starts_with("tidegate-")),
        "{markers:?}"
    );
}

#[test]
fn a_thing_that_the_gate_file_gives_up_is_removed_by_whoever_may() {
    let config = r#"routes: { GET /records: all, "DELETE /records/{id}": { allow: [anna, adam], parameters: { id: rec-1002 } } }"#;
    let good = tried(config, &[]);
    assert_eq!(
        (good.codes(), good.doubt()),
        (vec![], ""),
        "{:#?}",
        rows(&good)
    );
    let bad = tried(config, &[Fault::OpenDelete]);
    assert_eq!(bad.codes(), ["access/public-write"]);
    let lines = bad.portal.lines();
    let deletes = lines.iter().filter(|line| line.contains("DELETE"));
    assert!(
        deletes.into_iter().all(|line| line.ends_with("/rec-1002")),
        "{lines:#?}"
    );
}
