//! The formats that hold variables, each read into names, values and lines.

mod cluster;
mod compose;
mod hosted;
mod names;
mod next;
mod tree;

use super::dotenv;
use super::model::Role;
use super::text::SourceError;

/// The most variables one source may have.
const VARIABLE_LIMIT: usize = 5_000;

/// How a source is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    /// `.env`
    EnvFile,
    /// A compose file, all of its services or one.
    Compose(Option<String>),
    /// Manifests of Kubernetes.
    Kubernetes,
    /// `vercel.json`, or what `vercel env` tells.
    Vercel,
    /// `netlify.toml`, or what `netlify env:list --json` tells.
    Netlify,
    /// A config of Next.js.
    NextConfig,
    /// `fly.toml`, or what `fly secrets list --json` tells.
    Fly,
    /// `render.yaml`
    Render,
    /// What `railway variables` tells.
    Railway,
    /// What GitHub's API tells of the secrets and variables of an environment: names only.
    Github,
}

/// Whose variables are wanted of a source that holds those of several environments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'w> {
    /// The environment's name.
    pub(super) name: &'w str,
    /// What it is for.
    pub(super) role: Role,
}

/// A variable that a source sets.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Set {
    /// Its name.
    pub(super) name: String,
    /// Its value; `None` when the source has the name alone.
    pub(super) value: Option<String>,
    /// The 1-based line.
    pub(super) line: usize,
    /// The part of the project it belongs to.
    pub(super) scope: String,
}

impl Set {
    fn new(name: &str, value: Option<&str>, line: usize) -> Self {
        Self {
            name: name.to_owned(),
            value: value.map(str::to_owned),
            line,
            scope: String::new(),
        }
    }

    fn within(self, scope: &str) -> Self {
        Self {
            scope: scope.to_owned(),
            ..self
        }
    }
}

/// What a source holds.
#[derive(Default)]
pub(super) struct Reading {
    /// Its variables in order.
    pub(super) set: Vec<Set>,
    /// What is odd but no error.
    pub(super) notes: Vec<String>,
}

impl From<Vec<Set>> for Reading {
    fn from(set: Vec<Set>) -> Self {
        Self {
            set,
            notes: Vec::new(),
        }
    }
}

/// Reads a source.
///
/// # Errors
/// The first place that makes no sense, with a fix.
pub(super) fn read(
    format: &Format,
    file: &str,
    text: &str,
    wanted: Wanted<'_>,
) -> Result<Reading, SourceError> {
    let reading = match format {
        Format::EnvFile => env_file(file, text)?,
        Format::Compose(service) => compose::read(file, text, service.as_deref())?.into(),
        Format::Kubernetes => cluster::read(file, text)?.into(),
        Format::Vercel if !is_json(text) => env_file(file, text)?,
        Format::Vercel => hosted::vercel(&tree::json(file, text)?, wanted).into(),
        Format::Netlify if is_json(text) => {
            hosted::netlify_export(&tree::json(file, text)?, wanted).into()
        }
        Format::Netlify => hosted::netlify(&tree::toml(file, text)?, wanted).into(),
        Format::NextConfig => next::read(text).into(),
        Format::Fly if is_json(text) => names::of_list(&tree::json(file, text)?).into(),
        Format::Fly => hosted::fly(&tree::toml(file, text)?).into(),
        Format::Render => hosted::render(&tree::yaml(file, text)?, wanted).into(),
        Format::Railway if is_json(text) => hosted::flat(&tree::json(file, text)?).into(),
        Format::Railway => env_file(file, text)?,
        Format::Github if is_json(text) => names::of_list(&tree::json(file, text)?).into(),
        Format::Github => names::of_lines(text).into(),
    };
    if reading.set.len() > VARIABLE_LIMIT {
        return Err(SourceError::new(
            file,
            (1, 1),
            format!("the file has more than {VARIABLE_LIMIT} variables"),
            "Name a file that holds the variables of one environment.",
        ));
    }
    Ok(reading)
}

fn env_file(file: &str, text: &str) -> Result<Reading, SourceError> {
    let read = dotenv::parse(file, text)?;
    let entries = read.entries.into_iter();
    Ok(Reading {
        set: entries
            .map(|entry| Set::new(&entry.name, entry.value.as_deref(), entry.line))
            .collect(),
        notes: read.notes,
    })
}

/// TOML begins with a bracket, too, but not with a list of maps or texts.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let list = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || list.is_some_and(|rest| rest.starts_with(['{', '"', ']']))
}

#[cfg(test)]
mod tests;
