//! What an ended command and its report amount to.

mod scan;
mod suite;

use std::path::Path;
use std::time::Duration;

use tidegate_core::check::{CheckReport, Metric, Unit};
use tidegate_core::finding::Finding;
use tidegate_core::meta::CodeInfo;
use tidegate_core::period::Period;
use tidegate_core::ports::{Completed, Files, FilesError, ProcessError, Secrets};
use tidegate_core::span::Location;

use super::codes::{BROKEN_REPORT, EXIT, NO_REPORT, NOT_STARTED, STALE_REPORT, TIMED_OUT};
use super::config::{Config, Format, ReportFile, ReportSource};
use super::freshness::Before;
use super::output::excerpt;
use super::place::Places;
use super::report::{CAPACITY, Report, ReportFault, Scan, Tests, junit, sarif, tap};

/// The most names that a summary of further findings gives.
const NAMED: usize = 20;

/// The most characters of a message that a title shows.
const MESSAGE_WIDTH: usize = 160;

/// The exit codes with which a shell says that it could not start the program
/// (POSIX.1-2024, 2.8.2; 9009 is `cmd`'s).
const NOT_FOUND: [i32; 3] = [126, 127, 9009];

/// What became of the report.
enum Found {
    /// It was read.
    Read(Report),
    /// There is none that could be.
    Unusable(Unusable),
}

/// Why there is no report to go by.
struct Unusable {
    code: CodeInfo,
    title: String,
    advice: String,
}

/// Judges an attempt.
pub(super) struct Judge<'j> {
    config: &'j Config,
    files: &'j dyn Files,
    secrets: &'j dyn Secrets,
    root: &'j Path,
    limit: Duration,
    gate: Location,
}

impl<'j> Judge<'j> {
    /// Judges attempts of a command; `root` is the gate file's folder.
    pub(super) fn new(
        config: &'j Config,
        files: &'j dyn Files,
        secrets: &'j dyn Secrets,
        root: &'j Path,
        limit: Duration,
    ) -> Self {
        Self {
            config,
            files,
            secrets,
            root,
            limit,
            gate: config.run.span.location(),
        }
    }

    /// What a command that could not be started amounts to.
    pub(super) fn refused(&self, error: &ProcessError) -> CheckReport {
        let title = format!("`{}` could not be started: {error}", self.config.title());
        one(self.finding(&NOT_STARTED, title).advice(error.help()))
    }

    /// What a command that ended, or was ended, amounts to.
    pub(super) fn completed(
        &self,
        ended: &Completed,
        before: Option<&Before>,
    ) -> Result<CheckReport, FilesError> {
        let mut report = if ended.timed_out {
            one(self.timed_out(ended))
        } else {
            match (&self.config.report, before) {
                (Some(declared), Some(before)) => self.with_report(declared, before, ended)?,
                _ => self.by_exit_code(ended),
            }
        };
        report.metrics.push(metric(
            "duration",
            Unit::Milliseconds,
            ended.elapsed.as_secs_f64() * 1e3,
        ));
        Ok(report)
    }

    fn finding(&self, code: &CodeInfo, title: String) -> Finding {
        let subject = format!("{} {}", code.code, self.config.title());
        Finding::new(code, self.gate.clone(), title).subject(subject)
    }

    fn timed_out(&self, ended: &Completed) -> Finding {
        let title = format!(
            "`{}` did not end within {} and was ended",
            self.config.title(),
            Period(self.limit)
        );
        let bound = match self.config.limit {
            Some(own) if own <= self.limit => "the command's `limit:`",
            _ => "the check's `timeout:`",
        };
        with_output(self.finding(&TIMED_OUT, title), ended).advice(format!(
            "See in the output what it waits for. If it only needs longer, raise {bound}.",
        ))
    }

    fn succeeded(&self, ended: &Completed) -> bool {
        ended
            .code
            .is_some_and(|code| self.config.success.contains(&code))
    }

    fn by_exit_code(&self, ended: &Completed) -> CheckReport {
        if self.succeeded(ended) {
            return CheckReport {
                evaluated: 1,
                ..CheckReport::default()
            };
        }
        one(self.failed_exit(ended))
    }

    /// The finding of an exit code that stands for a failure.
    fn failed_exit(&self, ended: &Completed) -> Finding {
        let command = self.config.title();
        let finding = match ended.code {
            Some(code) if NOT_FOUND.contains(&code) => self
                .finding(
                    &NOT_STARTED,
                    format!("`{command}` could not be started: the shell ended with {code}"),
                )
                .advice("Install the program in the job before the gate runs, or correct its name."),
            Some(code) => self
                .finding(&EXIT, format!("`{command}` ended with exit code {code}"))
                .advice("Read the output for the reason. If this code is no failure, list it under `success:`."),
            None => self
                .finding(&EXIT, format!("`{command}` was ended by a signal"))
                .advice("Look for a crash or for too little memory."),
        };
        with_output(finding, ended)
    }

