//! Several rules at one place: which of them is told.

use super::rule::{Class, Shape, Test};
use super::{Origin, Sighting, engine};

/// Sorts sightings by their place and keeps the most telling of those that overlap.
pub(crate) fn resolve(found: &mut Vec<Sighting>) {
    if found.len() < 2 {
        return;
    }
    found.sort_by(|one, other| {
        let key = |sighting: &Sighting| (sighting.range.start, sighting.range.end);
        key(one).cmp(&key(other)).then(rank(one).cmp(&rank(other)))
    });
    engine::once(found);
    let mut kept: Vec<Sighting> = Vec::with_capacity(found.len());
    // Where the sightings up to each one end at the latest.
    let mut ends: Vec<usize> = Vec::with_capacity(found.len());
    for sighting in found.drain(..) {
        let near = ends
            .iter()
            .rev()
            .take_while(|end| **end > sighting.range.start);
        let from = kept.len() - near.count();
        let clash = kept[from..]
            .iter()
            .rposition(|other| overlaps(other, &sighting) && !both_decoded(other, &sighting));
        match clash.map(|at| from + at) {
            None => {
                ends.push(ends.last().copied().unwrap_or(0).max(sighting.range.end));
                kept.push(sighting);
            }
            Some(at) if rank(&sighting) < rank(&kept[at]) => {
                for end in &mut ends[at..] {
                    *end = sighting.range.end.max(*end);
                }
                kept[at] = sighting;
            }
            Some(_) => {}
        }
    }
    *found = kept;
}

fn overlaps(one: &Sighting, other: &Sighting) -> bool {
    one.range.start < other.range.end && other.range.start < one.range.end
}

/// Two keys behind one encoding stand at the same place and are two all the same.
fn both_decoded(one: &Sighting, other: &Sighting) -> bool {
    one.encoding.is_some() && other.encoding.is_some() && one.value != other.value
}

/// How telling a sighting is; smaller is more.
fn rank(sighting: &Sighting) -> u8 {
    let Origin::BuiltIn(rule) = &sighting.origin else {
        return 1;
    };
    let named = |shape: &Shape| matches!(shape, Shape::Named { .. });
    match rule.test {
        _ if rule.slug == super::rules::GENERIC => 9,
        Test::OtherJwt => 5,
        // A name may tell that a key with two uses is put to the secret one.
        _ if sighting.class != Class::Secret => 6,
        _ if sighting.encoding.is_some() => 4,
        _ if rule.shapes.iter().all(named) => 3,
        _ if rule
            .shapes
            .iter()
            .any(|shape| matches!(shape, Shape::UrlWithPassword(_))) =>
        {
            2
        }
        _ => 0,
    }
}
