//! What GitHub takes at most, and how texts are made to fit.
//!
//! GitHub counts characters. Bytes are counted here, which are never fewer, so that a text fits
//! whichever it counts.

/// The title of a check run, and of an annotation.
pub(crate) const TITLE: usize = 255;
/// The summary and the text of a check run.
pub(crate) const CHECK_TEXT: usize = 65_535;
/// The annotations in one request.
pub(crate) const ANNOTATIONS: usize = 50;
/// The message of an annotation.
pub(crate) const MESSAGE: usize = 64 * 1024;
/// A comment.
pub(crate) const COMMENT: usize = 65_536;
/// The description of a commit status and of a deployment status.
pub(crate) const DESCRIPTION: usize = 140;
/// The context of a commit status.
pub(crate) const CONTEXT: usize = 255;
/// The comment of an answer to a deployment protection rule.
pub(crate) const PROTECTION: usize = 1_024;
/// A SARIF file, packed.
pub(crate) const SARIF: usize = 10 * 1_000 * 1_000;

/// The text, or as much of it as fits, with a mark that it was cut.
pub(crate) fn fit(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let mut end = limit.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_fits_is_kept_and_the_rest_is_cut(text in "\\PC{0,60}", limit in 3_usize..80) {
            let fitted = fit(&text, limit);
            prop_assert!(fitted.len() <= limit);
            if text.len() <= limit {
                prop_assert_eq!(fitted, text);
            } else {
                prop_assert!(fitted.ends_with('…'));
            }
        }
    }
}
