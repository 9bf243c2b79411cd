//! The judged change cannot weaken its judge unseen: the gate of the change and that of its base.
//!
//! A change that somebody of the team made is judged by its own gate file, held against the base's:
//! what is less strict is a finding, and what it says it can live with does not apply to it. A
//! change that is not trusted is judged by the base's gate file.

mod revision;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_config::{Disk, LoadError, State};
use tidegate_core::baseline::{Baseline, Waiver};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::finding::Finding;
use tidegate_core::gate::Gate;
use tidegate_core::meta::Level;
use tidegate_core::name::CheckId;
use tidegate_core::ports::{Repository, RepositoryError, Snapshots};
use tidegate_runner::{BASELINE_FILE, Options, Weakened, baseline_of};

use crate::source::{Loaded, Source};
use revision::Revision;

/// Why there is no judge for a change that is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    /// Nobody says where the change starts.
    #[error("this change is not trusted ({why}), and its base is not known")]
    NoBase {
        /// Why it is not trusted.
        why: String,
    },
    /// The gate file stands in no repository.
    #[error("this change is not trusted ({why}), and its gate file is not in a git repository")]
    NoRepository {
        /// Why it is not trusted.
        why: String,
    },
    /// The base has no gate file that could judge.
    #[error(
        "this change is not trusted ({why}), and the gate of its base `{base}` cannot judge it: {reason}"
    )]
    Unreadable {
        /// Why it is not trusted.
        why: String,
        /// The base.
        base: String,
        /// What is wrong.
        reason: String,
    },
}

impl JudgeError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "A change that is not trusted is judged by the gate file of its base. Fetch the base (for actions/checkout \
         `fetch-depth: 0`), and see that its gate file is there and right."
    }
}

/// What a run is judged by.
pub(crate) struct Judge {
    pub(crate) gate: Gate,
    pub(crate) baseline: Baseline,
    pub(crate) weakened: Weakened,
    pub(crate) snapshots: Option<Arc<dyn Snapshots>>,
}

impl Judge {
    /// The gate of the change itself, and what it says is known.
    pub(crate) fn own(gate: Gate, baseline: Baseline) -> Self {
        Self {
            gate,
            baseline,
            weakened: Weakened::default(),
            snapshots: None,
        }
    }
}

/// The revision that the judged change starts from.
pub(crate) fn base(options: &Options) -> Option<&str> {
    let provenance = options.provenance.base.as_deref();
    provenance.or(options.changed_since.as_deref())
}

/// Decides what judges the change of a run: its own gate, as far as the base lets it, or the base's.
///
/// # Errors
/// When the change is not trusted and its base has no gate that could judge it.
pub(crate) fn judge(
    own: Judge,
    source: &Source,
    repository: Option<&Arc<dyn Repository>>,
    options: &Options,
) -> Result<Judge, JudgeError> {
    if let Some(why) = &options.provenance.untrusted {
        let (mut judge, revision) = of_base(why, source, repository, base(options))?;
        let (weakened, _) = compared(&own, source, &revision);
        judge.weakened.findings = weakened.findings;
        judge.weakened.warnings = weakened.warnings;
        return Ok(judge);
    }
    match (base(options), repository) {
        (Some(base), Some(repository)) => {
            let called = options.changed_since.as_deref().unwrap_or(base);
            Ok(limited(own, source, repository, (base, shortened(called))))
        }
        _ => Ok(own),
    }
}

/// The gate of the change, as far as that of its base lets it.
fn limited(
    mut own: Judge,
    source: &Source,
    repository: &Arc<dyn Repository>,
    (base, called): (&str, &str),
) -> Judge {
    let found =
        start(repository, base).and_then(|id| Revision::find(repository, &id, &source.path));
    match found {
        Ok(Some(revision)) => {
            let (weakened, known) = compared(&own, source, &revision);
            own.weakened = weakened;
            own.weakened.notes.extend(moved(&revision, called));
            if let Some((waivers, baseline)) = known {
                own.gate.waivers = in_common(&waivers, &own.gate.waivers);
                own.baseline = baseline.common(&own.baseline);
            }
        }
        Ok(None) => own.weakened.notes.push(format!(
            "`{called}` has no gate file in the place of this one, so there was nothing that this change could weaken"
        )),
        Err(error) => {
            let fault = unknown(called, &error.to_string(), error.help());
            own.weakened.warnings.push(fault);
        }
    }
    own
}

/// How many digits of a commit's id are shown.
const SHORT: usize = 12;

/// A revision as people read it: of the full id of a commit, the beginning.
pub(crate) fn shortened(revision: &str) -> &str {
    let id = revision.len() >= 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    &revision[..if id { SHORT } else { revision.len() }]
}

/// Where the change left its base; the base itself when the clone does not reach back.
fn start(repository: &Arc<dyn Repository>, base: &str) -> Result<String, RepositoryError> {
    let left = repository.merge_base(base, "HEAD");
    left.or_else(|_| repository.resolve(base))
}

fn unknown(base: &str, reason: &str, help: &str) -> Diagnostic {
    Diagnostic::new(format!(
        "whether this change weakens its gate is not known, because the gate file of `{base}` could not be read: \
         {reason}"
    ))
    .help(help)
}

/// What a plan says of findings that a run tells in full.
pub(crate) fn counted(weakened: &Weakened) -> Option<String> {
    let less = |finding: &&Finding| finding.level > Level::Allow;
    match weakened.findings.iter().filter(less).count() {
        0 => None,
        1 => Some("this change makes its own gate less strict in 1 place".to_owned()),
        number => Some(format!(
            "this change makes its own gate less strict in {number} places"
        )),
    }
}

fn moved(revision: &Revision, base: &str) -> Option<String> {
    let there = revision.moved()?;
    Some(format!(
        "the gate file was `{there}` at `{base}` and is held against that"
    ))
}

