//! What is wrong with a text that is no YAML, in the words of the gate file.

use std::string::FromUtf8Error;
use std::sync::Arc;

use serde_saphyr::{Error, Location};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::Key;
use tidegate_core::span::{Source, Span};

pub(super) fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Diagnostic::new(format!("there is no file {name}")).help(
            "Run this in the folder that holds tidegate.yaml, name the file with `--gate FILE`, or write a first one \
             with `tidegate init`.",
        );
    }
    Diagnostic::new(format!("{name} could not be read: {error}"))
        .help("Check that it is a file and that you may read it.")
}

pub(super) fn too_large(name: &str, limit: usize) -> Diagnostic {
    Diagnostic::new(format!("{name} is larger than {} KiB", limit / 1024))
        .help("Split it: put groups of checks into packs and include them.")
}

/// Names the first byte that is no UTF-8 (RFC 3629).
pub(super) fn not_text(name: &str, error: &FromUtf8Error) -> Diagnostic {
    let bytes = error.as_bytes();
    let at = error.utf8_error().valid_up_to();
    let source = Source::new(name, String::from_utf8_lossy(bytes));
    let diagnostic = Diagnostic::at(
        Span::new(source, at, at + '\u{fffd}'.len_utf8()),
        "this file is not UTF-8 text",
    );
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if utf16 {
        diagnostic.label("this is UTF-16")
    } else {
        diagnostic.label("the first byte that is not")
    }
    .help("Save the file as UTF-8; most editors offer it in the status bar or the save dialog.")
}

pub(super) fn empty(source: &Arc<Source>) -> Diagnostic {
    Diagnostic::at(Span::new(source.clone(), 0, 0), "this file is empty")
        .help("A gate file starts with `version: 1`, a `name:`, `environments:` and `checks:`.")
}

pub(super) fn doubled(key: &Key, first_line: usize) -> Diagnostic {
    Diagnostic::at(
        key.span.clone(),
        format!("`{}` stands here twice", key.text),
    )
    .label(format!("first given in line {first_line}"))
    .help("Keep one of the two, or give them different names.")
}

pub(super) fn number_too_large(span: Span) -> Diagnostic {
    Diagnostic::at(span, "this number is too large to be kept exactly")
        .label("more than 64 bits")
        .help("Put it in quotes to send it as text.")
}

/// The byte range of a place.
pub(super) fn range(source: &Source, location: Location) -> (usize, usize) {
    let span = location.span();
    let exact = span.byte_offset().zip(span.byte_len());
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    match exact {
        Some((start, length)) => (number(start), number(start.saturating_add(length))),
        None => {
            let start = source.offset(number(location.line()), number(location.column()));
            let length = source.text()[start..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
            (start, start + length)
        }
    }
}

/// Says what the parser stumbled over.
pub(super) fn syntax(source: &Arc<Source>, error: &Error) -> Diagnostic {
    let (start, end) = error
        .location()
        .map_or((0, 0), |location| range(source, location));
    let span = Span::new(source.clone(), start, end);
    limit(error, &span)
        .or_else(|| tab(source, &span))
        .or_else(|| bracket(source, &span))
        .unwrap_or_else(|| {
            let text = error.to_string();
            let message = text
                .rsplit_once(" at line ")
                .map_or(&*text, |(message, _)| message);
            Diagnostic::at(span.clone(), format!("this is not proper YAML: {message}"))
                .help(advice(message))
        })
}

/// Faults that have a kind of their own.
fn limit(mut error: &Error, span: &Span) -> Option<Diagnostic> {
    while let Error::AliasError { error: inner, .. } = error {
        error = inner;
    }
    let at = |message: &str| Diagnostic::at(span.clone(), message);
    let too_deep = || {
        at("this file is nested too deeply or too large").help(format!(
            "At most {} levels and 250000 values are read.",
            super::DEPTH_LIMIT
        ))
    };
    Some(match error {
        Error::Budget { .. } => too_deep(),
        // The parser's own limit has no kind of its own.
        Error::ExternalMessage { .. } if error.to_string().contains("recursion limit") => {
            too_deep()
        }
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => at("aliases make this file too large")
            .help("Write the values out, or put the checks into a pack."),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            at("this alias stands inside its own anchor").help("Write the value out.")
        }
        Error::UnknownAnchor { .. } => at("no anchor of this name stands before this alias")
            .help("Put text that starts with `*` in quotes."),
        Error::MultipleDocuments { .. } => at("a second document begins here")
            .help("A gate file is one document: remove the `---`."),
        Error::NonFiniteFloat { .. } => at("this is not a number that JSON can hold")
            .help("Put it in quotes to send it as text."),
        _ => return None,
    })
}

fn tab(source: &Arc<Source>, span: &Span) -> Option<Diagnostic> {
    let line = span.line();
    let text = source.line(line);
    let indentation = &text[..text.len() - text.trim_start().len()];
    let at = source.offset(line, 1) + indentation.find('\t')?;
    Some(
        Diagnostic::at(
            Span::new(source.clone(), at, at + 1),
            "a tab stands in the indentation",
        )
        .label("expected spaces")
        .help("Indent with spaces; two a level are usual."),
    )
}

/// An opening bracket inside a name without quotes, as in `{ $.tags[0]: x }` or `{ a: ${B} }`.
fn bracket(source: &Arc<Source>, span: &Span) -> Option<Diagnostic> {
    let at = span.range().start;
    let (before, after) = source.text().split_at_checked(at)?;
    let word_start = before
        .rfind(|letter: char| letter.is_whitespace() || "{[,".contains(letter))
        .map_or(0, |found| found + 1);
    let word = before[word_start..].chars().next().map(|_| word_start)?;
    let line_rest = after.lines().next().unwrap_or("");
    let end = at + line_rest.find([']', '}']).map_or(1, |close| close + 1);
    let whole = Span::new(source.clone(), word, end);
    if after.starts_with('{') && before.ends_with('$') {
        let quoted = whole.text().to_owned();
        return Some(
            Diagnostic::at(
                whole,
                "a reference stands without quotes inside `{ }` or `[ ]`",
            )
            .label("needs quotes here")
            .help(format!("Write \"{quoted}\".")),
        );
    }
    if !after.starts_with('[') {
        return None;
    }
    let key_end = line_rest.find(": ").map_or(end, |colon| at + colon);
    let key = Span::new(source.clone(), word, key_end);
    let quoted = key.text().to_owned();
    Some(
        Diagnostic::at(
            key,
            "a name with a bracket stands without quotes inside `{ }` or `[ ]`",
        )
        .label("needs quotes here")
        .help(format!(
            "Write \"{quoted}\": inside `{{ }}` a bracket begins a list."
        )),
    )
}

fn advice(message: &str) -> &'static str {
    if message.contains("mapping values are not allowed") {
        "Check the indentation of this line and the one before; put a value that contains `: ` in quotes."
    } else if message.contains("unexpected character") {
        "Put a value that starts with a sign such as @, % or ` in quotes."
    } else if message.contains("quote") {
        "Close the quotes, or use the other sort of quotes around text that contains one."
    } else if message.contains("bracket") || message.contains("flow") {
        "Check that every `{` and `[` is closed and that entries are separated by commas."
    } else {
        "Check the indentation and the quotes of this line and the one before."
    }
}
