//! The five questions that requests at the same moment can be asked.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::request::RequestTemplate;
use tidegate_core::template::Template;

use crate::attack::look;
use crate::expect::Path;

/// The header of an idempotency key unless the gate file says otherwise.
const KEY: &str = "idempotency-key";

/// What is asked.
#[derive(Debug, Clone)]
pub(super) enum Mode {
    /// At most one thing by its natural key.
    Duplicate,
    /// Exactly one thing by its idempotency key, which this header carries.
    Idempotent(String),
    /// Two requests, exactly one thing.
    DoubleSubmit,
    /// Every change that was taken counts, each by this much.
    LostUpdate(f64),
    /// No more than so many are served.
    Limit(u32),
}

/// Where it is read what came of the requests.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    /// The request that reads.
    pub(super) look: RequestTemplate,
    /// What of its answer counts.
    pub(super) measure: Measure,
    /// The id, inside an entry.
    pub(super) id: Path,
    /// The id, in an answer to a request that created something.
    pub(super) answer: Option<Path>,
}

/// What of an answer counts.
#[derive(Debug, Clone)]
pub(super) enum Measure {
    /// A number at this path.
    Number(Path),
    /// The entries at this path that hold the mark, or all where a request has none.
    Entries(Path),
    /// How often the mark stands in the text.
    Mark,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawCreated {
    read: Node,
    #[serde(default)]
    records: Option<Located<String>>,
    #[serde(default)]
    id: Option<Located<String>>,
    #[serde(default)]
    answer: Option<Located<String>>,
    /// Of `idempotent` only.
    #[serde(default)]
    key: Option<Located<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawNumber {
    read: Node,
    number: Located<String>,
    #[serde(default)]
    step: Option<Located<f64>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawLimit {
    most: Located<u32>,
    read: Node,
    #[serde(default)]
    number: Option<Located<String>>,
    #[serde(default)]
    records: Option<Located<String>>,
    #[serde(default)]
    id: Option<Located<String>>,
}

type Read = Result<(Mode, Watch), Vec<Diagnostic>>;

impl Mode {
    /// Reads the value under the key of a mode; `times` is how many requests are sent at once.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(key: &str, node: &Node, times: u32, scope: &ParseScope<'_>) -> Read {
        match key {
            "lost-update" => lost_update(node.read()?, scope),
            "limit" => limit(node.read()?, times, scope),
            _ => created(key, node.read()?, scope),
        }
    }

    /// Whether it is about things that are created.
    pub(super) fn creates(&self) -> bool {
        matches!(
            self,
            Self::Duplicate | Self::Idempotent(_) | Self::DoubleSubmit
        )
    }

    /// What did not happen, for a pass.
    pub(super) fn absent(&self) -> &'static str {
        match self {
            Self::Duplicate | Self::DoubleSubmit | Self::Idempotent(_) => "No duplicate",
            Self::LostUpdate(_) => "No lost change",
            Self::Limit(_) => "No request beyond the limit",
        }
    }
}

impl Watch {
    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        self.look.templates()
    }
}

fn created(mode: &str, raw: RawCreated, scope: &ParseScope<'_>) -> Read {
    let mode = match (mode, raw.key) {
        ("idempotent", key) => {
            Mode::Idempotent(key.map_or_else(|| KEY.to_owned(), |key| key.value))
        }
        (_, Some(key)) => {
            return Err(vec![
                Diagnostic::at(key.span, format!("`key` has no meaning in `{mode}`"))
                    .label("is the header of an idempotency key")
                    .help("Ask for one record by its idempotency key with `idempotent:`."),
            ]);
        }
        ("double-submit", None) => Mode::DoubleSubmit,
        (_, None) => Mode::Duplicate,
    };
    let records = raw.records.as_ref().map(path_of).transpose()?;
    let watch = Watch {
        look: look(&raw.read, scope)?,
        measure: records.map_or(Measure::Mark, Measure::Entries),
        id: identifier(raw.id.as_ref(), &raw.read)?,
        answer: raw.answer.as_ref().map(path_of).transpose()?,
    };
    Ok((mode, watch))
}

fn lost_update(raw: RawNumber, scope: &ParseScope<'_>) -> Read {
    let step = raw.step.as_ref().map_or(1.0, |step| step.value);
    if let Some(written) = raw.step.filter(|_| !step.is_normal()) {
        return Err(vec![Diagnostic::at(written.span, "this is no step").label(
            "expected the number that one request adds, below 0 when it takes away",
        )]);
    }
    let watch = Watch {
        look: look(&raw.read, scope)?,
        measure: Measure::Number(number(&raw.number)?),
        id: identifier(None, &raw.read)?,
        answer: None,
    };
    Ok((Mode::LostUpdate(step), watch))
}

fn limit(raw: RawLimit, times: u32, scope: &ParseScope<'_>) -> Read {
    let most = raw.most.value;
    if !(1..times).contains(&most) {
        return Err(vec![
            Diagnostic::at(raw.most.span, "this limit cannot be exceeded here")
                .label(format!("expected a number from 1 to {}, below `times`", times - 1))
                .help("Let `before:` make something of which there are only a few, and send more requests than that."),
        ]);
    }
    let measure = match (&raw.number, &raw.records) {
        (Some(path), None) => Measure::Number(number(path)?),
        (None, Some(path)) => Measure::Entries(path_of(path)?),
        _ => {
            return Err(vec![
                Diagnostic::at(raw.read.span, "it is not said what counts here")
                    .label("needs one of `number` and `records`")
                    .help("`number: $.used` reads a number that every request that is served changes; `records: $.items[*]` counts what they create."),
            ]);
        }
    };
    let watch = Watch {
        look: look(&raw.read, scope)?,
        measure,
        id: identifier(raw.id.as_ref(), &raw.read)?,
        answer: None,
    };
    Ok((Mode::Limit(most), watch))
}

/// The path of the id inside an entry.
fn identifier(written: Option<&Located<String>>, near: &Node) -> Result<Path, Vec<Diagnostic>> {
    match written {
        Some(path) => path_of(path),
        None => Path::parse("$.id", &near.span).map_err(|fault| vec![fault]),
    }
}

/// A path that leads to one value.
fn number(written: &Located<String>) -> Result<Path, Vec<Diagnostic>> {
    let path = path_of(written)?;
    if path.is_singular() {
        return Ok(path);
    }
    Err(vec![
        Diagnostic::at(written.span.clone(), "this can lead to several values")
            .label("expected the path of one number, as in `$.balance`"),
    ])
}

fn path_of(written: &Located<String>) -> Result<Path, Vec<Diagnostic>> {
    Path::parse(&written.value, &written.span).map_err(|fault| vec![fault])
}
