//! What must not be served to strangers: where it usually lies, and how it is known by its content.
//!
//! One list for every kind that looks for such things.

mod consoles;
mod files;
mod listing;
mod look;
mod tools;

use tidegate_core::meta::Severity;

pub(crate) use listing::{is_listing, listed};
pub(crate) use look::Look;

/// What sort of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// Variables of the environment, which hold passwords and keys.
    Variables,
    /// Other settings and key files.
    Settings,
    /// The repository of the source code.
    Repository,
    /// A copy of data.
    Backup,
    /// Something that runs code, or shows the inside of the program.
    Console,
    /// What only a program under development shows.
    Development,
    /// Endpoints for whoever operates the portal.
    Actuator,
    /// Figures of the program.
    Metrics,
    /// A login or a page for administrators.
    Admin,
    /// The description of an interface.
    Docs,
    /// What the portal is built of.
    Manifest,
}

/// What an answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A file, which is never a page.
    File,
    /// A file of which the first bytes are enough.
    Archive,
    /// A page, or data of an interface.
    Page,
}

/// A thing to look for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Probe {
    /// Where it usually lies.
    pub(crate) path: &'static str,
    /// What it is, as in `environment variables`.
    pub(crate) what: &'static str,
    /// What sort of thing it is.
    pub(crate) sort: Sort,
    /// How bad it is, when that differs from its sort.
    pub(crate) severity: Option<Severity>,
    /// What is asked for.
    pub(crate) form: Form,
    /// Whether keys are looked for in it.
    pub(crate) holds_keys: bool,
    /// Whether it is looked for in production, too.
    pub(crate) is_telling: bool,
    /// Whether an answer is it.
    is_it: fn(&Look<'_>) -> bool,
}

impl Probe {
    const fn new(
        path: &'static str,
        what: &'static str,
        sort: Sort,
        form: Form,
        is_it: fn(&Look<'_>) -> bool,
    ) -> Self {
        Self {
            path,
            what,
            sort,
            severity: None,
            form,
            holds_keys: false,
            is_telling: false,
            is_it,
        }
    }

    /// One that is looked for in production, too.
    const fn telling(mut self) -> Self {
        self.is_telling = true;
        self
    }

    /// One that keys are looked for in.
    const fn with_keys(mut self) -> Self {
        self.holds_keys = true;
        self.telling()
    }

    /// One that is worse, or less bad, than others of its sort.
    const fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Whether an answer is such a thing, by its content.
    pub(crate) fn is(&self, look: &Look<'_>) -> bool {
        let fits = match self.form {
            Form::File | Form::Archive => !look.is_html(),
            Form::Page => true,
        };
        fits && (self.is_it)(look)
    }

    /// A path beside it that cannot be there: the same folder, the same ending.
    pub(crate) fn beside(&self, number: u64) -> String {
        beside(self.path, number)
    }
}

/// A path beside another one that cannot be there: the same folder, the same ending.
pub(crate) fn beside(path: &str, number: u64) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let (path, slash) = match path.strip_suffix('/') {
        Some(path) => (path, "/"),
        None => (path, ""),
    };
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let ending = match name.rfind('.') {
        Some(0) => return format!("{folder}/.{number:016x}{slash}"),
        Some(at) => &name[at..],
        None => "",
    };
    format!("{folder}/{number:016x}{ending}{slash}")
}

/// Everything that is looked for, the most telling first.
pub(crate) fn all() -> impl Iterator<Item = &'static Probe> {
    let lists = || {
        [files::FILES, consoles::CONSOLES, tools::TOOLS]
            .into_iter()
            .flatten()
    };
    let telling = lists().filter(|probe| probe.is_telling);
    telling.chain(lists().filter(|probe| !probe.is_telling))
}

/// What the answer for an address that cannot be there shows of the program's inside, and which sort of
/// thing that is.
pub(crate) fn everywhere(look: &Look<'_>) -> Option<(Sort, &'static str)> {
    if consoles::is_metrics_server(look) {
        return Some((Sort::Metrics, "the figures of the program (Prometheus)"));
    }
    consoles::debug_page(look)
}

/// What copy of data an answer is, whatever its name; nothing when it is none.
pub(crate) fn copy_of_data(look: &Look<'_>) -> Option<&'static str> {
    files::copy_of_data(look)
}

#[cfg(test)]
mod tests;
