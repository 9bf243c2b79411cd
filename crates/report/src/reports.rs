//! Several reports of one run.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_core::event::{Event, ReportError, Reporter, Summary};

use crate::codes::Codes;
use crate::outputs::Outputs;
use crate::since::{Earlier, Since};
use crate::spec::{Format, ReportSpec, SpecError};
use crate::style::Style;
use crate::target::Target;
use crate::terminal::TerminalReporter;
use crate::{annotations, gitlab, html, json, junit, markdown, sarif, terminal};

/// What reporters know beside the events.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How text for people is drawn on standard output.
    pub style: Style,
    /// Whether progress may be drawn on standard error and redrawn: a terminal, and no CI.
    pub live: bool,
    /// What codes mean.
    pub codes: Arc<Codes>,
    /// The file that the CI system gives for the summary of a step: `GITHUB_STEP_SUMMARY`.
    pub step_summary: Option<PathBuf>,
    /// The file that the CI system gives for the outputs of a step: `GITHUB_OUTPUT`.
    pub outputs: Option<PathBuf>,
    /// The report of an earlier gate that this run is compared with.
    pub previous: Option<Arc<Earlier>>,
}

impl Settings {
    /// What changed since the earlier gate, when there is one to compare with.
    pub fn since(&self, summary: &Summary) -> Option<&Since> {
        self.previous.as_ref()?.since(summary).ok()
    }
}

/// Several reports of one run; one that fails does not keep the others from being written.
pub struct Reports {
    entries: Vec<Entry>,
    failed: Arc<AtomicBool>,
    /// Which reports are not there, once the run ended.
    written: Option<Vec<FailedReport>>,
}

struct Entry {
    reporter: Box<dyn Reporter>,
    required: bool,
}

/// A report that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedReport {
    /// Why.
    pub error: ReportError,
    /// Whether the run fails for it.
    pub required: bool,
}

impl Reports {
    /// Prepares the reports that were asked for, and one for the terminal if none was: on standard
    /// error when another report takes standard output.
    ///
    /// # Errors
    /// When two reports go to the same place, or the CI system did not give the file that one goes to.
    pub fn new(specs: &[ReportSpec], settings: &Settings) -> Result<Self, SpecError> {
        let mut specs = placed(specs, settings)?;
        if specs.iter().all(|spec| spec.format != Format::Terminal) {
            specs.push(unasked(&specs));
        }
        Self::only(&specs, settings)
    }

    /// Prepares the reports that were asked for and no other.
    ///
    /// # Errors
    /// When two reports go to the same place, or the CI system did not give the file that one goes to.
    pub fn only(specs: &[ReportSpec], settings: &Settings) -> Result<Self, SpecError> {
        let mut specs = placed(specs, settings)?;
        distinct(&specs)?;
        specs.sort_by_key(turn);
        let failed = Arc::new(AtomicBool::new(false));
        let rest = fullest(&specs);
        let entries = specs.iter().map(|spec| Entry {
            reporter: reporter_beside(spec, settings, &rest, &failed),
            required: spec.required,
        });
        Ok(Self {
            entries: entries.collect(),
            failed: failed.clone(),
            written: None,
        })
    }

    /// Hands an event to every reporter. At the end of the run the reports are written one after the
    /// other, files before standard output, so that one text at a time is held.
    pub fn event(&mut self, event: &Event) {
        let ended = matches!(event, Event::RunFinished { .. });
        let mut missing = Vec::new();
        for entry in &mut self.entries {
            entry.reporter.event(event);
            if ended {
                missing.extend(entry.finish(&self.failed));
            }
        }
        if ended {
            self.written = Some(missing);
        }
    }

    /// Tells which reports are not there: all of them, when the run did not end.
    #[must_use]
    pub fn finish(mut self) -> Vec<FailedReport> {
        if let Some(missing) = self.written.take() {
            return missing;
        }
        let entries = self.entries.iter_mut();
        entries
            .filter_map(|entry| entry.finish(&self.failed))
            .collect()
    }
}

impl Entry {
    /// Writes what is left to write; `failed` is told when a required report is not there.
    fn finish(&mut self, failed: &AtomicBool) -> Option<FailedReport> {
        let error = self.reporter.finish().err()?;
        if self.required {
            failed.store(true, Ordering::Relaxed);
        }
        Some(FailedReport {
            error,
            required: self.required,
        })
    }
}

/// The reports with the files that the CI system gives; what may be absent and has none is left out.
fn placed(specs: &[ReportSpec], settings: &Settings) -> Result<Vec<ReportSpec>, SpecError> {
    let mut placed = Vec::with_capacity(specs.len());
    for spec in specs {
        let mut spec = spec.clone();
        if spec.target == Target::Given {
            let file = match spec.format {
                Format::StepSummary => settings.step_summary.as_ref(),
                Format::Outputs => settings.outputs.as_ref(),
                _ => None,
            };
            match file {
                Some(path) => spec.target = Target::Append(path.clone()),
                None if spec.required => return Err(SpecError::NotGiven(spec.format)),
                None => continue,
            }
        }
        placed.push(spec);
    }
    Ok(placed)
}

