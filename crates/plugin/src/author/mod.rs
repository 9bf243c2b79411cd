//! What whoever writes a plugin needs: a project to begin with, a component from what a compiler made, and tests
//! that need no server.

mod language;
mod name;
mod project;
mod templates;

pub use language::Language;
pub use name::{NameError, PluginName};
pub use project::{Project, ProjectError, Sdk};
