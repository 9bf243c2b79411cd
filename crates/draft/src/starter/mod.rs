//! The first gate file of a project, and what goes with it.
//!
//! Every text is made from a [`Wish`] alone. In a gate file a block of comments that begins with `##` is
//! switched off: its lines with `##` are words, and taking `# ` away from the others makes them YAML that
//! is valid where it stands.

mod address;
mod beside;
mod checks;
mod environments;
mod journeys;
mod workflow;
mod write;

use crate::project::{App, Host, Technology};
use tidegate_core::gate::EnvironmentKind;

pub use address::{AddressError, address};
pub use beside::{ENVIRONMENT_SAMPLE, IGNORE_FILE, IGNORED, Needed, needed, sample};
pub use checks::{Check, checks};
pub use environments::{Address, Place, likely_kind, places};
pub use workflow::{NoWorkflow, VERSION_FILES, WORKFLOWS, Watch, watch, workflow};
pub use write::portal_name;

/// What a starter set is made for.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The portal's name in kebab-case.
    pub name: String,
    /// The app, where a project is known; its paths are relative to the folder of the gate file.
    pub app: Option<App>,
    /// The address of a deploy, without a trailing slash.
    pub url: Option<String>,
    /// What sort of place that address is; guessed by [`likely_kind`] when absent.
    pub kind: Option<EnvironmentKind>,
    /// The address of production, where that is known and not [`Wish::url`].
    pub production: Option<String>,
    /// The OpenAPI document, relative to the folder of the gate file.
    pub document: Option<String>,
    /// Those of [`VERSION_FILES`] that are there, relative to the folder of the gate file.
    pub versions: Vec<String>,
    /// The folder of the gate file, relative to the repository's root with forward slashes; empty for the
    /// root itself.
    pub folder: String,
    /// The gate file's name, where it is not the usual one.
    pub file: Option<String>,
}

impl Wish {
    fn is_built_with(&self, technology: Technology) -> bool {
        let app = self.app.as_ref();
        app.is_some_and(|app| app.technologies.iter().any(|one| one.value == technology))
    }

    fn is_hosted_at(&self, host: Host) -> bool {
        let app = self.app.as_ref();
        app.is_some_and(|app| app.hosts.iter().any(|one| one.value == host))
    }

    /// The path that a visitor, or a client of an interface without pages, asks for first.
    fn first_path(&self) -> &str {
        let Some(app) = &self.app else {
            return "/";
        };
        let ready = app.serve.as_ref().map(|serve| serve.value.ready.as_str());
        app.home.as_deref().or(ready).unwrap_or("/")
    }
}

/// The text of a gate file with the starter set: checks that need no account, then the journeys with
/// accounts, switched off.
pub fn gate(wish: &Wish) -> String {
    let mut text = head(wish);
    environments::write(&mut text, wish);
    journeys::people(&mut text, wish);
    text.push_str("\nchecks:\n");
    checks::write(&mut text, wish);
    journeys::write(&mut text, wish);
    text
}

fn head(wish: &Wish) -> String {
    let name = portal_name(&wish.name);
    let environment = places(wish)
        .first()
        .map_or(String::new(), |place| format!(" --env {}", place.name));
    format!(
        "# The gate of {name}: what must hold before a deploy goes out.\n\
         #\n\
         # It is yours to change. `tidegate plan{environment}` shows what a run would do and why,\n\
         # `tidegate explain latency` tells all about a kind of check. Blocks that begin with ## are\n\
         # switched off: fill in what they name, then take the `# ` away from their lines.\n\
         version: 1\n\
         name: {name}\n"
    )
}

#[cfg(test)]
mod tests;
