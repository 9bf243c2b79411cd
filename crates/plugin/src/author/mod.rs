//! What whoever writes a plugin needs: a project to begin with, a component from what a compiler made, and tests
//! that need no server.

mod encode;
mod language;
mod name;
mod project;
mod templates;
pub mod test;

pub use encode::{EncodeError, component};
pub use language::Language;
pub use name::{NameError, PluginName};
pub use project::{Project, ProjectError, Sdk};
pub use templates::WIT;
