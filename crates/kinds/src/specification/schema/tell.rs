//! The errors of the engine as what they mean for the document.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::format::is_nearly;
use super::hidden::{hidden, mark};
use super::shape::Shapes;
use super::text::{constraint, either, type_of, types_of, wrong_type};
use super::trail::unknown;
use super::{
    At, Compiled, Dialect, Direction, LIMIT, Library, Mismatch, MismatchKind, Reason, SchemaFault,
};

/// What a value breaks, put together from the errors of the engine.
pub(super) struct Teller<'c> {
    pub(super) compiled: &'c Compiled,
    pub(super) shapes: &'c Shapes,
    pub(super) schema: At<'c>,
    pub(super) dialect: Dialect,
    pub(super) direction: Direction,
    pub(super) value: &'c Json,
    pub(super) mismatches: Vec<Mismatch>,
    pub(super) faults: Vec<SchemaFault>,
}

impl<'c> Teller<'c> {
    /// Everything that the value breaks, each thing once.
    pub(super) fn tell_all(&mut self) {
        let value = self.value;
        for error in self.compiled.validator.iter_errors(value) {
            if self.mismatches.len() >= LIMIT {
                break;
            }
            self.tell(&error);
        }
        let wrong: Vec<String> = self
            .mismatches
            .iter()
            .filter_map(Mismatch::of_wrong_type)
            .collect();
        self.mismatches
            .retain(|one| !one.follows_from_type() || !wrong.contains(&one.path));
    }

    fn tell(&mut self, error: &ValidationError<'_>) {
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                self.alternatives(error, context);
            }
            Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
                let fault = SchemaFault::at(self.keyword(error), Reason::SlowPattern);
                if !self.faults.contains(&fault) {
                    self.faults.push(fault);
                }
            }
            Kind::Required { property } => {
                self.missing(error, property.as_str().unwrap_or_default());
            }
            Kind::Type { kind } => {
                let at = self.keyword(error);
                self.wrong_type(error, at, &types_of(kind));
            }
            Kind::FalseSchema => self.never(error),
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                let at = self.keyword(error);
                let path = self.path(error);
                for name in unexpected {
                    let path = unknown(path.clone(), name);
                    self.constraint(path, at, error.kind(), "is not allowed here".to_owned());
                }
            }
            Kind::Format { format } if is_nearly(format, error.instance()) => {
                self.add(Mismatch {
                    path: self.path(error),
                    location: self.keyword(error).location(),
                    text: constraint(error.kind()),
                    kind: MismatchKind::LooseFormat {
                        format: format.clone(),
                    },
                });
            }
            kind => {
                let (at, path) = (self.keyword(error), self.path(error));
                self.constraint(path, at, kind, constraint(kind));
            }
        }
    }

    fn missing(&mut self, error: &ValidationError<'_>, field: &str) {
        let list = self.keyword(error);
        let at = list.elements().find(|one| one.text() == Some(field));
        self.add(Mismatch {
            path: self.path(error),
            kind: MismatchKind::Missing {
                field: field.to_owned(),
            },
            location: at.unwrap_or(list).location(),
            text: format!("must have the field {field}"),
        });
    }

    fn wrong_type(&mut self, error: &ValidationError<'_>, at: At<'_>, types: &[&str]) {
        let expected = either(types);
        let actual = type_of(error.instance());
        self.add(Mismatch {
            path: self.path(error),
            location: at.location(),
            text: wrong_type(types, actual),
            kind: MismatchKind::WrongType { expected, actual },
        });
    }

    /// What a schema that nothing fits says: it stands where one side may not write.
    fn never(&mut self, error: &ValidationError<'_>) {
        let at = self.keyword(error);
        let path = self.path(error);
        let Some(marked) = hidden(at, self.direction, self.dialect) else {
            return self.constraint(path, at, error.kind(), constraint(error.kind()));
        };
        let field = at.key().unwrap_or_default().to_owned();
        let mark = mark(self.direction);
        let (kind, text) = match self.direction {
            Direction::Request => (MismatchKind::ReadOnlySent { field }, "must not be sent"),
            Direction::Response => (MismatchKind::WriteOnlyShown { field }, "must not be shown"),
        };
        self.add(Mismatch {
            path,
            kind,
            location: marked.location(),
            text: format!("{text}: it is {mark}"),
        });
    }

    fn constraint(&mut self, path: String, at: At<'_>, kind: &Kind, text: String) {
        let keyword = match kind {
            Kind::Custom { .. } => "format",
            Kind::FalseSchema => at.key().unwrap_or("false"),
            _ if at.key() == Some("discriminator") => "discriminator",
            other => other.keyword(),
        };
        self.add(Mismatch {
            path,
            kind: MismatchKind::Constraint {
                keyword: keyword.to_owned(),
            },
            location: at.location(),
            text,
        });
    }

    fn alternatives(&mut self, error: &ValidationError<'_>, context: &[Vec<ValidationError<'_>>]) {
        let here = error.instance_path().as_str();
        let scores = context.iter().map(|branch| Score::of(branch, here));
        let closest = scores
            .zip(context)
            .min_by(|(one, _), (other, _)| one.cmp(other));
        match closest {
            Some((score, branch)) if !score.other_type => {
                for error in branch {
                    self.tell(error);
                }
            }
            Some(_) => {
                let mut types: Vec<&str> = Vec::new();
                for one in context
                    .iter()
                    .flatten()
                    .flat_map(|error| types_here(error, here))
                {
                    if !types.contains(&one) {
                        types.push(one);
                    }
                }
                let at = self.keyword(error);
                self.wrong_type(error, at, &types);
            }
            None => {
                let (at, path) = (self.keyword(error), self.path(error));
                self.constraint(path, at, error.kind(), constraint(error.kind()));
            }
        }
    }

    fn keyword(&self, error: &ValidationError<'_>) -> At<'c> {
        let library: &'c Library = self.schema.library();
        let found = self.compiled.origins.find(library, error);
        found.unwrap_or(self.schema)
    }

    fn path(&self, error: &ValidationError<'_>) -> String {
        let pointer = error.instance_path().as_str();
        self.shapes.path_of(self.value, pointer)
    }

    fn add(&mut self, mismatch: Mismatch) {
        let same = |one: &Mismatch| {
            one.path == mismatch.path && one.kind == mismatch.kind && one.text == mismatch.text
        };
        if self.mismatches.len() < LIMIT && !self.mismatches.iter().any(same) {
            self.mismatches.push(mismatch);
        }
    }
}

