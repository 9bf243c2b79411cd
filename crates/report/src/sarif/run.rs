//! The run around the results.

use tidegate_core::event::Summary;
use tidegate_core::span;
use tidegate_core::verdict::Verdict;

use super::log::{
    AutomationDetails, BaseDescription, BaseId, BaseIds, Configuration, Descriptor, Driver, Help,
    Invocation, Level, Location, Notification, Reference, Run, Text, Tool, VersionControl,
};
use super::results::{located, placed};
use super::rules::name;
use super::{MOST_RESULTS, line, sentence};
use crate::headline::{code, headline};
use crate::places::Places;
use crate::text::{clip, count};
use crate::why::{stops, why};

/// How much of a text is written, in characters.
const SHOWN: usize = 500;
/// How many notifications are written.
const MOST: usize = 100;

/// Where everything stands.
const MORE: &str = "The terminal, Markdown and HTML reports of the run tell it in full.";

/// The kinds of notifications: their id and what they tell.
const KINDS: [(&str, &str); 5] = [
    ("run/preflight", "The run stopped before its first check."),
    ("run/unresolved", "A check came to no result."),
    (
        "run/leftover",
        "Something that a check created was not removed.",
    ),
    (
        "run/warning",
        "Something about the run itself wants a look.",
    ),
    (
        "run/left-out",
        "There are more findings than this format has room for.",
    ),
];

/// Everything about a run but its results.
pub(super) fn run(summary: &Summary, rules: Vec<Descriptor>, left_out: usize) -> Run {
    let plan = &summary.plan;
    let version = env!("CARGO_PKG_VERSION");
    Run {
        tool: Tool {
            driver: Driver {
                name: "Tidegate",
                full_name: format!("Tidegate {version}"),
                version,
                semantic_version: version,
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                short_description: Text {
                    text: "A gate for deploys.".to_owned(),
                },
                rules,
                notifications: KINDS.iter().map(|(id, text)| kind(id, text)).collect(),
            },
        },
        automation_details: AutomationDetails {
            id: format!("tidegate/{}/{}/", part(&plan.gate), part(&plan.environment)),
            description: Text {
                text: format!(
                    "The gate of {} for {}.",
                    line(&clip(&plan.gate, SHOWN)),
                    line(&clip(&plan.environment, SHOWN))
                ),
            },
        },
        invocations: [invocation(summary, left_out)],
        version_control_provenance: version_control(summary).into_iter().collect(),
        original_uri_base_ids: BaseIds {
            root: BaseDescription {
                description: Text {
                    text: "The root of the repository.".to_owned(),
                },
            },
        },
        column_kind: "unicodeCodePoints",
        language: "en-US",
    }
}

fn kind(id: &str, text: &str) -> Descriptor {
    Descriptor {
        id: id.to_owned(),
        name: name(id),
        short_description: Text {
            text: text.to_owned(),
        },
        full_description: Text {
            text: text.to_owned(),
        },
        help: Some(Help {
            text: format!("{text} {MORE}"),
            markdown: format!("{text} {MORE}"),
        }),
        help_uri: None,
        default_configuration: Configuration {
            level: Level::Warning,
        },
        properties: None,
    }
}

/// A name as one part of the id of a run, in which a slash parts.
fn part(name: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '-'
        }
    };
    name.chars().take(100).map(plain).collect()
}

fn invocation(summary: &Summary, left_out: usize) -> Invocation {
    let unclear = summary.judgement.verdict == Verdict::Inconclusive;
    let end = summary.started.checked_add(summary.elapsed);
    Invocation {
        execution_successful: !unclear && !summary.interrupted,
        exit_code: code(summary),
        exit_code_description: line(&clip(&headline(summary), SHOWN)),
        start_time_utc: summary.started.to_string(),
        end_time_utc: end.ok().map(|end| end.to_string()),
        tool_execution_notifications: execution(summary, left_out),
        tool_configuration_notifications: configuration(summary),
    }
}

/// What happened in the run beside findings; what was left out is told first.
fn execution(summary: &Summary, left_out: usize) -> Vec<Notification> {
    let places = Places::of(summary);
    let mut told = Vec::new();
    if left_out > 0 {
        let text = format!(
            "{} left out of this report, the least of all, as code scanning takes {MOST_RESULTS} results and 10 MB; the JSON report has all.",
            count(left_out, "finding") + if left_out == 1 { " was" } else { " were" },
        );
        told.push(notification(4, Level::Warning, text, None, &places));
    }
    if let Some(failure) = &summary.preflight {
        let text = both(&failure.message, &failure.help);
        let location = failure.location.as_ref();
        told.push(notification(0, Level::Error, text, location, &places));
    }
    for result in &summary.results {
        let Some(why) = why(result) else { continue };
        let level = if stops(result) {
            Level::Error
        } else {
            Level::Warning
        };
        let id = line(&clip(result.id.as_str(), SHOWN));
        let text = format!(
            "The check \"{id}\" {}: {}",
            why.ending,
            both(&why.text, &why.help)
        );
        told.push(notification(1, level, text, why.location.as_ref(), &places));
    }
    for leftover in &summary.leftovers {
        let text = format!(
            "The check \"{}\" created something by {} that is still there, marked {}: {}",
            line(&clip(leftover.check.as_str(), SHOWN)),
            line(&clip(&leftover.created_by, SHOWN)),
            line(&clip(&leftover.marker, SHOWN)),
            sentence(&clip(&leftover.reason, SHOWN)),
        );
        let location = Some(&leftover.location);
        told.push(notification(2, Level::Warning, text, location, &places));
    }
    told.truncate(MOST);
    told
}

/// What is wrong with the gate file and the files beside it.
fn configuration(summary: &Summary) -> Vec<Notification> {
    let places = Places::of(summary);
    let warnings = summary.warnings.iter().take(MOST);
    warnings
        .map(|warning| {
            let text = both(&warning.message, &warning.help);
            notification(3, Level::Warning, text, warning.location.as_ref(), &places)
        })
        .collect()
}

fn both(what: &str, help: &str) -> String {
    let what = sentence(&clip(what, SHOWN));
    if help.is_empty() {
        what
    } else {
        format!("{what} {}", sentence(&clip(help, SHOWN)))
    }
}

fn notification(
    kind: usize,
    level: Level,
    text: String,
    location: Option<&span::Location>,
    places: &Places<'_>,
) -> Notification {
    let place = |location: &span::Location| -> Option<Location> {
        Some(located(
            &placed(places, location)?,
            location.text.as_deref(),
        ))
    };
    Notification {
        descriptor: Reference {
            id: KINDS.get(kind).map_or("", |(id, _)| id).to_owned(),
            index: kind,
        },
        level,
        message: Text { text },
        locations: location.and_then(place).into_iter().collect(),
    }
}

fn version_control(summary: &Summary) -> Option<VersionControl> {
    let provenance = &summary.provenance;
    let repository = provenance.repository.as_deref()?;
    let address = repository.starts_with("https://") || repository.starts_with("http://");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/%@".contains(c);
    if !address || !repository.chars().all(plain) {
        return None;
    }
    let known = |text: &Option<String>| text.as_deref().map(|text| line(&clip(text, SHOWN)));
    Some(VersionControl {
        repository_uri: repository.to_owned(),
        revision_id: known(&provenance.commit),
        branch: known(&provenance.branch),
        mapped_to: BaseId {
            uri_base_id: "%SRCROOT%",
        },
    })
}
