//! `tidegate import`

mod into;
mod sources;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use tidegate::exit;
use tidegate::import::{Imported, Input, Taken, import as read};
use tidegate_repo::LocalFiles;

use super::arguments::GateArguments;
use super::output::{Output, Usage};
use sources::Wanted;

/// How many things that were left out are told; the rest is counted.
const TOLD: usize = 200;

/// Options of `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// What it is (curl, har, postman, hurl or openapi) and the files; without it, it is guessed from the content.
    ///
    /// A command of curl may stand here itself, in quotes; `-` reads standard input. Of Hurl there may be several
    /// files, of the others one.
    #[arg(required = true, value_name = "FORMAT|FILE", num_args = 1..)]
    what: Vec<String>,
    /// The environment of a Postman collection, as Postman exports it.
    #[arg(long, value_name = "FILE")]
    environment: Option<PathBuf>,
    /// The portal's own origin, where the file does not tell; further ones are kept as `apis:`.
    #[arg(long = "origin", value_name = "URL")]
    origins: Vec<String>,
    /// Write a gate file with the checks into this new file instead of printing it.
    #[arg(long, value_name = "FILE", conflicts_with = "into")]
    output: Option<PathBuf>,
    /// Add the checks, and what they need, to this gate file; everything else in it stays as it is.
    #[arg(long, value_name = "GATE FILE")]
    into: Option<PathBuf>,
}

/// Turns what another tool has into checks.
pub(crate) fn import(
    _gate: &GateArguments,
    arguments: &ImportArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let target = arguments.into.as_deref().or(arguments.output.as_deref());
    let folder = target
        .and_then(Path::parent)
        .filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    for origin in &arguments.origins {
        proper(origin)?;
    }
    let wanted = Wanted::of(&arguments.what, folder)?;
    let environment = arguments
        .environment
        .as_deref()
        .map(sources::file)
        .transpose()?;
    let taken = match &arguments.into {
        Some(gate) => into::taken(gate)?,
        None => Taken::default(),
    };
    let files = LocalFiles::new(folder);
    let input = Input {
        format: wanted.format,
        sources: &wanted.sources(),
        environment: environment.as_ref().map(sources::Content::source),
        origins: &arguments.origins,
        files: &files,
    };
    let imported = read(&input, &taken).map_err(|error| Usage {
        message: error.to_string(),
        help: error.help().to_owned(),
    })?;
    let code = match (&arguments.into, &arguments.output) {
        (Some(gate), _) => into::add(gate, &imported, output)?,
        (None, Some(file)) => {
            write(file, &imported.gate)?;
            output.say(&format!("Written to {}.", file.display()));
            exit::ALLOW
        }
        (None, None) => output.print(&imported.gate)?,
    };
    tell(&imported, output);
    Ok(code)
}

fn proper(origin: &str) -> Result<(), Usage> {
    let rest = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    let is_origin = rest.is_some_and(|rest| {
        let host = rest.trim_end_matches('/');
        !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@'])
    });
    if is_origin {
        return Ok(());
    }
    // Before an @ stands who asks, often with a password.
    let shown = origin.rsplit('@').next().unwrap_or_default();
    Err(Usage {
        message: format!("`{shown}` is no origin"),
        help: "Write scheme, host and port, as in `--origin https://portal.acme.example`."
            .to_owned(),
    })
}

/// Writes a new file whole, or not at all.
fn write(path: &Path, text: &str) -> Result<(), Usage> {
    tidegate_runner::create(path, text.as_bytes()).map_err(|error| Usage {
        message: match error.kind() {
            ErrorKind::AlreadyExists => format!("{} is there already", path.display()),
            _ => format!("{} cannot be written: {error}", path.display()),
        },
        help: "Name a new file with `--output`, add to a gate file with `--into`, or leave both out to print it."
            .to_owned(),
    })
}

/// Says what a person has to know and to do.
fn tell(imported: &Imported, output: &Output) {
    let requests = match imported.requests {
        0 => String::new(),
        1 => " with 1 request".to_owned(),
        count => format!(" with {count} requests"),
    };
    output.say(&format!(
        "Read {}{requests}: {}.",
        imported.format.words(),
        imported.sections.ids.join(", ")
    ));
    for note in &imported.notes {
        output.say(note);
    }
    for needed in &imported.needed {
        let short = if needed.short {
            "; the value in the file has less than six characters, and the gate refuses such secrets"
        } else {
            ""
        };
        output.say(&format!(
            "Set {} before it runs: {}{short}.",
            needed.name, needed.what
        ));
    }
    for name in &imported.unset {
        output.say(&format!(
            "Set {name} before it runs: the file does not have its value."
        ));
    }
    if imported.left_out.is_empty() {
        return;
    }
    output.say("Not carried over:");
    for one in imported.left_out.iter().take(TOLD) {
        output.say(&format!("  {}: {}: {}", one.place, one.what, one.why));
    }
    if let Some(more) = imported
        .left_out
        .len()
        .checked_sub(TOLD)
        .filter(|more| *more > 0)
    {
        output.say(&format!("  and {more} more"));
    }
}
