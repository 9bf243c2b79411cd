//! `tidegate draft`

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::Context as _;
use tidegate::draft::{AccessDraft, access};
use tidegate::{Gate, exit};

use super::arguments::{DraftAccess, DraftCommand, GateArguments};
use super::output::{Output, Usage};

/// Prints a proposal to review.
pub(crate) fn draft(
    gate: &GateArguments,
    command: &DraftCommand,
    output: &Output,
) -> anyhow::Result<u8> {
    let DraftCommand::Access(arguments) = command;
    let known = load(gate, output);
    let folder = gate.gate.parent().unwrap_or(Path::new("."));
    let draft = access(folder, known.as_ref(), &arguments.code);
    tell(&draft, output);
    if draft.routes == 0 {
        let message = "no route was found".to_owned();
        let help = "Name the folders of the source code with `--code`, or the OpenAPI document under \
                    `openapi:` of the gate file.";
        return Err(usage(message, help));
    }
    write(&draft.text, arguments, output)?;
    output.say("This is a proposal to review: put it under `checks:` and correct who may.");
    Ok(exit::ALLOW)
}

/// The gate file, when there is one that can be read; a proposal does not depend on it.
fn load(gate: &GateArguments, output: &Output) -> Option<Gate> {
    if !gate.gate.exists() {
        output.say(&format!(
            "There is no {}: roles are not known.",
            gate.gate.display()
        ));
        return None;
    }
    match gate.load() {
        Ok(known) => Some(known),
        Err(error) => {
            output.say(&format!(
                "{} cannot be used, so roles are not known: {error}",
                gate.gate.display()
            ));
            None
        }
    }
}

fn tell(draft: &AccessDraft, output: &Output) {
    for read in &draft.read {
        output.say(&format!("Read: {read}."));
    }
    for unread in &draft.unread {
        output.say(&format!("Not read: {unread}."));
    }
}

fn write(text: &str, arguments: &DraftAccess, output: &Output) -> anyhow::Result<()> {
    let Some(path) = &arguments.output else {
        output.print(text)?;
        return Ok(());
    };
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = match file {
        Ok(file) => file,
        Err(error) => {
            let shown = path.display();
            let message = match error.kind() {
                ErrorKind::AlreadyExists => format!("{shown} is there already"),
                _ => format!("{shown} cannot be written: {error}"),
            };
            return Err(usage(
                message,
                "Name a new file with `--output`, or leave it out to print the proposal.",
            ));
        }
    };
    file.write_all(text.as_bytes())
        .context("the proposal cannot be written")?;
    output.say(&format!("Written to {}.", path.display()));
    Ok(())
}

fn usage(message: String, help: &str) -> anyhow::Error {
    Usage {
        message,
        help: help.to_owned(),
    }
    .into()
}
