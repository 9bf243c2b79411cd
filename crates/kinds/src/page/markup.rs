//! A page as it is read without running its scripts.

use std::borrow::Cow;

use tidegate_core::meta::Severity;

use super::asset::{Named, Sort};
use super::imports;
use crate::shipped::site::html::{Piece, Tag, decoded, pieces};

/// The most that are taken from a page of what it loads.
const MOST: usize = 2_000;

/// The most bytes of visible text that are kept.
const TEXT: usize = 512 * 1024;

/// Elements that show something without any text.
const SHOWING: &[&str] = &[
    "img", "svg", "canvas", "iframe", "frame", "object", "embed", "video", "audio", "input",
    "button", "select", "textarea", "picture", "math", "meter", "progress",
];

/// What a page says to a browser.
#[derive(Debug, Default)]
pub(super) struct Markup {
    /// What relative addresses are relative to, by `<base href>`.
    pub(super) base: Option<String>,
    /// The title, without blanks around it.
    pub(super) title: String,
    /// The first heading.
    pub(super) heading: String,
    /// What can be read on it, with single blanks.
    pub(super) text: String,
    /// What it loads, in the order of the text.
    pub(super) loads: Vec<Named>,
    /// Where its links, forms and frames lead.
    pub(super) leads: Vec<String>,
    /// The scripts that stand in it.
    pub(super) inline: String,
    /// Whether it has scripts.
    pub(super) has_scripts: bool,
    /// Whether it shows something beside text.
    pub(super) shows: bool,
    /// Whether browsers take it by the rules of old times.
    pub(super) in_quirks: bool,
    /// Whether it asks browsers to load everything over TLS.
    pub(super) upgrades: bool,
}

/// Reads a page.
pub(super) fn read(page: &str) -> Markup {
    let start = page.trim_start_matches('\u{feff}').trim_start();
    let doctype = start.get(..9);
    let mut reading = Reading {
        markup: Markup {
            in_quirks: !doctype.is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"))
                && !start.starts_with("<!--")
                && !start.starts_with("<?xml"),
            ..Markup::default()
        },
        ..Reading::default()
    };
    for piece in pieces(page) {
        reading.piece(&piece);
    }
    reading.markup
}

#[derive(Default)]
struct Reading {
    markup: Markup,
    /// How deep inside of elements that a browser with scripts shows nothing of.
    hidden: u32,
    /// Whether the text belongs to the first heading.
    in_heading: bool,
}

impl Reading {
    fn piece(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Text(text) if self.hidden == 0 => self.text(text),
            Piece::Text(_) => {}
            Piece::Start { tag, content } => {
                if tag.is("noscript") || tag.is("template") {
                    self.hidden += 1;
                } else if self.hidden == 0 {
                    self.start(tag, content);
                }
            }
            Piece::End(name) => self.end(name),
        }
    }

    fn end(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("noscript") || name.eq_ignore_ascii_case("template") {
            self.hidden = self.hidden.saturating_sub(1);
        } else if name.eq_ignore_ascii_case("h1") {
            self.in_heading = false;
        }
    }

    fn text(&mut self, text: &str) {
        let text = decoded(text);
        if self.in_heading {
            append(&mut self.markup.heading, &text);
        }
        append(&mut self.markup.text, &text);
    }

    fn start(&mut self, tag: &Tag<'_>, content: &str) {
        let markup = &mut self.markup;
        if tag.is("title") {
            if markup.title.is_empty() {
                append(&mut markup.title, &decoded(content));
            }
        } else if tag.is("h1") {
            self.in_heading = markup.heading.is_empty();
        } else if tag.is("base") {
            let base = tag.attribute("href").map(Cow::into_owned);
            markup.base = markup.base.take().or(base);
        } else if tag.is("meta") {
            markup.upgrades |= tag.has("http-equiv", "content-security-policy")
                && tag
                    .attribute("content")
                    .is_some_and(|policy| upgrades(&policy));
            // A page that sends its visitors on shows nothing itself.
            markup.shows |= tag.has("http-equiv", "refresh");
        } else if tag.is("script") {
            markup.script(tag, content);
        } else if tag.is("style") {
            markup.style(content);
        } else if tag.is("link") {
            let named = linked(tag);
            markup.load(named);
        } else if tag.is("img") {
            let address = tag.attribute("src");
            markup.load(address.map(|address| Named::new(address, Sort::Image)));
        } else if let Some(leads) = leads(tag)
            && markup.leads.len() < MOST
        {
            markup.leads.push(leads);
        }
        markup.shows |= SHOWING.iter().any(|name| tag.is(name)) && !tag.has("type", "hidden");
    }
}

impl Markup {
    /// Whether nothing would ever be seen.
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty() && !self.shows && !self.has_scripts
    }

    /// Adds what it loads, but for data and what was made up in the page.
    fn load(&mut self, named: Option<Named>) {
        let Some(named) = named else {
            return;
        };
        let scheme = named
            .address
            .split_once(':')
            .map_or("", |(scheme, _)| scheme);
        let is_here = ["data", "blob", "about", "javascript"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known));
        if !named.address.is_empty() && !is_here && self.loads.len() < MOST {
            self.loads.push(named);
        }
    }

    fn script(&mut self, tag: &Tag<'_>, content: &str) {
        let kind = tag.attribute("type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is_module = kind.eq_ignore_ascii_case("module");
        let is_script =
            is_module || kind.is_empty() || kind.to_ascii_lowercase().ends_with("script");
        if !is_script {
            return;
        }
        self.has_scripts = true;
        if let Some(address) = tag.attribute("src") {
            let sort = if is_module {
                Sort::Module
            } else {
                Sort::Script
            };
            let mut named = Named::new(address, sort);
            named.integrity = tag.attribute("integrity").unwrap_or_default().into_owned();
            // Browsers of today do not load it.
            if tag.attribute("nomodule").is_some() {
                named.severity = Severity::Low;
            }
            self.load(Some(named));
            return;
        }
        if is_module {
            for address in imports::of(content) {
                self.load(Some(Named::new(address, Sort::Module)));
            }
        }
        if self.inline.len() + content.len() <= TEXT {
            self.inline.push_str(content);
            self.inline.push('\n');
        }
    }

    fn style(&mut self, content: &str) {
        for address in super::styles::read(content).imports {
            self.load(Some(Named::new(address, Sort::Style)));
        }
    }
}

