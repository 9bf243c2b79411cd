//! What people read, over all samples.

mod headlines;
mod plugins;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use insta::assert_snapshot;
use proptest::prelude::*;
use tidegate_core::distribution::Standing;
use tidegate_core::event::{Event, Reporter, Summary};
use tidegate_core::finding::Suppression;

use crate::terminal::{TerminalReporter, summary_text};
use crate::text::steers;
use crate::{Format, ReportSpec, Reports, Settings, SpecError, Style, Target, plan_text, samples};

const UNICODE: Style = Style {
    unicode: true,
    ..Style::PLAIN
};

fn shown(summary: &Summary, style: &Style) -> String {
    summary_text(summary, &samples::codes(), None, style)
}

fn settings(style: Style) -> Settings {
    Settings {
        style,
        live: false,
        codes: Arc::new(samples::codes()),
        step_summary: None,
        outputs: None,
        previous: None,
    }
}

#[test]
fn terminal_allowed() {
    assert_snapshot!(shown(&samples::allowed(), &UNICODE));
}

#[test]
fn a_known_finding_says_until_when_it_is_known() {
    let told = |expires: Option<&str>| {
        let mut summary = samples::allowed();
        let mut findings = summary
            .results
            .iter_mut()
            .flat_map(|result| &mut result.findings);
        let known = findings.find(|finding| finding.is_known()).unwrap();
        known.suppressed = Some(Suppression::Baseline {
            expires: expires.map(str::to_owned),
        });
        let codes = samples::codes();
        [
            shown(&summary, &UNICODE),
            crate::json::render(&summary, &codes, None).unwrap(),
            crate::sarif::render(&summary, &codes).unwrap(),
            crate::markdown::render(&summary, &codes, None),
            crate::html::render(&summary, &codes, None),
        ]
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let texts = [
        "in the baseline until 2026-12-04)",
        "\"by\": \"baseline\", \"expires\": \"2026-12-04\"",
        "It is in the baseline until 2026-12-04.",
        "1 finding known before this deploy until 2026-12-04",
        "Accepted until 2026-12-04.",
    ];
    let (until, without) = (told(Some("2026-12-04")), told(None));
    for ((until, without), text) in until.iter().zip(&without).zip(texts) {
        assert!(until.contains(text), "no `{text}` in {until}");
        assert!(!without.contains("2026-12-04"), "{without}");
    }
    assert!(until[4].contains("The baseline accepted"), "{}", until[4]);
}

#[test]
fn terminal_blocked() {
    assert_snapshot!(shown(&samples::blocked(), &UNICODE));
}

#[test]
fn terminal_blocked_in_colour() {
    let style = Style {
        color: true,
        ..UNICODE
    };
    assert_snapshot!(shown(&samples::blocked(), &style).replace('\u{1b}', "^"));
}

#[test]
fn terminal_blocked_without_unicode_and_narrow() {
    let style = Style {
        width: 48,
        ..Style::PLAIN
    };
    let text = shown(&samples::blocked(), &style);
    assert!(text.is_ascii());
    assert_snapshot!(text);
}

#[test]
fn terminal_inconclusive() {
    assert_snapshot!(shown(&samples::inconclusive(), &UNICODE));
}

#[test]
fn terminal_preflight() {
    assert_snapshot!(shown(&samples::preflight(), &UNICODE));
}

#[test]
fn terminal_nothing_executed() {
    assert_snapshot!(shown(&samples::nothing(), &UNICODE));
}

#[test]
fn terminal_interrupted_with_leftovers() {
    assert_snapshot!(shown(&samples::interrupted(), &UNICODE));
}

#[test]
fn terminal_flaky() {
    assert_snapshot!(shown(&samples::flaky(), &UNICODE));
}

#[test]
fn terminal_matrix() {
    let style = Style {
        width: 80,
        ..UNICODE
    };
    assert_snapshot!(shown(&samples::matrix(), &style));
}

#[test]
fn terminal_matrix_without_unicode_and_narrow() {
    let style = Style {
        width: 48,
        ..Style::PLAIN
    };
    let text = shown(&samples::matrix(), &style);
    assert!(text.is_ascii());
    assert_snapshot!(text);
}

#[test]
fn the_table_of_an_observer_that_found_nothing_is_left_to_other_reports() {
    let mut summary = samples::matrix();
    summary.results[1].observer = true;
    assert!(!shown(&summary, &UNICODE).contains("Variables by environment"));
    summary.results[1].findings = samples::blocked().results[0].findings.clone();
    assert!(shown(&summary, &UNICODE).contains("Variables by environment"));
}

/// The part of the terminal's report about response times.
fn response_times(summary: &Summary, style: &Style) -> String {
    let text = shown(summary, style);
    let (_, rest) = text.split_once("Response times").unwrap();
    rest.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn each_judged_route_has_a_line_that_fits() {
    let waits = samples::waits();
    let wide = response_times(&waits, &UNICODE);
    let narrow = Style {
        width: 60,
        ..Style::PLAIN
    };
    let narrow_text = response_times(&waits, &narrow);
    assert!(narrow_text.is_ascii());
    assert_snapshot!(format!("{wide}\n{narrow_text}"));
    for width in 40..=120 {
        for unicode in [true, false] {
            let style = Style {
                color: false,
                width,
                unicode,
            };
            let text = response_times(&waits, &style);
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width), "{width}:\n{text}");
            assert_eq!(text.lines().count(), 5, "{text}");
        }
    }
}

