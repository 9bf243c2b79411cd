//! `tidegate explain CODE`

use tidegate::meta::Meta;
use tidegate::report;
use tidegate_core::diagnostic::nearest;
use tidegate_core::name::Code;

use super::arguments::GateArguments;
use super::output::{Output, Usage};

/// Prints the page of a code or of a check kind; with `markdown` that of the kind as it is written.
pub(crate) fn explain(
    gate: &GateArguments,
    name: &str,
    markdown: bool,
    output: &Output,
) -> anyhow::Result<u8> {
    let registry = tidegate::plugins::registry(&gate.gate)?;
    let metas: Vec<&Meta> = registry
        .metas()
        .chain([
            tidegate_runner::preflight_meta(),
            tidegate_config::gate_meta(),
        ])
        .collect();
    let named = |kind: &str| metas.iter().find(|meta| meta.name == kind);
    let whole = named(name);
    let owner = || named(Code::new(name).kind());
    let meta = whole.or_else(owner).ok_or_else(|| unknown(name, &metas))?;
    if markdown {
        return output.print(&meta.docs.text());
    }
    if whole.is_some() {
        return output.print(&report::explain_kind(meta, &output.style));
    }
    let code = meta.code(name).ok_or_else(|| unknown(name, &metas))?;
    output.print(&report::explain_code(meta, code, &output.style))
}

fn unknown(name: &str, metas: &[&Meta]) -> Usage {
    let codes = metas
        .iter()
        .flat_map(|meta| meta.codes.iter().map(|info| info.code.as_str()));
    let known: Vec<&str> = metas.iter().map(|meta| &*meta.name).chain(codes).collect();
    let lists = "`tidegate checks` lists the kinds, `tidegate explain KIND` the codes of one.";
    let help = match nearest(name, &known) {
        Some(near) => format!("Did you mean `{near}`? {lists}"),
        None => lists.to_owned(),
    };
    Usage {
        message: format!("there is no code or check kind `{name}`"),
        help,
    }
}
