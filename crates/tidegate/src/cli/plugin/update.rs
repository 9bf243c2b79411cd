//! `tidegate plugin update`

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use tidegate::exit;
use tidegate::plugins::{self, LookError, Looked};
use tidegate_config::Disk;
use tidegate_core::diagnostic::nearest;
use tidegate_core::plugin::Plugin;
use tidegate_plugin::capability::Difference;
use tidegate_plugin::{Lock, Locked};

use super::super::arguments::GateArguments;
use super::super::output::{Output, Usage};
use super::UpdateArguments;
use super::asked::{head, powers, shown};
use super::lockfile::{path, read, write};

/// Locks plugins of the gate file anew.
pub(super) fn update(
    gate: &GateArguments,
    arguments: &UpdateArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let declared = tidegate_config::plugins(&gate.gate, &Disk).map_err(tidegate::Error::Gate)?;
    let chosen = chosen(&declared, &arguments.names)?;
    let mut lock = read(&gate.gate)?.unwrap_or_default();
    let mut code = exit::ALLOW;
    for plugin in chosen {
        code = code.max(
            match one(gate, plugin, &mut lock, arguments.accept, output)? {
                Ok(true) => exit::ALLOW,
                Ok(false) => exit::BLOCK,
                Err(error) => {
                    output.fault(format!("`{}`: {error}", plugin.name), error.help());
                    exit::USAGE
                }
            },
        );
    }
    if arguments.names.is_empty() {
        forget(&mut lock, &declared, output)?;
    }
    write(&lock, &gate.gate)?;
    output.say(&format!(
        "{} says what is locked; commit it when it changed.",
        path(&gate.gate).display()
    ));
    Ok(code)
}

fn chosen<'d>(declared: &'d [Arc<Plugin>], names: &[String]) -> Result<Vec<&'d Plugin>, Usage> {
    if names.is_empty() {
        return Ok(declared.iter().map(|plugin| &**plugin).collect());
    }
    let find = |name: &String| {
        let found = declared.iter().find(|plugin| plugin.name == *name);
        found.map(|plugin| &**plugin).ok_or_else(|| {
            let known: Vec<&str> = declared.iter().map(|plugin| plugin.name.as_str()).collect();
            Usage {
                message: format!("the gate file declares no plugin `{name}`"),
                help: match nearest(name, &known) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("Declare it with `tidegate plugin add {name} FILE --write`."),
                },
            }
        })
    };
    names.iter().map(find).collect()
}

/// Looks at one plugin and locks it when nobody has to agree, or somebody does.
fn one(
    gate: &GateArguments,
    plugin: &Plugin,
    lock: &mut Lock,
    accept: bool,
    output: &Output,
) -> anyhow::Result<Result<bool, LookError>> {
    let folder = gate.gate.parent().unwrap_or(std::path::Path::new(""));
    let looked = plugins::look_up(folder, &plugin.source)
        .and_then(|component| plugins::look(component, Some(&plugin.name)));
    let looked = match looked {
        Ok(looked) => looked,
        Err(error) => return Ok(Err(error)),
    };
    let known = lock.plugins.get(&plugin.name);
    let (text, more) = match known {
        Some(known) if *known == looked.locked => (
            format!("{} {}: as it was\n", looked.name, known.describes.version),
            false,
        ),
        Some(known) => changed(known, &looked),
        None => {
            let asked = &looked.locked.describes.capabilities;
            (format!("{}{}", head(&looked), powers(asked)), false)
        }
    };
    output.print(&text)?;
    if more && !accept && !agreed(&plugin.name, output) {
        output.say(&format!(
            "`{0}` stays as it was. To agree, run `tidegate plugin update {0} --accept`; what it asks for beyond before \
             it gets when the gate file grants it.",
            plugin.name
        ));
        return Ok(Ok(false));
    }
    lock.plugins.insert(plugin.name.clone(), looked.locked);
    Ok(Ok(true))
}

/// What differs from what was locked, and whether it asks for more.
fn changed(known: &Locked, looked: &Looked) -> (String, bool) {
    let (old, new) = (&known.describes, &looked.locked.describes);
    let difference = Difference::between(&old.capabilities, &new.capabilities);
    let mut text = match (&old.version, &new.version) {
        (was, is) if was == is => format!("{} {}: another component\n", looked.name, shown(is)),
        (was, is) => format!("{} {} → {}\n", looked.name, shown(was), shown(is)),
    };
    let mut line = |what: &str, before: &str, after: &str| {
        if before != after {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {what}: {} → {}", shown(before), shown(after));
        }
    };
    line(
        "source",
        &known.source.to_string(),
        &looked.locked.source.to_string(),
    );
    line("SHA-256", &known.sha256, &looked.locked.sha256);
    line("made for", &known.interface, &looked.locked.interface);
    for (mark, phrases) in [
        ("+ asks for more: it", &difference.more),
        (
            "! cannot do without what it could before: it",
            &difference.needed,
        ),
        ("- asks no more for: it", &difference.less),
    ] {
        for phrase in phrases {
            let _ = writeln!(text, "  {mark} {}", shown(phrase));
        }
    }
    for one in &new.capabilities {
        let before = old
            .capabilities
            .iter()
            .any(|known| known.power == one.power);
        if !before {
            let _ = writeln!(text, "    what for: {}", shown(&one.reason));
        }
    }
    codes(&mut text, known, looked);
    if difference.is_empty() {
        text.push_str("  asks for the same as before\n");
    }
    (text, difference.asks_for_more())
}

/// What it finds beyond before, or no longer.
fn codes(text: &mut String, known: &Locked, looked: &Looked) {
    let slugs = |locked: &Locked| -> Vec<String> {
        let codes = locked.describes.codes.iter();
        codes.map(|code| code.slug.clone()).collect()
    };
    let (old, new) = (slugs(known), slugs(&looked.locked));
    for slug in new.iter().filter(|slug| !old.contains(slug)) {
        let _ = writeln!(text, "  + finds {slug}");
    }
    for slug in old.iter().filter(|slug| !new.contains(slug)) {
        let _ = writeln!(text, "  - no longer finds {slug}");
    }
}

/// Asks whoever sits at the terminal.
fn agreed(name: &str, output: &Output) -> bool {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    output.say(&format!(
        "`{name}` asks for more than before. Lock it? [y/N]"
    ));
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Takes out what the gate file no longer declares.
fn forget(lock: &mut Lock, declared: &[Arc<Plugin>], output: &Output) -> anyhow::Result<()> {
    let names: Vec<String> = lock.plugins.keys().cloned().collect();
    for name in names {
        if declared.iter().all(|plugin| plugin.name != name) {
            lock.plugins.remove(&name);
            output.print(&format!("{name}: no longer declared, and forgotten\n"))?;
        }
    }
    Ok(())
}
