//! Routes of a portal, read from its source code and its documents.
//!
//! Pure functions over texts, and a bounded walk over the files of the project. Nothing here runs
//! code or asks the portal: what is found is what a person would find by reading, with the place.

mod document;
mod graph;
mod guards;
mod javascript;
mod lex;
mod method;
mod next;
mod path;
mod python;
mod sources;
mod supabase;

use tidegate_core::ports::Files;
use tidegate_core::span::Location;

pub(crate) use document::in_document;
pub(crate) use method::Method;
pub use sources::{Language, Source, Sources, is_foreign, listed};
pub(crate) use supabase::Supabase;

/// Something a client may ask for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Route {
    /// Its path, with `{id}` for a segment that varies and `{*rest}` for all the segments that follow.
    pub(crate) path: String,
    /// The method it answers to.
    pub(crate) method: Method,
    /// Where it is declared.
    pub(crate) source: Location,
    /// What keeps strangers out of it.
    pub(crate) guard: Guard,
}

#[cfg(test)]
impl Route {
    /// How people name it: `GET /api/records/{id}`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What keeps strangers out of a route, as far as reading tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Guard {
    /// All that belongs to the route was read, and nothing keeps anybody out.
    None,
    /// Something by this name does: `requireAuth`, `bearerAuth`.
    Seen(String),
    /// The code that would tell was not read, or has a name that does not tell.
    Unknown,
}

/// What the source code of a project says.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// The routes, sorted by path and method, each once.
    pub(crate) routes: Vec<Route>,
    /// What is asked of Supabase.
    pub(crate) supabase: Supabase,
    /// How many files were read.
    pub(crate) files: usize,
    /// What could not be read, each in a phrase that begins with the place.
    pub(crate) unread: Vec<String>,
}

impl Code {
    /// Reads the source code below these folders; everything when none is named.
    pub(crate) fn read(files: &dyn Files, folders: &[String]) -> Self {
        Self::of(files, Sources::read(files, folders))
    }

    /// Reads these sources.
    pub(crate) fn of(files: &dyn Files, sources: Sources) -> Self {
        let mut code = Self {
            files: sources.list.len(),
            ..Self::default()
        };
        let of = |language: Language| {
            let list = sources.list.iter();
            list.filter(move |source| source.language == language)
        };
        let modules = of(Language::JavaScript);
        let modules = modules.map(|source| javascript::Module::read(&source.path, &source.text));
        let mut project = javascript::Project::new(modules.collect());
        let mut next = next::Apps::new(files, &sources.list);
        let routes = project.routes(&mut |module| {
            next.read(module);
            code.supabase.read(module.path, module.text, &module.tokens);
        });
        code.routes.extend(routes);
        code.routes.append(&mut next.routes);
        code.unread.append(&mut next.unread);
        code.unread.append(&mut project.unread);
        let modules = of(Language::Python);
        let modules = modules.map(|source| python::Module::read(&source.path, &source.text));
        let mut project = python::Project::new(modules.collect());
        let routes = project.routes(&mut |module| {
            code.supabase.read(module.path, module.text, &module.tokens);
        });
        code.routes.extend(routes);
        code.unread.append(&mut project.unread);
        code.unread.extend(code.supabase.left_out());
        code.unread.sort_unstable();
        code.unread.dedup();
        code.unread.splice(0..0, sources.unread);
        code.unique();
        code
    }

    /// Keeps the first of routes that are alike, with what keeps strangers out of any of them.
    fn unique(&mut self) {
        self.routes.sort();
        self.routes.dedup_by(|next, kept| {
            let is_same = next.path == kept.path && next.method == kept.method;
            let is_seen = |guard: &Guard| matches!(guard, Guard::Seen(_));
            if is_same && is_seen(&next.guard) && !is_seen(&kept.guard) {
                kept.guard.clone_from(&next.guard);
            }
            is_same
        });
    }
}

#[cfg(test)]
mod tests;
