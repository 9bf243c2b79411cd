//! What other tools have, as checks: curl, HAR, Postman, Hurl and OpenAPI.
//!
//! Each format has a folder that reads it into one [`model`]; what follows is the same for all of them:
//! [`origins`] tells the portal from other origins, [`secrets`] takes values away that must not stand in a
//! gate file, [`identities`] finds who sends the requests, [`cleanup`] promises removals, [`redact`] sees that
//! nothing of what was hidden is left anywhere, and [`write`] makes YAML. What a gate file has no place for is
//! listed with its place.

mod cleanup;
mod curl;
mod error;
mod guess;
mod har;
mod hurl;
mod identities;
mod loose;
mod merge;
mod model;
mod names;
mod openapi;
mod origins;
mod postman;
mod redact;
mod request;
mod secrets;
mod values;
mod write;
mod yaml;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use tidegate_core::ports::Files;

pub use error::ImportError;
pub use model::LeftOut;
pub use secrets::Needed;

use model::Draft;

/// The largest file that is read, in bytes: 64 MiB.
pub const SIZE_LIMIT: usize = 64 * 1024 * 1024;

/// The most secrets that are hidden.
const SECRETS: usize = 1_000;

/// The largest text that a gate file may become, in bytes: 1 MiB, with room for what is there.
const GATE_LIMIT: usize = 960 * 1024;

/// A format that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Commands of curl, as a person or a browser writes them.
    Curl,
    /// HTTP Archive 1.2, as browsers, Playwright and proxies record it.
    Har,
    /// Collections of Postman, 2.0 and 2.1.
    Postman,
    /// Files of Hurl.
    Hurl,
    /// OpenAPI 3.0 to 3.2.
    OpenApi,
}

/// A file to import.
#[derive(Debug, Clone, Copy)]
pub struct Source<'s> {
    /// What messages call it; of OpenAPI the path from the folder of the gate file.
    pub name: &'s str,
    /// What it holds.
    pub bytes: &'s [u8],
}

/// What is imported.
pub struct Input<'i> {
    /// The format; guessed from the content of the first file when absent.
    pub format: Option<Format>,
    /// The files; of Hurl there may be several.
    pub sources: &'i [Source<'i>],
    /// An environment of Postman.
    pub environment: Option<Source<'i>>,
    /// Origins that belong to the portal: the first is the portal's own.
    pub origins: &'i [String],
    /// Where documents are that an OpenAPI document refers to.
    pub files: &'i dyn Files,
}

/// What is named in a gate file already.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// The ids of checks.
    pub checks: BTreeSet<String>,
    /// The names of identities.
    pub identities: BTreeSet<String>,
    /// The names of apis.
    pub apis: BTreeSet<String>,
    /// The names of variables.
    pub variables: BTreeSet<String>,
}

/// The lines that belong below the sections of a gate file, indented by two.
#[derive(Debug, Clone, Default)]
pub struct Sections {
    /// Below `apis:`.
    pub apis: String,
    /// Below `variables:`.
    pub variables: String,
    /// Below `identities:`.
    pub identities: String,
    /// Below `checks:`.
    pub checks: String,
    /// The ids of those checks.
    pub ids: Vec<String>,
}

/// What was made of a file.
#[derive(Debug)]
pub struct Imported {
    /// A whole gate file.
    pub gate: String,
    /// Its sections, for another gate file.
    pub sections: Sections,
    /// The format.
    pub format: Format,
    /// How many requests were carried over.
    pub requests: usize,
    /// Where the portal is, as the file says it.
    pub origin: Option<String>,
    /// The OpenAPI document that the checks read, by its path from the folder of the gate file.
    pub document: Option<String>,
    /// Secrets to set before it runs.
    pub needed: Vec<Needed>,
    /// Variables that are no secrets and have no value.
    pub unset: Vec<String>,
    /// What could not be carried over.
    pub left_out: Vec<LeftOut>,
    /// What a person should know before running it, a sentence each.
    pub notes: Vec<String>,
}

impl Format {
    /// The formats by the names that the command line has for them.
    pub const ALL: [(&'static str, Self); 5] = [
        ("curl", Self::Curl),
        ("har", Self::Har),
        ("postman", Self::Postman),
        ("hurl", Self::Hurl),
        ("openapi", Self::OpenApi),
    ];

    /// What people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Curl => "curl commands",
            Self::Har => "a HAR file",
            Self::Postman => "a Postman collection",
            Self::Hurl => "a Hurl file",
            Self::OpenApi => "an OpenAPI document",
        }
    }
}