/// The waivers that both states have, as narrow and as short as the stricter of both says.
fn in_common(base: &[Waiver], head: &[Waiver]) -> Vec<Waiver> {
    let of = |new: &Waiver| {
        let both = base.iter().filter_map(|old| old.common(new));
        both.collect::<Vec<_>>()
    };
    head.iter().flat_map(of).collect()
}

/// What the change weakens, and what the base can live with, unless the base cannot be read.
fn compared(
    own: &Judge,
    source: &Source,
    revision: &Revision,
) -> (Weakened, Option<(Vec<Waiver>, Baseline)>) {
    let mut weakened = Weakened::default();
    let ((before, before_plugins), (after, after_plugins)) = match (
        source.written(revision, revision.moved()),
        source.written(&Disk, None),
    ) {
        (Ok(before), Ok(after)) => (before, after),
        // Only a change that its base judges comes so far with a file that cannot be read.
        (Ok(_), Err(_)) => return (weakened, None),
        (Err(error), _) => {
            weakened.warnings.push(unknown(
                revision.path(),
                &faults(&error),
                "Mend it there first, or let a person look at the gate file of this change.",
            ));
            return (weakened, None);
        }
    };
    let known = accepted(revision).unwrap_or_else(|reason| {
        let fault = Diagnostic::new(format!(
            "the baseline of the base could not be read, so nothing counts as known: {reason}"
        ));
        weakened
            .warnings
            .push(fault.help("Restore it there first."));
        Baseline::default()
    });
    let known_checks: BTreeSet<&str> = before.checks().collect();
    let added = after.checks().filter(|id| !known_checks.contains(id));
    weakened.added = added.map(CheckId::from).collect();
    let states = [
        State {
            gate: &before,
            baseline: &known,
            pinned: &before_plugins.pinned,
        },
        State {
            gate: &after,
            baseline: &own.baseline,
            pinned: &after_plugins.pinned,
        },
    ];
    weakened.findings = tidegate_config::compare(
        states[0],
        states[1],
        &own.gate.environment.name,
        &after_plugins.registry,
    );
    (weakened, Some((before.waivers().to_vec(), known)))
}

/// The baseline at a revision.
fn accepted(revision: &Revision) -> Result<Baseline, String> {
    match revision.beside(BASELINE_FILE) {
        Ok(None) => Ok(Baseline::default()),
        Ok(Some(content)) => {
            baseline_of(&content, &PathBuf::from(BASELINE_FILE)).map_err(|error| error.reason)
        }
        Err(error) => Err(error.to_string()),
    }
}

/// The gate of the base, for a change that is not trusted.
fn of_base(
    why: &str,
    source: &Source,
    repository: Option<&Arc<dyn Repository>>,
    base: Option<&str>,
) -> Result<(Judge, Revision), JudgeError> {
    let why = why.to_owned();
    let Some(base) = base else {
        return Err(JudgeError::NoBase { why });
    };
    let Some(repository) = repository else {
        return Err(JudgeError::NoRepository { why });
    };
    let unreadable = |reason: String| JudgeError::Unreadable {
        why: why.clone(),
        base: shortened(base).to_owned(),
        reason,
    };
    // The base itself and not where the change left it: who is not trusted chooses where that was.
    let revision = repository
        .resolve(base)
        .and_then(|id| Revision::find_as_named(repository, &id, &source.path))
        .map_err(|error| unreadable(error.to_string()))?
        .ok_or_else(|| unreadable("there is no gate file".to_owned()))?;
    let gate = source
        .load(&revision)
        .map_err(|error| unreadable(faults(&error)))?
        .gate;
    let baseline = accepted(&revision).map_err(&unreadable)?;
    let note = format!(
        "this change is not trusted ({why}): the gate file, its packs, the baseline, the waivers and what was learned \
         are those of `{}`",
        shortened(base)
    );
    let judge = Judge {
        gate,
        baseline,
        weakened: Weakened {
            notes: vec![note],
            ..Weakened::default()
        },
        snapshots: Some(Arc::new(revision.clone())),
    };
    Ok((judge, revision))
}

/// The gate of the base, when it has one that can judge.
pub(crate) fn gate_at(
    source: &Source,
    base: &str,
    repository: &Arc<dyn Repository>,
) -> Option<Loaded> {
    let id = repository.resolve(base).ok()?;
    let revision = Revision::find(repository, &id, &source.path).ok()??;
    source.load(&revision).ok()
}

/// Says that a file of the change which does not judge it is broken.
pub(crate) fn unused(reason: &str) -> Diagnostic {
    Diagnostic::new(format!(
        "the base judges this change, whose own gate cannot be used: {reason}"
    ))
    .help("Mend it before this is merged: from then on it is the gate, and no run can begin.")
}

/// What is wrong with a gate file, in one line.
pub(crate) fn faults(error: &LoadError) -> String {
    let told = error.diagnostics.iter().map(|fault| match &fault.span {
        Some(span) => format!("line {}: {}", span.line(), fault.message),
        None => fault.message.clone(),
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Says that the base has the gate file which the change lacks, if it has.
pub(crate) fn gone(
    error: &LoadError,
    path: &Path,
    base: &str,
    repository: &Arc<dyn Repository>,
) -> Option<LoadError> {
    let id = start(repository, base).ok()?;
    let revision = Revision::find(repository, &id, path).ok().flatten()?;
    let mut error = error.clone();
    if let Some(fault) = error.diagnostics.first_mut() {
        fault.help = Some(format!(
            "`{}` has it, as {}: this change removes its own gate. Put the file back; if it moved, name the new \
             place with `--gate FILE`.",
            shortened(base),
            revision.path()
        ));
    }
    Some(error)
}