/// The terminal's report when nobody asked for one.
fn unasked(specs: &[ReportSpec]) -> ReportSpec {
    let takes = |spec: &ReportSpec| spec.target == Target::Stdout;
    let taken = specs
        .iter()
        .any(|spec| takes(spec) && spec.format != Format::Annotations);
    let target = if taken {
        Target::Stderr
    } else {
        Target::Stdout
    };
    ReportSpec {
        format: Format::Terminal,
        target,
        required: false,
    }
}

fn distinct(specs: &[ReportSpec]) -> Result<(), SpecError> {
    for (index, second) in specs.iter().enumerate() {
        let before = specs.get(..index).unwrap_or_default();
        let first = before
            .iter()
            .find(|first| first.target.collides(&second.target) && !share(first, second));
        if let Some(first) = first {
            return Err(SpecError::SameTarget {
                first: first.format,
                second: second.format,
                target: second.target.clone(),
            });
        }
    }
    Ok(())
}

/// Whether two reports may stand on standard output together: a log has annotations among its lines.
fn share(first: &ReportSpec, second: &ReportSpec) -> bool {
    let formats = [first.format, second.format];
    first.target == Target::Stdout
        && formats.contains(&Format::Annotations)
        && formats.contains(&Format::Terminal)
}

/// When a report is written: outputs after the other files, whose failures they tell, and what goes
/// to standard output last.
fn turn(spec: &ReportSpec) -> u8 {
    match (&spec.target, spec.format) {
        (Target::Stdout | Target::Stderr, Format::Annotations) => 3,
        (Target::Stdout | Target::Stderr, _) => 2,
        (_, Format::Outputs) => 1,
        _ => 0,
    }
}

/// Where everything stands that a report with a limit leaves out, as a phrase.
fn fullest(specs: &[ReportSpec]) -> String {
    let file = |format: Format| {
        let spec = specs.iter().find(|spec| spec.format == format)?;
        Some(format!("{} of this run", spec.target.path()?.display()))
    };
    if specs.iter().any(|spec| spec.format == Format::StepSummary) {
        return "the summary of this job".to_owned();
    }
    file(Format::Html)
        .or_else(|| file(Format::Markdown))
        .unwrap_or_else(|| "the log of this step".to_owned())
}

/// The reporter of one report.
pub fn reporter(spec: &ReportSpec, settings: &Settings) -> Box<dyn Reporter> {
    let rest = fullest(std::slice::from_ref(spec));
    reporter_beside(spec, settings, &rest, &Arc::default())
}

fn reporter_beside(
    spec: &ReportSpec,
    settings: &Settings,
    rest: &str,
    failed: &Arc<AtomicBool>,
) -> Box<dyn Reporter> {
    match (spec.format, spec.target.stream()) {
        (Format::Terminal, Some(stream)) => {
            Box::new(TerminalReporter::new(stream, &spec.target, settings))
        }
        _ => Box::new(Document {
            format: spec.format,
            target: spec.target.clone(),
            settings: settings.clone(),
            rest: rest.to_owned(),
            failed: failed.clone(),
            text: None,
        }),
    }
}

/// A report that is written in one piece when the run has ended.
struct Document {
    format: Format,
    target: Target,
    settings: Settings,
    /// Where everything stands that does not fit in here.
    rest: String,
    /// Whether a required report that comes before this one is not there.
    failed: Arc<AtomicBool>,
    text: Option<io::Result<Text>>,
}

/// A report before it is written.
enum Text {
    Whole(String),
    /// The outputs, which tell the exit code and so have to wait for the other reports.
    Outputs(Outputs),
}

impl Document {
    fn render(&self, summary: &Summary) -> io::Result<Text> {
        let codes = &self.settings.codes;
        let since = self.settings.since(summary);
        let text = match self.format {
            Format::Terminal => terminal::summary_text(summary, codes, since, &Style::PLAIN),
            Format::Json => json::render(summary, codes, since)?,
            Format::Junit => junit::render(summary)?,
            Format::Markdown => markdown::render(summary, codes, since),
            Format::StepSummary => {
                let taken = self.target.taken();
                let text = markdown::step_summary(summary, codes, since, taken);
                text.ok_or_else(|| io::Error::other("it is full: GitHub takes at most 1 MiB"))?
            }
            Format::Sarif => sarif::render(summary, codes)?,
            Format::Gitlab => gitlab::render(summary)?,
            Format::Html => html::render(summary, codes, since),
            Format::Annotations => annotations::render(summary, codes, &self.rest),
            Format::Outputs => return Ok(Text::Outputs(Outputs::of(summary, since))),
        };
        Ok(Text::Whole(text))
    }

    fn text(&mut self) -> io::Result<String> {
        let unended = || io::Error::other("the run did not end, so there is nothing to report");
        match self.text.take().unwrap_or_else(|| Err(unended()))? {
            Text::Whole(text) => Ok(text),
            Text::Outputs(outputs) => outputs.text(self.failed.load(Ordering::Relaxed)),
        }
    }
}

impl Reporter for Document {
    fn event(&mut self, event: &Event) {
        if let Event::RunFinished { summary } = event {
            self.text = Some(self.render(summary));
        }
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.text()
            .and_then(|text| self.target.write(&text))
            .map_err(|error| failure(self.format, &self.target, &error))
    }
}

pub(crate) fn failure(format: Format, target: &Target, error: &io::Error) -> ReportError {
    ReportError {
        format: format.to_string(),
        target: target.to_string(),
        reason: error.to_string(),
    }
}
