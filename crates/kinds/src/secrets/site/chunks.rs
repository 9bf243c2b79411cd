//! Names of further scripts and styles in scripts, manifests and pages.
//!
//! Bundlers write them as quoted paths: Vite as `assets/x.js` or `./x.js`, Next.js as
//! `static/chunks/x.js`, SvelteKit as `../nodes/0.js`, manifests in JSON. webpack puts others
//! together from tables of ids and hashes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::Regex;
use url::Url;

/// The most names that are taken from one text.
const MOST: usize = 1_000;

/// How such names end.
const ENDINGS: &[&str] = &[".js", ".mjs", ".css"];

/// The most bytes of a name.
const LONGEST: usize = 500;

/// webpack's name of a chunk by its id: a folder; the id, for which a table or a single comparison may
/// have a name; a separator, a table of hashes and an ending.
static TABLES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let table = r#"\{([\w:",.~%/ -]+)\}"#;
    let id = r"\w+";
    let folder = r#""([\w./-]+/)""#;
    let named = format!(r"\(*{table}\)*\[{id}\]\|\|{id}");
    let compared = format!(r#"\(*"?(\w+)"?===?{id}\?"([\w.~-]+)":{id}"#);
    let hashed = format!(r"\(*{table}\)*\[{id}\]");
    let ending = r#""((?:\.chunk)?\.(?:js|css))""#;
    let pattern =
        format!(r#"(?-u:{folder}\+(?:{named}|{compared}|{id})\)*\+"([.-])"\+{hashed}\+{ending})"#);
    Regex::new(&pattern).ok()
});

/// The addresses of the scripts and styles that a text at an address names; not all of them need
/// exist.
pub(super) fn named_in(text: &[u8], at: &Url) -> Vec<Url> {
    let mut names = quoted(text);
    names.extend(from_tables(text));
    names.truncate(MOST);
    names.iter().filter_map(|name| resolved(name, at)).collect()
}

