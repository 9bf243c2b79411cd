//! HTML that cannot be unescaped: names of elements and attributes are known when Tidegate is built,
//! every text is escaped, and a link is one only after its address was looked at.

use crate::text::{clip, one_line, only_in_json, visible};

/// How many characters of one text are shown.
const TEXT_LIMIT: usize = 2_000;
/// How many characters an address has at most that becomes a link.
const LINK_LIMIT: usize = 1_000;

/// HTML, put together element by element.
#[derive(Debug, Default)]
pub(super) struct Html(String);

/// An attribute that neither runs nor loads anything.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    name: &'static str,
    value: String,
}

/// The address of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link(String);

impl Link {
    /// An address on the web; nothing for what does not plainly look like one.
    pub(super) fn web(address: &str) -> Option<Self> {
        let rest = address
            .strip_prefix("https://")
            .or_else(|| address.strip_prefix("http://"))?;
        let plain = |character: char| {
            character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&()*+,;=%".contains(character)
        };
        let host = rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
        (host && address.len() <= LINK_LIMIT && rest.chars().all(plain))
            .then(|| Self(address.to_owned()))
    }

    /// A place on this page.
    pub(super) fn anchor(id: &'static str) -> Self {
        Self(format!("#{id}"))
    }

    /// The address as text.
    #[cfg(test)]
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The class of an element.
pub(super) fn class(name: &'static str) -> Attribute {
    fixed("class", name)
}

/// An attribute that is known when Tidegate is built.
pub(super) fn fixed(name: &'static str, value: &'static str) -> Attribute {
    Attribute {
        name,
        value: value.to_owned(),
    }
}

/// An attribute whose value is a number.
pub(super) fn number(name: &'static str, value: f64) -> Attribute {
    Attribute {
        name,
        value: format!("{value:.1}"),
    }
}

/// A number of things as a length.
pub(super) fn whole(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// An attribute whose value is a share of a length, of 1.
pub(super) fn share(name: &'static str, of_one: f64) -> Attribute {
    Attribute {
        name,
        value: format!("{:.2}%", of_one * 100.0),
    }
}

/// Data of an element that the filter reads; `name` begins with `data-`.
pub(super) fn data(name: &'static str, value: &str) -> Attribute {
    debug_assert!(name.starts_with("data-"));
    label(name, value)
}

/// What an element is called for those who do not see it.
pub(super) fn called(text: &str) -> Attribute {
    label("aria-label", text)
}

/// The value of a choice in a form.
pub(super) fn value(text: &str) -> Attribute {
    label("value", text)
}

fn label(name: &'static str, text: &str) -> Attribute {
    Attribute {
        name,
        value: shown(text),
    }
}

impl Html {
    /// What was put together.
    pub(super) fn finish(self) -> String {
        self.0
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Begins an element.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[Attribute]) {
        self.0.push('<');
        self.0.push_str(name);
        for attribute in attributes {
            self.0.push(' ');
            self.0.push_str(attribute.name);
            self.0.push_str("=\"");
            escape(&mut self.0, &attribute.value);
            self.0.push('"');
        }
        self.0.push('>');
    }

    /// Ends an element.
    pub(super) fn close(&mut self, name: &'static str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element with others in it.
    pub(super) fn with(
        &mut self,
        name: &'static str,
        attributes: &[Attribute],
        inside: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        inside(self);
        self.close(name);
    }

    /// The paragraph that a section begins with.
    pub(super) fn lead(&mut self, text: &str) {
        self.leaf("p", &[class("lead")], text);
    }

    /// An element with a line of foreign text in it.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: &[Attribute], text: &str) {
        self.with(name, attributes, |html| html.line(text));
    }

    /// An element with foreign prose in it.
    pub(super) fn prose(&mut self, name: &'static str, attributes: &[Attribute], text: &str) {
        self.with(name, attributes, |html| html.words(text));
    }

    /// Foreign text on one line.
    pub(super) fn line(&mut self, text: &str) {
        escape(&mut self.0, &shown(text));
    }

    /// A space between two texts.
    pub(super) fn space(&mut self) {
        self.0.push(' ');
    }

    /// Foreign text with its line breaks.
    pub(super) fn lines(&mut self, text: &str) {
        let text = visible(clip(text, TEXT_LIMIT).trim_end(), true);
        escape(&mut self.0, &text);
    }

    /// Foreign prose on one line; what stands between two backticks is code.
    pub(super) fn words(&mut self, text: &str) {
        let text = shown(text);
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len().is_multiple_of(2) {
            escape(&mut self.0, &text);
            return;
        }
        for (index, part) in parts.into_iter().enumerate() {
            if index.is_multiple_of(2) {
                escape(&mut self.0, part);
            } else if !part.is_empty() {
                self.with("code", &[], |html| escape(&mut html.0, part));
            }
        }
    }

    /// A link with foreign text in it; only the text where the address is none.
    pub(super) fn link(&mut self, to: Option<&Link>, text: &str) {
        let Some(Link(address)) = to else {
            self.line(text);
            return;
        };
        let mut attributes = vec![Attribute {
            name: "href",
            value: address.clone(),
        }];
        if !address.starts_with('#') {
            attributes.push(fixed("rel", "noreferrer noopener"));
        }
        if address == text {
            // In print the address follows the text unless it is the same.
            attributes.push(class("same"));
        }
        self.leaf("a", &attributes, text);
    }

    /// The last point of a list of which only so many are shown: how many more there are.
    pub(super) fn more(&mut self, all: usize, shown: usize) {
        if let Some(more @ 1..) = all.checked_sub(shown) {
            self.leaf("li", &[], &only_in_json(more));
        }
    }

    /// A style sheet or a script of this program.
    pub(super) fn asset(&mut self, name: &'static str, text: &'static str) {
        self.open(name, &[]);
        self.0.push_str(text);
        self.close(name);
    }

    /// The first line of a document.
    pub(super) fn doctype(&mut self) {
        self.0.push_str("<!doctype html>\n");
    }
}

/// Foreign text on one line, as far as there is room.
fn shown(text: &str) -> String {
    one_line(&clip(text, TEXT_LIMIT), true)
}

/// Writes what could end a text or an attribute, or begin an element, as a reference.
fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some((at, reference)) = rest
        .bytes()
        .enumerate()
        .find_map(|(at, byte)| Some((at, reference(byte)?)))
    {
        out.push_str(&rest[..at]);
        out.push_str(reference);
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

fn reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#39;"),
        b'`' => Some("&#96;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Html)) -> String {
        let mut html = Html::default();
        write(&mut html);
        html.finish()
    }

    #[test]
    fn foreign_text_stays_text() {
        let text = written(|html| html.leaf("p", &[data("data-text", "\"><b>")], "</p><script>"));
        assert_eq!(
            text,
            "<p data-text=\"&quot;&gt;&lt;b&gt;\">&lt;/p&gt;&lt;script&gt;</p>"
        );
        assert_eq!(
            written(|html| html.words("run `a<b` now")),
            "run <code>a&lt;b</code> now"
        );
        assert_eq!(written(|html| html.words("one ` alone")), "one &#96; alone");
    }

    #[test]
    fn only_plain_addresses_become_links() {
        for good in [
            "https://github.com/acme/portal",
            "http://127.0.0.1:80/a?b=c#d",
            "http://[::1]/",
        ] {
            assert_eq!(Link::web(good).unwrap().as_str(), good);
        }
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "https://",
            "https://a\" onclick=\"x",
            "https://a b",
            "https://a\n",
            "https://ex\u{202e}ample",
            " https://a",
        ] {
            assert_eq!(Link::web(bad), None, "{bad}");
        }
        assert_eq!(
            written(|html| html.link(Link::web("javascript:x").as_ref(), "x")),
            "x"
        );
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let text = written(|html| html.line(&"x".repeat(1_000_000)));
        assert!(text.len() < 3_000);
        assert!(text.ends_with("(998000 more characters)"));
    }

    proptest! {
        #[test]
        fn nothing_foreign_ends_its_place(text in "[\\PC<>\"'&`\u{0}-\u{20}\u{202e}]{0,60}") {
            for shown in [
                written(|html| html.line(&text)),
                written(|html| html.lines(&text)),
                written(|html| html.words(&text)).replace("<code>", "").replace("</code>", ""),
            ] {
                prop_assert!(!shown.contains(['<', '>', '"', '\'']), "{}", shown);
            }
            let attribute = written(|html| html.open("p", &[data("data-x", &text)]));
            prop_assert_eq!(attribute.matches('"').count(), 2);
            prop_assert_eq!(attribute.matches('<').count(), 1);
            prop_assert!(!attribute.contains('\n'));
        }
    }
}
