//! The key `handover:`: what the handover report says beside what the checks found.

use std::collections::HashSet;
use std::str::FromStr;

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::handover::{Answer, Asked, Handover, Watch};
use tidegate_core::located::Entries;
use tidegate_core::name::CheckId;
use tidegate_core::node::{Node, Value};
use tidegate_core::template::{Part, Template};

use crate::faults::{Faults, wrong_type};
use crate::schema::parts;

/// What the handover report says beside what the checks found. Nothing of it changes the verdict.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawHandover {
    /// Who the portal is handed to.
    #[schemars(with = "String", length(min = 1))]
    #[serde(default)]
    client: Option<Node>,
    /// Who hands it over.
    #[schemars(with = "String", length(min = 1))]
    #[serde(default)]
    prepared_by: Option<Node>,
    /// What you answer for, because no check can prove it. An answer holds for 90 days.
    #[schemars(with = "RawAnswers")]
    #[serde(default)]
    answers: Option<Node>,
    /// What a check proves, in a plain sentence for your client, by the id of the check.
    #[schemars(schema_with = "parts::sentences_by_name")]
    #[serde(default)]
    journeys: Option<Entries<Node>>,
    /// What the portal does not do, or not well, in plain sentences.
    #[schemars(schema_with = "parts::sentences")]
    #[serde(default)]
    known_limits: Option<Node>,
    /// What should be done next, in plain sentences, the first first.
    #[schemars(schema_with = "parts::sentences")]
    #[serde(default)]
    next_steps: Option<Node>,
    /// What to look at after the deploy, beside what the report proposes itself.
    #[schemars(with = "RawWatch")]
    #[serde(default)]
    watch: Option<Node>,
}

#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct RawAnswers {
    /// Is an error that happens now captured where somebody sees it?
    #[schemars(with = "RawAnswer")]
    #[serde(default)]
    errors_captured: Option<Node>,
    /// Can last week's bug be explained from one request id?
    #[schemars(with = "RawAnswer")]
    #[serde(default)]
    bug_explainable: Option<Node>,
    /// Would one bad deploy cause more than five support tickets?
    #[schemars(with = "RawAnswer")]
    #[serde(default)]
    more_than_five_tickets: Option<Node>,
}

#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct RawAnswer {
    /// yes or no.
    #[schemars(schema_with = "parts::yes_or_no")]
    answer: Option<Node>,
    /// Why, in a plain sentence.
    #[schemars(with = "String", length(min = 1))]
    because: Option<Node>,
    /// Who answers.
    #[schemars(with = "String", length(min = 1))]
    by: Option<Node>,
    /// The day of the answer, as in `2026-11-20`.
    #[schemars(with = "String", regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    on: Option<Node>,
}

#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct RawWatch {
    /// In the first 14 days, in plain sentences.
    #[schemars(schema_with = "parts::sentences")]
    #[serde(default, rename = "14-days")]
    first_14_days: Option<Node>,
    /// In the first 30 days, in plain sentences.
    #[schemars(schema_with = "parts::sentences")]
    #[serde(default, rename = "30-days")]
    first_30_days: Option<Node>,
}

/// Reads `handover:`.
pub(crate) fn read(
    section: Option<&Node>,
    checks: &HashSet<&str>,
    faults: &mut Faults,
) -> Option<Handover> {
    let section = section.filter(|node| node.value != Value::Null)?;
    let raw: RawHandover = faults.read_fields(section, &[]);
    Some(Handover {
        client: raw.client.and_then(|node| sentence(&node, faults)),
        prepared_by: raw.prepared_by.and_then(|node| sentence(&node, faults)),
        answers: answers(raw.answers.as_ref(), faults),
        journeys: journeys(raw.journeys.unwrap_or_default(), checks, faults),
        known_limits: sentences(raw.known_limits.as_ref(), faults),
        next_steps: sentences(raw.next_steps.as_ref(), faults),
        watch: watch(raw.watch.as_ref(), faults),
    })
}

