//! What a file is, told from its content.

use super::error::text;
use super::{Format, ImportError, Source};

/// How much of a file is looked at.
const LOOKED_AT: usize = 64 * 1024;

/// The format of a file.
///
/// # Errors
/// When it is no text, or nothing that is known.
pub(crate) fn format(source: &Source<'_>) -> Result<Format, ImportError> {
    let whole = text(source)?;
    let mut end = whole.len().min(LOOKED_AT);
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    let text = whole[..end].trim_start();
    let found = if text.starts_with('{') {
        json(text)
    } else {
        lines(text)
    };
    let named = source
        .name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    let by_name = match named.as_deref() {
        Some("har") => Some(Format::Har),
        Some("hurl") => Some(Format::Hurl),
        Some("curl" | "sh") => Some(Format::Curl),
        _ => None,
    };
    found.or(by_name).ok_or_else(|| ImportError::Unknown {
        file: source.name.to_owned(),
    })
}

fn json(text: &str) -> Option<Format> {
    let has = |key: &str| text.contains(&format!("\"{key}\""));
    if has("openapi") && (has("paths") || has("info")) {
        Some(Format::OpenApi)
    } else if text.contains("schema.getpostman.com")
        || (has("info") && has("item"))
        || has("_postman_id")
    {
        Some(Format::Postman)
    } else if has("log") && (has("entries") || has("creator") || has("version")) {
        Some(Format::Har)
    } else {
        None
    }
}

fn lines(text: &str) -> Option<Format> {
    const METHODS: [&str; 9] = [
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE",
    ];
    for line in text.lines() {
        let line = line.trim_start_matches(['$', '>', ' ', '\t']);
        let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        let command = word.rsplit(['/', '\\']).next().unwrap_or_default();
        if (command == "curl" || command == "curl.exe") && !rest.is_empty() {
            return Some(Format::Curl);
        }
        if METHODS.contains(&word) && !rest.is_empty() {
            return Some(Format::Hurl);
        }
        if line.starts_with("openapi:") || line.starts_with("\"openapi\":") {
            return Some(Format::OpenApi);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_told_by_its_content() {
        let cases: [(&str, Option<Format>); 9] = [
            ("# mine\ncurl https://acme.example", Some(Format::Curl)),
            ("$ /usr/bin/curl -s x", Some(Format::Curl)),
            ("# c\n\nGET http://x\nHTTP 200\n", Some(Format::Hurl)),
            ("openapi: 3.1.0\ninfo: {}", Some(Format::OpenApi)),
            (
                "{\"openapi\": \"3.0.0\", \"info\": {}}",
                Some(Format::OpenApi),
            ),
            ("{\"log\": {\"version\": \"1.2\"}}", Some(Format::Har)),
            ("{\"info\": {}, \"item\": []}", Some(Format::Postman)),
            ("hello", None),
            ("{}", None),
        ];
        for (text, wanted) in cases {
            let source = Source {
                name: "x",
                bytes: text.as_bytes(),
            };
            assert_eq!(format(&source).ok(), wanted, "{text}");
        }
    }
}
