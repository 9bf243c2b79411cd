//! What a scanner's report amounts to.

use tidegate_core::check::{CheckReport, Doubt, Inconclusive, Unit};
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;
use tidegate_core::ports::Completed;
use tidegate_core::span::Location;

use super::{Judge, MESSAGE_WIDTH, listed, metric};
use crate::command::codes::SARIF_RESULT;
use crate::command::output::{clean, clip};
use crate::command::place::placed;
use crate::command::report::{LISTED, Problem, Scan};

impl Judge<'_> {
    /// Judges a report that lists what a scanner found.
    pub(super) fn scan(&self, scan: &Scan, ended: &Completed) -> CheckReport {
        let mut findings = self.problems(&scan.problems);
        let failed = scan.failed.first();
        let blocks = findings.iter().any(|one| one.severity >= Severity::Medium);
        if !blocks && !self.succeeded(ended) {
            let finding = self.failed_exit(ended);
            findings.push(finding.evidence("report", "it lists nothing that blocks"));
        }
        let doubt = match failed {
            Some(text) => Some(text.clone()),
            None if scan.runs == 0 => Some(format!("`{}` describes no run", self.config.title())),
            None => None,
        };
        CheckReport {
            evaluated: scan.runs,
            inconclusive: doubt.map(|text| Inconclusive {
                reason: Doubt::NoEvidence,
                text,
            }),
            metrics: vec![metric("results", Unit::Count, scan.problems.len() as f64)],
            notes: (scan.suppressed > 0)
                .then(|| format!("{} results are suppressed in the report", scan.suppressed))
                .into_iter()
                .collect(),
            findings,
            ..CheckReport::default()
        }
    }

    /// The worst problems one by one, the others summed up at their worst severity.
    fn problems(&self, problems: &[Problem]) -> Vec<Finding> {
        let mut sorted: Vec<&Problem> = problems.iter().collect();
        sorted.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
        let mut places = self.places();
        let shown = sorted.iter().take(LISTED);
        let mut findings: Vec<Finding> = shown
            .map(|problem| {
                let place = problem
                    .place
                    .as_ref()
                    .and_then(|place| places.of_place(place));
                self.problem(problem, place)
            })
            .collect();
        if let Some((worst, _)) = sorted.get(LISTED..).and_then(<[_]>::split_first) {
            let count = sorted.len() - LISTED;
            let title = format!("`{}` found {count} more", self.config.title());
            let names = sorted[LISTED..]
                .iter()
                .map(|problem| problem.message.as_str());
            findings.push(
                self.finding(&SARIF_RESULT, title)
                    .severity(worst.severity)
                    .advice("Mend the first ones, then run the gate again.")
                    .evidence("results", listed(names)),
            );
        }
        findings
    }

    fn problem(&self, problem: &Problem, place: Option<Location>) -> Finding {
        let message = clip(problem.message.trim_end_matches('.'), MESSAGE_WIDTH);
        let title = format!("{}: {message}", problem.tool);
        let file = place.as_ref().map(|place| place.file.clone());
        let identity = if problem.identity.is_empty() {
            &problem.message
        } else {
            &problem.identity
        };
        let subject = format!(
            "{} {} {} {identity}",
            problem.tool,
            problem.rule,
            file.unwrap_or_default()
        );
        let advice = if problem.help.is_empty() {
            format!(
                "Look up what {} says about the rule, and mend the line.",
                problem.tool
            )
        } else {
            problem.help.clone()
        };
        let named = problem.place.as_ref().filter(|_| place.is_none());
        let mut finding = placed(place, &self.gate, |place| {
            Finding::new(&SARIF_RESULT, place, title)
        })
        .severity(problem.severity)
        .subject(subject)
        .advice(advice);
        if !problem.rule.is_empty() {
            finding = finding.evidence("rule", problem.rule.clone());
        }
        match named {
            Some(place) => {
                finding.evidence("place", format!("{}:{}", clean(&place.file), place.line))
            }
            None => finding,
        }
    }
}
