//! Lists that servers make of a folder.

use super::Look;

/// Folders that are usually there.
const USUAL: &[(&str, bool)] = &[
    ("/uploads/", true),
    ("/static/", true),
    ("/assets/", true),
    ("/files/", true),
    ("/backup/", false),
    ("/backups/", false),
    ("/media/", false),
    ("/storage/", false),
    ("/images/", false),
    ("/public/", false),
    ("/logs/", false),
];

/// Folders to look at; fewer in production.
pub(crate) fn listed(is_production: bool) -> impl Iterator<Item = &'static str> {
    let usual = USUAL.iter();
    usual
        .filter(move |(_, is_telling)| *is_telling || !is_production)
        .map(|(path, _)| *path)
}

/// Which server made a list of the folder that was asked for; nothing when the answer is none.
///
/// Pages that tell about such lists have neither the path in the title nor its links.
pub(crate) fn is_listing(look: &Look<'_>) -> Option<&'static str> {
    if look.text().trim_start().starts_with("<?xml")
        || look.text().trim_start().starts_with("<ListBucketResult")
    {
        if look.has(&["<ListBucketResult", "<Name>"]) {
            return Some("a storage bucket");
        }
        return look
            .has(&["<EnumerationResults", "<Blobs>"])
            .then_some("a storage container");
    }
    let title = look.title()?;
    let path = look.path.trim_end_matches('/');
    let ends = |start: &str| {
        let rest = title.strip_prefix(start);
        rest.is_some_and(|rest| rest.trim_end_matches('/') == path)
    };
    let links = look.has(&["<a href="]) || look.has(&["<a class="]) || look.has(&["<A HREF="]);
    let parent = look.has(&["href=\"../\""])
        || look.has(&["Parent Directory"])
        || look.has(&["?C=N"])
        || look.has(&["<pre>"])
        || look.has(&["<table>"]);
    if !links {
        return None;
    }
    if ends("Index of ") && parent {
        return Some("Apache, nginx or a server like them");
    }
    if ends("Directory listing for ") {
        return Some("the server of Python");
    }
    if ends("listing directory ") && look.has(&["id=\"files\""]) {
        return Some("serve-index (Express)");
    }
    if title.starts_with("Files within ") && look.has(&["id=\"files\""]) {
        return Some("serve (Node.js)");
    }
    if look.has(&["[To Parent Directory]"]) || (ends("Directory: ") && parent) {
        return Some("IIS or Jetty");
    }
    None
}
