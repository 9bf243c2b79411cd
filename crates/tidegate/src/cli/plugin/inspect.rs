//! `tidegate plugin inspect`

use serde_json::json;
use tidegate::plugins::{self, Looked};
use tidegate_core::plugin::is_name;

use super::super::arguments::GateArguments;
use super::super::output::{Output, Usage};
use super::InspectArguments;
use super::asked::{head, powers, shown};
use super::lockfile::{read, usage};

/// Shows what a component, or a locked plugin, says about itself.
pub(super) fn inspect(
    gate: &GateArguments,
    arguments: &InspectArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let place = arguments.plugin.to_string_lossy();
    let looked = if is_name(&place) && !arguments.plugin.is_file() {
        locked(gate, &place)?
    } else {
        let component = plugins::inspect(&place).map_err(usage!())?;
        plugins::look(component, None).map_err(usage!())?
    };
    let text = if arguments.json {
        machine(&looked)?
    } else {
        human(&looked)
    };
    output.print(&text)
}

/// A plugin as the lock file has it.
fn locked(gate: &GateArguments, name: &str) -> anyhow::Result<Looked> {
    let lock = read(&gate.gate)?.unwrap_or_default();
    let locked = lock.plugins.get(name).cloned().ok_or_else(|| Usage {
        message: format!("tidegate.lock has no plugin `{name}`"),
        help: "Name a component, as in `plugins/NAME.wasm`, or a plugin that `tidegate plugin list` shows.".to_owned(),
    })?;
    Ok(Looked {
        name: name.to_owned(),
        imports: Vec::new(),
        locked,
    })
}

fn human(looked: &Looked) -> String {
    let describes = &looked.locked.describes;
    let mut text = head(looked);
    if !looked.imports.is_empty() {
        text.push_str(&format!(
            "  imports {}\n",
            shown(&looked.imports.join(", "))
        ));
    }
    text.push('\n');
    text.push_str(&powers(&describes.capabilities));
    text.push_str("\nIt can find:\n");
    for code in &describes.codes {
        text.push_str(&format!(
            "  - {}: {}\n    {}\n",
            code.slug,
            shown(&code.summary),
            shown(&code.impact)
        ));
    }
    if describes.codes.is_empty() {
        text.push_str("  nothing: it only measures\n");
    }
    text
}

fn machine(looked: &Looked) -> anyhow::Result<String> {
    let value = json!({
        "name": looked.name,
        "imports": looked.imports,
        "locked": looked.locked,
    });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}
