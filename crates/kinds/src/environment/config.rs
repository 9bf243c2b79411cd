//! What stands under `environment:` in a gate file.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::node::{Node, Value};
use tidegate_core::span::Span;

use super::sources::Format;
use crate::expect::Path;

/// The most environments and sources that are read.
const ENVIRONMENT_LIMIT: usize = 20;
const SOURCE_LIMIT: usize = 100;

/// The keys of the config as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    environments: Entries<Node>,
    #[serde(default)]
    shared: Vec<String>,
    #[serde(default)]
    production: Vec<Located<String>>,
    health: Option<WrittenHealth>,
    #[serde(default)]
    cors: Vec<Located<String>>,
    emit: Option<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenHealth {
    path: Located<String>,
    environment: Option<Located<String>>,
    revision: Option<Located<String>>,
}

/// The keys of a source; one of them stands there.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenSource {
    env_file: Option<Located<String>>,
    process: Option<Node>,
    compose: Option<Node>,
    kubernetes: Option<Node>,
    vercel: Option<Located<String>>,
    netlify: Option<Located<String>>,
    next_config: Option<Located<String>>,
    fly: Option<Located<String>>,
    render: Option<Located<String>>,
    railway: Option<Located<String>>,
    github: Option<Located<String>>,
    fingerprints: Option<Located<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenCompose {
    file: Located<String>,
    service: Option<String>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    /// The environments with their sources; empty when they are to be guessed.
    pub(super) environments: Vec<Configured>,
    /// Patterns of the variables that may be the same everywhere.
    pub(super) shared: Vec<String>,
    /// The names of the environments where clients work; empty when the names tell.
    pub(super) production: Vec<String>,
    /// Where the running portal says what it is.
    pub(super) health: Option<Health>,
    /// The paths whose answers to other origins are looked at.
    pub(super) cors: Vec<Located<String>>,
    /// The fingerprint file to write.
    pub(super) emit: Option<Emit>,
}

/// An environment with its sources, the weakest first.
#[derive(Debug, Clone)]
pub(super) struct Configured {
    /// Its name.
    pub(super) name: String,
    /// Where its variables are.
    pub(super) sources: Vec<Source>,
}

/// Where variables are.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// In a file.
    File(Format, Located<String>),
    /// In the environment of this process: the patterns of their names, none for all.
    Process(Vec<String>),
    /// In a fingerprint file that another job wrote.
    Fingerprints(Located<String>),
}

/// Where the running portal says what it is.
#[derive(Debug, Clone)]
pub(super) struct Health {
    /// The path to ask.
    pub(super) path: Located<String>,
    /// Where the answer names the environment.
    pub(super) environment: Option<Path>,
    /// Where the answer names the revision.
    pub(super) revision: Option<Path>,
}

/// The fingerprint file to write.
#[derive(Debug, Clone)]
pub(super) struct Emit {
    /// Its name in the folder of the state; by the environment when absent.
    pub(super) name: Option<String>,
    /// Where it is asked for.
    pub(super) span: Span,
}

impl Config {
    /// Reads the value under `environment:`.
    pub(super) fn read(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = node.read()?;
        let environments = gather(written.environments.0.iter().map(|(name, node)| {
            Ok(Configured {
                name: name.value.clone(),
                sources: sources(node)?,
            })
        }))?;
        let mut faults = Vec::new();
        check_amounts(node, &environments, &mut faults);
        check_production(&written, &mut faults);
        check_paths(&written, &mut faults);
        let health = written
            .health
            .map(|health| read_health(health, &mut faults));
        let emit = written.emit.and_then(|emit| read_emit(&emit, &mut faults));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            environments,
            shared: written.shared,
            production: written
                .production
                .into_iter()
                .map(|name| name.value)
                .collect(),
            health,
            cors: written.cors,
            emit,
        })
    }

    /// Whether fingerprints of several jobs meet here, so that all must have one key.
    pub(super) fn needs_shared_key(&self) -> bool {
        let mut sources = self.environments.iter().flat_map(|one| &one.sources);
        self.emit.is_some() || sources.any(|source| matches!(source, Source::Fingerprints(_)))
    }
}

