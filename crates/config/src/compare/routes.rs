//! Who may use which route: a map of routes, in which `*` and `{id}` stand for many.

use tidegate_core::meta::Severity;
use tidegate_core::node::{Node, Value};

use super::measure::same;
use super::parts;
use super::path::Path;
use super::values::{Sides, Values};

impl Values<'_> {
    /// A map of who may do what.
    pub(super) fn allowed(&mut self, severity: Severity, path: &Path, sides: Sides<'_>) {
        let (Some(before), Some(after)) = (sides.before, sides.after) else {
            if let (Some(before), None) = (sides.before, sides.after) {
                self.removed(severity, path, before, sides.around);
            }
            return;
        };
        let mut moved: Vec<&str> = Vec::new();
        parts::keys(before, after, |route, sides| {
            let path = &path.item(route);
            match (sides.before, sides.after) {
                (Some(old), Some(new)) => self.row(severity, path, old, new, sides),
                (Some(old), None) => match moved_to(route, old, before, after, &moved) {
                    Some((name, new)) => {
                        moved.push(name);
                        self.edit(path, old, new);
                    }
                    None => self.removed(Severity::Low, path, old, sides.around),
                },
                // What an exacter row lets in, a wider one kept out.
                (None, Some(new)) => {
                    let wider =
                        exactest(before, route).filter(|(_, old)| parts::more_may(old, new));
                    if wider.is_some() {
                        self.tell(severity, path, MORE, sides);
                    }
                }
                (None, None) => {}
            }
        });
    }

    fn row(&mut self, severity: Severity, path: &Path, old: &Node, new: &Node, sides: Sides<'_>) {
        if parts::more_may(old, new) {
            self.tell(severity, path, MORE, sides);
        } else if matches!((&old.value, &new.value), (Value::Map(_), Value::Map(_))) {
            parts::keys(old, new, |key, sides| {
                if key != "allow" {
                    self.key(path, key, sides);
                }
            });
        }
    }
}

const MORE: &str = "may be used by more people";

/// The row that was added for the same people and method: the route has another path now.
fn moved_to<'n>(
    route: &str,
    row: &Node,
    before: &Node,
    after: &'n Node,
    taken: &[&str],
) -> Option<(&'n str, &'n Node)> {
    let method = |route: &str| route.split_once(' ').map(|(method, _)| method.to_owned());
    let mut added = after.entries().iter().filter(|(key, _)| {
        let name = key.text.as_str();
        before.get(name).is_none() && !taken.contains(&name)
    });
    let found = added.find(|(key, new)| method(&key.text) == method(route) && same(row, new));
    found.map(|(key, new)| (key.text.as_str(), new))
}

/// The exactest row that spoke of a route before it had one of its own.
fn exactest<'n>(before: &'n Node, route: &str) -> Option<(&'n str, &'n Node)> {
    let rows = before.entries().iter();
    let fitting = rows.filter(|(key, _)| covers(&key.text, route));
    let best = fitting.max_by_key(|(key, _)| exactness(&key.text));
    best.map(|(key, row)| (key.text.as_str(), row))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn is_text(segment: &str) -> bool {
    segment != "*" && !segment.contains('{')
}

fn exactness(row: &str) -> (usize, bool) {
    let (method, path) = row.split_once(' ').unwrap_or(("*", row));
    let texts = segments(path).filter(|segment| is_text(segment)).count();
    (texts, method != "*")
}

/// Whether a row speaks of a route, or of all that another row speaks of.
fn covers(row: &str, route: &str) -> bool {
    let (Some((own, wide)), Some((other, narrow))) = (row.split_once(' '), route.split_once(' '))
    else {
        return false;
    };
    let (wide, narrow): (Vec<&str>, Vec<&str>) =
        (segments(wide).collect(), segments(narrow).collect());
    let open = wide.last() == Some(&"*");
    let length = narrow.len() == wide.len() || open && narrow.len() > wide.len();
    let mut pairs = wide.iter().zip(&narrow);
    (own == "*" || own == other)
        && length
        && pairs.all(|(own, other)| !is_text(own) || own == other)
}
