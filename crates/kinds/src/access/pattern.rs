//! Routes as the matrix writes them: `GET /api/records/{id}`, `* /assets/*`.

use tidegate_core::diagnostic::{Diagnostic, nearest};
use tidegate_core::located::Located;
use tidegate_core::span::{Source, Span};

/// Every method a route may have.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// A route of the matrix, or many of them.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The method in capitals; every one when absent.
    pub(super) method: Option<&'static str>,
    /// The path as it is written.
    pub(super) path: String,
    /// Where it is written.
    pub(super) span: Span,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// A text.
    Text(String),
    /// `{id}`
    Parameter,
    /// `*`: anything; at the end of a pattern, all that follows.
    Anything,
}

impl Pattern {
    /// Reads a method and a path.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(written: &Located<String>) -> Result<Self, Diagnostic> {
        let fault = |label: String| {
            Diagnostic::at(
                written.span.clone(),
                format!("`{}` is no route", written.value),
            )
            .label(label)
        };
        let Some((method, path)) = written.value.split_once(' ') else {
            return Err(fault("expected a method and a path".to_owned())
                .help("Write it like `GET /api/records`; `*` stands for every method."));
        };
        let method = match METHODS.iter().find(|known| **known == method) {
            Some(method) => Some(*method),
            None if method == "*" => None,
            None => return Err(unknown_method(fault, method)),
        };
        if METHODS
            .iter()
            .any(|other| path.starts_with(&format!("{other} ")))
        {
            return Err(two_methods(fault));
        }
        let segments = segments(path).map_err(|(label, help)| fault(label).help(help))?;
        Ok(Self {
            method,
            path: path.to_owned(),
            span: written.span.clone(),
            segments,
        })
    }

    /// A route of a document or of code, as a pattern of its own.
    pub(super) fn of(method: &str, path: &str) -> Self {
        Self {
            method: METHODS.iter().find(|known| **known == method).copied(),
            path: path.to_owned(),
            span: Span::new(Source::new("", ""), 0, 0),
            segments: shape(path),
        }
    }

    /// How people name it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.unwrap_or("*"), self.path)
    }

    /// Whether it is one route and not many.
    pub(super) fn is_one(&self) -> bool {
        self.method.is_some() && !self.segments.contains(&Segment::Anything)
    }

    /// Whether a route is this one, whatever its parameters are called.
    pub(super) fn is(&self, method: &str, path: &str) -> bool {
        self.is_one() && self.fits_method(method) && shape(path) == self.segments
    }

    /// Whether a route is this one or one of these.
    pub(super) fn covers(&self, method: &str, path: &str) -> bool {
        if !self.fits_method(method) {
            return false;
        }
        let path = shape(path);
        let fits = |(own, other): (&Segment, &Segment)| match own {
            Segment::Text(_) => own == other,
            Segment::Parameter | Segment::Anything => true,
        };
        let is_open = self.segments.last() == Some(&Segment::Anything);
        let length = if is_open {
            path.len() >= self.segments.len()
        } else {
            path.len() == self.segments.len()
        };
        length && self.segments.iter().zip(&path).all(fits)
    }

    /// How exactly it says which routes it means.
    pub(super) fn exactness(&self) -> (usize, bool) {
        let texts = self.segments.iter();
        let texts = texts.filter(|one| matches!(one, Segment::Text(_))).count();
        (texts, self.method.is_some())
    }

    fn fits_method(&self, method: &str) -> bool {
        self.method.is_none_or(|own| own == method)
    }
}

/// The parts of a path; what begins with a brace is a parameter.
fn shape(path: &str) -> Vec<Segment> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    let segment = |part: &str| match part {
        "*" => Segment::Anything,
        part if part.contains('{') => Segment::Parameter,
        part => Segment::Text(part.to_owned()),
    };
    parts.map(segment).collect()
}