fn check_amounts(node: &Node, environments: &[Configured], faults: &mut Vec<Diagnostic>) {
    let sources: usize = environments.iter().map(|one| one.sources.len()).sum();
    if environments.len() > ENVIRONMENT_LIMIT || sources > SOURCE_LIMIT {
        faults.push(
            Diagnostic::at(node.span.clone(), "too many environments or sources").help(format!(
                "Name at most {ENVIRONMENT_LIMIT} environments with {SOURCE_LIMIT} sources in all."
            )),
        );
    }
}

fn check_production(written: &Written, faults: &mut Vec<Diagnostic>) {
    let names = written.environments.0.iter();
    let names: Vec<&str> = names.map(|(name, _)| name.value.as_str()).collect();
    let unknown =
        |name: &&Located<String>| !names.is_empty() && !names.contains(&name.value.as_str());
    faults.extend(
        written
            .production
            .iter()
            .filter(unknown)
            .map(|name| Diagnostic::unknown(name.span.clone(), "environment", &name.value, &names)),
    );
}

fn check_paths(written: &Written, faults: &mut Vec<Diagnostic>) {
    let health = written.health.iter().map(|health| &health.path);
    for path in written.cors.iter().chain(health) {
        if !path.value.starts_with('/') {
            faults.push(
                Diagnostic::at(path.span.clone(), format!("`{}` is not a path", path.value))
                    .label("expected a path that starts with `/`"),
            );
        }
    }
}

fn read_health(written: WrittenHealth, faults: &mut Vec<Diagnostic>) -> Health {
    if written.environment.is_none() && written.revision.is_none() {
        faults.push(
            Diagnostic::at(
                written.path.span.clone(),
                "nothing is looked for in this answer",
            )
            .label("needs `environment` or `revision`")
            .help("Name the JSONPath where the answer tells it: `environment: $.environment`."),
        );
    }
    let mut read = |path: Option<Located<String>>| {
        let path = path?;
        Path::parse(&path.value, &path.span)
            .map_err(|fault| faults.push(fault))
            .ok()
    };
    Health {
        environment: read(written.environment),
        revision: read(written.revision),
        path: written.path,
    }
}

