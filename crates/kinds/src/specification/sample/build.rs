//! Lists and maps with no more in them than must be there.

use serde_json::{Map, Value as Json};

use super::super::{At, Direction};
use super::{Sampler, Wanted};

/// The most elements and entries that are made for one value.
const MOST: usize = 1_000;

impl Sampler<'_> {
    /// A list with as many elements as there must be.
    pub(super) fn list(&self, wanted: &Wanted<'_>) -> Option<Json> {
        let flat = &wanted.flat;
        let contained: Vec<At<'_>> = flat.each("contains").collect();
        let least = flat.at_least("minItems").max(contained.len());
        if least > MOST || flat.at_most("maxItems").is_some_and(|most| most < least) {
            return None;
        }
        let offered = wanted.offered();
        let element = |position: usize| {
            let mut flat = flat.element(position);
            if let Some(contained) = contained.get(position) {
                flat = super::Flat::all(flat.parts().iter().copied().chain([*contained]));
            }
            let hints = offered.iter().filter_map(|offer| offer.get(position));
            self.value(&Wanted {
                nth: wanted.nth + position,
                ..wanted.within(flat, hints.cloned().collect())
            })
        };
        let elements: Option<Vec<Json>> = (0..least).map(element).collect();
        self.first(wanted, elements.map(Json::from))
    }

    /// A map with the entries that must be there.
    pub(super) fn map(&self, wanted: &Wanted<'_>) -> Option<Json> {
        let flat = &wanted.flat;
        let offered = wanted.offered();
        let mut names: Vec<String> = flat.required().into_iter().map(str::to_owned).collect();
        let mut made = Map::new();
        let mut at = 0;
        while at < names.len().min(MOST) {
            let name = names[at].clone();
            at += 1;
            if self.is_left_out(wanted, &name) {
                continue;
            }
            let value = self.entry(wanted, &offered, &name)?;
            made.insert(name.clone(), value);
            for more in depending(wanted, &name) {
                if !names.contains(&more) {
                    names.push(more);
                }
            }
        }
        self.fill(wanted, &offered, &mut made);
        self.first(wanted, [Json::Object(made)])
    }

    fn entry(&self, wanted: &Wanted<'_>, offered: &[Json], name: &str) -> Option<Json> {
        let hints = offered.iter().filter_map(|offer| offer.get(name));
        let hints = hints.cloned().collect();
        self.value(&wanted.within(wanted.flat.property(name), hints))
    }

    /// Adds entries that need not be there until there are enough.
    fn fill(&self, wanted: &Wanted<'_>, offered: &[Json], made: &mut Map<String, Json>) {
        let least = wanted.flat.at_least("minProperties").min(MOST);
        let enough = if wanted.is_full { MOST } else { least };
        for name in wanted.flat.property_names() {
            if made.len() >= enough {
                return;
            }
            if made.contains_key(name) || self.is_left_out(wanted, name) {
                continue;
            }
            if let Some(value) = self.entry(wanted, offered, name) {
                made.insert(name.to_owned(), value);
            }
        }
        for number in made.len()..least {
            let name = format!("tidegate{number}");
            if let Some(value) = self.entry(wanted, offered, &name) {
                made.insert(name, value);
            }
        }
    }

    /// What only the other side sends is left out although it is required.
    fn is_left_out(&self, wanted: &Wanted<'_>, name: &str) -> bool {
        let keyword = match self.direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
        };
        wanted.flat.property(name).flag(keyword)
    }
}

/// The names that must be there when another one is.
fn depending(wanted: &Wanted<'_>, name: &str) -> Vec<String> {
    let asked = ["dependentRequired", "dependencies"];
    let lists = asked
        .iter()
        .flat_map(|keyword| wanted.flat.each(keyword))
        .filter_map(|dependencies| dependencies.get(name));
    let names = lists.flat_map(At::elements).filter_map(At::text);
    names.map(str::to_owned).collect()
}
