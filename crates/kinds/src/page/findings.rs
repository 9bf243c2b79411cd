//! What `page` says: one finding for each code and how bad it is, with every page and file.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::span::{Location, Span};

use super::asset::{Named, Refused, Sort};
use super::codes;
use super::config::Wanted;
use super::look::Wrong;
use crate::attack::lines;

/// Something that is wrong.
#[derive(Debug)]
pub(super) struct Fault {
    info: CodeInfo,
    severity: Severity,
    location: Location,
    /// The finding's title, when it is the only one.
    title: String,
    /// What it is about, the same after each build.
    subject: String,
    /// The evidence.
    line: String,
    advice: &'static str,
}

impl Fault {
    /// A page that is none.
    pub(super) fn of_page(wrong: &Wrong, page: &Wanted, line: String) -> Self {
        Self {
            info: wrong.info.clone(),
            severity: wrong.severity,
            location: page.span.location(),
            title: format!("{} {}", page.path, wrong.does),
            subject: page.path.clone(),
            line,
            advice: advice(&wrong.info),
        }
    }

    /// A text that does not stand in a page.
    pub(super) fn of_text(page: &Wanted, text: &str, line: String) -> Self {
        let place = page.texts.iter().find(|one| one.value == text);
        let place = place.map_or(&page.span, |one| &one.span);
        Self {
            info: codes::TEXT_MISSING,
            severity: codes::TEXT_MISSING.severity,
            location: place.location(),
            title: format!("{} does not have the text \"{text}\"", page.path),
            subject: format!("{} {text}", page.path),
            line,
            advice: advice(&codes::TEXT_MISSING),
        }
    }

    /// Something that a page loads and no browser uses.
    pub(super) fn of_file(
        refused: &Refused,
        named: &Named,
        page: &str,
        span: &Span,
        path: &str,
        line: &str,
    ) -> Self {
        let what = capital(named.sort.name());
        let is_how = match refused.info.code.as_str() {
            "page/asset-missing" => "is not there",
            "page/asset-fallback" => "is answered with an HTML page",
            "page/asset-empty" => "is empty",
            "page/integrity" => "is not the one whose hash stands in the page",
            _ => "has a content type that browsers refuse",
        };
        let needs = if named.sort.is_vital() {
            "needs"
        } else {
            "shows"
        };
        // Many a new project has a stylesheet without a rule.
        let is_bare = refused.info.code == codes::ASSET_EMPTY.code && named.sort == Sort::Style;
        Self {
            info: refused.info.clone(),
            severity: if is_bare {
                Severity::Info
            } else {
                named.severity
            },
            location: span.location(),
            title: format!("{what} that {page} {needs} {is_how}: {path}"),
            subject: format!("{page} {}", without_names(path)),
            line: line.to_owned(),
            advice: if is_source(path) {
                SOURCE
            } else {
                advice(&refused.info)
            },
        }
    }

    /// Something that is only on a developer's machine; `what` as in `loads http://localhost:5173/a.js`.
    pub(super) fn of_development(page: &str, span: &Span, what: &str) -> Self {
        Self {
            info: codes::DEVELOPMENT,
            severity: codes::DEVELOPMENT.severity,
            location: span.location(),
            title: format!("{page} {what}, which is only on a developer's machine"),
            subject: page.to_owned(),
            line: format!("{page} {what}"),
            advice: advice(&codes::DEVELOPMENT),
        }
    }

    /// Something without TLS in a page that came over TLS.
    pub(super) fn of_mixed(page: &str, span: &Span, sort: Sort, what: &str) -> Self {
        // Browsers ask for pictures over TLS by themselves, and show them when that works.
        let severity = if sort.severity() > Severity::Low {
            codes::MIXED_CONTENT.severity
        } else {
            Severity::Low
        };
        Self {
            info: codes::MIXED_CONTENT,
            severity,
            location: span.location(),
            title: format!("{page} loads {} without TLS: {what}", sort.name()),
            subject: page.to_owned(),
            line: format!("{page} loads {what}"),
            advice: advice(&codes::MIXED_CONTENT),
        }
    }

