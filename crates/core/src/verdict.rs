//! Allow or block: the one place where results become a verdict and a verdict an exit code.

use serde::{Deserialize, Serialize};

use crate::check::Doubt;
use crate::gate::OnInconclusive;
use crate::meta::Level;
use crate::name::CheckId;
use crate::result::{CheckResult, Outcome};

/// What the gate says about the deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that ran passed.
    Allow,
    /// Nothing blocks; something wants a look.
    AllowWithWarnings,
    /// The gate cannot know.
    Inconclusive,
    /// A finding blocks.
    Block,
}

impl Verdict {
    /// The verdict as reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::AllowWithWarnings => "allow-with-warnings",
            Self::Inconclusive => "inconclusive",
            Self::Block => "block",
        }
    }
}

/// A verdict and what decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// How many checks were executed.
    pub executed: usize,
    /// The checks that decided it, worst first, with why.
    pub because: Vec<(CheckId, String)>,
}

/// Folds the results of a run into its verdict.
///
/// A counting finding at level deny blocks. Else a check without evidence, errored or timed out
/// makes it inconclusive, unless it says `on-inconclusive: warn`. Else a finding at level warn, a
/// flaky pass or a measurement too close to call is a warning. Skipped checks add nothing. When no
/// check was executed nothing is allowed: observers alone are no evidence. `warned` says that the
/// run itself has a warning, `unready` why its checks were not started.
pub fn fold<'r>(
    results: impl IntoIterator<Item = &'r CheckResult>,
    warned: bool,
    unready: Option<&str>,
) -> Judgement {
    let mut because: Vec<(Verdict, CheckId, String)> = unready
        .map(|reason| (Verdict::Inconclusive, "preflight".into(), reason.to_owned()))
        .into_iter()
        .collect();
    let mut executed = 0;
    for result in results {
        executed += usize::from(result.outcome.executed() && !result.observer);
        if let Some((verdict, reason)) = judge(result) {
            because.push((verdict, result.id.clone(), reason));
        }
    }
    because.sort_by_key(|(verdict, ..)| std::cmp::Reverse(*verdict));
    let worst = because.first().map(|(verdict, ..)| *verdict);
    let verdict = match worst {
        Some(verdict) if verdict > Verdict::AllowWithWarnings => verdict,
        _ if executed == 0 => Verdict::Inconclusive,
        None if warned => Verdict::AllowWithWarnings,
        worst => worst.unwrap_or(Verdict::Allow),
    };
    let because = because
        .into_iter()
        .filter(|(one, ..)| *one == verdict)
        .map(|(_, check, reason)| (check, reason))
        .collect();
    Judgement {
        verdict,
        executed,
        because,
    }
}

/// What one result does to the verdict, and why.
fn judge(result: &CheckResult) -> Option<(Verdict, String)> {
    let at = |level: Level| {
        result
            .findings
            .iter()
            .find(|finding| finding.counts() && finding.level == level)
    };
    if let Some(finding) = at(Level::Deny) {
        return Some((Verdict::Block, finding.title.clone()));
    }
    let doubtful = |text: String, unless_said: OnInconclusive| {
        let verdict = match result.on_inconclusive.unwrap_or(unless_said) {
            OnInconclusive::Block => Verdict::Inconclusive,
            OnInconclusive::Warn => Verdict::AllowWithWarnings,
        };
        Some((verdict, text))
    };
    match &result.outcome {
        Outcome::Inconclusive(doubt) if doubt.reason == Doubt::TooClose => {
            return doubtful(doubt.text.clone(), OnInconclusive::Warn);
        }
        Outcome::Inconclusive(doubt) => return doubtful(doubt.text.clone(), OnInconclusive::Block),
        Outcome::Errored(error) => return doubtful(error.message.clone(), OnInconclusive::Block),
        Outcome::TimedOut { .. } => {
            return doubtful("it ran out of time".into(), OnInconclusive::Block);
        }
        Outcome::Cancelled => return doubtful("it was stopped".into(), OnInconclusive::Block),
        Outcome::Passed | Outcome::Failed | Outcome::Skipped(_) => {}
    }
    if let Some(finding) = at(Level::Warn) {
        return Some((Verdict::AllowWithWarnings, finding.title.clone()));
    }
    result.flaky.then(|| {
        (
            Verdict::AllowWithWarnings,
            "it passed only when repeated".to_owned(),
        )
    })
}

/// The exit codes of `tidegate`; part of its public interface.
pub mod exit {
    /// The deploy may go out, with or without warnings.
    pub const ALLOW: u8 = 0;
    /// The deploy is blocked.
    pub const BLOCK: u8 = 1;
    /// The command line or the gate file is wrong.
    pub const USAGE: u8 = 2;
    /// The gate cannot know.
    pub const INCONCLUSIVE: u8 = 3;
    /// Nothing was executed.
    pub const NOTHING_EXECUTED: u8 = 4;
    /// A report marked required could not be written.
    pub const REPORT: u8 = 5;
    /// Tidegate itself is at fault.
    pub const INTERNAL: u8 = 70;
    /// The run was interrupted.
    pub const INTERRUPTED: u8 = 130;
}

/// What beside the judgement decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// Somebody stopped the run.
    pub interrupted: bool,
    /// A report marked required could not be written.
    pub report_failed: bool,
    /// `--advisory`: a block or an inconclusive verdict does not stop the deploy.
    pub advisory: bool,
}

/// The exit code of a run, with the precedence 130, 1, 3, 4, 5, 0.
///
/// Usage and internal errors have no judgement; main maps them itself.
pub fn exit_code(judgement: &Judgement, circumstances: Circumstances) -> u8 {
    if circumstances.interrupted {
        return exit::INTERRUPTED;
    }
    let stops = !circumstances.advisory;
    match judgement.verdict {
        Verdict::Block if stops => exit::BLOCK,
        Verdict::Inconclusive if judgement.executed == 0 && judgement.because.is_empty() => {
            exit::NOTHING_EXECUTED
        }
        Verdict::Inconclusive if stops => exit::INCONCLUSIVE,
        _ if circumstances.report_failed => exit::REPORT,
        _ => exit::ALLOW,
    }
}

#[cfg(test)]
mod tests;
