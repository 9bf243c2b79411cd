//! Values made from a schema: valid ones, and ones that are wrong in exactly one way.
//!
//! Nothing is random: the mark decides every value, so that the same run sends the same requests and what
//! was stored is found again by the mark in it.

mod build;
mod flat;
mod number;
pub(crate) mod parameter;
mod pattern;
mod text;
mod wrong;

#[cfg(test)]
mod tests;

use std::cell::Cell;

use serde_json::Value as Json;

use super::{At, Direction, Place};
use flat::{Flat, Kind};
use text::Mark;
pub(crate) use wrong::{Fault, Wrong};

/// How deep a made value may be nested.
const DEEPEST: usize = 24;

/// The most values that are tried for one sample.
const TRIED: u32 = 4_000;

/// Whether a value fits a schema of the document; made values are held against it.
pub(crate) type Fits<'f> = &'f dyn Fn(At<'_>, &Json) -> bool;

/// Makes values for schemas.
pub(crate) struct Sampler<'f> {
    direction: Direction,
    mark: Mark,
    marking: bool,
    fits: Fits<'f>,
    left: Cell<u32>,
}

impl<'f> Sampler<'f> {
    /// A maker of values that go in a direction; `mark` is the text that no other sample has.
    pub(crate) fn new(direction: Direction, mark: &str, fits: Fits<'f>) -> Self {
        Self {
            direction,
            mark: Mark::new(mark),
            marking: false,
            fits,
            left: Cell::new(TRIED),
        }
    }

    /// The same, with the mark in every free text although the document has an example for it.
    #[must_use]
    pub(crate) fn marking(mut self) -> Self {
        self.marking = true;
        self
    }

    /// A valid value with no more in it than must be there; `None` when none could be made.
    pub(crate) fn valid(&self, schema: At<'_>) -> Option<Json> {
        self.valid_like(schema, Vec::new())
    }

    /// A valid value that follows examples as far as they fit, such as those beside the schema.
    pub(crate) fn valid_like(&self, schema: At<'_>, examples: Vec<Json>) -> Option<Json> {
        self.left.set(TRIED);
        let made = self.value(&Wanted::new(Flat::of(schema), examples))?;
        (self.fits)(schema, &made).then_some(made)
    }

    /// A valid map with more texts in it, until so many have the mark.
    pub(crate) fn marked(&self, schema: At<'_>, valid: Json, most: usize) -> Json {
        self.left.set(TRIED);
        let mut value = valid;
        let mark = self.mark.text(0);
        let has_mark = |value: &Json| value.as_str().is_some_and(|text| text.contains(&mark));
        let flat = self.settled(Flat::of(schema), &value);
        for name in flat.property_names() {
            let entries = value.as_object();
            let marked = entries.map_or(most, |entries| {
                entries.values().filter(|value| has_mark(value)).count()
            });
            if marked >= most {
                break;
            }
            let property = flat.property(name);
            let is_text = property.kinds().first() == Some(&Kind::Text);
            if value.get(name).is_some() || !is_text || property.flag("readOnly") {
                continue;
            }
            let made = self.value(&Wanted::new(property, Vec::new()));
            let Some(made) = made.filter(has_mark) else {
                continue;
            };
            let mut more = value.clone();
            more[name] = made;
            if (self.fits)(schema, &more) {
                value = more;
            }
        }
        value
    }

