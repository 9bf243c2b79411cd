//! Pairs of documents, each with exactly what must be told about it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::specification::diff::rule::Rule;

const TABLES: &[(&str, &str)] = &[
    ("operations", include_str!("cases/operations.yaml")),
    ("parameters", include_str!("cases/parameters.yaml")),
    ("messages", include_str!("cases/messages.yaml")),
    ("security", include_str!("cases/security.yaml")),
    ("servers", include_str!("cases/servers.yaml")),
    ("unchanged", include_str!("cases/unchanged.yaml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    base: Map<String, Json>,
    head: Map<String, Json>,
    /// Everything that must be told, sorted, without the kind.
    codes: Vec<String>,
    /// What it is a near miss for.
    #[serde(default)]
    not: Vec<String>,
}

fn cases() -> Vec<Case> {
    let tables = TABLES.iter();
    tables
        .flat_map(|(area, text)| {
            let cases: Vec<Case> = serde_saphyr::from_str(text).unwrap();
            cases.into_iter().map(move |case| Case {
                name: format!("{area}: {}", case.name),
                ..case
            })
        })
        .collect()
}

/// The day on which the tables are judged.
fn today() -> Date {
    jiff::civil::date(2026, 11, 26)
}

/// A whole document made of what a case says about it, and the files it refers to.
fn document(mut short: Map<String, Json>) -> OpenApi {
    let files = short.remove("files").unwrap_or_else(|| json!({}));
    let mut item = short.remove("item").unwrap_or_else(|| json!({}));
    for method in ["get", "post"] {
        if let Some(operation) = short.remove(method) {
            item[method] = operation;
            let responses = &mut item[method]["responses"];
            if responses.is_null() {
                *responses = json!({ "200": { "description": "ok" } });
            }
        }
    }
    let mut whole = json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" } });
    for name in short
        .remove("schemes")
        .as_ref()
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
    {
        let name = name.as_str().unwrap();
        whole["components"]["securitySchemes"][name] = scheme(name);
    }
    let explicit = short.contains_key("paths");
    for (key, value) in short {
        whole[key] = value;
    }
    if item == json!({}) && !explicit {
        item = json!({ "get": { "responses": { "200": { "description": "ok" } } } });
    }
    if item != json!({}) {
        whole["paths"]["/records"] = item;
    }
    let fetch = move |path: &str| {
        let file = files.get(path).map(|file| file.to_string().into_bytes());
        file.ok_or_else(|| "there is no such file".to_owned())
    };
    OpenApi::new("openapi.json", whole.to_string().into_bytes(), &fetch).unwrap()
}

fn scheme(name: &str) -> Json {
    match name {
        "token" => json!({ "type": "http", "scheme": "bearer" }),
        "basic" => json!({ "type": "http", "scheme": "basic" }),
        "key" => json!({ "type": "apiKey", "in": "header", "name": "X-Key" }),
        "oauth" => json!({ "type": "oauth2", "flows": { "clientCredentials": {
            "tokenUrl": "/token", "scopes": { "read": "reads", "write": "writes" } } } }),
        other => panic!("no scheme {other}"),
    }
}

fn codes(changes: &[Change]) -> Vec<String> {
    let codes = changes.iter().map(|change| change.rule.code.as_str());
    let mut codes: Vec<String> = codes
        .map(|code| code.strip_prefix("contract/").unwrap().to_owned())
        .collect();
    codes.sort_unstable();
    codes
}

#[test]
fn every_pair_of_the_tables_gives_exactly_its_codes() {
    let mut wrong = Vec::new();
    for case in cases() {
        let changes = compare(&document(case.base), &document(case.head), today());
        let mut expected = case.codes;
        expected.sort_unstable();
        if codes(&changes) != expected {
            let told: Vec<String> = changes
                .iter()
                .map(|one| format!("{}: {}", one.subject, one.text))
                .collect();
            wrong.push(format!(
                "{}\n  wanted {expected:?}\n  told   {:?}\n  {}",
                case.name,
                codes(&changes),
                told.join("\n  ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} pairs:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_pair_is_no_change_against_itself() {
    for case in cases() {
        for side in [case.base, case.head] {
            let changes = compare(&document(side.clone()), &document(side), today());
            assert!(changes.is_empty(), "{}: {changes:?}", case.name);
        }
    }
}

#[test]
fn every_rule_has_a_pair_that_raises_it_and_a_near_miss_that_does_not() {
    let (mut raised, mut missed) = (BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        for code in &case.not {
            assert!(!case.codes.contains(code), "{}: {code}", case.name);
        }
        raised.extend(case.codes);
        missed.extend(case.not);
    }
    let known: BTreeMap<&str, &Rule> = rules::all()
        .map(|rule| {
            (
                rule.info.code.as_str().strip_prefix("contract/").unwrap(),
                rule,
            )
        })
        .collect();
    let without = |found: &BTreeSet<String>| -> Vec<&str> {
        let all = known.keys().copied();
        all.filter(|code| !found.contains(*code)).collect()
    };
    assert_eq!(without(&raised), [""; 0], "never raised");
    assert_eq!(without(&missed), [""; 0], "no near miss");
    let strange: Vec<&String> = missed
        .iter()
        .filter(|code| !known.contains_key(code.as_str()))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn there_are_as_many_pairs_as_promised() {
    assert!(cases().len() >= 170, "{}", cases().len());
}
