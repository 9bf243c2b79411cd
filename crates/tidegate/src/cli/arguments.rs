//! The arguments `tidegate` takes; part of its public interface.

mod gate;

use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use tidegate::ci::{self, Search, Situation};
use tidegate::report::{ReportSpec, SpecError};
use tidegate::{RunOptions, Stop};
use tidegate_core::period::Period;

pub(crate) use gate::GateArguments;

/// A gate for deploys: lets good ones out and blocks bad ones.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) gate: GateArguments,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true)]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Reads the arguments of the process.
    ///
    /// # Errors
    /// What is wrong with them; help and version are told this way, too.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches()?;
        let named = matches.value_source("gate") == Some(ValueSource::CommandLine);
        let mut arguments = Self::from_arg_matches(&matches)?;
        arguments.gate.named = named;
        Ok(arguments)
    }
}

const EXIT_CODES: &str = "Exit codes: 0 allow, 1 block, 2 wrong usage or gate file, 3 inconclusive, \
4 nothing was executed, 5 a report could not be written, 70 a defect of Tidegate, 130 interrupted.";

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a first gate file for this project or this address, and run it.
    ///
    /// Beside it come a workflow for GitHub Actions, the names of the variables in .env.example and a line in
    /// .gitignore. What was guessed is shown with the file that tells it. Nothing is overwritten: a file that is
    /// there gets lines at its end, and all is written or nothing.
    #[command(after_help = super::init::EXIT_CODES)]
    Init(super::init::InitArguments),
    /// Run the checks and answer allow or block.
    Run(RunArguments),
    /// Run the checks again whenever a file is saved.
    ///
    /// Leaves alone what git ignores. Ctrl-C ends it with exit code 130, and what a run created is removed.
    Dev(super::dev::DevArguments),
    /// Look whether everything that a run needs is there, and say how to mend what is not.
    ///
    /// Runs no check and writes nothing. Logs in each identity of the gate file.
    ///
    /// Exit codes: 0 nothing stops a run, 2 something does.
    Doctor(super::doctor::DoctorArguments),
    /// Turn what another tool has into checks: curl, HAR, Postman, Hurl or OpenAPI.
    Import(super::import::ImportArguments),
    /// List the packs that come with Tidegate, or explain one.
    Packs(super::packs::PacksArguments),
    /// Write reports of a run that ended, from its JSON report; runs no check and needs no gate file.
    ///
    /// Exit codes: 0 written, 2 the report cannot be read, 5 a report could not be written.
    Render(RenderArguments),
    /// Show what a run would do and why; sends nothing and needs no secret.
    Plan(PlanArguments),
    /// List the check kinds and observers.
    Checks,
    /// Explain a finding's code, such as `flow/status`, or a check kind.
    Explain {
        /// The code or the kind.
        code: String,
        /// Print a kind's page as it is written, for a site of your own.
        #[arg(long)]
        markdown: bool,
    },
    /// Print the JSON Schema of the gate file, for editors.
    Schema,
    /// Show or accept what is known: findings, and the times that later runs are held against.
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Tell what changed between two documents of an interface, and whom it breaks; needs no gate file.
    ///
    /// Exit codes: 0 nothing breaks, 1 something does, 2 a document cannot be read.
    Contract(ContractArguments),
    /// Propose a check from what the project holds; contacts nobody and needs no gate file.
    #[command(subcommand)]
    Draft(DraftCommand),
    /// Tell GitHub what a run found, from its JSON report; runs no check and needs no gate file.
    ///
    /// Takes the token from GITHUB_TOKEN. Give it to the step of this command alone, so that it is not
    /// in the environment of the checks. What the token may not do is said, and fails nothing.
    ///
    /// Exit codes: 0 published, 2 the token, the repository or the report is missing or wrong, 5 GitHub
    /// refused or could not be reached for a place that is not optional.
    #[cfg(feature = "github")]
    Publish(PublishArguments),
    /// Fetch the JSON report of the last run on the default branch from GitHub, for `--previous`.
    ///
    /// It is looked for in the artifacts that workflows uploaded. Writes nothing when there is none.
    /// Takes the token from GITHUB_TOKEN, which needs `actions: read`.
    ///
    /// Exit codes: 0 fetched, or there is none; 2 the token, the repository or the file is missing or
    /// wrong; 5 GitHub refused or could not be reached.
    #[cfg(feature = "github")]
    Previous(PreviousArguments),
    /// Add, update and look at plugins: check kinds of your own, as WASM components.
    #[cfg(feature = "plugins")]
    #[command(subcommand)]
    Plugin(super::plugin::PluginCommand),
    /// Remove what interrupted runs left behind.
    Clean,
    /// Gate the example portal, good and broken.
    #[cfg(feature = "demo")]
    Demo(DemoArguments),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// Options of `publish`.
