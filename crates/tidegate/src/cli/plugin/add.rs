//! `tidegate plugin add`

use std::path::{Component, Path, PathBuf};

use tidegate::exit;
use tidegate::plugins::{self, Looked};
use tidegate_plugin::Lock;
use tidegate_plugin::lock::{MOST, Source};

use super::super::arguments::GateArguments;
use super::super::insert::{Addition, Inserted, has_section, insert};
use super::super::output::{Output, Usage};
use super::AddArguments;
use super::asked::{declaration, head, powers, quote};
use super::lockfile::{path, read, usage, write};

/// Looks at a component, locks it, and shows or writes the lines that declare it.
pub(super) fn add(
    gate: &GateArguments,
    arguments: &AddArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let component = plugins::inspect(&arguments.place).map_err(usage!())?;
    let mut looked = plugins::look(component, Some(&arguments.name)).map_err(usage!())?;
    wanted(&looked, arguments.sha256.as_deref())?;
    if let Source::Path(file) = &looked.locked.source {
        looked.locked.source = Source::Path(from_gate(&gate.gate, Path::new(file))?);
    }
    let mut lock = read(&gate.gate)?.unwrap_or_default();
    output.say(&format!(
        "{}{}",
        head(&looked),
        powers(&looked.locked.describes.capabilities)
    ));
    let lines = declaration(&looked, &place(&looked));
    let declared = declared(&gate.gate, &arguments.name);
    let known = lock
        .plugins
        .insert(looked.name.clone(), looked.locked.clone());
    full(&lock)?;
    write(&lock, &gate.gate)?;
    let again = known.is_some_and(|known| known == looked.locked);
    output.say(&match again {
        true => format!("{} has it already.", path(&gate.gate).display()),
        false => format!("{} is written: commit it.", path(&gate.gate).display()),
    });
    if declared {
        output.say(&format!(
            "{} declares `{}` already; see that its lines fit.",
            gate.gate.display(),
            arguments.name
        ));
        return Ok(exit::ALLOW);
    }
    let (where_to, shown) = match has_section(&gate.gate, "plugins") {
        true => ("under `plugins:` of", lines.clone()),
        false => ("to", format!("plugins:\n{lines}")),
    };
    if !arguments.write {
        output.say(&format!("Add this {where_to} {}:\n", gate.gate.display()));
        return output.print(&shown);
    }
    let addition = Addition {
        section: "plugins",
        lines: &lines,
    };
    match insert(&gate.gate, &[addition])? {
        Inserted::Written => {
            output.say(&format!(
                "{} declares it: look at the lines, then name it in a check as `plugin/{}: {{}}`.",
                gate.gate.display(),
                looked.name
            ));
            Ok(exit::ALLOW)
        }
        Inserted::Unsafe(why) => {
            output.say(&format!(
                "{0} was left as it is, because {why}. Add this {where_to} {0}:\n",
                gate.gate.display()
            ));
            output.print(&shown)?;
            Ok(exit::USAGE)
        }
    }
}

/// Holds a component against the digest that its author publishes.
fn wanted(looked: &Looked, sha256: Option<&str>) -> Result<(), Usage> {
    let Some(wanted) = sha256 else { return Ok(()) };
    if wanted.eq_ignore_ascii_case(&looked.locked.sha256) {
        return Ok(());
    }
    Err(Usage {
        message: format!(
            "{} has another SHA-256: {}",
            looked.locked.source, looked.locked.sha256
        ),
        help: "Ask whoever publishes the plugin which one is right; nothing was locked.".to_owned(),
    })
}

fn full(lock: &Lock) -> Result<(), Usage> {
    if lock.plugins.len() <= MOST {
        return Ok(());
    }
    Err(Usage {
        message: format!("a gate file has at most {MOST} plugins"),
        help: "Remove one that nothing uses, and run `tidegate plugin update`.".to_owned(),
    })
}

/// Whether the gate file declares a plugin of this name.
fn declared(gate: &Path, name: &str) -> bool {
    let plugins = tidegate_config::plugins(gate, &tidegate_config::Disk);
    plugins.is_ok_and(|plugins| plugins.iter().any(|plugin| plugin.name == name))
}

/// The lines that say where a plugin comes from.
fn place(looked: &Looked) -> Vec<String> {
    match &looked.locked.source {
        Source::Path(path) => vec![format!("path: {}", quote(path))],
        Source::Url(url) => vec![
            format!("url: {}", quote(url)),
            format!("sha256: \"{}\"", looked.locked.sha256),
        ],
    }
}

/// The path of a file from the folder of the gate file, with forward slashes.
fn from_gate(gate: &Path, file: &Path) -> Result<String, Usage> {
    let fault = |reason: String| Usage {
        message: format!(
            "{} has no path from the gate file: {reason}",
            file.display()
        ),
        help: "Put it below the folder of the gate file, as in `plugins/NAME.wasm`, and commit it."
            .to_owned(),
    };
    let folder = gate.parent().filter(|parent| *parent != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    let folder = folder.map_err(|error| fault(error.to_string()))?;
    let file = file
        .canonicalize()
        .map_err(|error| fault(error.to_string()))?;
    let common = folder.components().zip(file.components());
    let common = common.take_while(|(one, other)| one == other).count();
    let up = folder
        .components()
        .skip(common)
        .map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(file.components().skip(common)).collect();
    let parts: Option<Vec<&str>> = path
        .components()
        .map(|part| part.as_os_str().to_str())
        .collect();
    match parts {
        Some(parts) if common > 1 || !cfg!(windows) => Ok(parts.join("/")),
        Some(_) => Err(fault("it is on another drive".to_owned())),
        None => Err(fault("its name is no Unicode".to_owned())),
    }
}
