//! What caches between the portal and its clients may keep.

use tidegate_core::ports::http::Response;

use super::codes::Failure;
use super::coverage::Verb;
use super::trial::Trial;
use crate::attack::{Story, seen};

impl Trial<'_, '_> {
    /// Judges how an answer with the owner's data may be cached.
    pub(super) fn public_cache(&mut self, name: &str, response: &Response, verb: Verb) {
        let Some(control) = public(response) else {
            self.ledger.held(self.resource, verb);
            return;
        };
        let identity = self.owner.identity.as_ref();
        let story = Story {
            before: seen(
                name,
                identity,
                response,
                &format!("Cache-Control: {control}"),
            ),
            ..Story::default()
        };
        self.leak(verb, Failure::PublicCache, None, name, story);
    }
}

/// The `Cache-Control` that lets a shared cache give an answer to everybody (RFC 9111, 5.2.2).
///
/// A cache that keeps one answer for each login (`Vary`) mixes nobody up.
fn public(response: &Response) -> Option<String> {
    let values = response.headers.iter();
    let values: Vec<&str> = values
        .filter(|(name, _)| name == "cache-control")
        .map(|(_, value)| value.as_str())
        .collect();
    let control = values.join(", ").to_ascii_lowercase();
    let directives: Vec<&str> = control.split(',').map(str::trim).collect();
    let has = |name: &str| directives.contains(&name);
    let seconds = |name: &str| {
        let mut values = directives
            .iter()
            .filter_map(|one| one.strip_prefix(name)?.strip_prefix('='));
        values.next().and_then(|value| value.parse::<u64>().ok())
    };
    let is_kept = seconds("s-maxage").or_else(|| seconds("max-age")) != Some(0);
    let is_public = (has("public") || seconds("s-maxage").is_some()) && is_kept;
    let vary = response.header("vary").unwrap_or_default();
    let vary = vary.to_ascii_lowercase();
    let by_login = ["authorization", "cookie", "*"]
        .iter()
        .any(|name| vary.split(',').any(|one| one.trim() == *name));
    let forbids = has("private") || has("no-store");
    (is_public && !forbids && !by_login).then(|| values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    fn judged(control: &str, vary: &str) -> bool {
        let mut response = answer(200, "{}").unwrap();
        let headers = [("cache-control", control), ("vary", vary)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        response.headers.extend(headers);
        public(&response).is_some()
    }

    #[test]
    fn only_what_a_shared_cache_gives_to_everybody_is_public() {
        for control in ["public, max-age=60", "Public", "max-age=60, s-maxage=60"] {
            assert!(judged(control, "accept-encoding"), "{control}");
        }
        let fine = [
            "",
            "max-age=60",
            "private, max-age=60",
            "no-store, public",
            "public, max-age=0",
        ];
        for control in fine {
            assert!(!judged(control, ""), "{control}");
        }
        assert!(!judged("public, max-age=60", "Accept, Authorization"));
    }
}
