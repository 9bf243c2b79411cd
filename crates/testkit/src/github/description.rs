//! GitHub's own description of its REST interface (OpenAPI 3.0), as a judge of requests and answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jsonschema::{Registry, Validator};
use serde_json::{Map, Value, json};

use super::prose;
use crate::recorder::RecordedRequest;

/// Under which name the description refers to itself.
const NAME: &str = "urn:github";

/// The description, ready to judge.
pub struct Description {
    pub(super) document: Value,
    registry: Registry<'static>,
    operations: Vec<Operation>,
}

/// One operation.
pub(super) struct Operation {
    /// As in `checks/create`.
    pub(super) id: String,
    method: String,
    /// The parts of the path, those in braces being parameters.
    parts: Vec<String>,
    value: Value,
    judges: Judges,
}

/// Validators, made when they are first asked.
#[derive(Default)]
struct Judges {
    body: OnceLock<Validator>,
    answers: std::sync::Mutex<BTreeMap<u16, std::sync::Arc<Validator>>>,
}

/// A request that is one of the description's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The operation, as in `checks/create`.
    pub operation: String,
    /// The values in the path, by name.
    pub path: BTreeMap<String, String>,
}

/// Where the description was laid, if it was: the folder that TIDEGATE_GITHUB_DESCRIPTION names.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("TIDEGATE_GITHUB_DESCRIPTION").map(PathBuf::from)
}

impl Description {
    /// Reads the description of github.com from the folder of [`folder`]; nothing when there is none.
    ///
    /// # Panics
    /// When the file is not the description.
    pub fn load() -> Option<Self> {
        folder().map(|folder| Self::read(&folder.join("api.github.com.json")))
    }

    /// Reads a description.
    ///
    /// # Panics
    /// When the file is not a description.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read(path).expect("the description can be read");
        let mut document: Value = serde_json::from_slice(&text).expect("the description is JSON");
        nullable(&mut document);
        let operations = operations(&document);
        let registry = Registry::new()
            .add(NAME, document.clone())
            .and_then(jsonschema::RegistryBuilder::prepare)
            .expect("the description is a resource");
        Self {
            document,
            registry,
            operations,
        }
    }

    /// The names of all operations.
    pub fn operations(&self) -> Vec<&str> {
        self.operations.iter().map(|one| one.id.as_str()).collect()
    }

    /// Judges a request.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn request(&self, request: &RecordedRequest) -> Result<Matched, Vec<String>> {
        let (operation, path) = self.find(&request.method, request.path())?;
        let mut faults = headers(request);
        self.parameters(operation, &path, request.query(), &mut faults);
        self.body(operation, request, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Matched {
            operation: operation.id.clone(),
            path,
        })
    }

    /// Judges an answer to an operation.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn answer(&self, operation: &str, status: u16, body: &Value) -> Result<(), Vec<String>> {
        let operation = self.operation(operation);
        let Some(schema) = self.answer_schema(operation, status) else {
            return Err(vec![format!("{} never answers {status}", operation.id)]);
        };
        let Some(schema) = schema else {
            return Ok(());
        };
        let mut judges = operation.judges.answers.lock().expect("no judge fails");
        let judge = judges
            .entry(status)
            .or_insert_with(|| std::sync::Arc::new(self.validator(&schema)));
        faults(judge, body)
    }

    pub(super) fn operation(&self, id: &str) -> &Operation {
        let found = self.operations.iter().find(|one| one.id == id);
        found.unwrap_or_else(|| panic!("the description has no {id}"))
    }

    fn find(
        &self,
        method: &str,
        path: &str,
    ) -> Result<(&Operation, BTreeMap<String, String>), Vec<String>> {
        let given: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let fits = |operation: &&Operation| {
            operation.method == method && operation.values(&given).is_some()
        };
        // A path without parameters comes before one with.
        let found = self
            .operations
            .iter()
            .filter(fits)
            .max_by_key(|one| one.fixed());
        let found = found.ok_or_else(|| vec![format!("there is no {method} {path}")])?;
        let values = found.values(&given).unwrap_or_default();
        Ok((found, values))
    }

    /// Judges what stands in the path and in the query.
    fn parameters(
        &self,
        operation: &Operation,
        path: &BTreeMap<String, String>,
        query: &str,
        faults: &mut Vec<String>,
    ) {
        let mut unknown: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        for parameter in operation.value["parameters"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let parameter = self.resolved(parameter);
            let name = parameter["name"].as_str().unwrap_or_default();
            let value = match parameter["in"].as_str() {
                Some("path") => path.get(name).cloned(),
                Some("query") => unknown.remove(name),
                _ => continue,
            };
            match value {
                None if parameter["required"] == json!(true) => {
                    faults.push(format!("{name} is missing"));
                }
                None => {}
                Some(text) => {
                    let value = typed(self.resolved(&parameter["schema"]), &text);
                    let judge = self.validator(&parameter["schema"]);
                    faults.extend(
                        judged(&judge, &value)
                            .into_iter()
                            .map(|fault| format!("{name}: {fault}")),
                    );
                    faults.extend(prose::parameter(name, &value));
                }
            }
        }
        faults.extend(
            unknown
                .keys()
                .map(|name| format!("there is no parameter {name}")),
        );
    }

    fn body(&self, operation: &Operation, request: &RecordedRequest, faults: &mut Vec<String>) {
        let content = &operation.value["requestBody"]["content"]["application/json"];
        let Some(schema) = content.get("schema") else {
            if !request.body.is_empty() {
                faults.push("a body is not expected".to_owned());
            }
            return;
        };
        if !request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/json"))
        {
            faults.push("the body's type is not application/json".to_owned());
        }
        let Some(body) = request.json() else {
            faults.push("the body is no JSON".to_owned());
            return;
        };
        let judge = operation.judges.body.get_or_init(|| self.validator(schema));
        faults.extend(judged(judge, &body));
        self.unknown(schema, &body, "", faults);
        faults.extend(prose::body(&operation.id, &body));
    }

    /// Names that no schema knows: GitHub overlooks them, and so would a misspelt one be.
    fn unknown(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let mut properties = Map::new();
        self.properties(schema, &mut properties);
        if let Value::Object(members) = value {
            for (name, member) in members.iter().filter(|_| !properties.is_empty()) {
                match properties.get(name) {
                    Some(schema) => self.unknown(schema, member, &format!("{at}/{name}"), faults),
                    None => faults.push(format!("{at}/{name} is not described")),
                }
            }
        }
        if let Value::Array(items) = value {
            let schema = self.resolved(schema);
            for item in items {
                self.unknown(&schema["items"], item, &format!("{at}/*"), faults);
            }
        }
    }

    fn properties(&self, schema: &Value, all: &mut Map<String, Value>) {
        let schema = self.resolved(schema);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            all.entry(name.clone()).or_insert_with(|| property.clone());
        }
        for word in ["allOf", "anyOf", "oneOf"] {
            for part in schema[word].as_array().into_iter().flatten() {
                self.properties(part, all);
            }
        }
    }

    /// The schema of an answer: nothing when it is not described, and nothing within when it has
    /// no content.
    pub(super) fn answer_schema(
        &self,
        operation: &Operation,
        status: u16,
    ) -> Option<Option<Value>> {
        let answer = operation.value["responses"].get(status.to_string())?;
        let answer = self.resolved(answer);
        let content = answer["content"]
            .as_object()
            .and_then(|content| content.values().next());
        Some(content.map(|content| content["schema"].clone()))
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut schema = schema.clone();
        absolute(&mut schema);
        jsonschema::draft202012::options()
            .with_registry(&self.registry)
            .offline()
            .should_validate_formats(true)
            .build(&schema)
            .expect("the description's schemas are schemas")
    }

    pub(super) fn resolved<'v>(&'v self, value: &'v Value) -> &'v Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.trim_start_matches(NAME).trim_start_matches('#');
                let found = self.document.pointer(pointer);
                self.resolved(found.expect("references of the description lead somewhere"))
            }
            None => value,
        }
    }
}

