//! `tidegate packs`

use clap::Args;
use tidegate::packs::{self, Pack};
use tidegate::report;
use tidegate_core::diagnostic::nearest;

use super::output::{Output, Usage};

/// Options of `packs`.
#[derive(Debug, Args)]
pub(crate) struct PacksArguments {
    /// The pack to explain.
    name: Option<String>,

    /// Print the page as it is written, in Markdown.
    #[arg(long, requires = "name")]
    markdown: bool,
}

/// Lists the packs, or explains one.
pub(crate) fn packs(arguments: &PacksArguments, output: &Output) -> anyhow::Result<u8> {
    let Some(name) = &arguments.name else {
        return list(output);
    };
    let pack = packs::named(name).ok_or_else(|| unknown(name))?;
    if arguments.markdown {
        return output.print(&pack.page);
    }
    output.print(&report::page_text(&pack.page, &output.style))
}

fn list(output: &Output) -> anyhow::Result<u8> {
    let packs = packs::all();
    let things: Vec<[&str; 3]> = packs.iter().map(row).collect();
    let more = "`tidegate packs NAME` shows an include to begin with, the parameters, and what is checked.";
    output.print(&report::list_text("Packs", &things, more, &output.style))
}

fn row(pack: &Pack) -> [&str; 3] {
    [pack.name, &pack.summary, &pack.suits]
}

fn unknown(name: &str) -> Usage {
    let packs = packs::all();
    let known: Vec<&str> = packs.iter().map(|pack| pack.name).collect();
    let lists = "`tidegate packs` lists them.";
    let help = match nearest(name, &known) {
        Some(near) => format!("Did you mean `{near}`? {lists}"),
        None => lists.to_owned(),
    };
    Usage {
        message: format!("there is no pack `{name}`"),
        help,
    }
}
