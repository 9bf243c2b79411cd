//! Everything that `page` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// An error in place of the page.
pub(super) const STATUS: CodeInfo = CodeInfo::known(
    "page/status",
    Severity::High,
    Effort::Medium,
    "A page answers with an error",
    "Whoever opens the portal sees an error, and nothing else works from there.",
);
/// An error or a placeholder that calls itself a success.
pub(super) const ERROR_PAGE: CodeInfo = CodeInfo::known(
    "page/error-page",
    Severity::High,
    Effort::Small,
    "A page is the error page or the placeholder of a server, a host or a framework",
    "Visitors see a page that says that nothing is there, while every monitor that looks at the status says that all is well.",
);
/// Nothing to see.
pub(super) const EMPTY: CodeInfo = CodeInfo::known(
    "page/empty",
    Severity::High,
    Effort::Small,
    "A page shows nothing",
    "Visitors look at a white page.",
);
/// Something that is no HTML.
pub(super) const NOT_HTML: CodeInfo = CodeInfo::known(
    "page/not-html",
    Severity::High,
    Effort::Small,
    "A page is not served as HTML",
    "The browser shows the source of the page, or saves it as a file.",
);
/// A text that should be there.
pub(super) const TEXT_MISSING: CodeInfo = CodeInfo::known(
    "page/text-missing",
    Severity::High,
    Effort::Medium,
    "A text that must stand in a page is not in it",
    "Something that the page is there for is gone.",
);
/// Something that the page needs is not served.
pub(super) const ASSET_MISSING: CodeInfo = CodeInfo::known(
    "page/asset-missing",
    Severity::High,
    Effort::Small,
    "A script, a style or a picture that a page needs is not there",
    "The page stays empty, does not react, or looks broken.",
);
/// The page for unknown addresses in place of what the page needs.
pub(super) const ASSET_FALLBACK: CodeInfo = CodeInfo::known(
    "page/asset-fallback",
    Severity::High,
    Effort::Small,
    "A script, a style or a picture is answered with an HTML page",
    "The browser gets a page where it expects a script, and stops: visitors see nothing, though every address answers.",
);
/// A content type that browsers refuse.
pub(super) const ASSET_TYPE: CodeInfo = CodeInfo::known(
    "page/asset-type",
    Severity::High,
    Effort::Small,
    "Browsers refuse a script, a style or a picture for its content type",
    "What the page needs is there, and no browser uses it.",
);
/// A file without content.
pub(super) const ASSET_EMPTY: CodeInfo = CodeInfo::known(
    "page/asset-empty",
    Severity::High,
    Effort::Small,
    "A script, a style or a picture that a page needs is empty",
    "The page stays empty, does not react, or looks broken.",
);
/// Content that is not what the page says.
pub(super) const INTEGRITY: CodeInfo = CodeInfo::known(
    "page/integrity",
    Severity::High,
    Effort::Small,
    "A script or a style is not the one whose hash stands in the page",
    "Every browser refuses to run it, because it may have been exchanged.",
);
/// Parts without TLS.
pub(super) const MIXED_CONTENT: CodeInfo = CodeInfo::known(
    "page/mixed-content",
    Severity::Medium,
    Effort::Small,
    "A page that comes over TLS loads something without it",
    "Browsers block it, and what is not blocked can be read and changed on the way.",
);
/// Leftovers of development.
pub(super) const DEVELOPMENT: CodeInfo = CodeInfo::known(
    "page/development",
    Severity::High,
    Effort::Small,
    "A page needs something that is only on a developer's machine",
    "It works for whoever built it, and for nobody else.",
);

/// All of them.
pub(super) const CODES: &[CodeInfo] = &[
    STATUS,
    ERROR_PAGE,
    EMPTY,
    NOT_HTML,
    TEXT_MISSING,
    ASSET_MISSING,
    ASSET_FALLBACK,
    ASSET_TYPE,
    ASSET_EMPTY,
    INTEGRITY,
    MIXED_CONTENT,
    DEVELOPMENT,
];
