//! Text cut at its `${…}` references, so that a value put in place of one is never read again.

use tidegate_core::template::escape;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text that stands for itself, `$${` already read as `${`.
    Literal(String),
    /// A reference as it is written, with its braces; without the closing one when it has none.
    Reference(String),
}

impl Piece {
    /// What stands between the braces of a reference that closes.
    pub(crate) fn inner(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Reference(written) => written.strip_prefix("${")?.strip_suffix('}'),
        }
    }
}

/// Cuts a text at its references.
pub(crate) fn split(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            literal.push_str(&rest[..at - 1]);
            literal.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        literal.push_str(&rest[..at]);
        let length = rest[at..]
            .find('}')
            .map_or(rest.len() - at, |close| close + 1);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Reference(rest[at..at + length].to_owned()));
        rest = &rest[at + length..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

/// Writes pieces as a text that reads as them again.
///
/// Nothing when a `$` would stand right before a reference: the language has no way to write it.
pub(crate) fn join(pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    let mut literal = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(more) => literal.push_str(more),
            Piece::Reference(_) if literal.ends_with('$') => return None,
            Piece::Reference(written) => {
                text.push_str(&escape(&std::mem::take(&mut literal)));
                text.push_str(written);
            }
        }
    }
    text.push_str(&escape(&literal));
    Some(text)
}

/// The text of pieces that hold no reference.
pub(crate) fn literal(pieces: &[Piece]) -> Option<String> {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => Some(text.as_str()),
            Piece::Reference(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stay_text_and_unclosed_references_stay_as_written() {
        assert_eq!(split("$${a}"), [Piece::Literal("${a}".into())]);
        assert_eq!(split("$$${a}"), [Piece::Literal("$${a}".into())]);
        let pieces = split("x${a}y${b");
        assert_eq!(pieces.len(), 4);
        assert_eq!((pieces[1].inner(), pieces[3].inner()), (Some("a"), None));
    }

    #[test]
    fn a_dollar_never_swallows_the_reference_behind_it() {
        let pieces = [Piece::Literal("5$".into()), Piece::Reference("${a}".into())];
        assert_eq!(join(&pieces), None);
        let pieces = [Piece::Literal("5$".into()), Piece::Literal("{a}".into())];
        assert_eq!(join(&pieces).as_deref(), Some("5$${a}"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_as_the_same_pieces(text in "[${}a:]{0,12}") {
            let pieces = split(&text);
            let written = join(&pieces).unwrap_or_else(|| text.clone());
            proptest::prop_assert_eq!(split(&written), pieces);
        }

        #[test]
        fn a_literal_reads_as_itself(text in ".*") {
            let written = join(&[Piece::Literal(text.clone())]).unwrap();
            proptest::prop_assert_eq!(literal(&split(&written)), Some(text));
        }
    }
}
