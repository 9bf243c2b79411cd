//! JUnit XML for CI systems that show test results.
//!
//! Strict by the schema of Jenkins' xUnit plugin (`junit-10.xsd`), which allows neither a count of
//! skipped tests on `testsuites` nor `file` or `line` on `testcase`; every element and attribute
//! written here is in it.

use std::io;
use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::result::{Attempt, CheckResult, Outcome};

use crate::grid::Grid;
use crate::headline::{extent, headline};
use crate::style::Style;
use crate::text::{one_line, visible};
use crate::why::{stops, why};

type Xml = Writer<Vec<u8>>;

/// How many rows of a table are written; the rest is counted.
const SHOWN_ROWS: usize = 200;
/// How tables are drawn: wide, as nothing is known of the reader's window.
const TABLE_STYLE: Style = Style {
    color: false,
    width: 160,
    unicode: true,
};

/// One case for each check, and one for the gate when a run stops for another reason than a check.
///
/// # Errors
/// What the XML writer refuses; writing to memory, it has no cause to.
pub fn render(summary: &Summary) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    document(&mut writer, summary, &cases(summary))?;
    let text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    Ok(harmless(&text) + "\n")
}

/// A `testcase` element.
struct Case {
    name: String,
    kind: String,
    elapsed: Duration,
    parts: Vec<Part>,
    output: Vec<String>,
}

/// A child of a `testcase` element that says how it ended.
struct Part {
    element: &'static str,
    kind: String,
    message: String,
    text: String,
}

impl Case {
    fn has(&self, element: &str) -> bool {
        self.parts.iter().any(|part| part.element == element)
    }
}

fn cases(summary: &Summary) -> Vec<Case> {
    let mut cases: Vec<Case> = summary.results.iter().map(case).collect();
    let told = |id: &str| {
        summary
            .results
            .iter()
            .any(|result| result.id.as_str() == id)
    };
    let untold = summary.plan.checks.iter();
    cases.extend(
        untold
            .filter(|check| !told(check.id.as_str()))
            .map(|check| Case {
                name: check.id.to_string(),
                kind: check.kind.clone(),
                elapsed: Duration::ZERO,
                parts: vec![skipped(&check.reason)],
                output: Vec::new(),
            }),
    );
    cases.extend(gate_case(summary));
    cases
}

/// The case that is red when the run, and no check, is why a deploy stops.
fn gate_case(summary: &Summary) -> Option<Case> {
    let executed = summary.judgement.executed > 0;
    if executed && !summary.interrupted && summary.preflight.is_none() {
        return None;
    }
    let failure = summary.preflight.as_ref();
    let text = failure.map_or_else(String::new, |failure| {
        let seen = failure.evidence.as_deref().unwrap_or_default();
        format!("{}\n{}\n{seen}", failure.message, failure.help)
    });
    Some(Case {
        name: "gate".into(),
        kind: "tidegate".into(),
        elapsed: Duration::ZERO,
        parts: vec![Part {
            element: "error",
            kind: failure.map_or("gate".into(), |failure| failure.code.to_string()),
            message: headline(summary),
            text,
        }],
        output: Vec::new(),
    })
}

fn case(result: &CheckResult) -> Case {
    let mut parts = Vec::new();
    match &result.outcome {
        Outcome::Passed => {}
        Outcome::Failed => parts.push(failure(&result.findings)),
        Outcome::Skipped(reason) => parts.push(skipped(reason)),
        _ => parts.extend(unresolved(result)),
    }
    if result.flaky {
        let earlier = result.attempts.split_last().map_or(&[][..], |(_, all)| all);
        parts.extend(earlier.iter().map(flaky));
    }
    let told = result.outcome == Outcome::Failed;
    let untold = result.findings.iter().filter(|_| !told).map(finding_text);
    let notes = result.notes.iter().cloned();
    Case {
        name: result.id.to_string(),
        kind: result.kind.clone(),
        elapsed: result.elapsed,
        parts,
        output: untold.chain(notes).chain(tables(result)).collect(),
    }
}

/// The tables of a check with aligned columns, each below an empty line.
fn tables(result: &CheckResult) -> impl Iterator<Item = String> {
    let shown = result.tables.iter().filter_map(|table| {
        let grid = Grid::of(table, SHOWN_ROWS, &TABLE_STYLE)?;
        Some((one_line(&table.title, true), grid.lines("  ")))
    });
    shown.map(|(title, lines)| format!("\n{title}\n{}", lines.join("\n")))
}

fn skipped(reason: &str) -> Part {
    Part {
        element: "skipped",
        kind: "skipped".into(),
        message: reason.to_owned(),
        text: String::new(),
    }
}

