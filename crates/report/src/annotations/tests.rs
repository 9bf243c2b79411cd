//! What GitHub's runner makes of the annotations.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tidegate_core::finding::Finding;
use tidegate_core::span::Location;

use super::*;
use crate::annotations::command::{MESSAGE_LIMIT, units};
use crate::samples;

/// A command as the runner read it.
#[derive(Debug, PartialEq)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    data: String,
}

/// Reads a line of the log as leniently as the runner's `ActionCommand`: `::name …::` after any white
/// space, `##[name …]` anywhere, whatever the name.
fn parse(line: &str) -> Option<Command> {
    let newer = line.trim_start().strip_prefix("::").and_then(|rest| {
        let (head, data) = rest.split_once("::")?;
        Some((head, ',', data))
    });
    let older = || {
        let (_, rest) = line.split_once("##[")?;
        let (head, data) = rest.split_once(']')?;
        Some((head, ';', data))
    };
    let (head, separator, data) = newer.or_else(older)?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties.split(separator).filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        Some((key.to_owned(), unescape(value, true)))
    });
    Some(Command {
        name: name.to_owned(),
        properties: properties.collect(),
        data: unescape(data, false),
    })
}

fn unescape(text: &str, property: bool) -> String {
    let mut text = text.replace("%0D", "\r").replace("%0A", "\n");
    if property {
        text = text.replace("%3A", ":").replace("%2C", ",");
    }
    text.replace("%25", "%")
}

/// Every line of a log, as the runner splits it.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split([
        '\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}',
    ])
}

fn read(summary: &Summary) -> Vec<Command> {
    let text = render(summary, &samples::codes(), "the summary of this job");
    lines(&text).filter_map(parse).collect()
}

#[track_caller]
fn holds_the_caps(commands: &[Command]) {
    for name in ["error", "warning", "notice"] {
        let number = commands.iter().filter(|one| one.name == name).count();
        assert!(number <= 10, "{number} of {name}");
    }
    for command in commands {
        assert!(
            units(&command.data) <= MESSAGE_LIMIT,
            "{}",
            units(&command.data)
        );
        assert!(units(&command.properties["title"]) <= 255);
        assert!(command.properties["line"].parse::<usize>().unwrap() > 0);
    }
}

/// A blocked run whose findings stand at these places, each with a title of its own.
fn scattered(places: &[(&str, usize)]) -> Summary {
    let mut summary = samples::blocked();
    let finding = summary.results[0].findings[0].clone();
    let findings = places
        .iter()
        .enumerate()
        .map(|(number, (file, line))| Finding {
            title: format!("Fault {number}"),
            location: Location::line_of(*file, *line),
            ..finding.clone()
        });
    summary.results[0].findings = findings.collect();
    summary.results.truncate(1);
    summary.warnings.clear();
    summary
}

#[test]
fn a_blocked_run_stands_on_its_lines() {
    let summary = samples::blocked();
    let text = render(&summary, &samples::codes(), "the summary of this job");
    insta::assert_snapshot!(text.replace("%0A", "\n    "));
}

#[test]
fn every_sort_of_run_has_its_annotations() {
    for (name, summary) in samples::all() {
        holds_the_caps(&read(&summary));
        let told = read(&summary);
        let loud: Vec<&str> = told.iter().map(|one| one.name.as_str()).collect();
        let expected: &[&str] = match name {
            "allowed" | "nothing" | "matrix" => &[],
            "blocked" => &["error", "error", "warning", "warning"],
            "inconclusive" => &["error", "error", "warning"],
            "warned" | "flaky" => &["warning"],
            "preflight" => &["error"],
            "interrupted" => &["error", "error", "warning"],
            _ => continue,
        };
        assert_eq!(loud, expected, "{name}: {told:#?}");
    }
}

#[test]
fn the_worst_and_the_lines_of_the_change_come_first() {
    let mut summary = scattered(&[("a", 1), ("b", 2), ("c", 3)]);
    let findings = &mut summary.results[0].findings;
    findings[1].changed = true;
    findings[2].severity = tidegate_core::meta::Severity::Critical;
    let files: Vec<String> = read(&summary)
        .into_iter()
        .map(|one| one.properties["file"].clone())
        .collect();
    assert_eq!(files, ["c", "b", "a"]);
}

#[test]
fn ten_are_all_shown_and_of_more_the_last_says_how_many_there_are() {
    let names: Vec<String> = (0..25).map(|number| format!("src/{number}.ts")).collect();
    let places: Vec<(&str, usize)> = names.iter().map(|name| (&**name, 3)).collect();
    let exact = read(&scattered(&places[..10]));
    assert_eq!(exact.len(), 10);
    assert!(
        exact.iter().all(|one| !one.data.contains("more")),
        "{exact:#?}"
    );
    let told = read(&scattered(&places));
    assert_eq!(told.len(), 10);
    let last = &told[9];
    assert_eq!(
        last.properties["title"],
        "16 more; all of them stand in the summary of this job"
    );
    assert_eq!(last.properties["file"], "tidegate.yaml");
    for number in 9..25 {
        assert!(
            last.data.contains(&format!("Fault {number}.")),
            "{}",
            last.data
        );
    }
}

