//! Media types: whether what was sent is what is declared.

use super::model::Content;

/// A media type or a range of them, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaType {
    kind: String,
    subtype: String,
    parameters: Vec<(String, String)>,
}

/// How well a declared media type fits, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is what the suffix says: `application/json` for `application/problem+json`.
    BySuffix,
    /// `*/*`.
    Anything,
    /// `text/*`.
    Kind,
    /// `application/*+json`.
    Suffix,
    /// The same type.
    Exact,
    /// The same type, and a parameter such as a version too.
    WithParameters,
}

impl MediaType {
    /// Takes a media type apart; whatever is written is some media type.
    pub(crate) fn parse(text: &str) -> Self {
        let mut parts = split_quoted(text).into_iter();
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let (kind, subtype) = match essence.split_once('/') {
            Some((kind, subtype)) => (kind.trim().to_owned(), subtype.trim().to_owned()),
            None if essence == "*" => ("*".to_owned(), "*".to_owned()),
            None => (essence, String::new()),
        };
        Self {
            kind,
            subtype,
            parameters: parts.filter_map(parameter).collect(),
        }
    }

    /// Whether it is JSON, by its name or its suffix.
    pub(crate) fn is_json(&self) -> bool {
        self.subtype == "json" || self.suffix() == Some("json")
    }

    /// Without its parameters: `application/json`.
    pub(crate) fn essence(&self) -> String {
        format!("{}/{}", self.kind, self.subtype)
    }

    /// The same text for the same media type: parameters sorted, and UTF-8 left out, which is meant anyway.
    pub(crate) fn canonical(&self) -> String {
        let meant =
            |name: &str, value: &str| name == "charset" && value.eq_ignore_ascii_case("utf-8");
        let parameters = self.parameters.iter();
        let mut parameters: Vec<String> = parameters
            .filter(|(name, value)| !meant(name, value))
            .map(|(name, value)| format!(";{name}={value}"))
            .collect();
        parameters.sort_unstable();
        self.essence() + &parameters.concat()
    }

    fn suffix(&self) -> Option<&str> {
        self.subtype.rsplit_once('+').map(|(_, suffix)| suffix)
    }

    /// How well this declared one fits one that was sent.
    fn fits(&self, sent: &Self) -> Option<Fit> {
        if self.kind == "*" {
            return Some(Fit::Anything);
        }
        if self.kind != sent.kind {
            return None;
        }
        if self.subtype == sent.subtype {
            return self.parameters_fit(sent);
        }
        if self.subtype == "*" {
            return Some(Fit::Kind);
        }
        let suffix = sent.suffix()?;
        if self.subtype.strip_prefix("*+") == Some(suffix) {
            return Some(Fit::Suffix);
        }
        (self.subtype == suffix).then_some(Fit::BySuffix)
    }

    /// A parameter that both have must be the same; the charset says nothing about what it is.
    fn parameters_fit(&self, sent: &Self) -> Option<Fit> {
        let mut fit = Fit::Exact;
        for (name, value) in &self.parameters {
            let other = sent.parameters.iter().find(|(other, _)| other == name);
            match other {
                Some((_, other)) if other.eq_ignore_ascii_case(value) => fit = Fit::WithParameters,
                Some(_) if name != "charset" => return None,
                _ => {}
            }
        }
        Some(fit)
    }
}

/// The declared media type that fits best; of equal ones the first.
pub(super) fn best<'c>(declared: &'c [Content], sent: &str) -> Option<&'c Content> {
    let sent = MediaType::parse(sent);
    let mut best: Option<(Fit, &Content)> = None;
    for content in declared {
        if let Some(fit) = content.parsed.fits(&sent)
            && best.is_none_or(|(known, _)| fit > known)
        {
            best = Some((fit, content));
        }
    }
    best.map(|(_, content)| content)
}

/// Parts at semicolons that stand in no quotes.
fn split_quoted(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim().trim_matches('"');
    Some((name.trim().to_ascii_lowercase(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(declared: &str, sent: &str) -> Option<Fit> {
        MediaType::parse(declared).fits(&MediaType::parse(sent))
    }

    #[test]
    fn media_types_fit_by_name_range_and_suffix() {
        for (declared, sent, expected) in [
            ("application/json", "application/json", Some(Fit::Exact)),
            (
                "application/json",
                "Application/JSON; charset=utf-8",
                Some(Fit::Exact),
            ),
            (
                "application/json; charset=utf-8",
                "application/json",
                Some(Fit::Exact),
            ),
            (
                "application/json;charset=UTF-8",
                "application/json; charset=\"utf-8\"",
                Some(Fit::WithParameters),
            ),
            (
                "text/html; charset=utf-8",
                "text/html; charset=latin1",
                Some(Fit::Exact),
            ),
            (
                "application/json; version=2",
                "application/json; version=1",
                None,
            ),
            (
                "application/json; version=2",
                "application/json",
                Some(Fit::Exact),
            ),
            ("text/*", "text/csv", Some(Fit::Kind)),
            ("text/*", "application/json", None),
            ("*/*", "image/png", Some(Fit::Anything)),
            ("*", "image/png", Some(Fit::Anything)),
            ("*/*", "", Some(Fit::Anything)),
            ("application/json", "", None),
            (
                "application/*+json",
                "application/problem+json",
                Some(Fit::Suffix),
            ),
            (
                "application/json",
                "application/problem+json",
                Some(Fit::BySuffix),
            ),
            ("application/problem+json", "application/json", None),
            (
                "application/xml",
                "application/atom+xml",
                Some(Fit::BySuffix),
            ),
            ("application/json", "text/json", None),
            ("application/json", "application/jsonl", None),
            (
                "multipart/form-data",
                "multipart/form-data; boundary=\"a;b\"",
                Some(Fit::Exact),
            ),
        ] {
            assert_eq!(fit(declared, sent), expected, "{declared} for {sent}");
        }
    }

    #[test]
    fn json_is_known_by_name_and_suffix() {
        let json = |text: &str| MediaType::parse(text).is_json();
        assert!(json("application/json") && json("application/vnd.api+json; v=1"));
        assert!(json("text/json") && !json("application/jsonl") && !json("text/html"));
    }
}
