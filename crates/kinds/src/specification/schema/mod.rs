//! Values held against the schemas of a document.

mod chain;
mod choice;
mod dialect;
mod fault;
mod format;
mod handed;
mod hidden;
mod members;
mod quick;
mod shape;
mod tell;
mod text;
mod trail;
mod translate;
mod write;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{PatternCache, PatternOptions, ValidationError, ValidationOptions, Validator};
use serde_json::Value as Json;
use tidegate_core::span::Location;

pub(crate) use dialect::Dialect;
pub(crate) use fault::{Reason, SchemaFault};
pub(crate) use trail::step;

use super::{At, Direction, Library, Place};
use handed::Handed;
use quick::{Look, Patterns};
use shape::Shapes;
use tell::Teller;
use translate::{Origins, translate};

/// How many parts of a schema are looked at, over all its values, before it is made ready for the
/// engine: about as long as making it ready takes.
const LOOKED_AT: u32 = 1_500;

/// The most mismatches, and the most undocumented fields, that are told about one value.
const LIMIT: usize = 100;

/// The most parts of one schema that the engine may refuse before it is given up.
const REFUSAL_LIMIT: usize = 200;

/// How often a regular expression with look-around may turn back.
const BACKTRACK_LIMIT: usize = 100_000;

/// The largest regular expression, compiled, in bytes.
const PATTERN_LIMIT: usize = 4 << 20;

/// How deep values and schemas may be inside each other, as one number times the other: half of what
/// a thread with 2 MiB of stack was seen to take in a debug build.
const NESTING_LIMIT: usize = 7_000;

/// How many schemas inside each other documents that are handed over are taken to have.
const HANDED_CHAIN: usize = 16;

/// The schemas of one library, made ready when they are first needed and kept.
#[derive(Debug)]
pub(crate) struct Schemas {
    dialect: Dialect,
    /// The documents themselves, where the engine reads them untranslated.
    handed: Option<Handed>,
    /// Whether formats are held against whatever the draft says.
    formats: bool,
    patterns: PatternCache,
    kept: Mutex<HashMap<(Place, Direction), Arc<Kept>>>,
    /// What quick looks know of regular expressions.
    quick_patterns: Patterns,
    faults: Mutex<Vec<SchemaFault>>,
}

/// What is known of a schema, each part made when it is first needed.
#[derive(Debug, Default)]
struct Kept {
    compiled: OnceLock<Result<Compiled, SchemaFault>>,
    shapes: OnceLock<Shapes>,
    /// How many parts of it were looked at so far.
    looked_at: AtomicU32,
}

/// A schema that is ready for the engine.
#[derive(Debug)]
struct Compiled {
    validator: Validator,
    origins: Origin,
    /// The most schemas inside each other that one value can meet.
    chain: usize,
}

/// How an error of the engine leads back to the document.
#[derive(Debug)]
enum Origin {
    Translated(Origins),
    Handed(Arc<HashMap<String, Place>>),
}

/// What holding a value against a schema found.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Verdict {
    /// What the value breaks.
    pub(crate) mismatches: Vec<Mismatch>,
    /// The fields that no schema names.
    pub(crate) undocumented: Vec<Undocumented>,
}

/// One thing that a value breaks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mismatch {
    /// The JSONPath of the value; of the object, when a field is missing.
    pub(crate) path: String,
    /// What it breaks.
    pub(crate) kind: MismatchKind,
    /// The keyword in the document.
    pub(crate) location: Location,
    /// What is wrong, as what follows the name of the value and without the value.
    pub(crate) text: String,
}

/// What a value breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MismatchKind {
    /// A required field is not there.
    Missing {
        /// Its name.
        field: String,
    },
    /// It is of another type.
    WrongType {
        /// The types that fit, as in `string or null`.
        expected: String,
        /// What it is.
        actual: &'static str,
    },
    /// A response shows what may only be written.
    WriteOnlyShown {
        /// The name of the field.
        field: String,
    },
    /// A request sends what may only be read.
    ReadOnlySent {
        /// The name of the field.
        field: String,
    },
    /// It has nearly the format: a time without its offset, an address without its origin.
    LooseFormat {
        /// The format.
        format: String,
    },
    /// It breaks another rule.
    Constraint {
        /// The keyword that states it.
        keyword: String,
    },
}

