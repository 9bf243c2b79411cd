//! The verdict as outputs of a step of GitHub Actions.

use tidegate_core::event::Summary;

/// The verdict and the counts as `name=value` lines.
pub fn render(_summary: &Summary) -> String {
    String::new()
}
