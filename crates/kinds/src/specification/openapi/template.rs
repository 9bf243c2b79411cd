//! Path templates such as `/records/{id}.json`, taken apart.

use percent_encoding::percent_decode_str;

/// The most segments of a template.
pub(super) const SEGMENT_LIMIT: usize = 256;

/// A path template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    /// What stands between the slashes.
    pub(super) segments: Vec<Segment>,
    /// Whether a slash ends it.
    pub(super) trailing: bool,
    /// What its query must hold, in documents that tell operations apart by it.
    pub(super) query: Vec<(String, Option<String>)>,
    /// What follows a `#`; it is never sent.
    pub(super) fragment: String,
}

/// What stands between two slashes of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// A text, percent-decoded.
    Literal(String),
    /// One parameter and nothing else.
    Variable(String),
    /// The last one: a parameter that takes slashes too.
    Rest(String),
    /// Texts and parameters.
    Mixed(Vec<Piece>),
}

/// A part of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A text, percent-decoded.
    Literal(String),
    /// A parameter.
    Variable(String),
}

/// Why a template is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TemplateFault {
    /// A brace is never closed, or closed twice.
    #[error("has a brace without its partner")]
    Brace,
    /// A parameter has no name.
    #[error("has a parameter without a name")]
    Nameless,
    /// It has too many segments.
    #[error("has more than {SEGMENT_LIMIT} segments")]
    Long,
}

impl Template {
    /// Takes a template apart.
    ///
    /// `takes_slashes` says of which parameters the value may hold slashes.
    pub(super) fn parse(
        written: &str,
        takes_slashes: &dyn Fn(&str) -> bool,
    ) -> Result<Self, TemplateFault> {
        let (path, query, fragment) = cut(written);
        let path = path.strip_prefix('/').unwrap_or(path);
        let trailing = path.ends_with('/');
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut segments = Vec::new();
        if !path.is_empty() {
            for text in outside_braces(path) {
                segments.push(segment(text)?);
            }
        }
        if segments.len() > SEGMENT_LIMIT {
            return Err(TemplateFault::Long);
        }
        let last = segments.len().saturating_sub(1);
        for (at, segment) in segments.iter_mut().enumerate() {
            widen(segment, at == last, takes_slashes);
        }
        Ok(Self {
            segments,
            trailing,
            query: wanted(query),
            fragment: fragment.to_owned(),
        })
    }

    /// What it has in common with templates that the same paths fit.
    pub(super) fn shape(&self) -> String {
        let mut shape = format!("{:?}{}#{}", self.query, self.trailing, self.fragment);
        for segment in &self.segments {
            shape.push('/');
            match segment {
                Segment::Literal(text) => shape.push_str(&text.replace(['{', '/'], "{{")),
                Segment::Variable(_) => shape.push_str("{}"),
                Segment::Rest(_) => shape.push_str("{*}"),
                Segment::Mixed(pieces) => {
                    for piece in pieces {
                        match piece {
                            Piece::Literal(text) => shape.push_str(text),
                            Piece::Variable(_) => shape.push_str("{}"),
                        }
                    }
                }
            }
        }
        shape
    }

    /// The names of its parameters in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().flat_map(|segment| {
            let (one, pieces) = match segment {
                Segment::Literal(_) => (None, &[][..]),
                Segment::Variable(name) | Segment::Rest(name) => (Some(name.as_str()), &[][..]),
                Segment::Mixed(pieces) => (None, pieces.as_slice()),
            };
            let named = pieces.iter().filter_map(|piece| match piece {
                Piece::Variable(name) => Some(name.as_str()),
                Piece::Literal(_) => None,
            });
            one.into_iter().chain(named)
        })
    }
}

/// The path of a template, its query, and the fragment that only tells equal paths apart.
fn cut(written: &str) -> (&str, &str, &str) {
    let (written, fragment) = match written.rsplit_once('#') {
        Some((before, fragment)) if !fragment.contains('/') => (before, fragment),
        _ => (written, ""),
    };
    // A `?` in braces, as of URI templates, begins no query of the path itself.
    match written.find('?') {
        Some(at) if written[..at].ends_with('{') => (&written[..at - 1], "", fragment),
        Some(at) => (&written[..at], &written[at + 1..], fragment),
        None => (written, "", fragment),
    }
}

