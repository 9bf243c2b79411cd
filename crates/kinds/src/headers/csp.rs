//! Content security policies (Content Security Policy Level 3), as far as they are judged.

/// A policy: its directives by name, the first of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Policy {
    directives: Vec<(String, Vec<String>)>,
}

impl Policy {
    /// Every policy of a header, which may hold several behind commas.
    pub(super) fn all(text: &str) -> Vec<Self> {
        let policies = text.split(',').map(Self::parse);
        policies
            .filter(|policy| !policy.directives.is_empty())
            .collect()
    }

    fn parse(text: &str) -> Self {
        let mut policy = Self::default();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next() else { continue };
            let name = name.to_ascii_lowercase();
            // Only the first of a name counts.
            if policy.get(&name).is_none() {
                let sources = words.map(str::to_owned).collect();
                policy.directives.push((name, sources));
            }
        }
        policy
    }

    /// The sources of a directive, without what it falls back to.
    pub(super) fn get(&self, name: &str) -> Option<&[String]> {
        let mut directives = self.directives.iter();
        let found = directives.find(|(known, _)| known == name);
        found.map(|(_, sources)| sources.as_slice())
    }

    fn or_default(&self, name: &str) -> Option<&[String]> {
        self.get(name).or_else(|| self.get("default-src"))
    }

    /// Why it does not keep foreign scripts out; nothing when it does.
    pub(super) fn holes(&self) -> Vec<String> {
        let Some(sources) = self.or_default("script-src") else {
            return vec!["says nothing about scripts".to_owned()];
        };
        let lower: Vec<String> = sources.iter().map(|one| one.to_ascii_lowercase()).collect();
        let has = |word: &str| lower.iter().any(|one| one == word);
        let is_keyed = lower.iter().any(|one| {
            ["'nonce-", "'sha256-", "'sha384-", "'sha512-"]
                .iter()
                .any(|start| one.starts_with(start))
        });
        let is_dynamic = has("'strict-dynamic'");
        let mut holes = Vec::new();
        // Browsers that know nonces and hashes ignore it beside them.
        if has("'unsafe-inline'") && !is_keyed && !is_dynamic {
            holes.push("'unsafe-inline'".to_owned());
        }
        if has("'unsafe-eval'") {
            holes.push("'unsafe-eval'".to_owned());
        }
        // With 'strict-dynamic' hosts and schemes are ignored.
        if !is_dynamic {
            let open = ["*", "http:", "https:", "data:", "http://*", "https://*"];
            let open = open.into_iter().filter(|word| has(word));
            holes.extend(open.map(|word| format!("scripts from {word}")));
        }
        holes
    }

    /// What a stricter policy would say beside; no hole by itself.
    pub(super) fn wishes(&self) -> Vec<&'static str> {
        let mut wishes = Vec::new();
        let is_open = |sources: &[String]| sources.iter().any(|one| one == "*");
        if self.or_default("object-src").is_none_or(is_open) {
            wishes.push("object-src");
        }
        if self.get("base-uri").is_none() {
            wishes.push("base-uri");
        }
        wishes
    }
}

/// The policies in the markup of a page; what they say about frames does not count (CSP 3, 3.3).
pub(super) fn in_markup(page: &str) -> Vec<Policy> {
    let lower = page.to_ascii_lowercase();
    let mut policies = Vec::new();
    let mut from = 0;
    while let Some(start) = lower[from..].find("<meta").map(|at| from + at) {
        let end = lower[start..]
            .find('>')
            .map_or(lower.len(), |at| start + at);
        let tag = &lower[start..end];
        let is_policy = tag.contains("http-equiv") && tag.contains("content-security-policy");
        if is_policy
            && !tag.contains("report-only")
            && let Some(content) = attribute(&page[start..end], tag)
        {
            policies.extend(Policy::all(content));
        }
        from = end;
    }
    policies
}

/// The value of `content`, which is quoted as it holds spaces.
fn attribute<'t>(tag: &'t str, lower: &str) -> Option<&'t str> {
    // Not the one in `content-security-policy`.
    let mut places = lower
        .match_indices("content")
        .map(|(at, _)| at + "content".len());
    places.find_map(|at| {
        let rest = tag[at..].trim_start().strip_prefix('=')?.trim_start();
        let quote = rest
            .chars()
            .next()
            .filter(|sign| matches!(sign, '"' | '\''))?;
        rest[1..].split(quote).next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holes(text: &str) -> Vec<String> {
        Policy::all(text)[0].holes()
    }

    #[test]
    fn policies_are_as_strong_as_what_they_allow_for_scripts() {
        for good in [
            "default-src 'self'",
            "default-src *; script-src 'self'",
            "script-src 'nonce-abc' 'unsafe-inline'",
            "script-src 'sha256-abc' 'unsafe-inline'",
            "script-src 'strict-dynamic' 'nonce-abc' https: http: 'unsafe-inline'",
            "SCRIPT-SRC 'self'; script-src *",
            "default-src 'none'",
            "script-src",
        ] {
            assert_eq!(holes(good), [""; 0], "{good}");
        }
        for (bad, hole) in [
            ("img-src 'self'", "says nothing about scripts"),
            ("default-src 'self' 'unsafe-inline'", "'unsafe-inline'"),
            ("script-src 'self' 'UNSAFE-EVAL'", "'unsafe-eval'"),
            ("script-src *", "scripts from *"),
            ("script-src 'self' data:", "scripts from data:"),
            ("script-src https: 'nonce-a'", "scripts from https:"),
        ] {
            assert_eq!(holes(bad), [hole], "{bad}");
        }
    }

    #[test]
    fn what_is_missing_beside_is_only_wished_for() {
        let policy = &Policy::all("default-src 'self'")[0];
        assert_eq!(policy.wishes(), ["base-uri"]);
        let policy = &Policy::all("script-src 'self'")[0];
        assert_eq!(policy.wishes(), ["object-src", "base-uri"]);
        let policy = &Policy::all("default-src 'self'; base-uri 'none'")[0];
        assert!(policy.wishes().is_empty());
    }

    #[test]
    fn several_policies_and_policies_in_markup_are_read() {
        assert_eq!(Policy::all("default-src 'self', script-src *").len(), 2);
        assert!(Policy::all(" ; , ;;").is_empty());
        for page in [
            "<META http-equiv='Content-Security-Policy' content=\"default-src 'self'\">",
            "<meta content=\"default-src 'self'\" http-equiv=content-security-policy>",
        ] {
            assert_eq!(in_markup(page), Policy::all("default-src 'self'"), "{page}");
        }
        for page in [
            "<meta charset=utf-8>",
            "<meta http-equiv=content-security-policy",
            "<meta",
            "<meta content=\"ü",
        ] {
            assert!(in_markup(page).is_empty(), "{page}");
        }
    }
}