#[cfg(feature = "github")]
#[derive(Debug, Args)]
pub(crate) struct PublishArguments {
    /// The JSON report of the run, or `-` for standard input.
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Where to tell it: check-run and status (beside the commit), comment (in the pull request),
    /// deployment (the status of the event's deployment), code-scanning (the alerts of the repository) or
    /// protection-rule (lets a waiting deployment begin or not); a `?` at the end makes it optional.
    #[arg(long, value_name = "PLACE", value_delimiter = ',', required = true)]
    pub(crate) to: Vec<tidegate_github::api::publish::Target>,
    /// The SARIF report for code-scanning; made from the JSON report otherwise.
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
    /// Begin a comment also when there is nothing to say; otherwise the first problem or warning does.
    #[arg(long)]
    pub(crate) always_comment: bool,
    /// Make every place optional: say what fails, and end with 0.
    #[arg(long)]
    pub(crate) optional: bool,
}

/// Options of `previous`.
#[cfg(feature = "github")]
#[derive(Debug, Args)]
pub(crate) struct PreviousArguments {
    /// The file it is written to.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// The name under which a workflow uploaded its reports (an artifact).
    #[arg(long, value_name = "NAME", default_value = "tidegate")]
    pub(crate) artifact: String,
    /// The branch whose run it is; the repository's default branch otherwise.
    #[arg(long, value_name = "NAME")]
    pub(crate) branch: Option<String>,
    /// The portal's name in its gate file, when several portals upload their reports under one name.
    #[arg(long, value_name = "NAME")]
    pub(crate) portal: Option<String>,
    /// Say what fails, and end with 0.
    #[arg(long)]
    pub(crate) optional: bool,
}

/// Options of `plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// Which checks run.
#[derive(Debug, Clone, Args)]
pub(crate) struct Selection {
    /// Run only these checks and what they need (ids or globs).
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave these checks out (ids or globs).
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    skip: Vec<String>,
    /// Run every check, however many there are.
    #[arg(long)]
    all: bool,
    /// Put first what this change touches: everything since the revision.
    #[arg(long, value_name = "REVISION")]
    changed_since: Option<String>,
    /// Whether GitHub Actions says which change is judged, at which address, and whether it is trusted.
    #[arg(long, value_enum, default_value_t = Ci::Auto)]
    ci: Ci,
    /// Fetch from `origin` the commits of the change that a shallow clone lacks; always in GitHub Actions.
    #[arg(long)]
    deepen: bool,
    /// Also run the programs of a change that is not trusted, as one from a fork: `start:` and commands.
    #[arg(long)]
    allow_start: bool,
    /// Repeat a run's random choices.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

/// Whether the CI system is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ci {
    /// It is asked when it runs this command.
    Auto,
    /// It is never asked.
    Off,
}

/// Options of `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Write a report, as in `junit=gate.xml` or `json=-`; a `?` at the end makes it optional.
    ///
    /// The formats are terminal, json, junit, markdown, sarif, gitlab, html, and for GitHub Actions
    /// annotations, step-summary and outputs.
    #[arg(long = "report", value_name = "FORMAT[=FILE]", value_parser = report)]
    pub(crate) reports: Vec<ReportSpec>,
    /// Tell the verdict without stopping the deploy.
    #[arg(long)]
    advisory: bool,
    /// Say what changed since the JSON report of an earlier run of the same gate and environment.
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    /// Accept what was seen as the learned contract, in place of what was learned before.
    #[arg(long)]
    update: bool,
    /// Stop at the first blocking result.
    #[arg(long)]
    fail_fast: bool,
    /// How many checks run at the same time.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// How long the whole run may take, as in `5m`.
    #[arg(long, value_name = "TIME", value_parser = period)]
    run_budget: Option<Duration>,
    /// Leave out the look at the candidate before the first check.
    #[arg(long)]
    no_preflight: bool,
}

/// Options of `render`.
#[derive(Debug, Args)]
pub(crate) struct RenderArguments {
    /// The JSON report, or `-` for standard input.
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Write a report, as in `html=handover.html` or `sarif=-`; a `?` at the end makes it optional
    /// [default: terminal].
    #[arg(long = "report", value_name = "FORMAT[=FILE]", value_parser = report)]
    pub(crate) reports: Vec<ReportSpec>,
    /// Say what changed since the JSON report of an earlier run of the same gate and environment.
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
}

/// What to do with the findings that are known.
#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Show what was accepted, and the stored times.
    Show,
    /// Run the checks and accept what they find: it is shown and no longer blocks.
    Accept(AcceptArguments),
    /// Show, replace or remove the times that checks of the kind `regression` hold the deploy against
    /// where no old one runs.
    #[command(subcommand)]
    Latency(LatencyCommand),
}

/// Options of `baseline accept`.
#[derive(Debug, Args)]
pub(crate) struct AcceptArguments {
    #[command(flatten)]
    pub(crate) run: RunArguments,
    /// Accept what is new for so many days, as in `30d`; then it counts again. What was accepted before
    /// keeps its day.
    #[arg(long = "for", value_name = "DAYS", value_parser = days)]
    pub(crate) term: Option<u16>,
    /// Give the new day also to what was accepted before until an earlier one.
    #[arg(long, requires = "term")]
    pub(crate) extend: bool,
}

