//! Names of sources: bundlers write them as addresses, people know them as paths.

use std::borrow::Cow;

use crate::secrets::path::harmless;

/// Folders of packages that were installed.
const INSTALLED: &[&str] = &[
    "node_modules",
    "bower_components",
    "jspm_packages",
    ".pnpm",
    ".yarn",
];

/// Hosts that serve packages.
const PACKAGE_HOSTS: &[&str] = &[
    "cdn.jsdelivr.net",
    "cdn.skypack.dev",
    "cdnjs.cloudflare.com",
    "deno.land",
    "esm.sh",
    "jspm.dev",
    "unpkg.com",
];

/// How the names begin that bundlers and frameworks give to code of their own, after the scheme.
const RUNTIME: &[&str] = &[
    "(webpack)",
    "[externals]",
    "[next]",
    "[turbopack]",
    "__vite",
    "commonjsHelpers",
    "external ",
    "ignored|",
    "next/dist/",
    "turbopack/",
    "vite/",
    "webpack/",
];

/// The name of a source below the root of the map.
pub(super) fn rooted<'n>(root: &str, name: &'n str) -> Cow<'n, str> {
    if root.is_empty() || name.contains("://") || name.starts_with('/') {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("{}/{name}", root.trim_end_matches('/')))
}

/// The name as a path: without scheme, namespace, loaders and query.
pub(super) fn cleaned(name: &str) -> String {
    let path = bare(name);
    let path = path.strip_prefix("[project]/").unwrap_or(path);
    harmless(path.strip_prefix("[root]/").unwrap_or(path))
}

/// Whether the name of a source, as a map has it or cleaned, is one of the portal's own code: not of
/// an installed package, a package host or a bundler.
pub(crate) fn is_first_party(name: &str) -> bool {
    let virtual_module = name.contains('\0') || name.starts_with("data:");
    if virtual_module || is_packaged(name) || is_next(name) {
        return false;
    }
    let path = bare(name);
    !RUNTIME.iter().any(|start| path.starts_with(start)) && !is_package(path)
}

/// Whether a part of the name says that it belongs to an installed package.
fn is_packaged(name: &str) -> bool {
    let host = name.split_once("://").map(|(_, rest)| rest);
    let host = host.and_then(|rest| rest.split('/').next());
    host.is_some_and(|host| PACKAGE_HOSTS.contains(&host))
        || name
            .split(['/', '\\', '!'])
            .any(|part| INSTALLED.contains(&part))
}

/// Whether it is one of Next.js' own sources: its maps name them relative to its folder, and webpack
/// takes them for files far above the project.
fn is_next(name: &str) -> bool {
    let above = without_scheme(name).strip_prefix("../../../");
    name.starts_with("webpack") && above.is_some_and(|rest| bare(rest).starts_with("src/"))
}

/// Whether it is the name of a package or of a file in it, as in `react` or
/// `@supabase/supabase-js/index.js`; `@/lib/a.ts` is an alias of the portal's own folder.
fn is_package(path: &str) -> bool {
    let scoped = path.starts_with('@') && !path.starts_with("@/");
    scoped || (!path.contains(['/', '\\', '.']))
}

fn bare(name: &str) -> &str {
    let name = without_scheme(name);
    let name = name.rsplit('!').next().unwrap_or(name);
    let name = name.split('?').next().unwrap_or(name);
    let mut name = name;
    while let Some(rest) = ["./", "../", "/"]
        .iter()
        .find_map(|start| name.strip_prefix(start))
    {
        name = rest;
    }
    name
}

/// What follows the scheme and, where there is one, the namespace or host.
fn without_scheme(name: &str) -> &str {
    let Some((scheme, rest)) = name.split_once("://") else {
        return name;
    };
    // Others put nothing there, or the project's own folder in brackets.
    if !matches!(scheme, "http" | "https" | "webpack" | "webpack-internal") {
        return rest;
    }
    // A namespace may hold slashes, as that of a scoped package does; `/./` ends it.
    let (_, path) = rest
        .split_once("/./")
        .or_else(|| rest.split_once('/'))
        .unwrap_or(("", rest));
    path
}
