//! The process environment.

use crate::secret::Sensitive;

/// The variables of the process, as far as its caller shows them.
pub trait Variables: Send + Sync {
    /// The value of a variable.
    fn get(&self, name: &str) -> Option<Sensitive>;

    /// The names of all that are set, sorted.
    fn names(&self) -> Vec<String>;
}
