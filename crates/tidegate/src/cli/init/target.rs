//! What the command is told to begin with: a folder, an address or a document.

use std::path::{Path, PathBuf};

use tidegate::init::{self, AddressError, GATE_FILE};

use super::super::arguments::GateArguments;
use super::{InitArguments, usage};

/// Where the command begins.
pub(super) struct Target {
    /// The gate file that is written.
    pub(super) gate: PathBuf,
    /// The folder of the project, which is that of the gate file.
    pub(super) folder: PathBuf,
    /// The address of a deploy.
    pub(super) url: Option<String>,
    /// The OpenAPI document, relative to the folder.
    pub(super) document: Option<String>,
}

/// What a word names.
enum Named {
    Folder(PathBuf),
    Address(String),
    Document(PathBuf),
}

/// Reads where to begin from the arguments.
pub(super) fn read(gate: &GateArguments, arguments: &InitArguments) -> anyhow::Result<Target> {
    let named = arguments.target.as_deref().map(named).transpose()?;
    let is_usual = gate.gate == Path::new(GATE_FILE);
    let path = match &named {
        Some(Named::Folder(folder)) if is_usual => folder.join(GATE_FILE),
        Some(Named::Folder(folder)) if !same(folder, init::folder_of(&gate.gate)) => {
            return Err(usage(
                format!(
                    "the gate file {} is not in the folder {}",
                    gate.gate.display(),
                    folder.display()
                ),
                "A gate file stands in the folder of its project: leave one of the two out.",
            ));
        }
        _ => gate.gate.clone(),
    };
    let folder = init::folder_of(&path).to_owned();
    if !folder.is_dir() {
        return Err(usage(
            format!("there is no folder {}", folder.display()),
            "Name a folder that is there.",
        ));
    }
    let given = gate.url.as_deref().map(address).transpose()?;
    let (positional, document) = match named {
        Some(Named::Address(url)) => (Some(url), None),
        Some(Named::Document(path)) => (None, Some(path)),
        _ => (None, None),
    };
    let url = match (positional, given) {
        (Some(_), Some(_)) => {
            return Err(usage(
                "two addresses were given",
                "Leave out `--url`, or the address before it.",
            ));
        }
        (positional, given) => positional.or(given),
    };
    let document = document.as_ref().or(arguments.openapi.as_ref());
    let document = document.map(|path| checked(path, &folder)).transpose()?;
    Ok(Target {
        gate: path,
        folder,
        url,
        document,
    })
}

fn same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}

fn named(word: &str) -> anyhow::Result<Named> {
    let path = Path::new(word);
    if word.contains("://") {
        return Ok(Named::Address(address(word)?));
    }
    if path.is_dir() {
        return Ok(Named::Folder(path.to_owned()));
    }
    if path.exists() {
        return Ok(Named::Document(path.to_owned()));
    }
    let is_file = [".yaml", ".yml", ".json"]
        .iter()
        .any(|end| word.ends_with(end));
    let is_path = word.starts_with(['/', '.', '~', '\\']);
    match init::address(word) {
        Ok(url) if !is_file && !is_path => Ok(Named::Address(url)),
        _ => Err(usage(
            format!("there is no file or folder {word}, and it is no address"),
            "Name the folder of a project, the address of a deploy such as https://portal.example, or an OpenAPI document.",
        )),
    }
}

/// Reads an address.
pub(super) fn address(text: &str) -> anyhow::Result<String> {
    init::address(text).map_err(|error: AddressError| {
        // What may hold a password is not shown again.
        let shown = match error {
            AddressError::Credentials => "the address".to_owned(),
            _ => format!("`{text}`"),
        };
        usage(format!("{shown} cannot be used: {error}"), error.help())
    })
}

/// A document that can be read, by its path from the folder of the gate file.
fn checked(path: &Path, folder: &Path) -> anyhow::Result<String> {
    let outside = || {
        usage(
            format!(
                "{} is not below the folder of the gate file",
                path.display()
            ),
            "The gate reads files below its own folder only: copy the document there, or name a gate file above both with `--gate`.",
        )
    };
    let real = path.canonicalize().map_err(|error| {
        usage(
            format!("{} cannot be read: {error}", path.display()),
            "Name an OpenAPI document that is there.",
        )
    })?;
    let root = folder.canonicalize()?;
    let below = real.strip_prefix(&root).map_err(|_| outside())?;
    let parts = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    let relative = parts.collect::<Vec<_>>().join("/");
    if let Err(error) = init::operations(folder, &relative) {
        return Err(usage(error.message, error.help));
    }
    Ok(relative)
}