fn read_emit(node: &Node, faults: &mut Vec<Diagnostic>) -> Option<Emit> {
    let plain = |name: &str| {
        !name.starts_with('.')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let name = match (&node.value, node.text()) {
        (Value::Bool(true), _) => None,
        (Value::Bool(false), _) => return None,
        (_, Some(name)) if !name.is_empty() && plain(name) => Some(name.to_owned()),
        _ => {
            faults.push(
                Diagnostic::at(node.span.clone(), "this is no plain file name")
                    .label("expected a name such as environment-production.json, or true")
                    .help("The file is written into the folder of the state, `.tidegate`."),
            );
            return None;
        }
    };
    Some(Emit {
        name,
        span: node.span.clone(),
    })
}

fn sources(node: &Node) -> Result<Vec<Source>, Vec<Diagnostic>> {
    let elements = match &node.value {
        Value::Sequence(elements) => elements.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let read = gather(elements.iter().map(source))?;
    Ok(read.into_iter().flatten().collect())
}

fn source(node: &Node) -> Result<Vec<Source>, Vec<Diagnostic>> {
    let written: WrittenSource = node.read()?;
    let files = [
        (Format::EnvFile, written.env_file),
        (Format::Vercel, written.vercel),
        (Format::Netlify, written.netlify),
        (Format::NextConfig, written.next_config),
        (Format::Fly, written.fly),
        (Format::Render, written.render),
        (Format::Railway, written.railway),
        (Format::Github, written.github),
    ];
    let mut found: Vec<Vec<Source>> = files
        .into_iter()
        .filter_map(|(format, path)| Some(vec![Source::File(format, path?)]))
        .collect();
    found.extend(
        written
            .fingerprints
            .map(|path| vec![Source::Fingerprints(path)]),
    );
    if let Some(compose) = &written.compose {
        found.push(vec![compose_source(compose)?]);
    }
    if let Some(files) = &written.kubernetes {
        let files: Vec<Located<String>> = files.read_each()?;
        let sources = files
            .into_iter()
            .map(|path| Source::File(Format::Kubernetes, path));
        found.push(sources.collect());
    }
    if let Some(names) = &written.process {
        found.push(vec![process_source(names)?]);
    }
    match <[Vec<Source>; 1]>::try_from(found) {
        Ok([one]) => Ok(one),
        Err(_) => Err(vec![
            Diagnostic::at(node.span.clone(), "a source is exactly one thing")
                .label("needs one key, such as `env-file`")
                .help("Make several sources a list: `[{ env-file: .env }, { process: true }]`."),
        ]),
    }
}

fn compose_source(node: &Node) -> Result<Source, Vec<Diagnostic>> {
    if node.text().is_some() {
        return Ok(Source::File(Format::Compose(None), node.read()?));
    }
    let written: WrittenCompose = node.read()?;
    Ok(Source::File(Format::Compose(written.service), written.file))
}

fn process_source(node: &Node) -> Result<Source, Vec<Diagnostic>> {
    match &node.value {
        Value::Bool(true) => Ok(Source::Process(Vec::new())),
        Value::Bool(false) => Err(vec![
            Diagnostic::at(node.span.clone(), "this source is switched off")
                .label("expected true or a list of names")
                .help("Leave the source out instead."),
        ]),
        _ => Ok(Source::Process(node.read_each()?)),
    }
}

/// The JSON Schema of the config.
pub(super) fn schema() -> Json {
    let one_or_many = json!({ "anyOf": [
        { "type": "string" },
        { "type": "array", "items": { "type": "string" } },
    ] });
    json!({
        "description": "Proves that production and the other environments share nothing they must not.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "environments": {
                "description": "The environments and where their variables are; files that are there are taken when absent. A later source wins over an earlier one.",
                "type": "object",
                "additionalProperties": { "anyOf": [
                    source_schema(&one_or_many),
                    { "type": "array", "items": source_schema(&one_or_many) },
                ] },
            },
            "shared": {
                "description": "Variables that may have the same value everywhere; `*` stands for any text.",
                "type": "array", "items": { "type": "string" },
            },
            "production": {
                "description": "The environments where clients work; the gate's own kind and the names tell when absent.",
                "type": "array", "items": { "type": "string" },
            },
            "health": {
                "description": "Where the running portal says which environment and revision it is.",
                "type": "object",
                "additionalProperties": false,
                "required": ["path"],
                "properties": {
                    "path": { "type": "string", "pattern": "^/", "description": "The path to ask; the answer is JSON." },
                    "environment": { "type": "string", "description": "The JSONPath of the environment's name in the answer." },
                    "revision": { "type": "string", "description": "The JSONPath of the revision in the answer." },
                },
            },
            "cors": {
                "description": "Paths of production whose answer to the origins of development is looked at, beside `/`.",
                "type": "array", "items": { "type": "string", "pattern": "^/" },
            },
            "emit": {
                "description": "Writes a file of fingerprints of this job's environment into the folder of the state, for a later job to compare.",
                "anyOf": [{ "type": "boolean" }, { "type": "string" }],
            },
        },
    })
}

fn source_schema(one_or_many: &Json) -> Json {
    let file = |text: &str| json!({ "type": "string", "description": text });
    json!({
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
            "env-file": file("A `.env` file."),
            "process": {
                "description": "The environment of this process: true for all of it, or a list of names with `*` for any text.",
                "anyOf": [{ "const": true }, { "type": "string" }, { "type": "array", "items": { "type": "string" } }],
            },
            "compose": {
                "description": "A compose file, all services of it or one.",
                "anyOf": [
                    { "type": "string" },
                    {
                        "type": "object",
                        "additionalProperties": false,
                        "required": ["file"],
                        "properties": {
                            "file": file("The compose file."),
                            "service": file("The one service whose variables count."),
                        },
                    },
                ],
            },
            "kubernetes": one_or_many,
            "vercel": file("`vercel.json`, or what `vercel env pull` or Vercel's API wrote."),
            "netlify": file("`netlify.toml`, or what `netlify env:list --json` wrote."),
            "next-config": file("A config of Next.js; the literal values under `env` count."),
            "fly": file("`fly.toml`, or what `fly secrets list --json` wrote."),
            "render": file("`render.yaml`."),
            "railway": file("What `railway variables --kv` or `--json` wrote."),
            "github": file("What GitHub tells of the secrets and variables of an environment: names only."),
            "fingerprints": file("A file that `emit` wrote in another job."),
        },
    })
}