fn failure(findings: &[Finding]) -> Part {
    let worst = findings
        .iter()
        .rev()
        .max_by_key(|one| (one.counts(), one.level, one.severity));
    let message = match (worst, findings.len()) {
        (None, _) => String::new(),
        (Some(worst), 1) => worst.title.clone(),
        (Some(worst), all) => format!("{} (and {} more)", worst.title, all - 1),
    };
    let texts: Vec<String> = findings.iter().map(finding_text).collect();
    Part {
        element: "failure",
        kind: worst.map_or(String::new(), |worst| worst.code.to_string()),
        message,
        text: texts.join("\n"),
    }
}

/// An error where the deploy stops for it; where it is only a warning, the case is not red.
fn unresolved(result: &CheckResult) -> Option<Part> {
    let why = why(result)?;
    let (element, message) = if stops(result) {
        ("error", why.text)
    } else {
        ("skipped", format!("only a warning: {}", why.text))
    };
    Some(Part {
        element,
        kind: result.outcome.name().into(),
        message,
        text: why.help,
    })
}

fn flaky(attempt: &Attempt) -> Part {
    let told = failure(&attempt.findings);
    let kind = if told.kind.is_empty() {
        attempt.outcome.name().to_owned()
    } else {
        told.kind
    };
    Part {
        element: "flakyFailure",
        kind,
        ..told
    }
}

/// A finding in full, on lines of its own.
fn finding_text(finding: &Finding) -> String {
    let standing = if finding.counts() {
        ""
    } else {
        " (not counted)"
    };
    let mut text = format!(
        "{}{standing}: {}\n  at {}\n",
        finding.code, finding.title, finding.location
    );
    for evidence in finding.evidence.iter().filter(|one| !one.text.is_empty()) {
        let seen = evidence.text.replace('\n', "\n    ");
        text.push_str(&format!("  {}: {seen}\n", evidence.label));
    }
    if !finding.advice.is_empty() {
        text.push_str(&format!("  what to do: {}\n", finding.advice));
    }
    text
}

fn document(writer: &mut Xml, summary: &Summary, cases: &[Case]) -> io::Result<()> {
    let with = |element: &str| {
        cases
            .iter()
            .filter(|case| case.has(element))
            .count()
            .to_string()
    };
    let plan = &summary.plan;
    let totals = [
        ("tests", cases.len().to_string()),
        ("failures", with("failure")),
        ("errors", with("error")),
        ("time", seconds(summary.elapsed)),
    ];
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let suites = element("testsuites", [("name", plan.gate.clone())])
        .with_attributes(totals.iter().map(|(key, value)| (*key, value.as_str())));
    writer.write_event(Event::Start(suites))?;
    let named = [
        ("name", format!("{} on {}", plan.gate, plan.environment)),
        ("skipped", with("skipped")),
        ("timestamp", summary.started.to_string()),
    ];
    let suite = element("testsuite", named)
        .with_attributes(totals.iter().map(|(key, value)| (*key, value.as_str())));
    writer.write_event(Event::Start(suite))?;
    properties(writer, summary)?;
    for case in cases {
        testcase(writer, case)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    writer.write_event(Event::End(BytesEnd::new("testsuites")))
}

fn properties(writer: &mut Xml, summary: &Summary) -> io::Result<()> {
    writer.write_event(Event::Start(BytesStart::new("properties")))?;
    let all = [
        ("tidegate", env!("CARGO_PKG_VERSION").to_owned()),
        ("verdict", headline(summary)),
        ("extent", extent(summary)),
        ("url", summary.plan.url.clone()),
        ("seed", summary.plan.seed.to_string()),
    ];
    for (name, value) in all {
        let property = element("property", [("name", name.to_owned()), ("value", value)]);
        writer.write_event(Event::Empty(property))?;
    }
    writer.write_event(Event::End(BytesEnd::new("properties")))
}

fn testcase(writer: &mut Xml, case: &Case) -> io::Result<()> {
    let start = element(
        "testcase",
        [
            ("name", case.name.clone()),
            ("classname", case.kind.clone()),
            ("time", seconds(case.elapsed)),
        ],
    );
    if case.parts.is_empty() && case.output.is_empty() {
        return writer.write_event(Event::Empty(start));
    }
    writer.write_event(Event::Start(start))?;
    for part in &case.parts {
        let attributes = [
            ("message", part.message.clone()),
            ("type", part.kind.clone()),
        ];
        text_element(writer, element(part.element, attributes), &part.text)?;
    }
    if !case.output.is_empty() {
        let output = BytesStart::new("system-out");
        text_element(writer, output, &case.output.join("\n"))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testcase")))
}

fn text_element(writer: &mut Xml, start: BytesStart<'_>, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return writer.write_event(Event::Empty(start));
    }
    let end = start.to_end().into_owned();
    let text = visible(text, true);
    writer.write_event(Event::Start(start.borrow()))?;
    writer.write_event(Event::Text(BytesText::new(&text)))?;
    writer.write_event(Event::End(end))
}

/// An opening tag; its values are foreign text and come out on one line.
fn element<const N: usize>(
    name: &'static str,
    attributes: [(&str, String); N],
) -> BytesStart<'static> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute((key, one_line(&value, true).as_str()));
    }
    start
}

