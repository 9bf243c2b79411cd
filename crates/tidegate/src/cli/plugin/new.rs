//! `tidegate plugin new`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use tidegate_core::words::count;
use tidegate_plugin::author::{Language, PluginName, Project, Sdk};

use super::super::output::{Output, Usage};
use super::tools;

/// Options of `plugin new`.
#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// What it is called: lowercase words with hyphens between them, such as `invoice-totals`.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The language it is written in; JavaScript projects take TypeScript, too.
    #[arg(long, value_enum)]
    pub(crate) lang: Lang,
    /// The folder it is written into, which is new or empty; one of its name, here, otherwise.
    #[arg(long, value_name = "DIR")]
    pub(crate) path: Option<PathBuf>,
    /// Refer to the SDK in this folder and write none, for whoever develops the SDK.
    #[arg(long, value_name = "DIR", hide = true)]
    pub(crate) sdk: Option<PathBuf>,
}

/// The languages of new projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Rust.
    Rust,
    /// JavaScript or TypeScript.
    Js,
    /// Python.
    Py,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Rust => Self::Rust,
            Lang::Js => Self::JavaScript,
            Lang::Py => Self::Python,
        }
    }
}

/// Writes a project and says what to type next.
pub(super) fn new(arguments: &NewArguments, output: &Output) -> anyhow::Result<u8> {
    let name = PluginName::new(&arguments.name).map_err(|error| usage(&error, error.help()))?;
    let language = Language::from(arguments.lang);
    let sdk = match &arguments.sdk {
        Some(folder) => Sdk::At(folder.canonicalize().unwrap_or_else(|_| folder.clone())),
        None => Sdk::Written,
    };
    let folder = arguments
        .path
        .clone()
        .unwrap_or_else(|| PathBuf::from(name.as_str()));
    let project =
        Project::new(&name, language, &sdk).map_err(|error| usage(&error, error.help()))?;
    project
        .write(&folder)
        .map_err(|error| usage(&error, error.help()))?;
    let printed = output.print(&made(&name, language, &folder, &project));
    for (missing, help) in tools::missing(language, &folder) {
        output.note(&missing, &help);
    }
    printed
}

/// What was made, and the next commands.
fn made(name: &PluginName, language: Language, folder: &Path, project: &Project) -> String {
    let shown = folder.display();
    let mut text = format!(
        "{name} is a plugin in {}: {} in {shown}\n\n",
        language.title(),
        count(project.files().len() as u64, "file")
    );
    let own = project
        .files()
        .iter()
        .filter(|(path, _)| !path.starts_with("sdk/"));
    for (path, _) in own {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {path}");
    }
    text.push_str(
        "  sdk/ (what it is written with; nothing of it is yours to change)\n\nNext:\n\n",
    );
    if folder != Path::new(".") {
        let _ = writeln!(text, "  cd {shown}");
    }
    text.push_str("  tidegate plugin build   # makes the component\n");
    text.push_str("  tidegate plugin test    # runs the cases in tests/, without a server\n");
    text
}

fn usage(error: &dyn std::error::Error, help: impl Into<String>) -> anyhow::Error {
    Usage {
        message: error.to_string(),
        help: help.into(),
    }
    .into()
}