/// Turns what another tool has into checks.
///
/// # Errors
/// When it cannot be read, with the place in it, or when it has nothing that could be a check.
pub fn import(input: &Input<'_>, taken: &Taken) -> Result<Imported, ImportError> {
    let Some(first) = input.sources.first() else {
        return Err(ImportError::Nothing {
            file: "-".to_owned(),
            because: "no file is named".to_owned(),
        });
    };
    if let Some(large) = input
        .sources
        .iter()
        .find(|source| source.bytes.len() > SIZE_LIMIT)
    {
        return Err(ImportError::TooLarge {
            file: large.name.to_owned(),
            limit: SIZE_LIMIT,
        });
    }
    let format = match input.format {
        Some(format) => format,
        None => guess::format(first)?,
    };
    let mut draft = match format {
        Format::Curl => curl::read(first)?,
        Format::Har => har::read(first, input.origins)?,
        Format::Postman => postman::read(first, input.environment.as_ref())?,
        Format::Hurl => hurl::read(input.sources)?,
        Format::OpenApi => openapi::read(first, input.files)?,
    };
    finish(&mut draft, input.origins, first.name)?;
    if draft.journeys.is_empty() && draft.checks.is_empty() {
        let because = nothing(&draft);
        return Err(ImportError::Nothing {
            file: first.name.to_owned(),
            because,
        });
    }
    imported(draft, format, first.name, taken)
}

/// Why nothing was carried over, by the first thing that was not.
fn nothing(draft: &Draft) -> String {
    draft
        .left_out
        .first()
        .map_or("it has no request".to_owned(), |one| {
            format!("{}: {}: {}", one.place, one.what, one.why)
        })
}

/// What is the same for every format.
///
/// # Errors
/// When it is more than a gate file can hold, or has more secrets than anybody would set.
fn finish(draft: &mut Draft, origins: &[String], file: &str) -> Result<(), ImportError> {
    origins::sort(draft, origins.first().map(String::as_str));
    let mut length = 0;
    for journey in &mut draft.journeys {
        for step in &mut journey.steps {
            identities::take(step, &mut journey.left_out);
            request::once(step);
            values::visit(step, &mut |_, text| length += text.len());
        }
    }
    // Much of it may be tokens, for which short references stand.
    if length > 4 * GATE_LIMIT {
        return Err(ImportError::TooMuch {
            file: file.to_owned(),
            limit: GATE_LIMIT,
        });
    }
    secrets::hide(draft);
    identities::logins(draft);
    merge::connected(draft);
    identities::credentials(draft);
    if draft.secrets.count() > SECRETS {
        return Err(ImportError::TooManySecrets {
            file: file.to_owned(),
            limit: SECRETS,
        });
    }
    for journey in &mut draft.journeys {
        cleanup::promise(journey);
    }
    redact::everywhere(draft);
    merge::undefined(draft);
    write::forget_unnamed(draft);
    for journey in draft
        .journeys
        .extract_if(.., |journey| journey.steps.is_empty())
    {
        draft.left_out.extend(journey.left_out);
    }
    Ok(())
}

fn imported(
    mut draft: Draft,
    format: Format,
    source: &str,
    taken: &Taken,
) -> Result<Imported, ImportError> {
    write::rename(&mut draft, taken);
    let sections = write::sections(&mut draft, taken);
    let gate = write::gate(&draft, &sections, source);
    if gate.len() > GATE_LIMIT {
        return Err(ImportError::TooMuch {
            file: source.to_owned(),
            limit: GATE_LIMIT,
        });
    }
    let mut left_out = std::mem::take(&mut draft.left_out);
    for journey in &mut draft.journeys {
        left_out.append(&mut journey.left_out);
    }
    let plain = draft.variables.iter().filter(|one| one.default.is_none());
    Ok(Imported {
        unset: plain.map(|one| one.name.clone()).collect(),
        requests: draft
            .journeys
            .iter()
            .map(|journey| journey.steps.len())
            .sum(),
        needed: draft.secrets.needed().cloned().collect(),
        origin: draft.origin.take(),
        document: draft.openapi.take(),
        notes: std::mem::take(&mut draft.notes),
        gate,
        sections,
        format,
        left_out,
    })
}
