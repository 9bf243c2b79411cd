//! Many things to tell in few annotations.

use std::collections::BTreeMap;

use super::command::{Annotation, Loudness, MESSAGE_LIMIT, units};
use super::items::{Item, Stand};
use crate::places::{Place, Places};
use crate::text::count;

/// How many characters the line that counts what is left out may need.
const COUNTED: usize = 120;

/// What stands on one line.
struct Spot<'i> {
    place: Place,
    /// The things, each under its head here.
    items: Vec<(&'i Item<'i>, &'i str)>,
}

/// Packs things, the loudest and worst first, into at most so many annotations.
///
/// If there is room, what was found at several places stands at each of them; else it stands at one
/// and names the others. What is on one line shares an annotation anyhow.
pub(super) fn pack(
    items: &[&Item<'_>],
    room: usize,
    places: &Places<'_>,
    rest: &str,
) -> Vec<Annotation> {
    if items.is_empty() || room == 0 {
        return Vec::new();
    }
    let everywhere = spots(items, usize::MAX, room);
    if everywhere.len() <= room {
        return everywhere
            .iter()
            .map(|spot| annotation(spot, false))
            .collect();
    }
    let once = spots(items, 1, usize::MAX);
    if once.len() <= room {
        return once.iter().map(|spot| annotation(spot, true)).collect();
    }
    let (shown, left) = once.split_at(room - 1);
    let mut packed: Vec<Annotation> = shown.iter().map(|spot| annotation(spot, true)).collect();
    let left: Vec<&Item<'_>> = left
        .iter()
        .flat_map(|spot| spot.items.iter().map(|(item, _)| *item))
        .collect();
    packed.extend(last(&left, places, rest));
    packed
}

/// The lines that things stand on, at most so many of each thing, in the order of what is worst there;
/// what is beyond the room is not looked at when one is there that is too many.
fn spots<'i>(items: &[&'i Item<'i>], most: usize, room: usize) -> Vec<Spot<'i>> {
    let mut spots: Vec<Spot<'i>> = Vec::new();
    let mut known: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for item in items {
        for Stand { place, title } in item.stands.iter().take(most) {
            match known.get(&(&*place.path, place.line)) {
                Some(&index) => spots[index].join(place, item, title),
                None if spots.len() > room => return spots,
                None => {
                    known.insert((&place.path, place.line), spots.len());
                    spots.push(Spot {
                        place: place.clone(),
                        items: vec![(*item, title.as_str())],
                    });
                }
            }
        }
    }
    spots
}

impl<'i> Spot<'i> {
    fn join(&mut self, place: &Place, item: &'i Item<'i>, title: &'i str) {
        if self.place != *place {
            self.place.end_line = self.place.end_line.min(place.end_line);
            self.place.columns = None;
        }
        // The same thing may have two places on one line.
        if !self
            .items
            .iter()
            .any(|(known, _)| std::ptr::eq(*known, item))
        {
            self.items.push((item, title));
        }
    }
}

fn annotation(spot: &Spot<'_>, named: bool) -> Annotation {
    let loudness = spot
        .items
        .first()
        .map_or(Loudness::Notice, |(item, _)| item.loudness);
    let (title, message) = match spot.items.as_slice() {
        [(item, title)] => (
            (*title).to_owned(),
            at_length(item, item.what.clone(), named),
        ),
        items => {
            let alike = items.iter().all(|(item, _)| item.loudness == loudness);
            let noun = if alike { loudness.noun() } else { "thing" };
            let title = format!("{} on this line", count(items.len(), noun));
            (title, together(items, named))
        }
    };
    Annotation {
        loudness,
        place: spot.place.clone(),
        title,
        message,
    }
}

/// What is wrong, where else, and what to do.
fn at_length(item: &Item<'_>, first: String, named: bool) -> String {
    let mut lines = vec![first];
    lines.extend(named.then(|| also(item)).flatten());
    lines.extend(item.more());
    lines.join("\n")
}

/// Several things in one message: at length if they fit, else in a line each.
fn together(items: &[(&Item<'_>, &str)], named: bool) -> String {
    let mut whole = String::new();
    for (item, title) in items {
        let part = at_length(item, brief(item, title), named);
        whole.push_str(if whole.is_empty() { "" } else { "\n\n" });
        whole.push_str(&part);
        if units(&whole) > MESSAGE_LIMIT {
            let lines = items.iter().map(|(item, title)| (brief(item, title), 1));
            return listed(String::new(), lines, "more on this line");
        }
    }
    whole
}

/// One line of a list.
fn brief(item: &Item<'_>, title: &str) -> String {
    format!("{title}: {}", item.what)
}

/// The other places of a thing that is shown at one.
fn also(item: &Item<'_>) -> Option<String> {
    let others = item.stands.get(1..).filter(|others| !others.is_empty())?;
    let named: Vec<String> = others.iter().take(5).map(shown).collect();
    let more = match others.len() - named.len() {
        0 => String::new(),
        more => format!(" and {}", count(more, "more place")),
    };
    Some(format!("Also at: {}{more}", named.join(", ")))
}

fn shown(stand: &Stand) -> String {
    let place = &stand.place;
    format!("{}:{}", place.path, place.line)
}

/// The last annotation: how many more things there are, where they stand, and the worst
/// of them.
fn last(left: &[&Item<'_>], places: &Places<'_>, rest: &str) -> Option<Annotation> {
    let first = left.first()?;
    let size = |item: &Item<'_>| item.stands.len().max(1);
    let all: usize = left.iter().map(|item| size(item)).sum();
    let lines = left.iter().map(|item| {
        let place = item.stands.first().map(shown).unwrap_or_default();
        (
            format!("{} at {place}: {}", item.title(), item.what),
            size(item),
        )
    });
    let head = format!("No more are shown on their lines. All of them stand in {rest}.\n");
    Some(Annotation {
        loudness: first.loudness,
        place: places.gate(),
        title: format!("{all} more; all of them stand in {rest}"),
        message: listed(head, lines, "more"),
    })
}

/// As many lines as fit below a head, and how many things the others stand for.
fn listed(head: String, lines: impl Iterator<Item = (String, usize)>, what: &str) -> String {
    let mut text = head;
    let mut used = units(&text);
    let mut left = 0;
    for (line, size) in lines {
        let length = units(&line) + 3;
        if left == 0 && used + length + COUNTED <= MESSAGE_LIMIT {
            text.push_str(&format!("- {line}\n"));
            used += length;
        } else {
            left += size;
        }
    }
    if left > 0 {
        text.push_str(&format!("… and {left} {what}"));
    }
    text
}