/// Whether a policy asks browsers to load everything over TLS.
pub(super) fn upgrades(policy: &str) -> bool {
    policy
        .to_ascii_lowercase()
        .contains("upgrade-insecure-requests")
}

/// What a `<link>` loads.
fn linked(tag: &Tag<'_>) -> Option<Named> {
    let address = tag.attribute("href")?;
    let has = |word: &str| tag.has("rel", word);
    let mut named = if has("stylesheet") {
        Named::new(address, Sort::Style)
    } else if has("modulepreload") {
        Named::new(address, Sort::Module)
    } else if has("icon") || has("apple-touch-icon") || has("mask-icon") {
        Named::new(address, Sort::Icon)
    } else if has("manifest") {
        Named::new(address, Sort::Manifest)
    } else if has("preload") {
        let sort = match &*tag.attribute("as")?.to_ascii_lowercase() {
            "script" => Sort::Script,
            "style" => Sort::Style,
            "font" => Sort::Font,
            "image" => Sort::Image,
            _ => return None,
        };
        Named::new(address, sort)
    } else {
        return None;
    };
    named.integrity = tag.attribute("integrity").unwrap_or_default().into_owned();
    let is_for_later =
        has("alternate") || has("modulepreload") || has("preload") || tag.has("media", "print");
    if is_for_later {
        named.severity = named.severity.min(Severity::Low);
    }
    Some(named)
}

/// Where a link, a form or a frame leads.
fn leads(tag: &Tag<'_>) -> Option<String> {
    let attribute = if tag.is("a") || tag.is("area") {
        "href"
    } else if tag.is("form") {
        "action"
    } else if tag.is("iframe") || tag.is("frame") {
        "src"
    } else {
        return None;
    };
    tag.attribute(attribute).map(Cow::into_owned)
}

/// Adds a text with single blanks.
fn append(known: &mut String, text: &str) {
    for word in text.split_whitespace() {
        if known.len() + word.len() > TEXT {
            return;
        }
        if !known.is_empty() {
            known.push(' ');
        }
        known.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_browser_loads_is_found_with_its_weight() {
        let page = "<!doctype html><title> The  portal </title><base href=/app/>\
            <link rel=stylesheet href=a.css integrity='sha256-x'><link rel='shortcut icon' href=i.png>\
            <link rel=modulepreload href=b.js><link rel=stylesheet media=print href=p.css>\
            <link rel=canonical href=/><link rel=preload as=font href=f.woff2>\
            <script type=module src=m.js></script><script nomodule src=old.js></script>\
            <script type=application/json src=no.json></script><script type=module>import'./c.js'</script>\
            <noscript><link rel=stylesheet href=n.css>Please switch scripts on</noscript>\
            <template><img src=t.png></template><img src='data:image/png;base64,AA'><h1>Good&nbsp;<b>day</b></h1>\
            <a href=http://localhost:3000/x>y</a>";
        let read = read(page);
        let loads: Vec<(&str, Sort, Severity)> = read
            .loads
            .iter()
            .map(|named| (named.address.as_str(), named.sort, named.severity))
            .collect();
        use {Severity::*, Sort::*};
        assert_eq!(
            loads,
            [
                ("a.css", Style, Medium),
                ("i.png", Icon, Info),
                ("b.js", Module, Low),
                ("p.css", Style, Low),
                ("f.woff2", Font, Low),
                ("m.js", Module, High),
                ("old.js", Script, Low),
                ("./c.js", Module, High),
            ]
        );
        assert_eq!(read.loads[0].integrity, "sha256-x");
        assert_eq!(
            (read.title.as_str(), read.heading.as_str()),
            ("The portal", "Good day")
        );
        assert_eq!(read.text, "Good day y");
        assert_eq!(read.base.as_deref(), Some("/app/"));
        assert_eq!(read.leads, ["http://localhost:3000/x"]);
        assert!(!read.in_quirks && read.has_scripts && !read.is_blank());
    }

    #[test]
    fn a_page_is_blank_when_nothing_would_ever_be_seen() {
        for blank in [
            "",
            "<!doctype html><title>Portal</title><div id=root></div>",
            "<html><body><!-- soon --><noscript>Switch scripts on</noscript></body></html>",
            "<input type=hidden>",
        ] {
            assert!(read(blank).is_blank(), "{blank}");
        }
        for page in [
            "<p>soon",
            "<div id=root></div><script src=/a.js></script>",
            "<img src=/a.png>",
            "<meta http-equiv=refresh content='0;url=/login'>",
        ] {
            assert!(!read(page).is_blank(), "{page}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "(<script|<link rel=|</|<!--|title>|[\"'<>= /]|\\PC){0,60}") {
            read(&text);
        }
    }
}
