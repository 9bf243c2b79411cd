//! Where something stands, with a link to the line at the judged commit where that is known.

use tidegate_core::provenance::Provenance;
use tidegate_core::span::Location;

use super::writer::{Html, Link};

/// Writes a place, as in `src/records.ts:17`.
pub(super) fn write(html: &mut Html, provenance: &Provenance, location: &Location) {
    let text = format!("{}:{}", location.file, location.line);
    html.link(address(provenance, location).as_ref(), &text);
}

/// The address of the line at the commit, on the repository's page.
fn address(provenance: &Provenance, location: &Location) -> Option<Link> {
    let repository = provenance.repository.as_deref()?.trim_end_matches('/');
    let commit = provenance.commit.as_deref()?;
    let known = commit.len() >= 7 && commit.chars().all(|one| one.is_ascii_hexdigit());
    let path = path(
        provenance.folder.as_deref().unwrap_or_default(),
        &location.file,
    )?;
    let line = location.line;
    let address = format!("{repository}/blob/{commit}/{path}#L{line}");
    known.then(|| Link::web(&address))?
}

/// The path of a file below the repository's root; nothing for what leaves it.
fn path(folder: &str, file: &str) -> Option<String> {
    let outside = file.starts_with('/') || file.contains(':') || file.contains('\\');
    if outside || file.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(file.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    let parts: Vec<String> = parts.into_iter().map(encoded).collect();
    Some(parts.join("/"))
}

fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// A link to the judged commit, named by the beginning of its id.
pub(super) fn commit(html: &mut Html, provenance: &Provenance, commit: &str) {
    let plain = commit.chars().all(|one| one.is_ascii_alphanumeric());
    let short: String = commit.chars().take(10).collect();
    let page = provenance.repository.as_deref().filter(|_| plain);
    let address = page.map(|page| format!("{}/commit/{commit}", page.trim_end_matches('/')));
    html.link(address.as_deref().and_then(Link::web).as_ref(), &short);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(folder: &str, file: &str) -> Option<String> {
        let provenance = Provenance {
            repository: Some("https://github.com/acme/portal/".into()),
            commit: Some("6e2f0c1d9b".into()),
            folder: Some(folder.into()),
            ..Provenance::default()
        };
        let link = address(&provenance, &Location::line_of(file, 3));
        link.map(|link| link.as_str().to_owned())
    }

    #[test]
    fn a_line_is_linked_below_the_repository_and_nowhere_else() {
        let base = "https://github.com/acme/portal/blob/6e2f0c1d9b";
        for (folder, file, path) in [
            ("", "tidegate.yaml", "tidegate.yaml"),
            ("apps/portal", "../api/a b.ts", "apps/api/a%20b.ts"),
            ("apps", "x\"><b>#?.ts", "apps/x%22%3E%3Cb%3E%23%3F.ts"),
        ] {
            assert_eq!(of(folder, file), Some(format!("{base}/{path}#L3")));
        }
        for (folder, file) in [
            ("", "../x"),
            ("", "/etc/x"),
            ("", "C:\\x"),
            ("a", "https://x/y"),
        ] {
            assert_eq!(of(folder, file), None);
        }
    }
}
