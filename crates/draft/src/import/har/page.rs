//! Fields of pages, as forms have them.

use super::correlate::regex_escaped;

/// A field of a page that has a value.
pub(super) struct Field<'h> {
    /// The attribute that names it.
    by: &'static str,
    pub(super) name: &'h str,
    /// The attribute that holds the value.
    holder: &'static str,
    pub(super) value: &'h str,
    /// Whether the name stands before the value.
    named_first: bool,
}

/// The fields of a page, in their order; each tag is looked at once.
pub(super) fn fields(html: &str) -> impl Iterator<Item = Field<'_>> {
    html.split('<').skip(1).flat_map(|piece| {
        let tag = piece.split_once('>').map_or("", |(tag, _)| tag);
        let tag = if tag.len() > 2_000 { "" } else { tag };
        let attribute = |wanted: &str| {
            let start = tag.find(wanted)? + wanted.len();
            let end = start + tag[start..].find('"')?;
            Some((start, &tag[start..end]))
        };
        let named = |before: &str, by| attribute(before).map(|(at, name)| (by, at, name));
        let holders = [(" value=\"", "value"), (" content=\"", "content")];
        let found = holders.map(|(before, holder)| {
            let (at, value) = attribute(before)?;
            let (by, place, name) = named(" name=\"", "name").or_else(|| named(" id=\"", "id"))?;
            let named_first = place < at;
            Some(Field {
                by,
                name,
                holder,
                value,
                named_first,
            })
        });
        found.into_iter().flatten()
    })
}

impl Field<'_> {
    /// How its value is found again.
    pub(super) fn regex(&self) -> String {
        let mark = format!("{}=\"{}\"", self.by, regex_escaped(self.name));
        let holder = self.holder;
        if self.named_first {
            format!("{mark}[^>]*{holder}=\"([^\"]+)\"")
        } else {
            format!("{holder}=\"([^\"]+)\"[^>]*{mark}")
        }
    }
}
