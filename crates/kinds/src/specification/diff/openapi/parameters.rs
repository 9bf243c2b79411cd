//! Parameters of an operation.

use super::operations::names;
use super::rules::parameters as rules;
use super::{Diff, Pair, followed};
use crate::specification::openapi::{Parameter, ParameterIn};
use crate::specification::{At, Direction};

/// What changed about the parameters of an operation.
pub(super) fn compare<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>) {
    let old = keyed(&pair.base.parameters, &pair.base.path);
    let new = keyed(&pair.head.parameters, &pair.head.path);
    let mut lost = Vec::new();
    let mut met = Vec::new();
    for (key, base) in &old {
        match new.iter().find(|(other, _)| other == key) {
            Some((_, head)) => {
                met.push(key);
                both(diff, pair, base, head);
            }
            None => lost.push(*base),
        }
    }
    let mut gained: Vec<&Parameter> = new
        .iter()
        .filter(|(key, _)| !met.contains(&key))
        .map(|(_, parameter)| *parameter)
        .collect();
    for base in lost {
        let moved = gained.iter().position(|head| {
            head.location != base.location && head.name.eq_ignore_ascii_case(&base.name)
        });
        match moved {
            Some(at) => move_of(diff, pair, base, gained.remove(at)),
            None => removed(diff, pair, base),
        }
    }
    for head in gained {
        added(diff, pair, head);
    }
}

/// What makes a parameter the same one in both documents.
#[derive(PartialEq)]
enum Key<'d> {
    /// In the path by its position, for its name is never sent.
    Path(usize),
    /// Elsewhere by its place and its name.
    Named(ParameterIn, std::borrow::Cow<'d, str>),
}

/// The parameters that count, each with its key.
fn keyed<'d>(parameters: &'d [Parameter], path: &str) -> Vec<(Key<'d>, &'d Parameter)> {
    let names = names(path);
    let key = |parameter: &'d Parameter| match parameter.location {
        ParameterIn::Path => names
            .iter()
            .position(|name| *name == parameter.name)
            .map(Key::Path),
        ParameterIn::Header => {
            let name = parameter.name.to_ascii_lowercase();
            // OpenAPI ignores parameters of these names: other parts say what they hold.
            let ignored = ["accept", "content-type", "authorization"].contains(&&*name);
            (!ignored).then_some(Key::Named(ParameterIn::Header, name.into()))
        }
        place => Some(Key::Named(place, parameter.name.as_str().into())),
    };
    let known = parameters.iter();
    known.filter_map(|one| Some((key(one)?, one))).collect()
}

/// A parameter as changes name it: `GET /records query limit`.
fn subject(pair: &Pair<'_>, parameter: &Parameter) -> String {
    format!("{} {} {}", pair.subject, place(parameter), parameter.name)
}

fn place(parameter: &Parameter) -> &'static str {
    parameter.location.name()
}

/// A parameter in a sentence: `the query parameter `limit``.
fn called(parameter: &Parameter) -> String {
    format!("the {} parameter `{}`", place(parameter), parameter.name)
}

fn removed(diff: &mut Diff<'_>, pair: &Pair<'_>, base: &Parameter) {
    let text = format!("{} is gone", called(base));
    let (old, new) = (diff.old(base.place), diff.new(pair.head.place));
    diff.tell(
        &rules::PARAMETER_REMOVED,
        subject(pair, base),
        text,
        Some(old),
        Some(new),
    );
}

fn added(diff: &mut Diff<'_>, pair: &Pair<'_>, head: &Parameter) {
    let (rule, which) = if head.required {
        (&rules::PARAMETER_ADDED_REQUIRED, "new and required")
    } else {
        (&rules::PARAMETER_ADDED, "new")
    };
    let text = format!("{} is {which}", called(head));
    let (old, new) = (diff.old(pair.base.place), diff.new(head.place));
    diff.tell(rule, subject(pair, head), text, Some(old), Some(new));
}

fn move_of(diff: &mut Diff<'_>, pair: &Pair<'_>, base: &Parameter, head: &Parameter) {
    let text = format!("{} is now a {} parameter", called(base), place(head));
    let (old, new) = (diff.old(base.place), diff.new(head.place));
    diff.tell(
        &rules::PARAMETER_MOVED,
        subject(pair, base),
        text,
        Some(old),
        Some(new),
    );
}

