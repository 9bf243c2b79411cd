//! Real documents: each is read whole, or refused for what it is.
//!
//! `node tests/specifications/fetch.mjs FOLDER` fetches them from npm's packages;
//! TIDEGATE_SPECIFICATIONS names the folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::super::document::SIZE_LIMIT;
use super::*;

/// How many documents the packages have at least.
const DOCUMENTS: usize = 2_700;

/// How many tests share them.
const SHARES: usize = 6;

/// The folder with the documents; none, and said so, where they were not fetched.
#[allow(
    clippy::print_stderr,
    reason = "a test that looks at nothing must not pass in silence"
)]
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("TIDEGATE_SPECIFICATIONS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!(
            "SKIPPED: TIDEGATE_SPECIFICATIONS names no folder; make one with `node tests/specifications/fetch.mjs FOLDER`"
        );
    }
    folder
}

/// What became of the documents.
#[derive(Debug, Default)]
struct Tally {
    read: usize,
    swagger: usize,
    large: usize,
    operations: usize,
    schemas: usize,
    /// How often each sort of fault was told.
    faults: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

/// Reads every document of one share of the list, and says what was told of them.
fn read_share(share: usize) {
    let Some(folder) = folder() else {
        return;
    };
    let list = std::fs::read_to_string(folder.join("documents.txt")).unwrap();
    assert!(list.lines().count() >= DOCUMENTS);
    let mut tally = Tally::default();
    for path in list.lines().skip(share).step_by(SHARES) {
        judge(&folder, path, &mut tally);
    }
    for wrong in &tally.wrong {
        println!("{wrong}");
    }
    println!(
        "{} documents read with {} operations and {} schemas, {} of Swagger 2.0, {} too large",
        tally.read, tally.operations, tally.schemas, tally.swagger, tally.large
    );
    for (fault, count) in &tally.faults {
        println!("{count:6} {fault}");
    }
    assert_eq!(tally.wrong, [""; 0]);
    assert!(tally.swagger > 0 && tally.large <= 1);
    assert!(tally.operations > 5_000, "{} operations", tally.operations);
}

macro_rules! shares {
    ($($name:ident: $share:literal),*) => {
        $(#[test]
        fn $name() {
            read_share($share);
        })*
    };
}

// Several tests, so that none takes long on a busy machine.
shares!(
    documents_are_read_whole_1: 0,
    documents_are_read_whole_2: 1,
    documents_are_read_whole_3: 2,
    documents_are_read_whole_4: 3,
    documents_are_read_whole_5: 4,
    documents_are_read_whole_6: 5
);

fn judge(folder: &Path, path: &str, tally: &mut Tally) {
    let bytes = std::fs::read(folder.join(path)).unwrap();
    let (large, swagger) = (bytes.len() > SIZE_LIMIT, says_swagger(&bytes));
    let plain = (!large).then(|| plain(&bytes)).flatten();
    let fetch = |file: &str| std::fs::read(folder.join(file)).map_err(|error| error.to_string());
    let read = OpenApi::new(path, bytes, &fetch);
    match read {
        Ok(api) => {
            tally.read += 1;
            tally.operations += api.operations.len();
            tally.schemas += schemas(&api).count();
            for fault in &api.faults {
                *tally.faults.entry(sort(&fault.message)).or_default() += 1;
            }
            let wrong = wrong(&api, plain.as_ref());
            tally
                .wrong
                .extend(wrong.into_iter().map(|what| format!("{path}: {what}")));
        }
        Err(fault) if swagger && fault.message.contains("is Swagger 2.0") => tally.swagger += 1,
        Err(fault) if large && fault.message.contains("is larger than") => tally.large += 1,
        Err(fault) => tally.wrong.push(format!("{path}: {}", fault.message)),
    }
}

fn says_swagger(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    text.contains("\"swagger\":") || text.contains("swagger:")
}

/// The document as other parsers read it.
fn plain(bytes: &[u8]) -> Option<Json> {
    let json = serde_json::from_slice(bytes).ok();
    json.or_else(|| serde_saphyr::from_str(std::str::from_utf8(bytes).ok()?).ok())
}

/// A fault without what is particular to a document.
fn sort(message: &str) -> String {
    let parts = message.split('`').enumerate();
    let texts = parts.map(|(at, part)| if at % 2 == 0 { part } else { "…" });
    texts.collect::<Vec<_>>().join("`")
}

/// Every place of a schema that an operation names.
fn schemas(api: &OpenApi) -> impl Iterator<Item = Place> {
    let content = |content: &[Content]| -> Vec<Place> {
        let all = content.iter();
        all.flat_map(|one| [one.schema, one.item_schema])
            .flatten()
            .collect()
    };
    api.operations
        .iter()
        .chain(&api.webhooks)
        .flat_map(move |operation| {
            let parameters = operation.parameters.iter();
            let mut all: Vec<Place> = parameters
                .clone()
                .flat_map(|one| one.schema.into_iter().chain(content(&one.content)))
                .collect();
            let body = operation.body.iter();
            all.extend(body.flat_map(|body| content(&body.content)));
            for response in &operation.responses {
                all.extend(content(&response.content));
                all.extend(response.headers.iter().filter_map(|header| header.schema));
            }
            all
        })
}

/// What was read otherwise than it is written.
fn wrong(api: &OpenApi, plain: Option<&Json>) -> Vec<String> {
    let mut wrong = Vec::new();
    match plain {
        Some(plain) => {
            let (counted, read) = (count(plain), api.operations.len());
            if counted != read {
                wrong.push(format!("{read} operations of {counted}"));
            }
        }
        None => wrong.push("no other parser reads it".to_owned()),
    }
    for schema in schemas(api) {
        let told = |error: &str| api.faults.iter().any(|fault| fault.message == error);
        if let Err(error) = api.at(schema).follow()
            && !told(&error.to_string())
        {
            wrong.push(format!("{error} and was not told"));
        }
    }
    wrong.extend(
        api.operations
            .iter()
            .filter_map(|operation| lost(api, operation)),
    );
    wrong
}

fn count(plain: &Json) -> usize {
    let methods = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
    ];
    let items = plain.get("paths").and_then(Json::as_object);
    let items = items.into_iter().flat_map(|paths| paths.values());
    let operations = items.filter_map(Json::as_object).map(|item| {
        let item = match item.get("$ref").and_then(Json::as_str) {
            Some(reference) => plain
                .pointer(
                    &reference
                        .trim_start_matches('#')
                        .replace("%7B", "{")
                        .replace("%7D", "}"),
                )
                .and_then(Json::as_object)
                .unwrap_or(item),
            None => item,
        };
        item.iter()
            .filter(|(key, value)| methods.contains(&key.as_str()) && value.is_object())
            .count()
    });
    operations.sum()
}

