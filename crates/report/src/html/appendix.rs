//! For engineers: the plan, the notes of the checks, and how to repeat the run.

use tidegate_core::name::CheckId;
use tidegate_core::period::Period;

use super::writer::{Html, class};
use super::{Section, Source, facts, tables};
use crate::headline;
use crate::text::count;
use crate::why::ending;

/// How many notes are listed.
const NOTES: usize = 200;

pub(super) const SECTION: Section = Section {
    id: "appendix",
    title: "For engineers",
    shown: |_| true,
    write,
};

fn write(html: &mut Html, source: &Source<'_>) {
    let summary = source.summary;
    let lead = "How this report came about, and how to repeat the run.";
    html.lead(lead);
    html.with("pre", &[], |html| {
        let repeat = format!(
            "tidegate run --env {} --seed {} --report html=report.html",
            quoted(&summary.plan.environment),
            summary.plan.seed
        );
        html.lines(&repeat);
    });
    html.with("dl", &[class("facts")], |html| {
        fact(html, "Tidegate", env!("CARGO_PKG_VERSION"));
        fact(html, "Gate file", &summary.plan.file);
        fact(html, "Began", &facts::day(source));
        fact(html, "Took", &Period(summary.elapsed).to_string());
        fact(
            html,
            "Run budget",
            &Period(summary.plan.run_budget).to_string(),
        );
        fact(
            html,
            "Seed of everything random",
            &summary.plan.seed.to_string(),
        );
        fact(html, "Exit code", &headline::code(summary).to_string());
        if let Some(base) = &summary.provenance.base {
            fact(html, "Compared with", base);
        }
        if let Some(event) = &summary.provenance.event {
            fact(html, "Started by", event);
        }
        if summary.advisory {
            fact(html, "Advisory", "the verdict stops nothing");
        }
    });
    checks(html, source);
    notes(html, source);
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

fn fact(html: &mut Html, name: &str, text: &str) {
    html.with("div", &[], |html| {
        html.leaf("dt", &[], name);
        html.leaf("dd", &[], text);
    });
}

/// Every check of the gate file and every observer, with what became of it.
fn checks(html: &mut Html, source: &Source<'_>) {
    let summary = source.summary;
    let results = &summary.results;
    let of = |id: &CheckId| results.iter().find(|one| one.id == *id);
    let planned = summary.plan.checks.iter().map(|check| {
        let result = of(&check.id);
        let ended = result.map_or("did not run", ending);
        let took = result.map_or_else(String::new, |one| Period(one.elapsed).to_string());
        let evaluated = result.map_or_else(String::new, |one| one.evaluated.to_string());
        [
            check.id.as_str(),
            &check.kind,
            ended,
            &evaluated,
            &took,
            &check.reason,
        ]
        .map(str::to_owned)
    });
    let observers = results.iter().filter(|one| one.observer).map(|result| {
        let evaluated = result.evaluated.to_string();
        let why = "it looks at what the others saw";
        [
            result.id.as_str(),
            "observer",
            ending(result),
            &evaluated,
            "",
            why,
        ]
        .map(str::to_owned)
    });
    let rows: Vec<[String; 6]> = planned.chain(observers).collect();
    let columns = [
        "Check",
        "Kind",
        "Outcome",
        "Looks",
        "Took",
        "Why it was in or out",
    ];
    let columns = columns.map(str::to_owned);
    html.with("details", &[class("fold")], |html| {
        let title = "The plan and what became of it";
        html.leaf(
            "summary",
            &[],
            &format!("{title} ({})", count(rows.len(), "row")),
        );
        let slices = rows.iter().map(<[String; 6]>::as_slice);
        tables::grid(html, title, &columns, slices, rows.len());
    });
}

fn notes(html: &mut Html, source: &Source<'_>) {
    let of_plan = source.summary.plan.notes.iter().cloned();
    let of_checks = source.summary.results.iter().flat_map(|result| {
        let notes = result.notes.iter();
        notes.map(move |note| format!("{}: {note}", result.id))
    });
    let notes: Vec<String> = of_plan.chain(of_checks).collect();
    if notes.is_empty() {
        return;
    }
    html.with("details", &[class("fold")], |html| {
        html.leaf(
            "summary",
            &[],
            &format!("What the checks noted ({})", notes.len()),
        );
        html.with("ul", &[], |html| {
            for note in notes.iter().take(NOTES) {
                html.prose("li", &[], note);
            }
            html.more(notes.len(), NOTES);
        });
    });
}
