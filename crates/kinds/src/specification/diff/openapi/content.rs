//! Bodies by media type.

use super::{Diff, Paired, pair_up};
use crate::specification::openapi::{Content, MediaType};

/// A media type as it is compared.
pub(super) fn normal(media_type: &str) -> String {
    MediaType::parse(media_type).canonical()
}

/// Pairs the media types of two bodies; a range such as `image/*` stands for those in it.
pub(super) fn pairs(base: &[Content], head: &[Content]) -> Paired {
    pair_up(base, head, |others, one| {
        let wanted = normal(&one.media_type);
        let range = wanted
            .split_once('/')
            .map(|(major, _)| format!("{major}/*"));
        let position = |name: &str| {
            others
                .iter()
                .position(|other| normal(&other.media_type) == name)
        };
        position(&wanted)
            .or_else(|| position(&range?))
            .or_else(|| position("*/*"))
    })
}

/// What a body is called in changes: `application/json`.
pub(super) fn names(content: &[Content]) -> String {
    let names: Vec<String> = content
        .iter()
        .map(|one| format!("`{}`", one.media_type))
        .collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

impl Diff<'_> {
    /// How many parts of a form are sent in another encoding, by name.
    pub(super) fn encodings(&self, base: &Content, head: &Content) -> Vec<String> {
        let (old, new) = (self.old(base.place), self.new(head.place));
        let of = |at: crate::specification::At<'_>, part: &str, key: &str| {
            let encoding = at.get("encoding").and_then(|all| all.get(part))?;
            Some(encoding.get(key)?.to_json().to_string())
        };
        let parts = [old, new].into_iter().filter_map(|at| at.get("encoding"));
        let mut parts: Vec<&str> = parts
            .flat_map(|at| at.entries().map(|(name, _)| name))
            .collect();
        parts.sort_unstable();
        parts.dedup();
        let changed = |part: &&str| {
            let keys = ["contentType", "style", "explode"];
            keys.iter()
                .any(|key| of(old, part, key) != of(new, part, key))
        };
        parts
            .into_iter()
            .filter(changed)
            .map(str::to_owned)
            .collect()
    }
}