    fn with_report(
        &self,
        declared: &ReportFile,
        before: &Before,
        ended: &Completed,
    ) -> Result<CheckReport, FilesError> {
        let mut notes = Vec::new();
        let found = self.collect(declared, before, ended, &mut notes)?;
        let mut report = match found {
            Found::Read(Report::Tests(tests)) => self.tests(&tests, ended),
            Found::Read(Report::Scan(scan)) => self.scan(&scan, ended),
            Found::Unusable(unusable) => one(self.unusable(&unusable, ended)),
        };
        report.notes.splice(0..0, notes);
        Ok(report)
    }

    /// Without a report the exit code says most; when it is a good one, the missing report does.
    fn unusable(&self, unusable: &Unusable, ended: &Completed) -> Finding {
        if self.succeeded(ended) {
            let finding = self.finding(&unusable.code, unusable.title.clone());
            return with_output(finding, ended).advice(unusable.advice.clone());
        }
        self.failed_exit(ended)
            .evidence("report", unusable.title.clone())
    }

    fn collect(
        &self,
        declared: &ReportFile,
        before: &Before,
        ended: &Completed,
        notes: &mut Vec<String>,
    ) -> Result<Found, FilesError> {
        if declared.source == ReportSource::Output {
            return Ok(match tap::read(ended.output.as_bytes()) {
                Ok(mut tests) => {
                    self.doubt_cut_output(&mut tests, ended);
                    Found::Read(Report::Tests(tests))
                }
                Err(fault) => Found::Unusable(unreadable(declared.source.describe(), &fault)),
            });
        }
        let after = before.compare(self.files, &declared.source)?;
        if after.fresh.is_empty() {
            return Ok(Found::Unusable(nothing_fresh(declared, &after.stale)));
        }
        if !after.stale.is_empty() {
            notes.push(format!(
                "{} older reports were left out, {} among them",
                after.stale.len(),
                after.stale[0]
            ));
        }
        self.read(declared.format, &after.fresh)
    }

    fn doubt_cut_output(&self, tests: &mut Tests, ended: &Completed) {
        if ended.output.len() >= self.config.output_cap {
            tests
                .faults
                .push("the output is longer than `output-cap`, so a part of it is missing".into());
        }
    }

    /// Reads all files of a report as one.
    fn read(&self, format: Format, paths: &[String]) -> Result<Found, FilesError> {
        let mut room = CAPACITY;
        let mut tests = Tests::default();
        let mut scan = Scan::default();
        for path in paths {
            let bytes = match self.files.read(path, room) {
                Ok(bytes) => bytes,
                Err(FilesError::TooLarge { .. }) => {
                    let fault = ReportFault::Broken("the reports are larger than 32 MiB".into());
                    return Ok(Found::Unusable(unreadable(path, &fault)));
                }
                Err(error) => return Err(error),
            };
            room -= bytes.len().min(room);
            let read = match format {
                Format::Junit => junit::read(&bytes).map(|more| tests.merge(more)),
                Format::Tap => tap::read(&bytes).map(|more| tests.merge(more)),
                Format::Sarif => sarif::read(&bytes).map(|more| scan.merge(more)),
            };
            if let Err(fault) = read {
                return Ok(Found::Unusable(unreadable(path, &fault)));
            }
        }
        Ok(Found::Read(match format {
            Format::Sarif => Report::Scan(scan.shown(self.secrets)),
            Format::Junit | Format::Tap => Report::Tests(tests.shown(self.secrets)),
        }))
    }

    fn places(&self) -> Places<'_> {
        Places::new(self.files, self.root, &self.config.directory)
    }
}

/// An attempt with one finding, which is also what it evaluated.
fn one(finding: Finding) -> CheckReport {
    CheckReport {
        findings: vec![finding],
        evaluated: 1,
        ..CheckReport::default()
    }
}

fn with_output(finding: Finding, ended: &Completed) -> Finding {
    if ended.output.trim().is_empty() {
        finding
    } else {
        finding.evidence("output", excerpt(&ended.output))
    }
}

fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let mut lines: Vec<String> = names.take(NAMED).map(str::to_owned).collect();
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines.join("\n")
}

fn metric(name: &str, unit: Unit, value: f64) -> Metric {
    Metric {
        name: name.into(),
        subject: String::new(),
        unit,
        value,
        samples: Vec::new(),
    }
}

fn unreadable(path: &str, fault: &ReportFault) -> Unusable {
    match fault {
        ReportFault::Empty => Unusable {
            code: NO_REPORT,
            title: format!("there is no report in {path}: {fault}"),
            advice: "Check that the suite writes its report there and finds its tests.".into(),
        },
        ReportFault::Broken(_) => Unusable {
            code: BROKEN_REPORT,
            title: format!("the report {path} is of no use: {fault}"),
            advice: "Read the output of the suite for what stopped it, and check that the report has the declared format.".into(),
        },
    }
}

fn nothing_fresh(declared: &ReportFile, stale: &[String]) -> Unusable {
    let place = declared.source.describe();
    match stale.first() {
        Some(path) => Unusable {
            code: STALE_REPORT,
            title: format!("{path} was not written by this run"),
            advice: "Check where the command writes its report now. If it restores an old one from a cache, switch the cache off for this run.".into(),
        },
        None => Unusable {
            code: NO_REPORT,
            title: format!("the command left no {} report at {place}", declared.format.name()),
            advice: "Check the option that names the report. The path here is relative to the gate file, not to `directory:`.".into(),
        },
    }
}
