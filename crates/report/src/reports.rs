//! Several reports of one run.

use std::io;
use std::sync::Arc;

use tidegate_core::event::{Event, ReportError, Reporter, Summary};

use crate::codes::Codes;
use crate::since::{Earlier, Since};
use crate::spec::{Format, ReportSpec, SpecError};
use crate::style::Style;
use crate::target::Target;
use crate::terminal::TerminalReporter;
use crate::{annotations, gitlab, html, json, junit, markdown, outputs, sarif, terminal};

/// What reporters know beside the events.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How text for people is drawn on standard output.
    pub style: Style,
    /// Whether progress may be drawn on standard error and redrawn: a terminal, and no CI.
    pub live: bool,
    /// What codes mean.
    pub codes: Arc<Codes>,
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
pub struct Reports(Vec<Entry>);

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
    /// When two reports go to the same place.
    pub fn new(specs: &[ReportSpec], settings: &Settings) -> Result<Self, SpecError> {
        let mut specs = specs.to_vec();
        if specs.iter().all(|spec| spec.format != Format::Terminal) {
            let taken = specs.iter().any(|spec| spec.target == Target::Stdout);
            let target = if taken {
                Target::Stderr
            } else {
                Target::Stdout
            };
            specs.push(ReportSpec {
                format: Format::Terminal,
                target,
                required: false,
            });
        }
        distinct(&specs)?;
        let entries = specs.iter().map(|spec| Entry {
            reporter: reporter(spec, settings),
            required: spec.required,
        });
        Ok(Self(entries.collect()))
    }

    /// Hands an event to every reporter.
    pub fn event(&mut self, event: &Event) {
        for entry in &mut self.0 {
            entry.reporter.event(event);
        }
    }

    /// Writes what is left to write, and tells which reports are not there.
    #[must_use]
    pub fn finish(mut self) -> Vec<FailedReport> {
        self.0
            .iter_mut()
            .filter_map(|entry| {
                let error = entry.reporter.finish().err()?;
                Some(FailedReport {
                    error,
                    required: entry.required,
                })
            })
            .collect()
    }
}

fn distinct(specs: &[ReportSpec]) -> Result<(), SpecError> {
    for (index, second) in specs.iter().enumerate() {
        let before = specs.get(..index).unwrap_or_default();
        if let Some(first) = before.iter().find(|spec| spec.target == second.target) {
            return Err(SpecError::SameTarget {
                first: first.format,
                second: second.format,
                target: second.target.clone(),
            });
        }
    }
    Ok(())
}

/// The reporter of one report.
pub fn reporter(spec: &ReportSpec, settings: &Settings) -> Box<dyn Reporter> {
    match (spec.format, spec.target.stream()) {
        (Format::Terminal, Some(stream)) => {
            Box::new(TerminalReporter::new(stream, &spec.target, settings))
        }
        _ => Box::new(Document {
            format: spec.format,
            target: spec.target.clone(),
            settings: settings.clone(),
            text: None,
        }),
    }
}

/// A report that is written in one piece when the run has ended.
struct Document {
    format: Format,
    target: Target,
    settings: Settings,
    text: Option<io::Result<String>>,
}

impl Document {
    fn render(&self, summary: &Summary) -> io::Result<String> {
        let codes = &self.settings.codes;
        let since = self.settings.since(summary);
        match self.format {
            Format::Terminal => Ok(terminal::summary_text(summary, codes, since, &Style::PLAIN)),
            Format::Json => json::render(summary, codes, since),
            Format::Junit => junit::render(summary),
            Format::Markdown | Format::StepSummary => Ok(markdown::render(summary, codes)),
            Format::Sarif => sarif::render(summary, codes),
            Format::Gitlab => gitlab::render(summary, codes),
            Format::Html => Ok(html::render(summary, codes, since)),
            Format::Annotations => Ok(annotations::render(summary)),
            Format::Outputs => Ok(outputs::render(summary)),
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
        let unended = || io::Error::other("the run did not end, so there is nothing to report");
        let text = self.text.take().unwrap_or_else(|| Err(unended()));
        text.and_then(|text| self.target.write(&text))
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
