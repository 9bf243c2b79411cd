//! `tidegate checks`

use tidegate::report;

use super::output::Output;

/// Lists every check kind and observer with its codes.
pub(crate) fn checks(output: &Output) -> anyhow::Result<u8> {
    output.print(&report::kinds_text(
        &tidegate_kinds::registry(),
        &output.style,
    ))
}