fn answers(section: Option<&Node>, faults: &mut Faults) -> Vec<Answer> {
    let Some(section) = section else {
        return Vec::new();
    };
    let raw: RawAnswers = faults.read_fields(section, &[]);
    let given = Asked::ALL.map(|asked| match asked {
        Asked::ErrorsCaptured => (asked, raw.errors_captured.as_ref()),
        Asked::BugExplainable => (asked, raw.bug_explainable.as_ref()),
        Asked::MoreThanFiveTickets => (asked, raw.more_than_five_tickets.as_ref()),
    });
    let given = given.into_iter();
    given
        .filter_map(|(asked, node)| answer(asked, node?, faults))
        .collect()
}

fn answer(asked: Asked, node: &Node, faults: &mut Faults) -> Option<Answer> {
    let raw: RawAnswer = faults.read_fields(node, &[]);
    let yes = faults.required(raw.answer, "answer", node);
    let yes = yes.and_then(|node| yes_or_no(&node, faults));
    let because = faults.required(raw.because, "because", node);
    let because = because.and_then(|node| sentence(&node, faults));
    let by = faults.required(raw.by, "by", node);
    let by = by.and_then(|node| sentence(&node, faults));
    let on = faults.required(raw.on, "on", node);
    let on = on.and_then(|node| day(&node, faults));
    Some(Answer {
        asked,
        yes: yes?,
        because: because?,
        by: by?,
        on: on?,
    })
}

/// YAML 1.2 reads `yes` as text and `true` as a truth value; people mean the same.
fn yes_or_no(node: &Node, faults: &mut Faults) -> Option<bool> {
    match (&node.value, node.text()) {
        (Value::Bool(yes), _) => return Some(*yes),
        (_, Some("yes")) => return Some(true),
        (_, Some("no")) => return Some(false),
        _ => faults.push(wrong_type(node, "yes or no")),
    }
    None
}

fn day<D: FromStr>(node: &Node, faults: &mut Faults) -> Option<D> {
    let text = sentence(node, faults)?;
    let read = text.parse().ok();
    if read.is_none() {
        faults.push(
            Diagnostic::at(node.span.clone(), format!("`{text}` is not a day"))
                .label("expected year, month and day, as in 2026-11-20"),
        );
    }
    read
}

fn journeys(
    entries: Entries<Node>,
    checks: &HashSet<&str>,
    faults: &mut Faults,
) -> Vec<(CheckId, String)> {
    let mut read = Vec::new();
    for (id, node) in entries.0 {
        if !checks.contains(id.value.as_str()) {
            let mut names: Vec<&str> = checks.iter().copied().collect();
            names.sort_unstable();
            faults.push(Diagnostic::unknown(id.span, "check", &id.value, &names));
        } else if let Some(text) = sentence(&node, faults) {
            read.push((CheckId::new(id.value), text));
        }
    }
    read
}

fn watch(section: Option<&Node>, faults: &mut Faults) -> Watch {
    let Some(section) = section else {
        return Watch::default();
    };
    let raw: RawWatch = faults.read_fields(section, &[]);
    Watch {
        first_14_days: sentences(raw.first_14_days.as_ref(), faults),
        first_30_days: sentences(raw.first_30_days.as_ref(), faults),
    }
}

fn sentences(list: Option<&Node>, faults: &mut Faults) -> Vec<String> {
    let Some(list) = list.filter(|node| node.value != Value::Null) else {
        return Vec::new();
    };
    let Value::Sequence(elements) = &list.value else {
        faults.push(wrong_type(list, "a list of sentences"));
        return Vec::new();
    };
    let read = elements.iter();
    read.filter_map(|node| sentence(node, faults)).collect()
}

/// A text that says something and holds no secret: it is shown to people as it stands.
fn sentence(node: &Node, faults: &mut Faults) -> Option<String> {
    let template = faults.take(Template::from_node(node))?;
    let mut text = String::new();
    for part in template.parts() {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            _ => {
                faults.push(
                    Diagnostic::at(node.span.clone(), "the handover report cannot show this")
                        .label("expected text without secrets and values of a run")
                        .help(
                            "Write the text itself, or declare the variable under `variables:` if \
                             everybody may see it.",
                        ),
                );
                return None;
            }
        }
    }
    let text = text.trim().to_owned();
    if text.is_empty() {
        faults.push(
            Diagnostic::at(node.span.clone(), "this says nothing").label("expected a sentence"),
        );
        return None;
    }
    Some(text)
}
