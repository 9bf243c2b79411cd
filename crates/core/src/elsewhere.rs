//! Other places than the one a run looks at: what a check may name to compare with.

use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::gate::{Environment, Start};
use crate::located::Located;
use crate::node::Node;

/// Reads other places than the one a run looks at, each only once a check asks for it.
///
/// What stands in the gate file for a place means the same here as under `environments:`.
pub trait Elsewhere: fmt::Debug {
    /// The address of the place the run looks at, unless something in it is wrong.
    fn here(&self) -> Option<&Located<String>>;

    /// The most requests a second that the place the run looks at allows, where it says so.
    fn rate(&self) -> Option<u32> {
        None
    }

    /// Another environment of the gate file, its variables resolved.
    ///
    /// # Errors
    /// When the name is not declared or the run's own, and everything that is wrong with the environment.
    fn environment(&self, name: &Located<String>) -> Result<Environment, Vec<Diagnostic>>;

    /// A place that a check describes itself with `url:`, `kind:`, `headers:`, `ca:` and `rate:`; `name`
    /// is what errors call it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    fn described(&self, name: &str, node: &Node) -> Result<Environment, Vec<Diagnostic>>;

    /// How a program is started that is then such a place; `values` are the names that its command and
    /// its environment may use beside variables and secrets.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    fn program(&self, node: &Node, values: &[&str]) -> Result<Start, Vec<Diagnostic>>;
}
