//! `tidegate render`

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use tidegate::report::reports::Settings;
use tidegate::report::{Earlier, Format, ReportSpec, Reports, Target, json};
use tidegate::{Event, Summary, exit};

use super::arguments::RenderArguments;
use super::output::{Output, Usage};

/// Writes reports of a run that ended, from its JSON report; the exit code says whether all are there.
pub(crate) fn render(arguments: &RenderArguments, output: &Output) -> anyhow::Result<u8> {
    let report = read(&arguments.report)?;
    let mut settings = output.settings(&tidegate_kinds::registry());
    settings.codes = Arc::new(report.codes.or(&settings.codes));
    settings.previous = match &arguments.previous {
        Some(path) => earlier(Some(path), output),
        None => report.since.map(Earlier::made).map(Arc::new),
    };
    tell_uncompared(&settings, &report.summary, output);
    let terminal = [ReportSpec {
        format: Format::Terminal,
        target: Target::Stdout,
        required: false,
    }];
    let specs = match arguments.reports.as_slice() {
        [] => terminal.as_slice(),
        asked => asked,
    };
    let mut reports = Reports::only(specs, &settings).map_err(|error| Usage {
        message: error.to_string(),
        help: error.help().to_owned(),
    })?;
    let summary = Box::new(report.summary);
    reports.event(&Event::RunFinished { summary });
    let failed = reports.finish();
    for report in &failed {
        output.fault(report.error.to_string(), report.error.help());
    }
    Ok(if failed.iter().any(|report| report.required) {
        exit::REPORT
    } else {
        exit::ALLOW
    })
}

/// Reads a JSON report; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<json::Report, Usage> {
    let name = if path == Path::new("-") {
        "standard input".into()
    } else {
        path.display().to_string()
    };
    let text = text(path).map_err(|error| Usage {
        message: format!("{name} cannot be read: {error}"),
        help: "Give the file that `--report json=FILE` wrote, or `-` for standard input."
            .to_owned(),
    })?;
    json::read(text).map_err(|error| Usage {
        message: format!("{name}: {error}"),
        help: error.help().to_owned(),
    })
}

/// A file, or as much of it as tells that it is too large.
fn text(path: &Path) -> io::Result<Vec<u8>> {
    let most = json::LARGEST as u64 + 1;
    let mut text = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut text)?;
        return Ok(text);
    }
    let file = File::open(path)?;
    // With room for all of it, it is not copied while it grows.
    let size = file.metadata()?.len().min(most);
    text.reserve_exact(usize::try_from(size).unwrap_or_default());
    file.take(most).read_to_end(&mut text)?;
    Ok(text)
}

/// The report of an earlier run; one that cannot be used is said, and nothing is compared with it.
pub(crate) fn earlier(path: Option<&Path>, output: &Output) -> Option<Arc<Earlier>> {
    match read(path?) {
        Ok(report) => Some(Arc::new(Earlier::new(report))),
        Err(unusable) => {
            let message = format!(
                "nothing is compared with an earlier run: {}",
                unusable.message
            );
            output.note(&message, &unusable.help);
            None
        }
    }
}

/// Says so when the earlier report is of something else.
pub(crate) fn tell_uncompared(settings: &Settings, summary: &Summary, output: &Output) {
    let since = settings
        .previous
        .as_ref()
        .map(|previous| previous.since(summary));
    if let Some(Err(other)) = since {
        let message = format!("nothing is compared with an earlier run: {other}");
        output.note(&message, other.help());
    }
}
