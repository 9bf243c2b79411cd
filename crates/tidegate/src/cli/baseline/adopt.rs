//! What a first run found, made known until a day.

use std::fmt::Write as _;

use tidegate::report::text::{clip, one_line};
use tidegate::{Adopted, AdoptedFinding, Gate, Summary, Unresolved};

use super::super::output::Output;
use super::{came_to_its_end, tell_kept, until};

/// How many findings are shown.
const SHOWN: usize = 10;

/// How many characters of a title are shown.
const TITLE: usize = 100;

/// Makes what a run found known for so many days, and says what that is; the gate of the run must be a
/// salted one ([`Gate::salted`]).
///
/// # Errors
/// When the run did not get to its end, or the file cannot be read or written.
pub(crate) fn adopt(
    gate: &Gate,
    summary: &Summary,
    days: u16,
    output: &Output,
) -> anyhow::Result<Adopted> {
    came_to_its_end(summary)?;
    let adopted = gate.adopt(summary, until(summary, days))?;
    output.say(&text(&adopted, &gate.baseline_path().display().to_string()));
    if adopted.expired > 0 {
        tell_kept(adopted.expired, output);
    }
    for check in &adopted.unresolved {
        tell_unresolved(check, output);
    }
    if adopted.about_the_gate > 0 {
        output.note(
            "what this change does to its own gate cannot be accepted",
            "Somebody who reviews the change has to agree to it.",
        );
    }
    Ok(adopted)
}

fn tell_unresolved(check: &Unresolved, output: &Output) {
    let Unresolved {
        check,
        outcome,
        stops,
    } = check;
    let weight = if *stops {
        "it stops a deploy"
    } else {
        "it only warns"
    };
    output.note(
        &format!("`{check}` ended {outcome}, which cannot be accepted: {weight}"),
        "A check that came to no result found nothing that could be known. Mend what the report names, or set \
         `on-inconclusive: warn` on it.",
    );
}

fn text(adopted: &Adopted, file: &str) -> String {
    let until = adopted.until;
    let number = adopted.findings.len();
    let mut text = match (number, adopted.known) {
        (0, 0) => "Nothing was found, so there is nothing to accept.".to_owned(),
        (0, known) => format!("Nothing new was found; {}.", kept(known)),
        (1, _) => format!("1 finding is known until {until}; only new ones block."),
        _ => format!("{number} findings are known until {until}; only new ones block."),
    };
    if number > 0 && adopted.known > 0 {
        text.push_str(&format!(" Beside them {}.", kept(adopted.known)));
    }
    if number > 0 {
        let counts = adopted.by_severity();
        let counts = counts
            .iter()
            .map(|(severity, number)| format!("{number} {}", severity.name()));
        let _ = write!(
            text,
            "\nWorst first ({}):\n",
            counts.collect::<Vec<_>>().join(", ")
        );
        for one in adopted.findings.iter().take(SHOWN) {
            text.push_str(&line(one));
        }
        if number > SHOWN {
            let _ = writeln!(
                text,
                "  and {} more; `tidegate baseline show` lists all",
                number - SHOWN
            );
        }
        let _ = write!(text, "They are written in {file}; commit it.");
    }
    text
}

fn kept(known: usize) -> String {
    match known {
        1 => "1 finding was known before and keeps its day".to_owned(),
        _ => format!("{known} findings were known before and keep their days"),
    }
}

fn line(one: &AdoptedFinding) -> String {
    let AdoptedFinding { finding, .. } = one;
    let place = &finding.location;
    format!(
        "  {:8}  {}  {}  ({}:{})\n",
        finding.severity.name(),
        finding.code,
        clip(&one_line(&finding.title, true), TITLE),
        one_line(&place.file, true),
        place.line
    )
}

#[cfg(test)]
mod tests {
    use tidegate_core::finding::Finding;
    use tidegate_core::meta::{CodeInfo, Effort, Severity};
    use tidegate_core::span::Location;

    use super::*;

    fn adopted(severities: &[Severity]) -> Adopted {
        let finding = |(number, severity): (usize, &Severity)| {
            let info = CodeInfo::known("flow/status", *severity, Effort::Small, "a", "b");
            let place = Location::line_of("src/app.ts", number + 1);
            AdoptedFinding {
                check: "home".into(),
                finding: Finding::new(&info, place, format!("GET /{number} answered\n500")),
            }
        };
        Adopted {
            until: "2026-12-27".parse().unwrap(),
            findings: severities.iter().enumerate().map(finding).collect(),
            known: 0,
            expired: 0,
            unresolved: Vec::new(),
            about_the_gate: 0,
        }
    }

    #[test]
    fn many_findings_are_counted_and_the_first_ten_shown() {
        let mut severities = vec![Severity::Critical, Severity::High];
        severities.resize(40, Severity::Low);
        let text = text(&adopted(&severities), "tidegate.baseline.json");
        assert!(
            text.starts_with(
                "40 findings are known until 2026-12-27; only new ones block.\n\
             Worst first (1 critical, 1 high, 38 low):\n\
             \u{20} critical  flow/status  GET /0 answered 500  (src/app.ts:1)\n\
             \u{20} high      flow/status  GET /1 answered 500  (src/app.ts:2)\n"
            ),
            "{text}"
        );
        assert_eq!(text.matches("flow/status").count(), SHOWN);
        assert!(text.ends_with(
            "  and 30 more; `tidegate baseline show` lists all\nThey are written in tidegate.baseline.json; commit it."
        ), "{text}");
    }

    #[test]
    fn nothing_new_is_said_so() {
        let mut none = adopted(&[]);
        assert_eq!(
            text(&none, "f"),
            "Nothing was found, so there is nothing to accept."
        );
        none.known = 3;
        assert_eq!(
            text(&none, "f"),
            "Nothing new was found; 3 findings were known before and keep their days."
        );
    }
}
