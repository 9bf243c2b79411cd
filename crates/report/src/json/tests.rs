use super::*;
use crate::samples;

fn generated_schema() -> String {
    let generator = schemars::generate::SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<wire::Report>();
    schema.insert("title".into(), "Tidegate report, version 1".into());
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

#[test]
fn the_published_schema_is_the_one_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report-v1.schema.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, generated_schema()).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap();
    assert!(
        published == generated_schema(),
        "run the tests with UPDATE_SCHEMA=1 and look at what changed"
    );
}

#[test]
fn every_sample_is_valid_against_the_schema() {
    let schema = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, summary) in samples::all() {
        let report =
            serde_json::from_str(&render(&summary, &samples::codes(), None).unwrap()).unwrap();
        let faults: Vec<String> = validator
            .iter_errors(&report)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
    let mut wrong: serde_json::Value =
        serde_json::from_str(&render(&samples::allowed(), &samples::codes(), None).unwrap())
            .unwrap();
    wrong["verdict"]["verdict"] = "perhaps".into();
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn a_blocked_run_is_told_in_full() {
    let text = render(&samples::blocked(), &samples::codes(), None).unwrap();
    let version = format!("\"tidegate\": \"{}\"", env!("CARGO_PKG_VERSION"));
    insta::assert_snapshot!(text.replace(&version, "\"tidegate\": \"VERSION\""));
}

#[test]
fn tables_stand_at_their_check_and_are_absent_elsewhere() {
    let summary = samples::matrix();
    let text = render(&summary, &samples::codes(), None).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["results"][0].get("tables"), None);
    let tables = &report["results"][1]["tables"];
    assert_eq!(tables.as_array().unwrap().len(), 2);
    assert_eq!(tables[1]["title"], "Where they were read");
    assert_eq!(
        tables[1]["columns"],
        serde_json::json!(["Environment", "Source"])
    );
    assert_eq!(tables[1]["rows"][2], serde_json::json!(["local", ".env"]));
}

#[test]
fn the_ten_questions_are_answered_for_programs() {
    let text = render(&samples::requested(), &samples::codes(), None).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let questions = report["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 10);
    let last = &questions[9];
    assert_eq!(
        (&last["number"], &last["reply"]),
        (&10.into(), &"no".into())
    );
    assert_eq!(last["said_by"], "Mia Berg, 2026-11-20");
    assert_eq!(last["good"], true);
    let stale = &questions[6];
    assert_eq!(stale["reply"], "not-proven");
    assert_eq!(stale.get("good"), None);
    assert!(stale["add"].as_str().unwrap().starts_with("Ask again"));
}

#[test]
fn results_that_are_taken_over_one_at_a_time_stand_where_the_type_has_them() {
    for (name, summary) in samples::all() {
        let codes = samples::codes();
        let whole = serde_json::to_string(&from::Whole::new(&summary, &codes, None)).unwrap();
        let mut report: wire::Report = serde_json::from_str(&whole).unwrap();
        assert_eq!(serde_json::to_string(&report).unwrap(), whole, "{name}");
        assert_eq!(report.results.len(), summary.results.len());
        report.results.clear();
        assert_eq!(report, wire::Report::frame(&summary, &codes, None));
    }
}
