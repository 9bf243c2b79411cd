//! The JSON-Schema-Test-Suite; `tests/specifications/schema-suite.sh` puts it where
//! `TIDEGATE_SCHEMA_SUITE` says.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::*;

const DRAFTS: [(&str, Dialect); 5] = [
    ("draft4", Dialect::Draft4),
    ("draft6", Dialect::Draft6),
    ("draft7", Dialect::Draft7),
    ("draft2019-09", Dialect::Draft201909),
    ("draft2020-12", Dialect::Draft202012),
];

#[derive(Deserialize)]
struct Group {
    description: String,
    schema: Box<serde_json::value::RawValue>,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    description: String,
    data: Json,
    valid: bool,
}

#[test]
fn every_required_case_of_the_suite_is_judged_as_it_says() {
    let Ok(folder) = std::env::var("TIDEGATE_SCHEMA_SUITE") else {
        eprintln!(
            "SKIPPED: TIDEGATE_SCHEMA_SUITE names no folder; fill one with `tests/specifications/schema-suite.sh FOLDER`"
        );
        return;
    };
    let folder = Path::new(&folder);
    let (mut judged, mut translated) = (0, 0);
    let mut wrong = Vec::new();
    for (draft, dialect) in DRAFTS {
        let remotes = remotes(&folder.join("remotes"), draft);
        for group in groups(&folder.join("tests").join(draft)) {
            judged += group.tests.len();
            wrong.extend(judge(&group, |library| {
                Schemas::of_documents(library.root(), dialect, remotes.clone())
            }));
            let schema: Json = serde_json::from_str(group.schema.get()).unwrap();
            if !is_identified(&schema) {
                translated += group.tests.len();
                wrong.extend(judge(&group, |_| Ok(Schemas::new(dialect))));
            }
        }
    }
    eprintln!(
        "{judged} cases judged as they are, {translated} translated, {} wrongly",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The suite only grows.
    assert!(
        judged >= 4_836 && translated >= 4_000,
        "{judged} and {translated} cases"
    );
}

/// The cases that are judged otherwise than the suite says.
fn judge(
    group: &Group,
    schemas: impl FnOnce(&Library) -> Result<Schemas, SchemaFault>,
) -> Vec<String> {
    let name = |what: &str| format!("{} / {what}", group.description);
    let library = library(group.schema.get());
    let schemas = match schemas(&library) {
        Ok(schemas) => Schemas {
            formats: false,
            ..schemas
        },
        Err(fault) => return vec![name(&fault.to_string())],
    };
    let cases = group.tests.iter().filter_map(|case| {
        let verdict = schemas.check(library.root(), Direction::Response, &case.data);
        match verdict {
            Ok(verdict) if verdict.mismatches.is_empty() == case.valid => None,
            Ok(_) => Some(name(&case.description)),
            Err(fault) => Some(name(&format!("{}: {fault}", case.description))),
        }
    });
    cases.collect()
}

/// Whether what a schema means depends on identifiers or on other documents.
fn is_identified(schema: &Json) -> bool {
    match schema {
        Json::Object(entries) => entries.iter().any(|(key, value)| {
            let identifies = ["$id", "id", "$anchor", "$dynamicRef", "$recursiveRef"];
            let far = key == "$ref" && value.as_str().is_some_and(|text| !text.starts_with('#'));
            identifies.contains(&&**key) || far || is_identified(value)
        }),
        Json::Array(elements) => elements.iter().any(is_identified),
        _ => false,
    }
}

/// The required groups of a draft: what lies in deeper folders is optional.
fn groups(folder: &Path) -> Vec<Group> {
    let files = entries(folder).into_iter().filter(|path| path.is_file());
    let read = |path: PathBuf| -> Vec<Group> {
        let mut groups: Vec<Group> =
            serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for group in &mut groups {
            group.description = format!("{} / {}", path.display(), group.description);
        }
        groups
    };
    files.flat_map(read).collect()
}

/// The documents that the schemas of a draft refer to, which are local here.
fn remotes(folder: &Path, draft: &str) -> Vec<(String, Json)> {
    let mut found = Vec::new();
    let mut waiting = entries(folder);
    while let Some(path) = waiting.pop() {
        let relative = path.strip_prefix(folder).unwrap().to_str().unwrap();
        if relative.starts_with("draft") && !relative.starts_with(draft) {
            continue;
        }
        if path.is_dir() {
            waiting.extend(entries(&path));
        } else {
            let content = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            found.push((format!("http://localhost:1234/{relative}"), content));
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
