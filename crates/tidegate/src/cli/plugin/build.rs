//! `tidegate plugin build`

mod javascript;
mod python;
mod rust;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use tidegate::plugins::{self, Component, Looked};
use tidegate::{Stop, exit};
use tidegate_core::words;
use tidegate_plugin::author::{Language, PluginName, component};
use tidegate_plugin::lock::{Source, replace};

use super::super::output::{Output, Usage};
use super::super::signals;
use super::asked::{head, powers};
use super::tools::{Failed, Lines, run};

/// Options of `plugin build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    /// The folder of the project; this one otherwise.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// The file that the component is written to; `NAME.wasm` in the project otherwise.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Compile quickly and with the names of functions in errors; for Rust alone, the others have no such choice.
    #[arg(long)]
    pub(crate) debug: bool,
}

/// What a build works with.
struct Work<'a> {
    folder: &'a Path,
    debug: bool,
    stop: &'a Stop,
    output: &'a Output,
}

/// Why there is no component.
enum Fault {
    /// A program failed.
    Tool(Failed),
    /// Something else, in words, and how to mend it.
    Told(String, String),
}

impl From<Failed> for Fault {
    fn from(failed: Failed) -> Self {
        Self::Tool(failed)
    }
}

impl Work<'_> {
    /// Says what is done, and runs a program for it in the folder of the project.
    fn step(
        &self,
        what: &str,
        mut command: std::process::Command,
        lines: Lines,
    ) -> Result<Vec<String>, Fault> {
        self.output.say(what);
        command.current_dir(self.folder);
        Ok(run(command, lines, self.stop, self.output)?)
    }

    /// Where the interface lies: with the SDK, or else written from this program.
    fn interface(&self) -> Result<PathBuf, Fault> {
        let own = Path::new("sdk/wit/check.wit");
        if self.folder.join(own).is_file() {
            return Ok(own.to_owned());
        }
        let made = Path::new("target/check.wit");
        self.write(made, tidegate_plugin::author::WIT.as_bytes())?;
        Ok(made.to_owned())
    }

    /// Writes a file below the folder of the project.
    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Fault> {
        let whole = self.folder.join(path);
        let made = whole
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&whole, content));
        made.map_err(|error| unusable(&whole, &error))
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, Fault> {
        let whole = self.folder.join(path);
        fs::read(&whole).map_err(|error| unusable(&whole, &error))
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::Told(
        format!("{} cannot be read or written: {error}", path.display()),
        "Look at who owns the project's folder, and whether there is room on the disk.".to_owned(),
    )
}

/// Makes the component of a project.
pub(super) fn build(arguments: &BuildArguments, output: &Output) -> anyhow::Result<u8> {
    let began = Instant::now();
    let folder = &arguments.folder;
    let language = language(folder)?;
    let stop = Stop::new();
    signals::listen(stop.clone()).context("signals cannot be listened for")?;
    let work = Work {
        folder,
        debug: arguments.debug,
        stop: &stop,
        output,
    };
    let made = make(&work, language).and_then(|wasm| {
        // It says its name itself, so that it is looked at before its file has one.
        let mut looked = look(&wasm, folder)?;
        let usual = || folder.join(format!("{}.wasm", looked.name));
        let file = arguments.output.clone().unwrap_or_else(usual);
        replace(&file, &wasm).map_err(|error| unusable(&file, &error))?;
        looked.locked.source = Source::Path(file.display().to_string());
        Ok(looked)
    });
    match made {
        // It could not be interrupted while the component was looked at.
        Ok(_) if stop.is_requested() => Ok(exit::INTERRUPTED),
        Ok(looked) => output.print(&summary(&looked, began)),
        Err(Fault::Tool(Failed::Stopped)) => Ok(exit::INTERRUPTED),
        Err(fault) => {
            let (message, help) = match fault {
                Fault::Tool(failed) => failed.words(language),
                Fault::Told(message, help) => (message, help),
            };
            output.fault(message, help);
            Ok(exit::BLOCK)
        }
    }
}

/// The language of a project.
pub(super) fn language(folder: &Path) -> anyhow::Result<Language> {
    let found = Language::of(folder);
    let shown = folder.display();
    let (message, help) = match found[..] {
        [language] => return Ok(language),
        [] if !folder.is_dir() => (
            format!("there is no folder {shown}"),
            "Name the folder of a plugin's project.",
        ),
        [] => (
            format!(
                "{shown} is no project of a plugin: it has no Cargo.toml, package.json or requirements.txt"
            ),
            "Begin one with `tidegate plugin new NAME --lang rust|js|py`, or name its folder.",
        ),
        _ => {
            let names: Vec<&str> = found.iter().map(|language| language.marker()).collect();
            (
                format!(
                    "{shown} has {}: it is not clear which language the plugin is in",
                    names.join(" and ")
                ),
                "Keep the file of one language in the project's folder.",
            )
        }
    };
    Err(Usage {
        message,
        help: help.to_owned(),
    }
    .into())
}

fn make(work: &Work<'_>, language: Language) -> Result<Vec<u8>, Fault> {
    let made = match language {
        Language::Rust => rust::make(work)?,
        Language::JavaScript => javascript::make(work)?,
        Language::Python => python::make(work)?,
    };
    let encoded = component(&made);
    let whole = encoded.map_err(|error| Fault::Told(error.to_string(), error.help().to_owned()))?;
    Ok(whole.into_owned())
}

/// Loads what was made, so that whatever is wrong with it is told now and not by the first run.
fn look(wasm: &[u8], file: &Path) -> Result<Looked, Fault> {
    let component = Component {
        source: Source::Path(file.display().to_string()),
        bytes: wasm.to_vec(),
    };
    let looked = plugins::look(component, None);
    let looked = looked.map_err(|error| Fault::Told(error.to_string(), error.help()))?;
    PluginName::new(&looked.name).map_err(|error| Fault::Told(error.to_string(), error.help()))?;
    Ok(looked)
}

fn summary(looked: &Looked, began: Instant) -> String {
    let took = words::time(began.elapsed().as_secs_f64() * 1e3);
    format!(
        "\n{}\n{}\nTook {took}. Next: `tidegate plugin test`\n",
        head(looked),
        powers(&looked.locked.describes.capabilities),
    )
}