/// Seconds with three decimals, as the schema wants them.
fn seconds(length: Duration) -> String {
    format!("{:.3}", length.as_secs_f64())
}

/// Writes as references what a CI system would take from a log as a command; the values stay.
fn harmless(xml: &str) -> String {
    let lines = xml.lines().map(|line| {
        let indent = line.len() - line.trim_start().len();
        let (space, rest) = line.split_at(indent);
        match rest.strip_prefix("::") {
            Some(command) => format!("{space}&#58;:{command}"),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n").replace("##", "#&#35;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;

    use super::*;
    use crate::samples;
    use crate::text::steers;

    /// The text and attribute values of a document, read back.
    fn values(xml: &str) -> Vec<String> {
        let mut reader = Reader::from_str(xml);
        let mut values = vec![String::new()];
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => return values,
                Event::Text(text) => values.last_mut().unwrap().push_str(&text),
                Event::GeneralRef(reference) => {
                    let known = quick_xml::escape::unescape(&format!("&{};", &*reference))
                        .unwrap()
                        .into_owned();
                    values.last_mut().unwrap().push_str(&known);
                }
                Event::Start(start) | Event::Empty(start) => {
                    for attribute in start.attributes() {
                        let value = attribute.unwrap().value;
                        values.push(quick_xml::escape::unescape(&value).unwrap().into_owned());
                    }
                    values.push(String::new());
                }
                _ => values.push(String::new()),
            }
        }
    }

    #[test]
    fn a_check_is_a_case_and_all_its_findings_one_failure() {
        let text = render(&samples::blocked())
            .unwrap()
            .replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn tables_are_text_in_the_output_of_their_case() {
        let text = render(&samples::matrix())
            .unwrap()
            .replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_run_that_stops_for_no_check_is_red_all_the_same() {
        for summary in [
            samples::preflight(),
            samples::nothing(),
            samples::interrupted(),
        ] {
            let text = render(&summary).unwrap();
            assert!(
                text.contains("<testcase name=\"gate\" classname=\"tidegate\""),
                "{text}"
            );
        }
        assert!(
            !render(&samples::allowed())
                .unwrap()
                .contains("name=\"gate\" classname=\"tidegate\"")
        );
    }

    #[test]
    fn what_only_warns_is_not_red() {
        let text = render(&samples::warned()).unwrap();
        assert!(text.contains("errors=\"0\""), "{text}");
        assert!(text.contains("only a warning: "), "{text}");
        let strict = render(&samples::inconclusive()).unwrap();
        assert!(strict.contains("errors=\"2\""), "{strict}");
    }

    /// `tests/junit_xsd.py` names a folder and holds the files in it against the schema.
    #[test]
    fn every_sample_is_well_formed() {
        let folder = std::env::var_os("JUNIT_SAMPLES").map(std::path::PathBuf::from);
        for (name, summary) in samples::all() {
            let text = render(&summary).unwrap();
            assert!(values(&text).len() > 10, "{name}");
            if let Some(folder) = &folder {
                std::fs::write(folder.join(format!("{name}.xml")), text).unwrap();
            }
        }
    }

    proptest! {
        #[test]
        fn foreign_text_comes_back_and_steers_nothing(
            text in "([<>&\"'#:\\[\n\t\\PC\u{0}-\u{9f}\u{fffe}]|::|##\\[|\\]\\]>|\n::){0,30}",
        ) {
            let xml = render(&samples::saying(&text)).unwrap();
            let hostile = |c: char| !matches!(c, '\n' | '\t') && steers(c);
            prop_assert!(!xml.chars().any(hostile));
            prop_assert!(!xml.contains("##"));
            prop_assert!(!xml.lines().any(|line| line.trim_start().starts_with("::")));
            let title = one_line(&text, true);
            prop_assert!(values(&xml).iter().any(|value| value == &title), "{xml}");
        }
    }
}
