//! Runs against a portal that wants to do harm to its reader.

use tidegate_core::check::{CheckError, Table};
use tidegate_core::event::{PreflightFailure, Summary, Warning};
use tidegate_core::finding::Finding;
use tidegate_core::name::Code;
use tidegate_core::result::Outcome;
use tidegate_core::span::Location;
use tidegate_core::verdict::fold;

use super::{STATUS, at, interrupted, result, skipped, slow_list, summary, waived};

/// A blocked run in which the portal, and everybody else, says `text`.
pub(crate) fn saying(text: &str) -> Summary {
    let location = Location {
        text: Some(text.replace('\n', " ")),
        file: text.into(),
        ..at("201")
    };
    let finding = Finding::new(&STATUS, location.clone(), text)
        .evidence(text, text)
        .related(text, location.clone())
        .caused_by(text.into())
        .advice(text);
    let error = Outcome::Errored(CheckError::new(text, text).at(location.clone()));
    let mut failed = result(
        "create-record",
        "flow",
        Outcome::Failed,
        vec![finding, waived(slow_list())],
    );
    failed.id = text.into();
    failed.notes = vec![text.into()];
    failed.tables = [1, 20].map(|rows| table_of(text, rows)).into();
    failed.distributions = super::hostile(text);
    failed.owner = Some(text.into());
    let results = vec![
        failed,
        result("error-hygiene", "flow", error, Vec::new()),
        skipped("search-finds", text),
    ];
    let mut summary = interrupted();
    summary.leftovers[0].marker = text.into();
    summary.plan.notes = vec![text.into()];
    summary.plan.url = text.into();
    Summary {
        judgement: fold(&results, false, None),
        interrupted: false,
        results,
        warnings: vec![Warning {
            message: text.into(),
            help: text.into(),
            location: Some(location.clone()),
        }],
        preflight: Some(PreflightFailure {
            code: Code::known("preflight/unreachable"),
            message: text.into(),
            help: text.into(),
            evidence: Some(text.into()),
            location: Some(location),
        }),
        ..summary
    }
}

/// A table whose rows are too short, right or too long, in turn.
fn table_of(text: &str, rows: usize) -> Table {
    let cells = |count| vec![text.to_owned(); count];
    Table {
        title: text.into(),
        columns: cells(3),
        rows: (0..rows).map(|row| cells(2 + row % 3)).collect(),
    }
}

/// A blocked run with very many long findings.
pub(crate) fn flood(findings: usize) -> Summary {
    let findings = (0..findings).map(|number| {
        let title = format!("Record {number} is wrong");
        let finding = Finding::new(&STATUS, at("201"), title);
        finding.evidence("actual", "long <answer> ".repeat(400))
    });
    let failed = result("create-record", "flow", Outcome::Failed, findings.collect());
    summary(vec![failed])
}
