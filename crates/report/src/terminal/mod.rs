//! The report for a person at a terminal or reading a CI log.

mod finding;
mod progress;
mod table;
mod verdict;
mod waits;

use std::io::{self, Write};

use tidegate_core::event::{Event, ReportError, Reporter, Summary};

pub(crate) use self::finding::explain;
use self::progress::Progress;
pub(crate) use self::verdict::{leftover_text, suppression_text};
use crate::codes::Codes;
use crate::digest::Digest;
use crate::page::Page;
use crate::reports::{Settings, failure};
use crate::since::Since;
use crate::spec::Format;
use crate::style::Style;
use crate::target::Target;

/// Everything a person needs to know about a run that ended, the verdict first.
pub fn summary_text(
    summary: &Summary,
    codes: &Codes,
    since: Option<&Since>,
    style: &Style,
) -> String {
    let digest = Digest::of(summary);
    let mut page = Page::new(style);
    verdict::headline(&mut page, summary);
    verdict::since(&mut page, since);
    verdict::preflight(&mut page, summary, codes);
    finding::problems(&mut page, &digest, codes);
    verdict::unresolved(&mut page, &digest);
    finding::warnings(&mut page, &digest, codes);
    verdict::warnings(&mut page, summary);
    verdict::flaky(&mut page, &digest);
    finding::remarks(&mut page, &digest);
    verdict::notes(&mut page, summary);
    waits::waits(&mut page, summary);
    table::tables(&mut page, summary);
    verdict::leftovers(&mut page, summary);
    verdict::skipped(&mut page, summary, &digest);
    verdict::suppressed(&mut page, &digest);
    verdict::unanswered(&mut page, summary);
    verdict::footer(&mut page, summary);
    page.finish()
}

/// Writes a line for each check as it ends and the summary at the end; draws progress meanwhile.
pub struct TerminalReporter<W> {
    stream: W,
    target: Target,
    settings: Settings,
    progress: Progress,
    failed: Option<io::Error>,
}

impl<W: Write + Send> TerminalReporter<W> {
    /// Reports to a stream, which `target` names in an error.
    pub fn new(stream: W, target: &Target, settings: &Settings) -> Self {
        Self {
            stream,
            target: target.clone(),
            settings: settings.clone(),
            progress: Progress::new(settings.live, &settings.style),
            failed: None,
        }
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() || self.failed.is_some() {
            return;
        }
        let stream = &mut self.stream;
        let written = self.progress.aside(|| {
            stream.write_all(text.as_bytes())?;
            stream.flush()
        });
        self.failed = written.err();
    }
}

impl<W: Write + Send> Reporter for TerminalReporter<W> {
    fn event(&mut self, event: &Event) {
        self.progress.event(event);
        let text = match event {
            Event::RunFinished { summary } => {
                let Settings { codes, style, .. } = &self.settings;
                let since = self.settings.since(summary);
                format!("\n{}", summary_text(summary, codes, since, style))
            }
            other => progress::line(other, &self.settings.style),
        };
        self.write(&text);
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        match self.failed.take() {
            Some(error) => Err(failure(Format::Terminal, &self.target, &error)),
            None => Ok(()),
        }
    }
}
