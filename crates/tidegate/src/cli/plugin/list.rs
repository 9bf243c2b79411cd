//! `tidegate plugin list`

use tidegate_config::Disk;
use tidegate_core::plugin::Plugin;
use tidegate_plugin::capability::Powers;
use tidegate_plugin::lock::Source;
use tidegate_plugin::{Lock, Locked};

use super::super::arguments::GateArguments;
use super::super::output::Output;
use super::asked::shown;
use super::lockfile::read;

/// Lists the plugins of the gate file.
pub(super) fn list(gate: &GateArguments, output: &Output) -> anyhow::Result<u8> {
    let declared = tidegate_config::plugins(&gate.gate, &Disk).map_err(tidegate::Error::Gate)?;
    let lock = read(&gate.gate)?.unwrap_or_default();
    if declared.is_empty() && lock.plugins.is_empty() {
        return output.print("The gate file declares no plugins.\n");
    }
    let mut text: String = declared.iter().map(|plugin| of(plugin, &lock)).collect();
    for (name, locked) in &lock.plugins {
        if declared.iter().all(|plugin| plugin.name != *name) {
            text.push_str(&format!(
                "{name} {}\n  not declared: `tidegate plugin update` forgets it\n",
                shown(&locked.describes.version)
            ));
        }
    }
    output.print(&text)
}

fn of(plugin: &Plugin, lock: &Lock) -> String {
    let Some(locked) = lock.plugins.get(&plugin.name) else {
        return format!(
            "{0}\n  from {1}\n  not locked: run `tidegate plugin update {0}`\n",
            plugin.name,
            Source::from(&plugin.source)
        );
    };
    format!(
        "{} {}: {}\n  from {}, SHA-256 {:.16}…\n{}",
        plugin.name,
        shown(&locked.describes.version),
        shown(&locked.describes.summary),
        shown(&locked.source.to_string()),
        locked.sha256,
        powers(plugin, locked)
    )
}

fn powers(plugin: &Plugin, locked: &Locked) -> String {
    let powers = Powers::of(&locked.describes.capabilities, &plugin.grant).sentences();
    if powers.is_empty() {
        return "  has no powers\n".to_owned();
    }
    let lines = powers.iter().map(|power| format!("  {}\n", shown(power)));
    lines.collect()
}
