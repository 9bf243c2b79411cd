//! Addresses in HTML, found without building a document: whatever is written there, the reading goes
//! on.

use std::borrow::Cow;

use super::FetchedKind;

/// The most addresses that are taken from a page.
const MOST: usize = 5_000;

/// Elements whose content is text up to their own end tag.
const TEXT_ONLY: &[&str] = &["script", "style", "textarea", "title", "xmp"];

/// The addresses of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// What relative addresses are relative to, by `<base href>`.
    pub(super) base: Option<String>,
    /// What it loads and links to, in the order of the text.
    pub(super) links: Vec<Link>,
}

/// An address and what is expected there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) address: String,
    pub(super) kind: FetchedKind,
}

/// Reads a page.
pub(super) fn read(text: &str) -> Page {
    let mut page = Page::default();
    for piece in pieces(text) {
        if page.links.len() >= MOST {
            break;
        }
        if let Piece::Start { tag, .. } = piece {
            page.add(&tag);
        }
    }
    page
}

/// A part of a page, in the order of the text.
pub(crate) enum Piece<'t> {
    /// Text between tags, with its character references.
    Text(&'t str),
    /// A start tag.
    Start {
        /// The tag.
        tag: Tag<'t>,
        /// What stands up to its end tag, when that is no markup: a script, a style, a title.
        content: &'t str,
    },
    /// The name in an end tag.
    End(&'t str),
}

/// The parts of a page; comments are left out.
pub(crate) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text }
}

/// See [`pieces`].
pub(crate) struct Pieces<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        loop {
            let at = self.rest.find('<').unwrap_or(self.rest.len());
            if at > 0 {
                let (text, rest) = self.rest.split_at(at);
                self.rest = rest;
                return Some(Piece::Text(text));
            }
            let behind = self.rest.strip_prefix('<')?;
            match behind.bytes().next() {
                Some(first) if first.is_ascii_alphabetic() => return Some(self.start(behind)),
                Some(b'/') => {
                    let (end, rest) = behind.split_once('>').unwrap_or((behind, ""));
                    self.rest = rest;
                    let name = end.get(1..).unwrap_or_default();
                    return Some(Piece::End(split_where(name, ends_name).0));
                }
                Some(b'!' | b'?') => {
                    let end = behind.strip_prefix("!--").map_or(">", |_| "-->");
                    self.rest = behind.split_once(end).map_or("", |(_, rest)| rest);
                }
                _ => {
                    self.rest = behind;
                    return Some(Piece::Text("<"));
                }
            }
        }
    }
}

impl<'t> Pieces<'t> {
    fn start(&mut self, text: &'t str) -> Piece<'t> {
        let tag = tag(text, &mut self.rest);
        let mut content = "";
        if TEXT_ONLY.iter().any(|name| tag.is(name)) {
            (content, self.rest) = text_of(self.rest, tag.name);
        }
        Piece::Start { tag, content }
    }
}

/// A start tag.
pub(crate) struct Tag<'t> {
    name: &'t str,
    attributes: Vec<(&'t str, &'t str)>,
}

impl Tag<'_> {
    /// Whether it is an element of this name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value of its first attribute of this name, without character references.
    pub(crate) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| decoded(value.trim()))
    }

    /// Whether one of the words of an attribute is this one.
    pub(crate) fn has(&self, attribute: &str, word: &str) -> bool {
        let value = self.attribute(attribute).unwrap_or_default();
        value
            .split_ascii_whitespace()
            .any(|known| known.eq_ignore_ascii_case(word))
    }

    /// What is expected at the address of a `<link>`, if it matters.
    fn linked(&self) -> Option<FetchedKind> {
        if self.has("rel", "stylesheet") {
            return Some(FetchedKind::Style);
        }
        if self.has("rel", "modulepreload") {
            return Some(FetchedKind::Script);
        }
        if self.has("rel", "manifest") {
            return Some(FetchedKind::Other);
        }
        if !self.has("rel", "preload") && !self.has("rel", "prefetch") {
            return None;
        }
        match self.attribute("as")?.to_ascii_lowercase().as_str() {
            "script" => Some(FetchedKind::Script),
            "style" => Some(FetchedKind::Style),
            "fetch" => Some(FetchedKind::Other),
            _ => None,
        }
    }
}

impl Page {
    fn add(&mut self, tag: &Tag<'_>) {
        if tag.is("base") {
            let base = tag.attribute("href").map(Cow::into_owned);
            self.base = self.base.take().or(base);
            return;
        }
        let (attribute, kind) = if tag.is("script") {
            ("src", Some(FetchedKind::Script))
        } else if tag.is("link") {
            ("href", tag.linked())
        } else if tag.is("a") || tag.is("area") {
            ("href", Some(FetchedKind::Page))
        } else if tag.is("iframe") || tag.is("frame") {
            ("src", Some(FetchedKind::Page))
        } else {
            return;
        };
        if let (Some(address), Some(kind)) = (tag.attribute(attribute), kind)
            && !address.is_empty()
        {
            let address = address.into_owned();
            self.links.push(Link { address, kind });
        }
    }
}

/// Whether a character ends the name of an element.
fn ends_name(character: char) -> bool {
    character.is_ascii_whitespace() || "/>".contains(character)
}

/// Reads a tag from its name on.
fn tag<'t>(text: &'t str, rest: &mut &'t str) -> Tag<'t> {
    let (name, mut text) = split_where(text, ends_name);
    let mut attributes = Vec::new();
    loop {
        text = text.trim_start_matches(|character: char| {
            character.is_ascii_whitespace() || character == '/'
        });
        if let Some(behind) = text.strip_prefix('>') {
            text = behind;
            break;
        }
        if text.is_empty() {
            break;
        }
        let (attribute, behind) = attribute(text);
        attributes.push(attribute);
        text = behind;
    }
    *rest = text;
    Tag { name, attributes }
}

/// The attribute that a text begins with, and what follows it.
fn attribute(text: &str) -> ((&str, &str), &str) {
    let ends = |character: char| character.is_ascii_whitespace() || "=/>".contains(character);
    // A name may begin with what ends others, so that every attribute has a character at least.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let length = text.get(first..).and_then(|rest| rest.find(ends));
    let (name, behind) = text.split_at(length.map_or(text.len(), |length| first + length));
    let Some(value) = behind.trim_ascii_start().strip_prefix('=') else {
        return ((name, ""), behind);
    };
    let value = value.trim_ascii_start();
    let quote = value.chars().next().filter(|first| "\"'".contains(*first));
    if let Some(quote) = quote {
        let value = value.get(1..).unwrap_or_default();
        let (value, behind) = value.split_once(quote).unwrap_or((value, ""));
        return ((name, value), behind);
    }
    let ends = |character: char| character.is_ascii_whitespace() || character == '>';
    let (value, behind) = split_where(value, ends);
    ((name, value), behind)
}

fn split_where(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// The text of an element, and what follows it: its end tag and so on.
fn text_of<'t>(text: &'t str, name: &str) -> (&'t str, &'t str) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("</")) {
        let at = from + at;
        let end = text.get(at + 2..at + 2 + name.len());
        if end.is_some_and(|end| end.eq_ignore_ascii_case(name)) {
            return text.split_at(at);
        }
        from = at + 2;
    }
    (text, "")
}

/// The text with the character references replaced that stand in addresses and are common in text.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    const REFERENCES: &[(&str, &str)] = &[
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&#47;", "/"),
        ("&#38;", "&"),
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut text = text.to_owned();
    for (reference, character) in REFERENCES {
        text = text.replace(reference, character);
    }
    Cow::Owned(text)
}
