//! The JSON-Schema-Test-Suite; `tests/specifications/schema-suite.sh` puts it where
//! `TIDEGATE_SCHEMA_SUITE` says.

use std::path::Path;

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
#[expect(clippy::print_stderr)]
fn every_required_case_of_the_suite_is_judged_as_it_says() {
    let Ok(folder) = std::env::var("TIDEGATE_SCHEMA_SUITE") else {
        eprintln!("skipped: TIDEGATE_SCHEMA_SUITE names no JSON-Schema-Test-Suite");
        return;
    };
    let folder = Path::new(&folder);
    let mut judged = 0;
    let mut wrong = Vec::new();
    for (draft, dialect) in DRAFTS {
        let remotes = remotes(&folder.join("remotes"), draft);
        let required = files(&folder.join("tests").join(draft));
        assert!(
            required.len() > 25,
            "{draft} has only {} files",
            required.len()
        );
        for file in required {
            let groups: Vec<Group> =
                serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            for group in groups {
                let failed = judge(&group, dialect, &remotes);
                judged += group.tests.len();
                wrong.extend(
                    failed
                        .into_iter()
                        .map(|one| format!("{}: {one}", file.display())),
                );
            }
        }
    }
    eprintln!("{judged} cases judged, {} wrongly", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The cases that are judged otherwise than the suite says.
fn judge(group: &Group, dialect: Dialect, remotes: &[(String, Json)]) -> Vec<String> {
    let name = |what: &str| format!("{} / {what}", group.description);
    let none = |_: &str| Err("there is no such file".to_owned());
    let bytes = group.schema.get().as_bytes().to_vec();
    let library = Library::new("schema.json", bytes, &none).unwrap();
    let schemas = match Schemas::of_documents(library.root(), dialect, remotes.to_vec()) {
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

/// The files of a folder, without those of its folders.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// The documents that the schemas of a draft refer to, which are local here.
fn remotes(folder: &Path, draft: &str) -> Vec<(String, Json)> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(one) = waiting.pop() {
        for entry in std::fs::read_dir(one).unwrap() {
            let path = entry.unwrap().path();
            let relative = path
                .strip_prefix(folder)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let of_another = relative.starts_with("draft") && !relative.starts_with(draft);
            if path.is_dir() && !of_another {
                waiting.push(path);
            } else if path.is_file() {
                let content = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                found.push((format!("http://localhost:1234/{relative}"), content));
            }
        }
    }
    found
}
