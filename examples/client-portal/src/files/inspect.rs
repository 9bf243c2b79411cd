//! Decides whether an uploaded file is what it says it is.

use axum::http::StatusCode;

use crate::errors::{ApiError, FieldProblem};

const LONGEST_NAME: usize = 120;

/// The form field that carries the file.
pub(super) const FIELD: &str = "file";

/// One accepted kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) content_type: &'static str,
    extensions: &'static [&'static str],
    /// The bytes that such a file begins with; none for text.
    magic: &'static [u8],
}

/// Nothing that a browser runs (HTML, SVG, scripts) is in the list.
const KINDS: [Kind; 5] = [
    Kind {
        content_type: "text/plain",
        extensions: &["txt"],
        magic: b"",
    },
    Kind {
        content_type: "text/csv",
        extensions: &["csv"],
        magic: b"",
    },
    Kind {
        content_type: "application/pdf",
        extensions: &["pdf"],
        magic: b"%PDF-",
    },
    Kind {
        content_type: "image/png",
        extensions: &["png"],
        magic: b"\x89PNG\r\n\x1a\n",
    },
    Kind {
        content_type: "image/jpeg",
        extensions: &["jpg", "jpeg"],
        magic: b"\xff\xd8\xff",
    },
];

/// How active content begins when it is passed off as text.
const ACTIVE_BEGINNINGS: [&str; 6] = ["<!doctype", "<html", "<svg", "<script", "<?xml", "<?php"];

/// Finds the kind of file on which name, declared type and content agree.
pub(super) fn inspect(name: &str, declared: &str, content: &[u8]) -> Result<Kind, ApiError> {
    check_name(name)?;
    let essence = declared
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let kind = KINDS.iter().find(|kind| kind.content_type == essence);
    let kind = kind.ok_or_else(|| refused("has a content type that is not accepted"))?;
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    if !extension.is_some_and(|extension| kind.extensions.contains(&extension.as_str())) {
        return Err(refused(
            "has a name whose extension does not fit its content type",
        ));
    }
    if content.is_empty() {
        return Err(ApiError::invalid_field(FIELD, "is empty"));
    }
    if !content_fits(*kind, content) {
        return Err(refused("has content that does not fit its content type"));
    }
    Ok(*kind)
}

fn refused(message: &str) -> ApiError {
    let problem = FieldProblem {
        field: FIELD.to_owned(),
        message: message.to_owned(),
    };
    let said = format!("{FIELD} {message}");
    let error = ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-type", said);
    ApiError {
        fields: vec![problem],
        ..error
    }
}

/// Letters, digits and a few signs, one dot: no path, no header injection, no second extension.
fn check_name(name: &str) -> Result<(), ApiError> {
    let refuse = |message| Err(ApiError::invalid_field(FIELD, message));
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
        return refuse("must have a name of 1 to 120 characters");
    }
    if !name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '(' | ')' | '.'))
    {
        return refuse("must have a name of letters, digits, spaces and - _ ( ) only");
    }
    if name.starts_with(['.', ' ']) || name.matches('.').count() != 1 {
        return refuse("must have a name with exactly one extension");
    }
    Ok(())
}

fn content_fits(kind: Kind, content: &[u8]) -> bool {
    if !kind.magic.is_empty() {
        return content.starts_with(kind.magic);
    }
    let text = std::str::from_utf8(content)
        .ok()
        .filter(|text| !text.contains('\0'));
    let beginning = text.map(|text| {
        let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        text.chars()
            .take(16)
            .collect::<String>()
            .to_ascii_lowercase()
    });
    beginning.is_some_and(|text| {
        !ACTIVE_BEGINNINGS
            .iter()
            .any(|active| text.starts_with(active))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn status(name: &str, declared: &str, content: &[u8]) -> u16 {
        inspect(name, declared, content).map_or_else(|error| error.status.as_u16(), |_| 201)
    }

    #[test]
    fn honest_files_are_accepted() {
        assert_eq!(
            status("notes (1).txt", "text/plain; charset=utf-8", b"hello"),
            201
        );
        assert_eq!(status("Über.TXT", "text/plain", "grüß".as_bytes()), 201);
        assert_eq!(status("a.pdf", "application/pdf", b"%PDF-1.7 ..."), 201);
        assert_eq!(status("a.jpeg", "image/jpeg", b"\xff\xd8\xff\xe0"), 201);
    }

    #[test]
    fn a_type_that_does_not_fit_is_refused() {
        assert_eq!(status("a.png", "image/png", b"plain text"), 415);
        assert_eq!(status("a.txt", "image/png", b"\x89PNG\r\n\x1a\n"), 415);
        assert_eq!(status("a.txt", "text/plain", b"\0\x01"), 415);
        assert_eq!(status("a.exe", "application/octet-stream", b"MZ"), 415);
        assert_eq!(status("a.txt", "", b"hello"), 415);
    }

    #[test]
    fn active_content_is_refused_under_any_type() {
        assert_eq!(
            status("a.svg", "image/svg+xml", b"<svg onload=alert(1)>"),
            415
        );
        assert_eq!(
            status("a.txt", "text/plain", b"\n <SVG onload=alert(1)>"),
            415
        );
        assert_eq!(status("a.html", "text/html", b"<html>"), 415);
        assert_eq!(
            status("a.csv", "text/csv", "\u{feff}<script>".as_bytes()),
            415
        );
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let long = format!("{}.txt", "a".repeat(120));
        for name in [
            "../a.txt",
            "..\\a.txt",
            "/etc/a.txt",
            "%2e%2e%2fa.txt",
            "a.php.txt",
            "a.txt.exe",
            ".txt",
            "a",
            "a.txt\r\nx: y",
            "a\".txt",
            "a\u{202e}txt.txt",
            "",
            &long,
        ] {
            assert_eq!(status(name, "text/plain", b"hello"), 422, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_accepted_name_has_a_path_a_quote_or_a_control_character(name in ".{0,20}\\.txt") {
            if inspect(&name, "text/plain", b"hello").is_ok() {
                let bad = |c: char| c.is_control() || matches!(c, '/' | '\\' | '"' | '%' | ';' | ':');
                prop_assert!(!name.contains(bad), "{name:?}");
            }
        }
    }
}