    fn value(&self, wanted: &Wanted<'_>) -> Option<Json> {
        let left = self.left.get().checked_sub(1)?;
        self.left.set(left);
        if wanted.depth > DEEPEST || wanted.flat.is_impossible() {
            return None;
        }
        if let Some(listed) = wanted.flat.listed() {
            let offered = wanted.offered();
            let mut all = offered.iter().filter(|value| listed.contains(value));
            let fitting = all
                .find(|value| self.fits_all(&wanted.flat, value))
                .cloned();
            let first = || {
                let mut listed = listed.iter().cycle().skip(wanted.nth).take(listed.len());
                let found = listed.find(|value| self.fits_all(&wanted.flat, value));
                found.cloned()
            };
            return fitting.filter(|_| wanted.nth == 0).or_else(first);
        }
        let Some((keyword, mut branches)) = wanted.flat.choice() else {
            return self.plain(wanted);
        };
        branches.sort_by_key(|branch| branch.is_some_and(|branch| wanted.is_inside(branch)));
        let choose = |branch: &Option<At<'_>>, is_full: bool| {
            let chosen = wanted.with(wanted.flat.choosing(keyword, *branch));
            let mut made = self.value(&Wanted {
                is_full: is_full || wanted.is_full,
                ..chosen
            })?;
            if let Some(branch) = branch {
                tell_apart(wanted, *branch, &mut made);
            }
            self.fits_all(&wanted.flat, &made).then_some(made)
        };
        let minimal = branches.iter().find_map(|branch| choose(branch, false));
        // Branches may differ in nothing but what may be left out.
        minimal.or_else(|| branches.iter().find_map(|branch| choose(branch, true)))
    }

    /// A value for schemas that leave no choice but that of the type.
    fn plain(&self, wanted: &Wanted<'_>) -> Option<Json> {
        let offered = wanted.offered();
        let scalar = |value: &&Json| !value.is_object() && !value.is_array();
        let example = offered
            .iter()
            .filter(scalar)
            .find(|value| self.fits_all(&wanted.flat, value))
            .cloned();
        let example = example.filter(|_| wanted.nth == 0);
        let is_free = self.marking && example.as_ref().is_some_and(Json::is_string);
        if let Some(example) = example.as_ref().filter(|_| !is_free) {
            return Some(example.clone());
        }
        let mut kinds = wanted.flat.kinds().into_iter();
        let made = kinds.find_map(|kind| self.of_kind(wanted, kind));
        let whole = || {
            let mut offered = offered.iter();
            offered
                .find(|value| self.fits_all(&wanted.flat, value))
                .cloned()
        };
        // A text without the mark is no better than the one of the document.
        let made = match (&made, &example) {
            (Some(Json::String(text)), Some(_)) if !text.contains(&self.mark.text(0)) => None,
            _ => made,
        };
        made.or(example).or_else(whole)
    }

    fn of_kind(&self, wanted: &Wanted<'_>, kind: Kind) -> Option<Json> {
        match kind {
            Kind::Null => self.first(wanted, [Json::Null]),
            Kind::Boolean => self.first(wanted, [Json::from(wanted.nth == 0), Json::from(false)]),
            Kind::Integer | Kind::Number => {
                let bounds = number::Bounds::of(&wanted.flat);
                self.first(wanted, bounds.within(kind == Kind::Integer, wanted.nth))
            }
            Kind::Text => self.text(wanted),
            Kind::List => self.list(wanted),
            Kind::Map => self.map(wanted),
        }
    }

    fn first(
        &self,
        wanted: &Wanted<'_>,
        candidates: impl IntoIterator<Item = Json>,
    ) -> Option<Json> {
        let mut candidates = candidates.into_iter();
        candidates.find(|value| self.fits_all(&wanted.flat, value))
    }

    fn text(&self, wanted: &Wanted<'_>) -> Option<Json> {
        let flat = &wanted.flat;
        let (least, most) = (flat.at_least("minLength"), flat.at_most("maxLength"));
        let mut texts = Vec::new();
        for format in flat.each("format").filter_map(At::text) {
            texts.extend(self.mark.of_format(format, wanted.nth));
        }
        for pattern in flat.each("pattern").filter_map(At::text) {
            texts.extend(self.mark.of_pattern(pattern, wanted.nth));
            texts.extend(cut(&texts, most));
        }
        texts.extend(self.mark.sized(wanted.nth, least, most));
        self.first(wanted, texts.into_iter().map(Json::from))
    }

    /// Whether a value fits every one of the schemas.
    fn fits_all(&self, flat: &Flat<'_>, value: &Json) -> bool {
        let mut parts = flat.parts().iter();
        parts.all(|part| (self.fits)(*part, value))
    }
}

/// Texts that are longer than allowed, cut.
fn cut(texts: &[String], most: Option<usize>) -> Vec<String> {
    let Some(most) = most else {
        return Vec::new();
    };
    let long = texts.iter().filter(|text| text.chars().count() > most);
    long.map(|text| text.chars().take(most).collect()).collect()
}

/// What a value is wanted for.
struct Wanted<'l> {
    flat: Flat<'l>,
    /// Values that somebody proposes, the best first.
    hints: Vec<Json>,
    depth: usize,
    /// The schemas of what it is part of; a value that needs one of them again may have no end.
    above: Vec<Place>,
    /// Its number among values that must differ.
    nth: usize,
    /// Whether a map has every field that can be made, and not only those that must be there.
    is_full: bool,
}

impl<'l> Wanted<'l> {
    fn new(flat: Flat<'l>, hints: Vec<Json>) -> Self {
        Self {
            flat,
            hints,
            depth: 0,
            above: Vec::new(),
            nth: 0,
            is_full: false,
        }
    }

    fn with(&self, flat: Flat<'l>) -> Self {
        Self {
            flat,
            hints: self.hints.clone(),
            depth: self.depth + 1,
            above: self.above.clone(),
            nth: self.nth,
            is_full: self.is_full,
        }
    }

    /// What is wanted for a part of the value.
    fn within(&self, flat: Flat<'l>, hints: Vec<Json>) -> Self {
        let mut above = self.above.clone();
        above.extend(self.flat.parts().iter().map(|part| part.place()));
        Self {
            flat,
            hints,
            depth: self.depth + 1,
            above,
            nth: self.nth,
            is_full: false,
        }
    }

    fn is_inside(&self, branch: At<'l>) -> bool {
        let branch = Flat::of(branch);
        let mut parts = branch.parts().iter();
        parts.any(|part| self.above.contains(&part.place()))
    }

    /// The hints and what the document offers.
    fn offered(&self) -> Vec<Json> {
        let mut offered = self.hints.clone();
        offered.extend(self.flat.offers());
        offered
    }
}

/// Names the chosen branch where a discriminator asks for it.
fn tell_apart(wanted: &Wanted<'_>, branch: At<'_>, made: &mut Json) {
    let Some(discriminator) = wanted.flat.each("discriminator").next() else {
        return;
    };
    let (Some(property), Some(reference)) =
        (discriminator.text_of("propertyName"), branch.reference())
    else {
        return;
    };
    let short = reference.rsplit('/').next().unwrap_or(reference);
    let mapping = discriminator.get("mapping").into_iter();
    let mapped = mapping
        .flat_map(At::entries)
        .find(|(_, to)| to.text() == Some(reference) || to.text() == Some(short))
        .map(|(name, _)| name);
    if let Json::Object(entries) = made {
        entries.insert(property.to_owned(), Json::from(mapped.unwrap_or(short)));
    }
}
