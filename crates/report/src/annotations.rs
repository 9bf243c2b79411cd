//! Findings as workflow commands of GitHub Actions.

use tidegate_core::event::Summary;

use crate::codes::Codes;

/// Findings as workflow commands, worst first; `rest` says where those stand that did not fit.
pub fn render(_summary: &Summary, _codes: &Codes, _rest: &str) -> String {
    String::new()
}
