//! Entries of the fuzz targets in `fuzz/`: there in builds with `--cfg fuzzing` alone, and no part
//! of the public interface.

use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::node::Node;
use tidegate_core::ports::http::Response;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Source;
use tidegate_core::template::{Lookup, TemplateError};

use crate::expect::{Expectation, Received, Shown};
use crate::fake_files::FakeFiles;
use crate::scan::custom::{CustomRule, Place, RuleFile};
use crate::specification::openapi::{Found, OpenApi};

pub use crate::command::fuzzing::{REPORTS, ReportTexts};
pub use crate::shipped::fuzzing::read_artifact;

/// Knows every secret and every value.
struct Anything;

impl Lookup for Anything {
    fn secret(&self, _: &str) -> Result<Sensitive, TemplateError> {
        Ok("s3cr${x}et".into())
    }

    fn value(&self, name: &str) -> Option<Json> {
        Some(Json::from(name))
    }
}

/// Holds the value of an `expect:` against a response: how many expectations were evaluated and how
/// many are not met; `None` when it is no expectation.
pub fn judge(expectation: &Node, response: &Response) -> Option<(u32, usize)> {
    let expected = Expectation::parse(expectation).ok()?;
    expected.templates();
    let received = Received::new(response, &Vec::new);
    let shown = Shown::new("tidegate-00c0ffee", response.status.is_multiple_of(2));
    let judgement = expected.judge(&received, &expectation.span, &shown, &Anything);
    let judgement = judgement.ok()?;
    Some((judgement.evaluated, judgement.unmet.len()))
}

/// Looks for keys and passwords in a text, whole and in pieces of `piece` bytes, and says how many it
/// saw.
///
/// # Panics
/// When the two ways do not agree.
pub fn scan(text: &[u8], piece: usize) -> usize {
    let scanner = crate::scan::Scanner::built_in();
    let whole = scanner.scan(text);
    let mut stream = crate::scan::Stream::new(scanner, piece);
    let pieces = stream
        .run(&mut &text[..], &Place::default())
        .map_or(0, |(found, _)| found.len());
    assert_eq!(whole.len(), pieces, "whole and piece by piece");
    whole.len()
}

/// Reads a file of rules for secrets and looks through a text with them: whether looking around the
/// texts that each match holds finds what looking everywhere does; `None` when it is no such file.
pub fn rules_agree(rules: &str, text: &[u8]) -> Option<bool> {
    let source = Source::new("rules.toml", rules);
    let file = RuleFile::load(&source, &|_| Err("there is no other file".to_owned())).ok()?;
    let nowhere = Place::default();
    let agrees = |rule: &Arc<CustomRule>| {
        let (mut around, mut everywhere) = (Vec::new(), Vec::new());
        rule.find(text, &nowhere, &mut |found| around.push(found));
        rule.find_everywhere(text, &nowhere, &mut |found| everywhere.push(found));
        rule.keywords.is_some() || around == everywhere
    };
    Some(file.rules.iter().all(agrees))
}

/// Reads an OpenAPI document and asks it for a request: how many operations and faults it has, or `None`
/// when it is no such document.
///
/// # Panics
/// When a fault's place does not lie in the text, or a found path parameter is none of its template.
pub fn specification(text: &str, method: &str, url: &str) -> Option<(usize, usize)> {
    let itself = |path: &str| match path {
        "other.yaml" => Ok(text.as_bytes().to_vec()),
        _ => Err("there is no such file".to_owned()),
    };
    let read = OpenApi::new("openapi.yaml", text.as_bytes().to_vec(), &itself);
    let faults = match &read {
        Ok(api) => api.faults.iter().collect(),
        Err(fault) => vec![fault],
    };
    for span in faults.iter().filter_map(|fault| fault.span.as_ref()) {
        let range = span.range();
        let source = span.source().text();
        assert!(source.get(range).is_some(), "a place within the text");
    }
    let faults = faults.len();
    let api = read.ok()?;
    if let Found::Operation(found) = api.find(method, url) {
        let path = &found.operation.path;
        let of_path = |(name, _): &(&str, String)| path.contains(*name);
        assert!(found.captures.iter().all(of_path), "parameters of the path");
    }
    Some((api.operations.len(), faults))
}

/// Reads a text as source code of every language and as the manifest of a project: how many routes it
/// has.
///
/// # Panics
/// When a route has no proper path, or the proposal of its rows is no YAML.
pub fn routes(text: &str) -> usize {
    let files = FakeFiles::new(&PROJECT.map(|name| (name, text)));
    let files = &*files;
    let code = crate::routes::Code::read(files, &[]);
    let rooted = |route: &crate::routes::Route| route.path.starts_with('/');
    assert!(code.routes.iter().all(rooted), "paths begin with a slash");
    let input = crate::draft::Input {
        files,
        code: &[],
        document: None,
        roles: vec!["admin".to_owned()],
    };
    let draft = crate::draft::access(&input);
    let parsed: Result<Json, _> = serde_saphyr::from_str(&draft.text);
    assert!(parsed.is_ok(), "the proposal is YAML:\n{}", draft.text);
    crate::frameworks::Frameworks::detect(files);
    code.routes.len()
}

/// The files of a project of every sort.
const PROJECT: [&str; 8] = [
    "app/x/route.ts",
    "main.py",
    "middleware.ts",
    "next.config.js",
    "package.json",
    "pages/api/[id].ts",
    "pyproject.toml",
    "server.js",
];