/// What a query must hold: the keys of a template's query that are no parameters themselves.
fn wanted(query: &str) -> Vec<(String, Option<String>)> {
    let mut wanted = pairs(query);
    wanted.retain(|(key, _)| !key.contains('{'));
    for (_, value) in &mut wanted {
        value.take_if(|value| value.contains('{'));
    }
    wanted
}

/// The pairs of a query, percent-decoded.
pub(super) fn pairs(query: &str) -> Vec<(String, Option<String>)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let decoded = pairs.map(|pair| match pair.split_once('=') {
        Some((key, value)) => (decode(key), Some(decode(value))),
        None => (decode(pair), None),
    });
    decoded.collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Parts at the slashes that stand in no braces.
fn outside_braces(path: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => {
                parts.push(&path[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&path[start..]);
    parts
}

fn segment(text: &str) -> Result<Segment, TemplateFault> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        if rest[open..].starts_with('}') {
            return Err(TemplateFault::Brace);
        }
        if open > 0 {
            pieces.push(Piece::Literal(decode(&rest[..open])));
        }
        let close = rest[open..].find('}').ok_or(TemplateFault::Brace)? + open;
        let name = &rest[open + 1..close];
        if name.contains('{') {
            return Err(TemplateFault::Brace);
        }
        if name.is_empty() {
            return Err(TemplateFault::Nameless);
        }
        pieces.push(Piece::Variable(name.to_owned()));
        rest = &rest[close + 1..];
    }
    if pieces.is_empty() {
        return Ok(Segment::Literal(decode(text)));
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(decode(rest)));
    }
    Ok(match <[Piece; 1]>::try_from(pieces) {
        Ok([Piece::Variable(name)]) => Segment::Variable(name),
        Ok([piece]) => Segment::Mixed(vec![piece]),
        Err(pieces) => Segment::Mixed(pieces),
    })
}

/// Makes the last parameter take slashes when it is said to: `{path+}`, `{path*}`, `{+path}`, or by its
/// declaration.
fn widen(segment: &mut Segment, last: bool, takes_slashes: &dyn Fn(&str) -> bool) {
    let Segment::Variable(written) = segment else {
        return;
    };
    let name = written.trim_start_matches('+').trim_end_matches(['+', '*']);
    let marked = name.len() < written.len() && !name.is_empty();
    let name = if marked {
        name.to_owned()
    } else {
        written.clone()
    };
    *segment = if last && (marked || takes_slashes(&name)) {
        Segment::Rest(name)
    } else {
        Segment::Variable(name)
    };
}

/// What the parameters of a mixed segment are in a text, each the shortest that fits and none empty.
pub(super) fn hold<'t>(pieces: &[Piece], text: &'t str) -> Option<Vec<&'t str>> {
    let (mut found, mut rest) = (Vec::new(), text);
    let mut at = 0;
    while at < pieces.len() {
        match (&pieces[at], pieces.get(at + 1)) {
            (Piece::Literal(literal), _) => rest = rest.strip_prefix(literal.as_str())?,
            (Piece::Variable(_), None) => {
                found.push(rest);
                rest = "";
            }
            (Piece::Variable(_), Some(next)) => {
                let length = shortest(rest, next, at + 2 == pieces.len())?;
                found.push(&rest[..length]);
                rest = &rest[length..];
            }
        }
        at += 1;
    }
    let whole = rest.is_empty() && found.iter().all(|value| !value.is_empty());
    whole.then_some(found)
}

/// How long a parameter is before what follows it.
fn shortest(text: &str, next: &Piece, last: bool) -> Option<usize> {
    let first = text.chars().next()?.len_utf8();
    match next {
        Piece::Variable(_) => Some(first),
        Piece::Literal(literal) if last => {
            let length = text.len().checked_sub(literal.len())?;
            (length >= first && text.ends_with(literal.as_str())).then_some(length)
        }
        Piece::Literal(literal) => {
            let found = text[first..].find(literal.as_str())?;
            Some(first + found)
        }
    }
}