fn both<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>, base: &'d Parameter, head: &'d Parameter) {
    let subject = subject(pair, base);
    let (old, new) = (diff.old(base.place), diff.new(head.place));
    let name = called(base);
    let mut tell = |rule, text: String| diff.tell(rule, &*subject, text, Some(old), Some(new));
    if base.location == ParameterIn::Path && base.name != head.name {
        tell(
            &rules::PATH_PARAMETER_RENAMED,
            format!("{name} is now called `{}`", head.name),
        );
    }
    match (base.required, head.required) {
        (false, true) => tell(
            &rules::PARAMETER_REQUIRED,
            format!("{name} is now required"),
        ),
        (true, false) => tell(
            &rules::PARAMETER_OPTIONAL,
            format!("{name} is now optional"),
        ),
        _ => {}
    }
    if !base.deprecated && head.deprecated {
        tell(
            &rules::PARAMETER_DEPRECATED,
            format!("{name} is deprecated"),
        );
    }
    if old.flag("allowReserved") && !new.flag("allowReserved") {
        tell(
            &rules::PARAMETER_RESERVED,
            format!("{name} no longer takes reserved characters as they are"),
        );
    }
    if old.flag("allowEmptyValue") && !new.flag("allowEmptyValue") {
        tell(
            &rules::PARAMETER_EMPTY,
            format!("{name} may no longer be empty"),
        );
    }
    let (before, after) = (Form::of(old, base.location), Form::of(new, head.location));
    if before.differs(&after) {
        let text = format!(
            "{name} was written as {} and is now written as {}",
            before.told(),
            after.told()
        );
        tell(&rules::PARAMETER_FORM_CHANGED, text);
    }
    let schema = |parameter: &Parameter| {
        let content = parameter.content.first();
        parameter.schema.or_else(|| content?.schema)
    };
    diff.schemas(schema(base), schema(head), Direction::Request, &subject);
}

/// How the values of a parameter are written.
#[derive(PartialEq)]
enum Form<'d> {
    /// By a style; whether lists and objects are spread over several.
    Style {
        style: &'d str,
        explode: bool,
        /// Whether values are lists or objects, on which alone most of it has an effect.
        composite: bool,
    },
    /// As a document of a media type.
    Content(String),
}

impl<'d> Form<'d> {
    fn of(parameter: At<'d>, place: ParameterIn) -> Self {
        if let Some((media_type, _)) = parameter.get("content").and_then(|at| at.entries().next()) {
            return Self::Content(super::content::normal(media_type));
        }
        let usual = match place {
            ParameterIn::Query | ParameterIn::Cookie | ParameterIn::QueryString => "form",
            ParameterIn::Path | ParameterIn::Header => "simple",
        };
        let style = parameter.text_of("style").unwrap_or(usual);
        let explode = parameter.get("explode").and_then(At::boolean);
        Self::Style {
            style,
            explode: explode.unwrap_or(style == "form"),
            composite: parameter
                .get("schema")
                .is_some_and(|schema| composite(schema, 3)),
        }
    }

    /// Whether a client that writes one form is read wrongly by who expects the other.
    fn differs(&self, other: &Self) -> bool {
        let (
            Self::Style {
                style: old,
                explode: was,
                composite,
            },
            Self::Style {
                style: new,
                explode: is,
                composite: other_composite,
            },
        ) = (self, other)
        else {
            return self != other;
        };
        if *composite && *other_composite {
            return old != new || was != is;
        }
        // A single value is written alike by every style but these.
        let prefix = |style: &str| {
            ["label", "matrix"]
                .iter()
                .find(|one| **one == style)
                .copied()
        };
        prefix(old) != prefix(new)
    }

    fn told(&self) -> String {
        match self {
            Self::Content(media_type) => format!("`{media_type}`"),
            Self::Style {
                style,
                explode: true,
                ..
            } => format!("`{style}` with `explode`"),
            Self::Style { style, .. } => format!("`{style}` without `explode`"),
        }
    }
}

/// Whether the values of a schema are lists or objects.
fn composite(schema: At<'_>, depth: usize) -> bool {
    let schema = followed(schema);
    let types = schema.get("type");
    let named = types.into_iter().flat_map(|at| {
        at.text()
            .into_iter()
            .chain(at.elements().filter_map(At::text))
    });
    if named
        .into_iter()
        .any(|name| name == "array" || name == "object")
    {
        return true;
    }
    let parts = ["allOf", "anyOf", "oneOf"]
        .iter()
        .filter_map(|key| schema.get(key));
    let mut parts = parts.flat_map(At::elements);
    types.is_none()
        && (schema.get("items").is_some()
            || schema.get("properties").is_some()
            || (depth > 0 && parts.any(|part| composite(part, depth - 1))))
}