impl Operation {
    /// The values of the parameters in a path, if it is one of this operation.
    fn values(&self, given: &[&str]) -> Option<BTreeMap<String, String>> {
        if given.len() != self.parts.len() {
            return None;
        }
        let mut values = BTreeMap::new();
        for (part, text) in self.parts.iter().zip(given) {
            match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                Some(_) if text.is_empty() => return None,
                Some(name) => {
                    values.insert(name.to_owned(), super::decoded(text));
                }
                None if part == text => {}
                None => return None,
            }
        }
        Some(values)
    }

    fn fixed(&self) -> usize {
        self.parts
            .iter()
            .filter(|part| !part.starts_with('{'))
            .count()
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, value) in methods.as_object().into_iter().flatten() {
            all.push(Operation {
                id: value["operationId"].as_str().unwrap_or_default().to_owned(),
                method: method.to_uppercase(),
                parts: path
                    .trim_start_matches('/')
                    .split('/')
                    .map(str::to_owned)
                    .collect(),
                value: value.clone(),
                judges: Judges::default(),
            });
        }
    }
    all
}

/// What GitHub demands of every request.
fn headers(request: &RecordedRequest) -> Vec<String> {
    let wanted = [
        ("user-agent", "tidegate/"),
        ("accept", "application/vnd.github+json"),
        ("x-github-api-version", "2022-11-28"),
        ("authorization", "Bearer "),
    ];
    let missing = wanted.iter().filter(|(name, start)| {
        !request
            .header(name)
            .is_some_and(|value| value.starts_with(start))
    });
    missing
        .map(|(name, start)| format!("the header {name} does not begin with {start}"))
        .collect()
}

/// A value of a path or a query as what its schema says it is, if it can be.
fn typed(schema: &Value, text: &str) -> Value {
    let is = |sort: &str| schema["type"] == json!(sort);
    match text {
        "true" | "false" if is("boolean") => json!(text == "true"),
        _ if is("integer") => text
            .parse::<i64>()
            .map_or_else(|_| json!(text), |number| json!(number)),
        _ => json!(text),
    }
}

fn faults(judge: &Validator, value: &Value) -> Result<(), Vec<String>> {
    let faults = judged(judge, value);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn judged(judge: &Validator, value: &Value) -> Vec<String> {
    let told = |fault: jsonschema::ValidationError<'_>| {
        let message: String = fault.to_string().chars().take(200).collect();
        format!("{}: {message}", fault.instance_path())
    };
    judge.iter_errors(value).map(told).collect()
}

/// OpenAPI 3.0 says `nullable` where JSON Schema has a list of types.
fn nullable(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(nullable),
        Value::Object(members) => {
            if members.get("nullable") == Some(&json!(true)) {
                members.remove("nullable");
                allow_null(members);
            }
            members.values_mut().for_each(nullable);
        }
        _ => {}
    }
}

fn allow_null(members: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = members.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    match members.get("type").cloned() {
        Some(sort @ Value::String(_)) => {
            members.insert("type".to_owned(), json!([sort, "null"]));
        }
        _ => {
            let rest = Value::Object(std::mem::take(members));
            members.insert("anyOf".to_owned(), json!([{ "type": "null" }, rest]));
        }
    }
}

/// References within a part of the description, as ones into the whole.
fn absolute(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(absolute),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && reference.starts_with('#')
            {
                *reference = format!("{NAME}{reference}");
            }
            members.values_mut().for_each(absolute);
        }
        _ => {}
    }
}
