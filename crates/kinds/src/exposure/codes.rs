//! Everything that `exposure` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

use crate::shipped::site::catalogue::Sort;

/// Passwords and keys.
pub(super) const DOTENV: CodeInfo = CodeInfo::known(
    "exposure/dotenv",
    Severity::Critical,
    Effort::Small,
    "Strangers can fetch the variables of the environment",
    "The passwords and keys in it open the database, the mail and the payments; robots ask for this file all day.",
);
/// Other settings.
pub(super) const SETTINGS: CodeInfo = CodeInfo::known(
    "exposure/settings",
    Severity::High,
    Effort::Small,
    "Strangers can fetch a file of settings or a key",
    "It tells how the portal is built, and often holds a password that opens more.",
);
/// The source code.
pub(super) const REPOSITORY: CodeInfo = CodeInfo::known(
    "exposure/repository",
    Severity::Critical,
    Effort::Small,
    "Strangers can fetch the repository of the source code",
    "The whole code with its history can be put together from it, and every key that was ever in it.",
);
/// A copy of data.
pub(super) const BACKUP: CodeInfo = CodeInfo::known(
    "exposure/backup",
    Severity::Critical,
    Effort::Small,
    "Strangers can fetch a copy of the portal's data or code",
    "All clients' data leaves in one download, and nobody notices.",
);
/// Something that runs code, or shows the inside.
pub(super) const DEBUG_CONSOLE: CodeInfo = CodeInfo::known(
    "exposure/debug-console",
    Severity::High,
    Effort::Small,
    "A tool for developers answers strangers",
    "It shows settings and requests of clients, and some of these tools run whatever they are given.",
);
/// Endpoints of operators.
pub(super) const ACTUATOR: CodeInfo = CodeInfo::known(
    "exposure/actuator",
    Severity::High,
    Effort::Small,
    "Endpoints for operators answer strangers",
    "Settings, memory and the last requests can be read, with the passwords and the data in them.",
);
/// Figures.
pub(super) const METRICS: CodeInfo = CodeInfo::known(
    "exposure/metrics",
    Severity::Medium,
    Effort::Small,
    "Figures of the running program are open to strangers",
    "They tell routes, names of clients and how much business is done, and when the portal is weak.",
);
/// The list of a folder.
pub(super) const DIRECTORY_LISTING: CodeInfo = CodeInfo::known(
    "exposure/directory-listing",
    Severity::Medium,
    Effort::Small,
    "A server lists what is in a folder",
    "Files that are only safe as long as nobody knows their names are a click away.",
);
/// The source code of the pages.
pub(super) const SOURCE_MAP: CodeInfo = CodeInfo::known(
    "exposure/source-map",
    Severity::Medium,
    Effort::Small,
    "Source maps are served",
    "Everybody can read the source code of the pages with its comments, routes and flags.",
);
/// Pages of administrators.
pub(super) const ADMIN_PAGE: CodeInfo = CodeInfo::known(
    "exposure/admin-page",
    Severity::Low,
    Effort::Medium,
    "The login of a tool for administrators is open to the internet",
    "Whoever guesses or buys one password gets everything, and each hole of the tool is a hole of the portal.",
);
/// The description of an interface.
pub(super) const API_DOCS: CodeInfo = CodeInfo::known(
    "exposure/api-docs",
    Severity::Info,
    Effort::Small,
    "The description of the interface is open to strangers",
    "It saves an attacker the time to find the routes; for a public interface it is meant to be so.",
);
/// What the portal is built of.
pub(super) const MANIFEST: CodeInfo = CodeInfo::known(
    "exposure/manifest",
    Severity::Low,
    Effort::Small,
    "A file that says what the portal is built of is served",
    "The exact versions tell which known holes to try, and that more than the built pages is served.",
);
/// Exact versions in headers.
pub(super) const VERSION_BANNER: CodeInfo = CodeInfo::known(
    "exposure/version-banner",
    Severity::Low,
    Effort::Small,
    "Answers name the exact version of the server or the framework",
    "It tells which known holes to try first.",
);
/// A path of the gate file.
pub(super) const CUSTOM: CodeInfo = CodeInfo::known(
    "exposure/custom",
    Severity::High,
    Effort::Small,
    "A path of your own list answers strangers",
    "What it is for is known to whoever put it on the list.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[
    DOTENV,
    SETTINGS,
    REPOSITORY,
    BACKUP,
    DEBUG_CONSOLE,
    ACTUATOR,
    METRICS,
    DIRECTORY_LISTING,
    SOURCE_MAP,
    ADMIN_PAGE,
    API_DOCS,
    MANIFEST,
    VERSION_BANNER,
    CUSTOM,
];

/// The code of a sort of thing.
pub(super) fn of(sort: Sort) -> CodeInfo {
    match sort {
        Sort::Variables => DOTENV,
        Sort::Settings => SETTINGS,
        Sort::Repository => REPOSITORY,
        Sort::Backup => BACKUP,
        Sort::Console | Sort::Development => DEBUG_CONSOLE,
        Sort::Actuator => ACTUATOR,
        Sort::Metrics => METRICS,
        Sort::Admin => ADMIN_PAGE,
        Sort::Docs => API_DOCS,
        Sort::Manifest => MANIFEST,
    }
}