/// How far a value is from an alternative; the least is the closest.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    /// The alternative is for values of another type.
    other_type: bool,
    /// A field has not the value that tells this alternative from the others.
    other_name: bool,
    errors: usize,
    /// How near to the value itself the deepest error is.
    shallow: std::cmp::Reverse<usize>,
}

impl Score {
    fn of(branch: &[ValidationError<'_>], here: &str) -> Self {
        let depth = |pointer: &str| pointer.matches('/').count();
        let is_name = |error: &ValidationError<'_>| {
            let fixed = matches!(error.kind(), Kind::Constant { .. })
                || matches!(error.kind(), Kind::Enum { options } if options.as_array().is_some_and(|all| all.len() == 1));
            fixed && depth(error.instance_path().as_str()) == depth(here) + 1
        };
        let deepest = branch
            .iter()
            .map(|error| depth(error.instance_path().as_str()));
        Self {
            other_type: branch
                .iter()
                .any(|error| !types_here(error, here).is_empty()),
            other_name: branch.iter().any(is_name),
            errors: branch.iter().map(weight).sum(),
            shallow: std::cmp::Reverse(deepest.max().unwrap_or(0)),
        }
    }
}

/// How many errors one stands for.
fn weight(error: &ValidationError<'_>) -> usize {
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let branches = context.iter().map(|branch| branch.iter().map(weight).sum());
            branches.min().unwrap_or(1)
        }
        _ => 1,
    }
}

/// The types that the value itself should have, when it has another one.
fn types_here(error: &ValidationError<'_>, here: &str) -> Vec<&'static str> {
    if error.instance_path().as_str() != here {
        return Vec::new();
    }
    match error.kind() {
        Kind::Type { kind } => types_of(kind),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let branches: Vec<Vec<&str>> = context
                .iter()
                .map(|branch| {
                    branch
                        .iter()
                        .flat_map(|error| types_here(error, here))
                        .collect()
                })
                .collect();
            if branches.iter().any(Vec::is_empty) {
                return Vec::new();
            }
            branches.concat()
        }
        _ => Vec::new(),
    }
}