fn segments(path: &str) -> Result<Vec<Segment>, (String, String)> {
    let wrong = |label: &str, help: String| Err((label.to_owned(), help));
    if !path.starts_with('/') || path.contains(char::is_whitespace) {
        return wrong(
            "expected one path that starts with `/` behind the method",
            "Write it like `GET /api/records`.".to_owned(),
        );
    }
    if path.contains(['?', '#']) {
        return wrong(
            "a route has no query",
            "Write the path alone, and the query under `query:` of its entry.".to_owned(),
        );
    }
    for part in path.split('/') {
        let name = part.trim_matches(|edge| "{}[]:$.".contains(edge));
        let is_proper =
            part.starts_with('{') && part.ends_with('}') && part == format!("{{{name}}}");
        if part.contains(['{', '}', '[', ']', '$']) && !is_proper || part.starts_with(':') {
            let help = format!("Write a part that varies as `{{{name}}}`.");
            return wrong("this is no part of a route", help);
        }
        if part.contains('*') && part != "*" {
            let help =
                "Write `*` for a whole part of the path, or for all that follows at its end.";
            return wrong("`*` stands for whole parts of a path", help.to_owned());
        }
    }
    Ok(shape(path))
}

fn unknown_method(fault: impl Fn(String) -> Diagnostic, method: &str) -> Diagnostic {
    let mut parts = method.split([',', '|', '/']);
    let known = |part: &str| METHODS.contains(&part);
    if parts.clone().count() > 1 && parts.all(known) {
        return two_methods(fault);
    }
    let near = nearest(&method.to_ascii_uppercase(), METHODS);
    let fault = fault(format!("`{method}` is no method"));
    match near {
        Some(near) => fault.help(format!("Did you mean `{near}`?")),
        None => fault.help("Methods are written in capitals; `*` stands for every one."),
    }
}

fn two_methods(fault: impl Fn(String) -> Diagnostic) -> Diagnostic {
    fault("one route has one method".to_owned())
        .help("Write an entry for each method, or `*` for every one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Result<Pattern, Diagnostic> {
        let span = Span::new(Source::new("tidegate.yaml", text), 0, text.len());
        Pattern::read(&Located {
            value: text.to_owned(),
            span,
        })
    }

    #[test]
    fn a_pattern_covers_what_it_names() {
        for (text, method, path, covers) in [
            ("GET /api/records", "GET", "/api/records", true),
            ("GET /api/records", "GET", "/api/records/", true),
            ("GET /api/records", "POST", "/api/records", false),
            ("* /api/records", "POST", "/api/records", true),
            (
                "GET /api/records/{id}",
                "GET",
                "/api/records/{record}",
                true,
            ),
            ("GET /api/records/{id}", "GET", "/api/records/latest", true),
            ("GET /assets/*", "GET", "/assets/a/b.js", true),
            ("GET /assets/*", "GET", "/assets", false),
            ("GET /*/health", "GET", "/api/health", true),
            ("GET /*", "GET", "/", false),
            ("GET /", "GET", "/", true),
        ] {
            let pattern = pattern(text).unwrap();
            assert_eq!(
                pattern.covers(method, path),
                covers,
                "{text} {method} {path}"
            );
        }
        assert!(pattern("GET /a/{id}").unwrap().is("GET", "/a/{other}"));
        assert!(!pattern("GET /a/{id}").unwrap().is("GET", "/a/latest"));
    }

    #[test]
    fn what_is_no_route_is_told_with_a_way_out() {
        for (text, label, help) in [
            (
                "/api/records",
                "expected a method and a path",
                "GET /api/records",
            ),
            ("GET api", "starts with `/`", ""),
            (
                "GET,POST /a",
                "one route has one method",
                "an entry for each",
            ),
            (
                "GET POST /a",
                "one route has one method",
                "an entry for each",
            ),
            ("get /a", "`get` is no method", "Did you mean `GET`?"),
            ("GRAB /a", "`GRAB` is no method", ""),
            ("GET /a?b=c", "a route has no query", "`query:`"),
            ("GET /a/:id", "no part of a route", "`{id}`"),
            ("GET /a/[id]", "no part of a route", "`{id}`"),
            ("GET /a/${id}", "no part of a route", "`{id}`"),
            ("GET /a/x*", "whole parts", ""),
        ] {
            let fault = pattern(text).unwrap_err();
            let said = fault.label.unwrap_or_default();
            assert!(said.contains(label), "{text}: {said}");
            let told = fault.help.unwrap_or_default();
            assert!(told.contains(help), "{text}: {told}");
        }
    }
}