/// The quoted paths with a folder.
fn quoted(text: &[u8]) -> Vec<String> {
    let mut names: Vec<(usize, &str)> = Vec::new();
    for ending in ENDINGS {
        let ends = memchr::memmem::find_iter(text, ending).map(|at| at + ending.len());
        names.extend(ends.filter_map(|end| quoted_before(text, end)).take(MOST));
    }
    names.sort_unstable();
    names.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// The quoted path that ends at a place, and where it begins.
fn quoted_before(text: &[u8], end: usize) -> Option<(usize, &str)> {
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`' | b'\\');
    let behind = *text.get(end)?;
    if !is_quote(behind) && behind != b'?' {
        return None;
    }
    let before = text.get(end.saturating_sub(LONGEST)..end)?;
    let length = before
        .iter()
        .rev()
        .take_while(|byte| is_of_path(**byte))
        .count();
    let start = end.checked_sub(length)?;
    let name = std::str::from_utf8(text.get(start..end)?).ok()?;
    let quoted = is_quote(*text.get(start.checked_sub(1)?)?);
    // A name without a folder is more often that of a library than that of a chunk.
    (quoted && name.contains('/')).then_some((start, name))
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./@~%()[]+$:".contains(&byte)
}

fn from_tables(text: &[u8]) -> Vec<String> {
    // Where webpack keeps the function that names its chunks.
    let start = memchr::memmem::find(text, b".u=");
    let (Some(pattern), Some(start)) = (TABLES.as_ref(), start) else {
        return Vec::new();
    };
    let text = text.get(start..).unwrap_or_default();
    let mut chunks = Vec::new();
    for found in pattern.captures_iter(text).take(16) {
        let part = |group| {
            let bytes = found.get(group).map_or(&b""[..], |part| part.as_bytes());
            std::str::from_utf8(bytes).unwrap_or_default()
        };
        let (folder, separator, ending) = (part(1), part(5), part(7));
        let mut names = table(part(2));
        names.insert(part(3), part(4));
        for (id, hash) in table(part(6)) {
            let name = names.get(id).copied().unwrap_or(id);
            chunks.push(format!("{folder}{name}{separator}{hash}{ending}"));
        }
    }
    chunks
}

/// The entries of `12:"a","x-y":"b"`.
fn table(text: &str) -> BTreeMap<&str, &str> {
    let entries = text.split(',').filter_map(|entry| entry.split_once(':'));
    entries
        .map(|(key, value)| (key.trim().trim_matches('"'), value.trim().trim_matches('"')))
        .take(MOST)
        .collect()
}

/// The address of a name. A bundler writes a bare one relative to the folder it builds into, which
/// is found in the address of the script when that lies in the same folder.
fn resolved(name: &str, at: &Url) -> Option<Url> {
    let bare = !name.starts_with(['.', '/']) && !name.contains("://");
    if !bare {
        return at.join(name).ok();
    }
    let first = name.split('/').next()?;
    if let Some((before, _)) = at.path().rsplit_once(&format!("/{first}/")) {
        return at.join(&format!("{before}/{name}")).ok();
    }
    if first == "static" {
        return at.join(&format!("/_next/{name}")).ok();
    }
    at.join(&format!("/{name}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, at: &str) -> Vec<String> {
        let at = Url::parse(&format!("https://a.example{at}")).unwrap();
        let urls = named_in(text.as_bytes(), &at);
        urls.iter().map(|url| url.path().to_owned()).collect()
    }

    #[test]
    fn chunks_of_vite_lie_beside_the_script() {
        let text = r#"const d=(m.f||(m.f=["assets/a-1.js","assets/a-2.css"]));import("./b-3.js");import"./c.js""#;
        let expected = [
            "/app/assets/a-1.js",
            "/app/assets/a-2.css",
            "/app/assets/b-3.js",
            "/app/assets/c.js",
        ];
        assert_eq!(named(text, "/app/assets/index-x.js"), expected);
    }

    #[test]
    fn chunks_of_next_lie_in_its_folder() {
        let text = r#"self.__BUILD_MANIFEST={"/":["static/chunks/pages/index-1.js"],"/[id]":["static/chunks/pages/[id]-2.js"]}"#;
        let expected = [
            "/_next/static/chunks/pages/index-1.js",
            "/_next/static/chunks/pages/[id]-2.js",
        ];
        assert_eq!(named(text, "/_next/static/b1/_buildManifest.js"), expected);
        let page = r#"self.__next_f.push([1,"[\"static/chunks/app/page-3.js\",\"x\"]"])"#;
        assert_eq!(
            named(page, "/dashboard"),
            ["/_next/static/chunks/app/page-3.js"]
        );
    }

    #[test]
    fn chunks_of_sveltekit_are_relative_to_the_script() {
        let text = r#"[()=>import("../nodes/0.a.js"),"../assets/0.css"]"#;
        let expected = [
            "/_app/immutable/nodes/0.a.js",
            "/_app/immutable/assets/0.css",
        ];
        assert_eq!(named(text, "/_app/immutable/entry/app.js"), expected);
    }

    #[test]
    fn chunks_of_webpack_are_put_together_from_its_tables() {
        let text = r#"o.u=e=>"static/js/"+e+"."+{12:"abc",77:"def"}[e]+".chunk.js""#;
        let expected = ["/static/js/12.abc.chunk.js", "/static/js/77.def.chunk.js"];
        assert_eq!(named(text, "/static/js/main.js"), expected);
        let text = r#"n.u=e=>"js/"+(839===e?"pdf":e)+"-"+{212:"64",839:"dc"}[e]+".chunk.js""#;
        assert_eq!(
            named(text, "/a/js/main.js"),
            ["/a/js/212-64.chunk.js", "/a/js/pdf-dc.chunk.js"]
        );
        let text = r#"f.u=e=>9===e?"static/chunks/9-x.js":"static/chunks/"+(({3:"pdf"})[e]||e)+"."+({3:"aa",4:"bb"})[e]+".js""#;
        let expected = [
            "/_next/static/chunks/9-x.js",
            "/_next/static/chunks/pdf.aa.js",
            "/_next/static/chunks/4.bb.js",
        ];
        assert_eq!(named(text, "/_next/static/chunks/webpack-1.js"), expected);
    }

    #[test]
    fn what_is_no_path_to_a_script_is_left() {
        for text in [
            "\"chart.js\"",
            "\"a b/c.js\"",
            "x/y.js",
            "\"/a/b.json\"",
            "\"https://x.y/\"",
        ] {
            assert_eq!(named(text, "/a.js"), [""; 0], "{text}");
        }
    }
}