/// An operation that a request made from its template does not ask for.
fn lost(api: &OpenApi, operation: &Operation) -> Option<String> {
    let mut path = String::new();
    let mut rest = operation.path.as_str();
    while let Some(open) = rest.find('{') {
        let close = open + rest[open..].find('}')?;
        path.push_str(&rest[..open]);
        path.push_str("7q");
        rest = &rest[close + 1..];
    }
    path.push_str(rest);
    if path.rsplit('#').next().is_some_and(|end| end.contains('/')) {
        // No fragment then: clients send it as it stands.
        path = path.replace('#', "%23");
    }
    match api.find(&operation.method, &path) {
        Found::Operation(found) if found.operation == operation => None,
        Found::Operation(found) if found.operation.method == operation.method => {
            // Another one may be as good, which was told, or better: a literal where this one has none.
            let literals = |path: &str| path.split('/').filter(|part| !part.contains('{')).count();
            let better = literals(&found.operation.path) >= literals(&operation.path);
            // And the path may begin with the base of the other one.
            let based = operation.path.ends_with(&found.operation.path);
            let name = || {
                format!(
                    "{} is found as {}",
                    operation.name(),
                    found.operation.name()
                )
            };
            (!better && !based).then(name)
        }
        _ => Some(format!("{} is not found by {path}", operation.name())),
    }
}