#[test]
fn a_flood_of_distributions_is_counted() {
    let mut summary = samples::waits();
    let one = samples::good();
    summary.results[1].distributions = vec![one; 40];
    let text = response_times(&summary, &UNICODE);
    assert_eq!(text.lines().count(), 22);
    assert!(
        text.contains("(23 lines more in the JSON report)"),
        "{text}"
    );
    for result in &mut summary.results {
        let marks = result
            .distributions
            .iter_mut()
            .flat_map(|one| &mut one.marks);
        marks.for_each(|mark| mark.standing = Standing::Unjudged);
    }
    assert!(!shown(&summary, &UNICODE).contains("Response times"));
}

#[test]
fn a_flood_of_tables_is_counted() {
    let mut summary = samples::matrix();
    let table = summary.results[1].tables[0].clone();
    summary.results[0].tables = vec![table; 12];
    let text = shown(&summary, &UNICODE);
    assert_eq!(text.matches("Variables by environment").count(), 10);
    assert!(
        text.contains("(4 tables more in the JSON report)"),
        "{text}"
    );
}

#[test]
fn terminal_plan() {
    assert_snapshot!(plan_text(&samples::plan(), &UNICODE));
}

#[test]
fn a_flood_of_findings_is_told_at_length_only_at_first() {
    let text = shown(&samples::flood(30), &UNICODE);
    assert_eq!(text.matches("Problem ").count(), 20);
    assert!(text.contains("And 10 more"));
    assert_eq!(text.matches("Why it matters").count(), 1);
}

/// A stream a test can read from the other side.
struct Tap(Sender<Vec<u8>>);

impl std::io::Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.send(bytes.to_vec()) {
            Ok(()) => Ok(bytes.len()),
            Err(_) => Err(std::io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn tapped() -> (TerminalReporter<Tap>, Receiver<Vec<u8>>) {
    let (sender, receiver) = channel();
    let reporter = TerminalReporter::new(Tap(sender), &Target::Stdout, &settings(UNICODE));
    (reporter, receiver)
}

fn events(summary: &Summary) -> Vec<Event> {
    let mut events = vec![
        Event::RunStarted {
            plan: summary.plan.clone(),
            at: summary.started,
        },
        Event::Preparing {
            what: "waking the instance up".into(),
        },
    ];
    for result in &summary.results {
        events.push(Event::CheckStarted {
            check: result.id.clone(),
        });
        for attempt in result.attempts.iter().rev().skip(1) {
            events.push(Event::AttemptFailed {
                check: result.id.clone(),
                attempt: attempt.clone(),
            });
        }
        events.push(Event::CheckFinished {
            result: Box::new(result.clone()),
        });
    }
    events
}

#[test]
fn each_check_that_ends_gets_a_line_at_once() {
    let (mut reporter, receiver) = tapped();
    for summary in [samples::blocked(), samples::flaky(), samples::interrupted()] {
        for event in events(&summary) {
            reporter.event(&event);
        }
    }
    let written: Vec<u8> = receiver.try_iter().flatten().collect();
    assert_snapshot!(String::from_utf8(written).unwrap());
    reporter.event(&Event::RunFinished {
        summary: Box::new(samples::blocked()),
    });
    let rest = String::from_utf8(receiver.try_iter().flatten().collect()).unwrap();
    assert_eq!(rest.trim_start(), shown(&samples::blocked(), &UNICODE));
    reporter.finish().unwrap();
}

#[test]
fn a_closed_stream_is_an_error_of_the_report() {
    let (mut reporter, receiver) = tapped();
    drop(receiver);
    for event in events(&samples::blocked()) {
        reporter.event(&event);
    }
    let error = reporter.finish().unwrap_err();
    assert_eq!(error.target, "standard output");
    assert_eq!(error.format, "terminal");
}

fn spec(format: Format, target: Target, required: bool) -> ReportSpec {
    ReportSpec {
        format,
        target,
        required,
    }
}

#[test]
fn one_report_that_fails_does_not_keep_the_others_away() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| Target::File(folder.path().join(name));
    let specs = [
        spec(Format::Terminal, file("gate.txt"), true),
        spec(Format::Json, file("absent/gate.json"), true),
        spec(Format::Junit, file("gate.xml"), true),
        spec(Format::Markdown, file("absent/gate.md"), false),
    ];
    let mut reports = Reports::new(&specs, &settings(UNICODE)).unwrap();
    let summary = samples::blocked();
    reports.event(&Event::RunFinished {
        summary: Box::new(summary.clone()),
    });
    let failed = reports.finish();
    let told: Vec<_> = failed
        .iter()
        .map(|failed| (failed.error.format.as_str(), failed.required))
        .collect();
    assert_eq!(told, [("json", true), ("markdown", false)]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("gate.txt"), shown(&summary, &Style::PLAIN));
    assert_eq!(read("gate.xml"), crate::junit::render(&summary).unwrap());
}

#[test]
fn a_run_that_never_ended_leaves_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.json");
    let specs = [spec(Format::Json, Target::File(path.clone()), true)];
    let reports = Reports::new(&specs, &settings(UNICODE)).unwrap();
    let failed = reports.finish();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].error.reason.contains("did not end"));
    assert!(!path.exists());
}

