//! What other rooms learn from the files of a project: what it depends on, its source code, its routes
//! and its variables.

use tidegate_core::ports::Files;

use crate::documents;
use crate::routes::{Code, Guard, Route, in_document};
use crate::scan::public_name::PREFIXES;

pub use crate::draft::is_document;
pub use crate::environment::{Assigned, assigned};
pub use crate::frameworks::{Broken, Dependency, Framework, Manifest, Need};
pub use crate::routes::{Language, Source, Sources, is_foreign, listed};
pub use crate::shipped::path::is_invisible;

/// A route that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The method in capitals, `ANY` for every one.
    pub method: &'static str,
    /// Its path, with `{id}` for a segment that varies and `{*rest}` for all the segments that follow.
    pub path: String,
    /// The file that declares it.
    pub file: String,
    /// Whether something was seen to keep strangers out.
    pub guarded: bool,
}

/// The routes that these sources declare, sorted by path; what cannot be read tells nothing.
pub fn ways(files: &dyn Files, sources: Vec<Source>) -> Vec<Way> {
    let unread = Vec::new();
    let code = Code::of(
        files,
        Sources {
            list: sources,
            unread,
        },
    );
    code.routes.into_iter().map(Way::of).collect()
}

/// The routes of an OpenAPI document; none when it cannot be read.
pub fn ways_of_document(files: &dyn Files, path: &str) -> Vec<Way> {
    let Ok(api) = documents::open_api(path, files) else {
        return Vec::new();
    };
    in_document(&api, "").into_iter().map(Way::of).collect()
}

impl Way {
    fn of(route: Route) -> Self {
        Self {
            method: route.method.as_str(),
            path: route.path,
            file: route.source.file,
            guarded: matches!(route.guard, Guard::Seen(_)),
        }
    }
}

/// Whether builds copy a variable of this name into the browser's code.
pub fn is_public(name: &str) -> bool {
    PREFIXES.iter().any(|start| name.starts_with(start))
}