    /// What tells it from others: how bad it is, and the evidence.
    pub(super) fn key(&self) -> (Severity, String) {
        (self.severity, self.line.clone())
    }
}

/// All findings, the worst first.
pub(super) fn all(faults: &[Fault]) -> Vec<Finding> {
    let mut groups: BTreeMap<(Reverse<Severity>, usize), Vec<&Fault>> = BTreeMap::new();
    for fault in faults {
        let rank = codes::CODES
            .iter()
            .position(|info| info.code == fault.info.code);
        let key = (Reverse(fault.severity), rank.unwrap_or_default());
        groups.entry(key).or_default().push(fault);
    }
    groups
        .into_values()
        .filter_map(|faults| finding(&faults))
        .collect()
}

fn finding(faults: &[&Fault]) -> Option<Finding> {
    let first = faults.first()?;
    let title = match faults.len() - 1 {
        0 => first.title.clone(),
        more => format!("{}; and {more} more", first.title),
    };
    let mut subjects: Vec<&str> = faults.iter().map(|fault| fault.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let finding = Finding::new(&first.info, first.location.clone(), title)
        .severity(first.severity)
        .subject(subjects.join(", "))
        .evidence(
            "actual",
            lines(faults.iter().map(|fault| fault.line.clone())),
        )
        .advice(first.advice);
    Some(finding)
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// A path by its folder and its ending: names of files change with each build.
fn without_names(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    format!("{folder}/*.{ending}")
}

/// Whether a path is that of a source that is to be built first.
fn is_source(path: &str) -> bool {
    [".tsx", ".ts", ".jsx", ".vue", ".svelte", ".scss"]
        .iter()
        .any(|ending| path.ends_with(ending))
}

const SOURCE: &str = "The page names a source that no browser can run: what is served is the project, and not what its build \
    wrote. Run the build (`npm run build`), and publish the folder it writes (`dist`, `build`, `out`).";

fn advice(info: &CodeInfo) -> &'static str {
    match info.code.as_str() {
        "page/status" => {
            "Look at the log of the app at this time. Common causes after a deploy: a variable that is not set there, a \
             migration that did not run, a start command or a folder that the host does not find."
        }
        "page/error-page" => {
            "See at the host which folder or which app is published there, and whether the deploy went to this site. Let \
             error pages answer with a status of 404 or 500, so that monitors see them."
        }
        "page/empty" => {
            "Look at what the build wrote: its index.html must have the scripts that build the page."
        }
        "page/not-html" => {
            "Serve the page with `Content-Type: text/html; charset=utf-8` and without `Content-Disposition`. When files were \
             uploaded to a storage, set the type there with the upload."
        }
        "page/text-missing" => {
            "Open the page. If the text is put there by a script in the browser it does not stand in the HTML: choose \
             another one, such as the title, or look at it with a check of the kind `flow` or `command`."
        }
        "page/asset-missing" => {
            "Publish everything that the build wrote in one step, and keep the files of the build before it for a while: \
             pages in caches still name them. See too that the `base` of the build is the path where the site lies."
        }
        "page/asset-fallback" => {
            "The file is not there, and the rule that answers unknown addresses with index.html answers for it. Publish \
             everything that the build wrote, let the rule leave out files (`/assets/*`, `/_next/*`), and see that no login \
             stands before them."
        }
        "page/asset-type" => {
            "Set the content type at the server or the storage: `text/javascript` for scripts, `text/css` for stylesheets, \
             `image/svg+xml` for SVG pictures."
        }
        "page/asset-empty" => "See whether the build or the upload broke off, and publish again.",
        "page/integrity" => {
            "Make the hashes anew with each build, and see that nothing between changes the file: a proxy that minifies, an \
             upload of two builds at once. If nothing of that explains it, take it for tampered with."
        }
        "page/mixed-content" => {
            "Write `https:` or a path without an origin. `Content-Security-Policy: upgrade-insecure-requests` helps until all \
             are found."
        }
        _ => {
            "Build for production (`npm run build`) and publish what it wrote; take addresses of other systems from the \
             environment of the deploy."
        }
    }
}