#[test]
fn two_reports_in_one_place_are_refused() {
    let refused = |specs: &[ReportSpec]| Reports::new(specs, &settings(UNICODE)).err();
    let json = spec(Format::Json, Target::Stdout, true);
    let junit = spec(Format::Junit, Target::Stdout, true);
    assert_eq!(
        refused(&[json.clone(), junit]),
        Some(SpecError::SameTarget {
            first: Format::Json,
            second: Format::Junit,
            target: Target::Stdout,
        })
    );
    assert_eq!(refused(std::slice::from_ref(&json)), None);
    let annotations = spec(Format::Annotations, Target::Stdout, true);
    let terminal = spec(Format::Terminal, Target::Stdout, true);
    assert_eq!(refused(&[annotations.clone(), terminal]), None);
    assert!(refused(&[annotations, json]).is_some());
    let replaced = spec(Format::Markdown, Target::File("gate.md".into()), true);
    let added = spec(Format::StepSummary, Target::Append("gate.md".into()), true);
    assert!(refused(&[replaced, added]).is_some());
}

#[test]
fn what_the_ci_system_gives_no_file_for_is_refused_or_left_out() {
    let given = |required| spec(Format::Outputs, Target::Given, required);
    let refused = Reports::new(&[given(true)], &settings(UNICODE)).err();
    assert_eq!(refused, Some(SpecError::NotGiven(Format::Outputs)));
    assert_eq!(
        refused.unwrap().to_string(),
        "there is no file for the outputs report: GITHUB_OUTPUT is not set"
    );
    let reports = Reports::new(&[given(false)], &settings(UNICODE)).unwrap();
    let failed = reports.finish();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn a_step_summary_is_added_to_the_given_file_and_outputs_know_what_failed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("summary.md"), "before").unwrap();
    let settings = Settings {
        step_summary: Some(path("summary.md")),
        outputs: Some(path("outputs.txt")),
        ..settings(UNICODE)
    };
    let specs = [
        spec(Format::Outputs, Target::Given, true),
        spec(Format::StepSummary, Target::Given, true),
        spec(Format::Terminal, Target::File(path("gate.txt")), true),
        spec(Format::Json, Target::File(path("absent/gate.json")), true),
    ];
    let mut reports = Reports::new(&specs, &settings).unwrap();
    reports.event(&Event::RunFinished {
        summary: Box::new(samples::allowed()),
    });
    assert_eq!(reports.finish().len(), 1);
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    assert!(read("summary.md").starts_with("before\n"));
    assert!(read("summary.md").contains("**This deploy may go out"));
    assert!(
        read("outputs.txt").contains("exit-code=5\n"),
        "{}",
        read("outputs.txt")
    );
}

proptest! {
    #[test]
    fn the_terminal_is_never_steered(
        text in "([:#\\[\n\t\\PC\u{0}-\u{9f}\u{202e}]|::|##\\[|\u{1b}\\[2J|\n::){0,30}",
        width in 40usize..120,
    ) {
        let style = Style { width, ..Style::PLAIN };
        let summary = samples::saying(&text);
        let mut all = shown(&summary, &style) + &plan_text(&summary.plan, &style);
        let (mut reporter, receiver) = tapped();
        for event in events(&summary) {
            reporter.event(&event);
        }
        all.push_str(&String::from_utf8_lossy(&receiver.try_iter().flatten().collect::<Vec<_>>()));
        prop_assert!(!all.chars().any(|c| c != '\n' && steers(c)), "{all:?}");
        prop_assert!(!all.contains("##["));
        prop_assert!(!all.lines().any(|line| line.trim_start().starts_with("::")), "{all}");
    }
}
