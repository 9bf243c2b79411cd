use super::*;
use serde_json::json;

mod agree;
mod alternatives;
mod choice;
mod direction;
mod formats;
mod hostile;
mod json_schema;
mod openapi30;
mod quick;
mod rules;
mod suite;
mod undocumented;

/// A library of one document.
fn library(text: &str) -> Library {
    let none = |_: &str| Err("there is no such file".to_owned());
    Library::new("api.yaml", text.as_bytes().to_vec(), &none).unwrap()
}

/// What a value breaks, as `path: text`, and the undocumented fields as `path?`.
fn told(text: &str, dialect: Dialect, direction: Direction, value: &Json) -> Vec<String> {
    let library = library(text);
    let schemas = Schemas::new(dialect);
    let verdict = schemas.check(library.root(), direction, value).unwrap();
    let mismatches = verdict.mismatches.iter();
    let mismatches = mismatches.map(|one| format!("{}: {}", one.path, one.text));
    let undocumented = verdict.undocumented.iter();
    mismatches
        .chain(undocumented.map(|one| format!("{}?", one.path)))
        .collect()
}

fn response(text: &str, value: &Json) -> Vec<String> {
    told(text, Dialect::Draft202012, Direction::Response, value)
}

fn old(text: &str, value: &Json) -> Vec<String> {
    told(text, Dialect::OpenApi30, Direction::Response, value)
}

const NOTHING: [&str; 0] = [];
