//! Where something stands, with a link to the line at the judged commit where that is known.

use tidegate_core::event::Summary;
use tidegate_core::provenance::Provenance;
use tidegate_core::span::Location;

use super::writer::{Html, Link};
use crate::places::Places;

/// Writes a place, as in `src/records.ts:17`.
pub(super) fn write(html: &mut Html, summary: &Summary, location: &Location) {
    let text = format!("{}:{}", location.file, location.line);
    let places = Places::of(summary);
    let address = places.place(location).and_then(|place| places.link(&place));
    html.link(address.as_deref().and_then(Link::web).as_ref(), &text);
}

/// A link to a commit, named by the beginning of its id.
pub(super) fn commit(html: &mut Html, provenance: &Provenance, commit: &str) {
    let plain = commit.chars().all(|one| one.is_ascii_alphanumeric());
    let short: String = commit.chars().take(10).collect();
    let page = provenance.repository.as_deref().filter(|_| plain);
    let address = page.map(|page| format!("{}/commit/{commit}", page.trim_end_matches('/')));
    html.link(address.as_deref().and_then(Link::web).as_ref(), &short);
}
