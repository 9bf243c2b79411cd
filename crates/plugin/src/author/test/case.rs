//! A case as it is written.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Node, Value};
use tidegate_core::period::Period;
use tidegate_core::plugin::{Grant, Limits};
use tidegate_core::size::Size;

use super::answer;
use super::cassette::Cassette;
use super::route::{self, Route};
use super::{context, files, grant};
use crate::interface::recorded::Exchange;
use crate::interface::types::{Context, Description};

/// What a plugin is given in one test.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name: that of its folder.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The value under the plugin's key in the gate file.
    pub config: serde_json::Value,
    /// What the plugin knows of the run.
    pub context: Context,
    /// What is granted; everything that the plugin asks for when absent.
    pub grant: Option<Grant>,
    /// How much it may use.
    pub limits: Limits,
    /// Where answers come from.
    pub answers: Answers,
    /// The config as it is written.
    written: Node,
}

/// Where the answers of a case come from.
#[derive(Debug, Clone)]
pub enum Answers {
    /// What the case itself says.
    Fake(Fake),
    /// A recording of a real deploy, which may not be there yet: its path from the folder of the case.
    Cassette(String, Option<Cassette>),
}

/// What a case says itself.
#[derive(Debug, Clone, Default)]
pub struct Fake {
    pub(super) routes: Vec<Route>,
    /// The folder of the files.
    pub(super) files: Option<PathBuf>,
    pub(super) recorded: Vec<Exchange>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    config: Option<Node>,
    #[serde(default, rename = "as")]
    identity: Option<String>,
    #[serde(default)]
    context: Option<context::Raw>,
    #[serde(default)]
    grant: Option<grant::Raw>,
    #[serde(default)]
    limits: Option<RawLimits>,
    #[serde(default)]
    target: Option<Vec<Node>>,
    #[serde(default)]
    files: Option<Located<String>>,
    #[serde(default)]
    recorded: Option<Vec<Node>>,
    #[serde(default)]
    cassette: Option<Located<String>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct RawLimits {
    memory: Option<Size>,
    time: Option<Period>,
    requests: Option<u32>,
    traffic: Option<Size>,
    reading: Option<Size>,
    findings: Option<u32>,
    log: Option<u32>,
}

impl Case {
    /// Reads a case, called `name`, whose files lie in `folder`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(node: &Node, name: &str, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let raw: Raw = node.read()?;
        if let Some(tape) = raw
            .cassette
            .as_ref()
            .filter(|_| raw.target.is_some() || raw.files.is_some() || raw.recorded.is_some())
        {
            let fault = Diagnostic::at(tape.span.clone(), "a cassette already has every answer");
            return Err(vec![
                fault.help("Keep `cassette`, or `target`, `files` and `recorded`."),
            ]);
        }
        let nothing = Node::new(Value::Map(Vec::new()), node.span.clone());
        let written = raw.config.unwrap_or(nothing);
        let config = answer::json(&written)?;
        let tape = raw
            .cassette
            .map(|tape| load(folder, tape))
            .transpose()
            .map_err(|fault| vec![fault])?;
        let base = match &tape {
            Some((_, Some(cassette))) => cassette.context.clone(),
            _ => context::usual(name),
        };
        let mut context = raw
            .context
            .unwrap_or_default()
            .over(base, raw.identity)
            .map_err(|fault| vec![fault])?;
        let answers = match tape {
            Some((path, cassette)) => Answers::Cassette(path, cassette),
            None => Answers::Fake(fake(
                raw.target,
                raw.files,
                raw.recorded,
                folder,
                &mut context,
            )?),
        };
        Ok(Self {
            name: name.to_owned(),
            folder: folder.to_owned(),
            config,
            context,
            grant: raw.grant.map(grant::Raw::into_grant).transpose()?,
            limits: raw.limits.unwrap_or_default().over(Limits::default()),
            answers,
            written,
        })
    }

    /// Holds its config against the plugin's schema: a gate file with another one is refused before anything runs.
    ///
    /// # Errors
    /// Every fault at its line.
    pub fn held(&self, description: &Description) -> Result<(), Vec<Diagnostic>> {
        let schema = serde_json::from_str(&description.config_schema).map_err(|error| {
            let fault = Diagnostic::new(format!("the plugin's config-schema is no JSON: {error}"));
            vec![fault.help("Mend it in the plugin's source.")]
        })?;
        crate::kind::held(&self.written, &schema)
    }
}

impl RawLimits {
    fn over(self, base: Limits) -> Limits {
        let bytes = |size: Option<Size>, usual| {
            size.map_or(usual, |size| usize::try_from(size.0).unwrap_or(usize::MAX))
        };
        Limits {
            memory: bytes(self.memory, base.memory),
            time: self.time.map_or(base.time, |time| time.0),
            requests: self.requests.unwrap_or(base.requests),
            traffic: bytes(self.traffic, base.traffic),
            reading: bytes(self.reading, base.reading),
            findings: self.findings.unwrap_or(base.findings),
            log: self.log.unwrap_or(base.log),
        }
    }
}

/// Reads the recording when it is there: a case may be written before it is recorded.
fn load(folder: &Path, path: Located<String>) -> Result<(String, Option<Cassette>), Diagnostic> {
    if !files::inside(&path.value) {
        return Err(Diagnostic::at(
            path.span,
            "the path leads out of the folder of the case",
        ));
    }
    let whole = folder.join(&path.value);
    if !whole.exists() {
        return Ok((path.value, None));
    }
    match Cassette::load(&whole) {
        Ok(cassette) => Ok((path.value, Some(cassette))),
        Err(error) => Err(Diagnostic::at(path.span, error.to_string()).help(error.help())),
    }
}

fn fake(
    routes: Option<Vec<Node>>,
    files: Option<Located<String>>,
    recorded: Option<Vec<Node>>,
    folder: &Path,
    context: &mut Context,
) -> Result<Fake, Vec<Diagnostic>> {
    let routes = gather(
        routes
            .iter()
            .flatten()
            .map(|node| Route::read(node, folder)),
    )?;
    let target = &context.target;
    let recorded = recorded.iter().flatten();
    let recorded = gather(recorded.map(|node| route::exchange(node, folder, target)))?;
    let files = match files {
        Some(path) if !files::inside(&path.value) || !folder.join(&path.value).is_dir() => {
            let fault = Diagnostic::at(
                path.span,
                format!("`{}` is no folder beside the case", path.value),
            );
            return Err(vec![
                fault.help("Name a folder in that of the case, such as `files`."),
            ]);
        }
        path => path.map(|path| folder.join(path.value)),
    };
    // A route on an API declares it, so that it need not be written twice.
    for name in routes.iter().filter_map(|route| route.on.as_ref()) {
        if !name.contains("://") && !context.apis.contains(name) {
            context.apis.push(name.clone());
        }
    }
    Ok(Fake {
        routes,
        files,
        recorded,
    })
}
