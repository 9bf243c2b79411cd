//! Which report goes where, as the command line says it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use tidegate_core::diagnostic::nearest;

use crate::target::Target;

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal or reading a log.
    Terminal,
    /// Everything, for programs; see [`crate::json`].
    Json,
    /// For CI systems that show test results.
    Junit,
    /// For people, as a page of its own.
    Markdown,
    /// For code scanning; see [`crate::sarif`].
    Sarif,
    /// For GitLab's code quality widget.
    Gitlab,
    /// For whoever the portal is handed to; see [`crate::html`].
    Html,
    /// Workflow commands of GitHub Actions that show findings on their lines.
    Annotations,
    /// Appended to the step summary of GitHub Actions.
    StepSummary,
    /// Appended to the outputs of a step of GitHub Actions.
    Outputs,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 10] = [
        Self::Terminal,
        Self::Json,
        Self::Junit,
        Self::Markdown,
        Self::Sarif,
        Self::Gitlab,
        Self::Html,
        Self::Annotations,
        Self::StepSummary,
        Self::Outputs,
    ];

    /// The name it is asked for by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Sarif => "sarif",
            Self::Gitlab => "gitlab",
            Self::Html => "html",
            Self::Annotations => "annotations",
            Self::StepSummary => "step-summary",
            Self::Outputs => "outputs",
        }
    }

    /// The variable by which GitHub Actions names the file that the format is added to.
    pub fn variable(self) -> Option<&'static str> {
        match self {
            Self::StepSummary => Some("GITHUB_STEP_SUMMARY"),
            Self::Outputs => Some("GITHUB_OUTPUT"),
            _ => None,
        }
    }

    /// Where it goes when nobody says where.
    fn usual(self) -> Option<Target> {
        match self {
            Self::Terminal | Self::Annotations => Some(Target::Stdout),
            Self::StepSummary | Self::Outputs => Some(Target::Given),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// Which report goes where: `FORMAT=FILE` or `FORMAT=-`, with `?` at the end when it may fail.
///
/// Alone, `terminal` and `annotations` go to standard output, `step-summary` and `outputs` to the
/// file that the CI system gives for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportSpec {
    /// The format.
    pub format: Format,
    /// Where it goes.
    pub target: Target,
    /// Whether the run fails when it cannot be written.
    pub required: bool,
}

/// Why reports cannot be written as asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The format does not exist.
    #[error("`{name}` is not a report format{}", nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    UnknownFormat {
        /// What was asked for.
        name: String,
        /// The nearest format.
        nearest: Option<&'static str>,
    },
    /// It is not said where the report goes.
    #[error("it is not said where the {0} report goes")]
    NoTarget(Format),
    /// The CI system gave no file for the report.
    #[error("there is no file for the {0} report: {variable} is not set", variable = .0.variable().unwrap_or_default())]
    NotGiven(Format),
    /// Two reports go to the same place.
    #[error("the {first} and the {second} report both go to {target}")]
    SameTarget {
        /// The one asked for first.
        first: Format,
        /// The other one.
        second: Format,
        /// Where both go.
        target: Target,
    },
}

impl SpecError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::UnknownFormat { .. } => {
                "The formats are terminal, json, junit, markdown, sarif, gitlab, html, annotations, step-summary and outputs."
            }
            Self::NoTarget(_) => {
                "Write FORMAT=FILE, or FORMAT=- for standard output, as in junit=gate.xml."
            }
            Self::NotGiven(_) => {
                "A step of GitHub Actions has it; elsewhere name a file, as in step-summary=gate.md, or put a `?` at the end to go without."
            }
            Self::SameTarget { .. } => "Give each report a file of its own.",
        }
    }
}

impl FromStr for ReportSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (text, required) = match text.strip_suffix('?') {
            Some(text) => (text, false),
            None => (text, true),
        };
        let (name, target) = text.split_once('=').unwrap_or((text, ""));
        let format = format(name)?;
        let target = match target {
            "" => format.usual().ok_or(SpecError::NoTarget(format))?,
            "-" => Target::Stdout,
            path if format.variable().is_some() => Target::Append(PathBuf::from(path)),
            path => Target::File(PathBuf::from(path)),
        };
        Ok(Self {
            format,
            target,
            required,
        })
    }
}

fn format(name: &str) -> Result<Format, SpecError> {
    let known = Format::ALL.into_iter().find(|format| format.name() == name);
    known.ok_or_else(|| SpecError::UnknownFormat {
        name: name.to_owned(),
        nearest: nearest(name, &Format::ALL.map(Format::name)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ReportSpec, SpecError> {
        text.parse()
    }

    #[test]
    fn a_format_goes_to_a_file_or_to_standard_output() {
        let junit = parse("junit=out/gate.xml").unwrap();
        assert_eq!(junit.format, Format::Junit);
        assert_eq!(junit.target, Target::File("out/gate.xml".into()));
        assert!(junit.required);
        let json = parse("json=-?").unwrap();
        assert_eq!(json.target, Target::Stdout);
        assert!(!json.required);
        let usual = |text: &str| parse(text).unwrap().target;
        assert_eq!(usual("terminal"), Target::Stdout);
        assert_eq!(usual("annotations"), Target::Stdout);
        assert_eq!(usual("step-summary"), Target::Given);
        assert_eq!(usual("outputs=gate.txt"), Target::Append("gate.txt".into()));
        for optional in ["outputs?", "outputs=?"] {
            let outputs = parse(optional).unwrap();
            assert_eq!((outputs.target, outputs.required), (Target::Given, false));
        }
        let odd = parse("json=a=b").unwrap();
        assert_eq!(odd.target, Target::File("a=b".into()));
    }

    #[test]
    fn mistakes_name_the_nearest_format_or_what_is_missing() {
        assert_eq!(
            parse("junti=x").unwrap_err().to_string(),
            "`junti` is not a report format; did you mean `junit`?"
        );
        assert_eq!(
            parse("yaml=x").unwrap_err().to_string(),
            "`yaml` is not a report format"
        );
        for missing in ["json", "json=", "json=?", "json?"] {
            assert_eq!(
                parse(missing),
                Err(SpecError::NoTarget(Format::Json)),
                "{missing}"
            );
        }
    }
}
