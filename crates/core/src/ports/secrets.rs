//! Values by reference.

use crate::secret::Sensitive;
use crate::template::TemplateError;

/// Hands out secrets at the moment of sending and learns those that appear during the run.
pub trait Secrets: Send + Sync {
    /// The secret of this name.
    ///
    /// # Errors
    /// When it is not set, or too short to be kept out of reports.
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError>;

    /// Keeps a value that a login captured, or that is a credential by its place, out of every
    /// output from now on; `name` stands in its place. Values too short to be told apart are left.
    fn learn(&self, name: &str, value: &str);

    /// The text with every known secret replaced.
    fn redact(&self, text: &str) -> String;
}