/// What to do with stored times; they lie in `.tidegate` beside the gate file.
#[derive(Debug, Subcommand)]
pub(crate) enum LatencyCommand {
    /// Show the reference and the last run's times of every environment.
    Show,
    /// Make what the last run measured in the environment its reference; sends nothing.
    ///
    /// Exit codes: 0 accepted, 2 no run has measured anything there.
    Accept,
    /// Take the stored times of the environment away; the next run stores new ones.
    Remove,
}

/// What to propose.
#[derive(Debug, Subcommand)]
pub(crate) enum DraftCommand {
    /// Propose who may use which route, from OpenAPI documents and the source code.
    ///
    /// Prints YAML to review that stands under `checks:` of a gate file. Reads Next.js, Express,
    /// Fastify, Koa, Hono, FastAPI and Flask.
    Access(DraftAccess),
}

/// Options of `draft access`.
#[derive(Debug, Args)]
pub(crate) struct DraftAccess {
    /// Search this folder for routes, relative to the gate file's; may be repeated [default: all].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) code: Vec<String>,
    /// Write the proposal into this new file instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Options of `contract`.
#[derive(Debug, Args)]
pub(crate) struct ContractArguments {
    /// The old OpenAPI document or JSON Schema: a path, or `git:REVISION:PATH` with a path from here.
    #[arg(value_name = "BASE")]
    pub(crate) base: String,
    /// The new one.
    #[arg(value_name = "HEAD")]
    pub(crate) head: String,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = ChangelogFormat::Text)]
    pub(crate) format: ChangelogFormat,
    /// From which changes on the exit code is 1.
    #[arg(long, value_enum, default_value_t = FailOn::Breaking)]
    pub(crate) fail_on: FailOn,
    /// Which way the values of a JSON Schema go; an OpenAPI document says it itself.
    #[arg(long, value_enum, default_value_t = ValueDirection::Response)]
    pub(crate) direction: ValueDirection,
}

/// How a changelog is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangelogFormat {
    /// For a terminal.
    Text,
    /// For a page or a comment.
    Markdown,
    /// For machines.
    Json,
}

/// Which changes make a command fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Those that break somebody.
    Breaking,
    /// Those that may break somebody as well.
    Risky,
    /// All.
    Any,
    /// None.
    Never,
}

/// Which way values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValueDirection {
    /// From the client to the portal.
    Request,
    /// From the portal to the client.
    Response,
    /// Both.
    Both,
}

/// Options of `demo`.
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Gate the portal with this regression instead of the usual three.
    #[arg(long = "break", value_name = "NAME")]
    pub(crate) breaks: Vec<tidegate_client_portal::Break>,
}

/// Reads where a report goes; what is wrong is told with what would be right.
fn report(text: &str) -> Result<ReportSpec, String> {
    text.parse()
        .map_err(|error: SpecError| format!("{error}\n  help: {}", error.help()))
}

/// Reads a number of days, as in `30d`.
pub(crate) fn days(text: &str) -> Result<u16, String> {
    let number = text
        .strip_suffix('d')
        .and_then(|number| number.parse().ok());
    number
        .filter(|days| (1..=3_650).contains(days))
        .ok_or_else(|| "write a number of days from 1 to 3650, as in 30d".to_owned())
}

fn period(text: &str) -> Result<Duration, String> {
    Period::parse(text)
        .map(|period| period.0)
        .map_err(|error| error.to_string())
}

impl Selection {
    pub(crate) fn options(&self) -> RunOptions {
        RunOptions {
            only: self.only.clone(),
            skip: self.skip.clone(),
            all: self.all,
            changed_since: self.changed_since.clone(),
            seed: self.seed,
            allow_start: self.allow_start,
            ..RunOptions::default()
        }
    }

    /// Where the run comes from.
    pub(crate) fn situation(&self, gate: &GateArguments) -> Situation {
        let occasion = match self.ci {
            Ci::Auto => ci::github(&|name| std::env::var(name).ok()),
            Ci::Off => None,
        };
        let search = Search {
            since: self.changed_since.as_deref(),
            deepen: self.deepen || occasion.is_some(),
            #[cfg(feature = "github")]
            compare: Some(&super::github::compare),
            #[cfg(not(feature = "github"))]
            compare: None,
        };
        Situation::of(&gate.gate, occasion, &search)
    }
}

impl RunArguments {
    pub(crate) fn options(&self, stop: Stop) -> RunOptions {
        RunOptions {
            fail_fast: self.fail_fast,
            advisory: self.advisory,
            update: self.update,
            jobs: self.jobs.map(usize::from),
            run_budget: self.run_budget,
            preflight: !self.no_preflight,
            stop,
            ..self.selection.options()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn days_are_a_number_and_a_letter() {
        assert_eq!(days("30d"), Ok(30));
        for bad in ["30", "d", "0d", "-1d", "3651d", "1.5d", "4w", "99999d", ""] {
            assert!(days(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
