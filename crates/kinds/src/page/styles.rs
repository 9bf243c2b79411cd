//! What a stylesheet loads: other stylesheets, fonts and pictures.

use std::borrow::Cow;

/// The most addresses of a sort that are taken from one stylesheet.
const MOST: usize = 100;

/// What a stylesheet names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// Stylesheets that it imports.
    pub(super) imports: Vec<String>,
    /// Fonts, by their endings.
    pub(super) fonts: Vec<String>,
    /// Pictures, by their endings.
    pub(super) images: Vec<String>,
}

/// Reads a stylesheet.
pub(super) fn read(text: &str) -> Named {
    let text = without_comments(text);
    let mut named = Named::default();
    let mut rest = &*text;
    while let Some(at) = rest.find("@import") {
        rest = &rest[at + "@import".len()..];
        let value = rest.trim_start();
        let address = match value.strip_prefix("url(") {
            Some(value) => Some(in_brackets(value)),
            None => quoted(value),
        };
        add(&mut named.imports, address);
    }
    let mut rest = &*text;
    while let Some(at) = rest.find("url(") {
        rest = &rest[at + "url(".len()..];
        let address = in_brackets(rest);
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending.to_ascii_lowercase().as_str() {
            "woff2" | "woff" | "ttf" | "otf" => add(&mut named.fonts, Some(address)),
            "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "svg" | "ico" => {
                add(&mut named.images, Some(address));
            }
            _ => {}
        }
    }
    named
}

/// Adds an address that stands there as it is: no data, no reference into the same file, no escapes.
fn add(known: &mut Vec<String>, address: Option<&str>) {
    let Some(address) = address.map(str::trim).filter(|address| !address.is_empty()) else {
        return;
    };
    let is_plain = !address.starts_with(['#', '%']) && !address.contains(['\\', '\n', '<', '{']);
    let is_data = address
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("data:"));
    if known.len() < MOST && is_plain && !is_data && !known.iter().any(|one| one == address) {
        known.push(address.to_owned());
    }
}

/// What stands between brackets; nothing when they are not closed. Without quotes it has no bracket inside, so
/// that many open ones are each read up to the next.
fn in_brackets(text: &str) -> &str {
    let text = text.trim_start();
    let closed = || {
        let (address, rest) = text.split_at(text.find(['(', ')'])?);
        rest.starts_with(')').then_some(address)
    };
    quoted(text).or_else(closed).unwrap_or_default()
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|sign| "\"'".contains(*sign))?;
    text.get(1..)?.split(quote).next()
}

fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        kept.push(' ');
        rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn imports_fonts_and_pictures_are_found() {
        let named = read(
            "@import \"base.css\"; @import url( 'theme.css' ) screen; /* @import 'old.css'; */\n\
             @font-face{src:url(/fonts/a.woff2)format(\"woff2\"),url(\"a.eot?#iefix\")}\n\
             .a{background:url(data:image/png;base64,AA==)} .b{background:url( ../b.svg#x )}\
             .c{fill:url(#gradient)} .d{background:url('../b.svg#x')}",
        );
        assert_eq!(named.imports, ["base.css", "theme.css"]);
        assert_eq!(named.fonts, ["/fonts/a.woff2"]);
        assert_eq!(named.images, ["../b.svg#x"]);
    }

    #[test]
    fn brackets_that_are_never_closed_are_read_once() {
        for open in ["url(", "@import url(", "url(/a", "url(\"", "url('", "url( "] {
            let named = read(&open.repeat(200_000));
            assert!(named.imports.is_empty() && named.fonts.is_empty());
        }
        let text = format!("{}url(/a.png)", "url(".repeat(1_000));
        assert_eq!(read(&text).images, ["/a.png"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "(@import|url\\(|[\"'();/* \n]|\\PC){0,60}") {
            read(&text);
        }
    }
}