/// A field that no schema names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Undocumented {
    /// Its JSONPath.
    pub(crate) path: String,
    /// The schema that names the other fields.
    pub(crate) location: Location,
}

impl Mismatch {
    /// Whether most programs read the value all the same.
    pub(crate) fn is_slight(&self) -> bool {
        matches!(self.kind, MismatchKind::LooseFormat { .. })
    }

    fn of_wrong_type(&self) -> Option<String> {
        let wrong = matches!(self.kind, MismatchKind::WrongType { .. });
        wrong.then(|| self.path.clone())
    }

    /// Whether it says nothing new about a value of the wrong type.
    fn follows_from_type(&self) -> bool {
        match &self.kind {
            MismatchKind::LooseFormat { .. } => true,
            MismatchKind::Constraint { keyword } => {
                matches!(&**keyword, "enum" | "const" | "format")
            }
            _ => false,
        }
    }
}

impl Schemas {
    /// Takes the schemas that stand in other documents, such as those of an OpenAPI document.
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            handed: None,
            formats: true,
            patterns: PatternCache::new(),
            kept: Mutex::default(),
            quick_patterns: Patterns::default(),
            faults: Mutex::default(),
        }
    }

    /// Takes documents that are JSON Schemas themselves, with `$id`, anchors and `$schema`.
    ///
    /// # Errors
    /// When they cannot be read as such.
    pub(crate) fn for_json_schema(root: At<'_>) -> Result<Self, SchemaFault> {
        Self::of_documents(root, Dialect::of_json_schema(root), Vec::new())
    }

    fn of_documents(
        root: At<'_>,
        dialect: Dialect,
        others: Vec<(String, Json)>,
    ) -> Result<Self, SchemaFault> {
        Ok(Self {
            handed: Some(Handed::new(root, dialect, others)?),
            ..Self::new(dialect)
        })
    }

    /// Holds a value against a schema.
    ///
    /// # Errors
    /// When the schema is of no use at all; a part that makes no sense is among the [`Self::faults`].
    pub(crate) fn check(
        &self,
        schema: At<'_>,
        direction: Direction,
        value: &Json,
    ) -> Result<Verdict, SchemaFault> {
        let kept = self.kept(schema, direction);
        let mismatches = if self.fits_at_a_look(&kept, schema, direction, value) {
            Vec::new()
        } else {
            self.mismatches(&kept, schema, direction, value)?
        };
        let shapes = self.shapes(&kept, schema);
        let mut undocumented = shapes.undocumented(value, schema.library());
        if !undocumented.is_empty() {
            undocumented.retain(|one| mismatches.iter().all(|told| told.path != one.path));
        }
        Ok(Verdict {
            mismatches,
            undocumented,
        })
    }

    fn shapes<'k>(&self, kept: &'k Kept, schema: At<'_>) -> &'k Shapes {
        let shapes = &kept.shapes;
        shapes.get_or_init(|| Shapes::of(schema, self.dialect))
    }

    /// Whether a look is enough; a schema that is used often is worth making ready.
    fn fits_at_a_look(
        &self,
        kept: &Kept,
        schema: At<'_>,
        direction: Direction,
        value: &Json,
    ) -> bool {
        let often = kept.looked_at.load(Ordering::Relaxed) >= LOOKED_AT;
        if often || self.handed.is_some() || !self.formats || kept.compiled.get().is_some() {
            return false;
        }
        let Some(mut look) = Look::new(self.dialect, direction, &self.quick_patterns) else {
            return false;
        };
        let fits = look.fits(schema, value);
        kept.looked_at.fetch_add(look.taken(), Ordering::Relaxed);
        fits
    }

    fn mismatches(
        &self,
        kept: &Kept,
        schema: At<'_>,
        direction: Direction,
        value: &Json,
    ) -> Result<Vec<Mismatch>, SchemaFault> {
        let compiled = kept
            .compiled
            .get_or_init(|| self.compile(schema, direction));
        let compiled = compiled.as_ref().map_err(Clone::clone)?;
        if !is_flat(value, NESTING_LIMIT / compiled.chain.max(1)) {
            return Err(SchemaFault::at(schema, Reason::Deep));
        }
        if compiled.validator.is_valid(value) {
            return Ok(Vec::new());
        }
        let mut teller = Teller {
            compiled,
            shapes: self.shapes(kept, schema),
            schema,
            dialect: self.dialect,
            direction,
            value,
            mismatches: Vec::new(),
            faults: Vec::new(),
        };
        teller.tell_all();
        self.add_faults(teller.faults);
        Ok(teller.mismatches)
    }

    /// What makes no sense in the schemas that were held against so far; each is told once.
    pub(crate) fn faults(&self) -> Vec<SchemaFault> {
        lock(&self.faults).clone()
    }

    fn add_faults(&self, faults: Vec<SchemaFault>) {
        let mut known = lock(&self.faults);
        for fault in faults {
            if !known.contains(&fault) {
                known.push(fault);
            }
        }
    }

    fn kept(&self, schema: At<'_>, direction: Direction) -> Arc<Kept> {
        let mut kept = lock(&self.kept);
        kept.entry((schema.place(), direction)).or_default().clone()
    }

    fn compile(&self, schema: At<'_>, direction: Direction) -> Result<Compiled, SchemaFault> {
        let (validator, origins, chain) = match &self.handed {
            Some(handed) => {
                let options = self.options().with_draft(self.dialect.draft());
                let validator = handed.compile(schema, options)?;
                (validator, Origin::Handed(handed.places()), HANDED_CHAIN)
            }
            None => self.translated(schema, direction)?,
        };
        Ok(Compiled {
            validator,
            origins,
            chain,
        })
    }

    /// Translates and compiles, without what the engine refuses.
    fn translated(
        &self,
        schema: At<'_>,
        direction: Direction,
    ) -> Result<(Validator, Origin, usize), SchemaFault> {
        let alone = self.dialect.references_stand_alone() || schema.entries().len() == 1;
        match schema.follow() {
            Err(fault) if alone => return Err(SchemaFault::at(schema, fault)),
            _ => {}
        }
        let options = self.options().with_draft(self.dialect.draft());
        let mut refused = HashSet::new();
        loop {
            let translated = translate(schema, self.dialect, direction, &refused)?;
            let error = match options.build(&translated.schema) {
                Ok(validator) => {
                    self.add_faults(translated.faults);
                    let origins = Origin::Translated(translated.origins);
                    return Ok((validator, origins, translated.chain));
                }
                Err(error) => error,
            };
            let pointer = error.instance_path().as_str();
            let at = translated.origins.find(schema.library(), pointer);
            let at = at.unwrap_or(schema);
            let fault = SchemaFault::at(at, refusal(at, &error));
            if refused.len() >= REFUSAL_LIMIT || !refused.insert(at.place()) {
                return Err(fault);
            }
            self.add_faults(vec![fault]);
        }
    }

    fn options<'i>(&self) -> ValidationOptions<'i> {
        let patterns = PatternOptions::fancy_regex()
            .backtrack_limit(BACKTRACK_LIMIT)
            .size_limit(PATTERN_LIMIT);
        let mut options = jsonschema::options()
            .offline()
            .with_pattern_options(patterns)
            .with_pattern_cache(self.patterns.clone());
        if self.formats {
            options = format::add(options).should_validate_formats(true);
        }
        options
    }
}

impl Origin {
    fn find<'l>(&self, library: &'l Library, error: &ValidationError<'_>) -> Option<At<'l>> {
        match self {
            Self::Translated(origins) => origins.find(library, error.schema_path().as_str()),
            Self::Handed(places) => handed::find(places, library, error),
        }
    }
}

/// Why the engine takes no schema.
fn refusal(at: At<'_>, error: &ValidationError<'_>) -> Reason {
    let parent = at.parent().and_then(At::key);
    if at.key() == Some("pattern") || parent == Some("patternProperties") {
        return Reason::Pattern;
    }
    Reason::Unusable(error.masked().to_string())
}

/// Whether no more than so many lists and objects are inside each other.
fn is_flat(value: &Json, limit: usize) -> bool {
    let Some(below) = limit.checked_sub(1) else {
        return !matches!(value, Json::Array(_) | Json::Object(_));
    };
    match value {
        Json::Array(elements) => elements.iter().all(|one| is_flat(one, below)),
        Json::Object(entries) => entries.values().all(|one| is_flat(one, below)),
        _ => true,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
