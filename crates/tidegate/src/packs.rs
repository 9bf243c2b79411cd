//! The packs that come with Tidegate, as people read about them.

use std::fmt::Write as _;

use tidegate_config::{Outline, PackCheck, Parameter};
use tidegate_core::pack::PackSource as _;
use tidegate_packs::{PACKS, Packs};

/// A pack that comes with Tidegate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its name, which a gate file includes it by.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub summary: String,
    /// Which portals it is for.
    pub suits: String,
    /// Its page in Markdown, with an include to begin with.
    pub page: String,
}

/// Every pack, sorted by name.
pub fn all() -> Vec<Pack> {
    PACKS.iter().filter_map(|pack| named(pack.name)).collect()
}

/// The pack of a name.
pub fn named(name: &str) -> Option<Pack> {
    let pack = PACKS.iter().find(|pack| pack.name == name)?;
    // The tests read every pack, so that none is left out.
    let outline = tidegate_config::outline(&Packs.pack(name)?).ok()?;
    let page = pack
        .page
        .replace("<!-- parameters -->", &parameters(&outline))
        .replace("<!-- checks -->", &checks(&outline.checks));
    Some(Pack {
        name: pack.name,
        summary: outline.summary,
        suits: outline.suits,
        page,
    })
}

fn parameters(outline: &Outline) -> String {
    let mut table = "| Parameter | What it is | Default |\n|---|---|---|".to_owned();
    for one in &outline.parameters {
        // Writing into a text cannot fail.
        let _ = write!(
            table,
            "\n| `{}` | {} | {} |",
            one.name,
            cell(&one.description),
            default(one)
        );
    }
    table
}

fn default(parameter: &Parameter) -> String {
    match &parameter.default {
        Some(value) => format!("`{}`", cell(value)),
        None if parameter.optional => "none".to_owned(),
        None => "must be given".to_owned(),
    }
}

fn checks(checks: &[PackCheck]) -> String {
    let mut table = "| Check | Kind | Left out without |\n|---|---|---|".to_owned();
    for check in checks {
        let given: Vec<String> = check.given.iter().map(|name| format!("`{name}`")).collect();
        // Writing into a text cannot fail.
        let _ = write!(
            table,
            "\n| `{}` | {} | {} |",
            check.id,
            check.kind,
            given.join(" or ")
        );
    }
    table
}

/// A text that stays within its cell.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}
