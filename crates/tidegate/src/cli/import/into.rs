//! Checks that are added to a gate file.

use std::path::Path;

use tidegate::exit;
use tidegate::import::{Imported, Taken};
use tidegate::node::Node;
use tidegate_config::Disk;

use super::super::insert::{Addition, Inserted, insert};
use super::super::output::{Output, Usage};

/// What a gate file has names for already.
///
/// # Errors
/// When it cannot be read.
pub(super) fn taken(gate: &Path) -> Result<Taken, Usage> {
    let name = gate.display().to_string();
    let read = tidegate_config::document(&Disk, gate, &name).map_err(|faults| Usage {
        message: match faults.first() {
            Some(fault) => format!("{name} cannot be used: {}", fault.message),
            None => format!("{name} cannot be used"),
        },
        help: "Name a gate file that is there, or write a new one with `--output`.".to_owned(),
    })?;
    let keys = |section: &str| {
        let entries = read.get(section).map_or(&[][..], Node::entries);
        entries.iter().map(|(key, _)| key.text.clone()).collect()
    };
    Ok(Taken {
        checks: keys("checks"),
        identities: keys("identities"),
        apis: keys("apis"),
        variables: keys("variables"),
    })
}

/// Adds what was imported to a gate file, or prints it where that is not safe.
pub(super) fn add(gate: &Path, imported: &Imported, output: &Output) -> anyhow::Result<u8> {
    let sections = &imported.sections;
    let all = [
        ("apis", &sections.apis),
        ("variables", &sections.variables),
        ("identities", &sections.identities),
        ("checks", &sections.checks),
    ];
    let additions: Vec<Addition<'_>> = all
        .iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(section, lines)| Addition { section, lines })
        .collect();
    let shown = gate.display();
    match insert(gate, &additions)? {
        Inserted::Written => {
            output.say(&format!("Added to {shown}: {}.", sections.ids.join(", ")));
            if let Some(origin) = &imported.origin {
                output.say(&format!(
                    "In the file its requests go to {origin}; in {shown} they go to the environment that is judged."
                ));
            }
            if let Some(document) = &imported.document {
                output.say(&format!(
                    "Let {shown} name the document, if it does not yet: `openapi: {document}`."
                ));
            }
            Ok(exit::ALLOW)
        }
        Inserted::Unsafe(why) => {
            output.say(&format!(
                "{shown} was left as it is, because {why}. Add this to it:"
            ));
            for addition in additions {
                output.print(&format!("{}:\n{}", addition.section, addition.lines))?;
            }
            Ok(exit::USAGE)
        }
    }
}