#[test]
fn a_check_run_has_all_sorts_within_one_limit() {
    let summary = samples::blocked();
    let told = |most| within(&summary, &samples::codes(), most, "the reports of this run");
    let loud = |told: &[Annotation]| told.iter().map(|one| one.loudness).collect::<Vec<_>>();
    let (error, warning) = (Loudness::Error, Loudness::Warning);
    assert_eq!(loud(&told(500)), [error, error, warning, warning]);
    let few = told(2);
    assert_eq!(loud(&few), [error, warning]);
    assert_eq!(
        few[1].title,
        "2 more; all of them stand in the reports of this run"
    );
}

#[test]
fn things_of_several_sorts_on_one_line_are_told_together() {
    let mut summary = scattered(&[("a", 3), ("a", 3)]);
    summary.results[0].findings[1].level = tidegate_core::meta::Level::Warn;
    let told = within(&summary, &samples::codes(), 500, "the reports of this run");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].title, "2 things on this line");
    assert_eq!(told[0].loudness, Loudness::Error);
}

#[test]
fn findings_on_one_line_share_an_annotation() {
    let told = read(&scattered(&[("a", 3), ("b", 1), ("a", 3)]));
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].properties["title"], "2 problems on this line");
    assert!(told[0].data.contains("Fault 0.") && told[0].data.contains("Fault 2."));
    let many: Vec<(&str, usize)> = vec![("a", 3); 400];
    let told = read(&scattered(&many));
    assert_eq!(told.len(), 1);
    assert!(
        told[0].data.contains("more on this line"),
        "{}",
        told[0].data
    );
    holds_the_caps(&told);
}

#[test]
fn the_same_at_many_places_stands_at_each_or_names_the_others() {
    let mut summary = scattered(&[("a", 1), ("b", 2), ("c", 3)]);
    for finding in &mut summary.results[0].findings {
        finding.title = "The same".into();
    }
    assert_eq!(read(&summary).len(), 3);
    let mut more: Vec<Finding> = (0..9)
        .map(|number| Finding {
            title: format!("Other {number}"),
            location: Location::line_of("d", 10 + number),
            ..summary.results[0].findings[0].clone()
        })
        .collect();
    summary.results[0].findings.append(&mut more);
    let told = read(&summary);
    assert_eq!(told.len(), 10);
    assert!(
        told[0].data.contains("Also at: b:2, c:3"),
        "{}",
        told[0].data
    );
}

#[test]
fn what_is_served_stands_on_the_line_of_its_check_and_says_where_it_is() {
    let mut summary = scattered(&[("https://portal.example/app.js", 1)]);
    summary.provenance.folder = Some("apps/portal".into());
    let told = read(&summary);
    assert_eq!(told[0].properties["file"], "apps/portal/tidegate.yaml");
    assert!(
        told[0]
            .data
            .contains("Where: https://portal.example/app.js:1:1")
    );
}

#[test]
fn commands_are_escaped_exactly() {
    let annotation = Annotation {
        loudness: Loudness::Warning,
        place: crate::places::Place {
            path: "a,b:c%.ts".into(),
            line: 2,
            end_line: 2,
            columns: Some((3, 7)),
        },
        title: "100%: a, b".into(),
        message: "50%0A\n::error::x ##[debug]y".into(),
    };
    assert_eq!(
        annotation.command(),
        "::warning file=a%2Cb%3Ac%25.ts,line=2,endLine=2,col=3,endColumn=6,\
         title=100%25%3A a%2C b::50%250A%0A: :error::x # #[debug]y\n"
    );
}

#[test]
fn ten_thousand_findings_and_a_megabyte_hold_the_caps() {
    let names: Vec<String> = (0..10_000)
        .map(|number| format!("src/{number}.ts"))
        .collect();
    let places: Vec<(&str, usize)> = names.iter().map(|name| (&**name, 3)).collect();
    let told = read(&scattered(&places));
    assert_eq!(told.len(), 10);
    assert!(told[9].properties["title"].starts_with("9991 more"));
    holds_the_caps(&told);
    holds_the_caps(&read(&samples::saying(&"ab\u{1f600}% \n".repeat(160_000))));
}

proptest! {
    #[test]
    fn hostile_text_is_no_command_and_breaks_none(
        text in "([:#\\[\\] \n\r\t%,;=\\PC\u{0}-\u{9f}\u{85}\u{2028}]|::|##\\[|::error::|\n::set-env name=x::|%0A){0,30}",
    ) {
        let summary = samples::saying(&text);
        let shown = render(&summary, &samples::codes(), "the summary of this job");
        let plain = read(&samples::saying("x"));
        let told = read(&summary);
        prop_assert!(lines(&shown).all(|line| line.is_empty() || parse(line).is_some()), "{shown}");
        prop_assert!(!shown.contains("##["));
        for command in &told {
            prop_assert!(Loudness::ALL.iter().any(|one| one.name() == command.name), "{shown}");
            let names: Vec<&str> = command.properties.keys().map(String::as_str).collect();
            let known = ["col", "endColumn", "endLine", "file", "line", "title"];
            prop_assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
        }
        // Equal texts may share an annotation; none is added.
        prop_assert!(told.len() <= plain.len() + 1);
    }
}
