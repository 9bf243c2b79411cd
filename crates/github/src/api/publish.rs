//! Telling GitHub about a run, at several places at once.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use tidegate_core::event::Summary;
use tidegate_report::{Codes, Since};

use super::client::Client;
use super::code_scanning::Upload;
use super::comment::Posted;
use super::error::ApiError;
use super::{check_run, code_scanning, comment, deployment, protection, status};

/// Where the verdict is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A check run beside the commit.
    CheckRun,
    /// A comment in the pull request.
    Comment,
    /// A status beside the commit.
    Status,
    /// The status of the deployment that the event is about.
    Deployment,
    /// Alerts of code scanning.
    CodeScanning,
    /// The answer that a waiting deployment needs.
    ProtectionRule,
}

impl Place {
    /// Every place, in the order in which they are told.
    pub const ALL: [Self; 6] = [
        Self::CheckRun,
        Self::Comment,
        Self::Status,
        Self::CodeScanning,
        Self::Deployment,
        Self::ProtectionRule,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::CheckRun => "check-run",
            Self::Comment => "comment",
            Self::Status => "status",
            Self::Deployment => "deployment",
            Self::CodeScanning => "code-scanning",
            Self::ProtectionRule => "protection-rule",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A place, and whether it matters that it is told there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Where.
    pub place: Place,
    /// Whether a failure there is only told.
    pub optional: bool,
}

/// A target that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no place to publish to; there are check-run, comment, status, deployment, code-scanning and protection-rule"
)]
pub struct UnknownPlace(String);

impl FromStr for Target {
    type Err = UnknownPlace;

    /// Reads a name; a `?` at the end makes it optional.
    fn from_str(text: &str) -> Result<Self, UnknownPlace> {
        let (name, optional) = match text.strip_suffix('?') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let place = Place::ALL.into_iter().find(|place| place.name() == name);
        let place = place.ok_or_else(|| UnknownPlace(text.chars().take(60).collect()))?;
        Ok(Self { place, optional })
    }
}

/// What is told, beside what the summary knows itself.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'p> {
    /// The run.
    pub summary: &'p Summary,
    /// What its codes mean.
    pub codes: &'p Codes,
    /// What changed since the last gate.
    pub since: Option<&'p Since>,
    /// The run as SARIF, for code scanning.
    pub sarif: Option<&'p str>,
    /// The full reference of the commit, as in `refs/heads/main`, for code scanning.
    pub reference: Option<&'p str>,
    /// Which attempt of the workflow run this is.
    pub attempt: &'p str,
    /// The deployment that the event is about.
    pub deployment: Option<u64>,
    /// The workflow run and the environment that wait for an answer.
    pub waiting: Option<(u64, &'p str)>,
    /// Whether a comment is made also when there is nothing to say.
    pub always_comment: bool,
}

/// What became of a target.
#[derive(Debug)]
pub struct Told {
    /// The target.
    pub target: Target,
    /// In a few words, or why not.
    pub outcome: Result<&'static str, ApiError>,
}

impl Told {
    /// Whether a target that matters failed for another reason than a permission. A token that may
    /// not is no fault of the change: those of forks and of Dependabot only read.
    pub fn failed(&self) -> bool {
        match &self.outcome {
            Ok(_) => false,
            Err(error) => !self.target.optional && error.permission().is_none(),
        }
    }
}

/// Tells GitHub at every target, one after the other: two writers at once meet its limits sooner.
pub async fn publish(
    client: &Client,
    publication: Publication<'_>,
    targets: &[Target],
) -> Vec<Told> {
    let mut told = Vec::new();
    for place in Place::ALL {
        let Some(target) = targets.iter().find(|target| target.place == place) else {
            continue;
        };
        let outcome = Box::pin(tell(client, publication, place)).await;
        told.push(Told {
            target: *target,
            outcome,
        });
    }
    told
}

async fn tell(
    client: &Client,
    publication: Publication<'_>,
    place: Place,
) -> Result<&'static str, ApiError> {
    let Publication {
        summary,
        codes,
        since,
        ..
    } = publication;
    let commit = || ApiError::Missing("the commit", "tell there");
    if summary.provenance.pending.is_some() {
        return Ok("there is nothing to judge yet, so nothing is told");
    }
    match place {
        Place::CheckRun => {
            let draft =
                check_run::draft(summary, codes, since, publication.attempt).ok_or_else(commit)?;
            check_run::publish(client, &draft).await?;
            Ok("the check run is complete")
        }
        Place::Comment => tell_comment(client, publication).await,
        Place::Status => {
            let draft = status::draft(summary).ok_or_else(commit)?;
            status::publish(client, &draft).await?;
            Ok("the commit status is set")
        }
        Place::Deployment => {
            let deployment = publication
                .deployment
                .ok_or(ApiError::Missing("the deployment", "tell there"))?;
            deployment::publish(client, &deployment::draft(summary, deployment)).await?;
            Ok("the deployment status is set")
        }
        Place::CodeScanning => tell_code_scanning(client, publication).await,
        Place::ProtectionRule => {
            let (run, environment) = publication
                .waiting
                .ok_or(ApiError::Missing("the waiting deployment", "answer"))?;
            protection::publish(client, &protection::draft(summary, run, environment)).await?;
            Ok("the waiting deployment has its answer")
        }
    }
}

async fn tell_comment(
    client: &Client,
    publication: Publication<'_>,
) -> Result<&'static str, ApiError> {
    let always = publication.always_comment;
    let (codes, since) = (publication.codes, publication.since);
    let Some(draft) = comment::draft(publication.summary, codes, since, always) else {
        return Ok("this run is about no pull request, so there is no comment");
    };
    Ok(match comment::publish(client, &draft).await? {
        Posted::Created => "the comment is made",
        Posted::Updated => "the comment is up to date",
        Posted::Silent => "there is nothing to say, so there is no comment",
    })
}

async fn tell_code_scanning(
    client: &Client,
    publication: Publication<'_>,
) -> Result<&'static str, ApiError> {
    let missing = |what| ApiError::Missing(what, "upload");
    let provenance = &publication.summary.provenance;
    let commit = provenance.commit.as_deref().ok_or(missing("the commit"))?;
    let sarif = publication.sarif.ok_or(missing("the SARIF file"))?;
    // The judged commit of a pull request is its head, whatever the checkout merged.
    let head = provenance
        .pull_request
        .map(|number| format!("refs/pull/{number}/head"));
    let reference = head
        .as_deref()
        .or(publication.reference)
        .ok_or(missing("the branch"))?;
    let draft = code_scanning::draft(sarif, commit, reference)?;
    Ok(match code_scanning::publish(client, &draft).await? {
        Upload::Processed => "code scanning has the findings",
        Upload::Pending => "code scanning has the file and is still at it",
    })
}

/// One sentence about every permission that was missing; nothing when none was.
pub fn missing_permissions(told: &[Told]) -> Option<String> {
    let missing: Vec<(&Told, &'static str)> = told
        .iter()
        .filter_map(|one| Some((one, one.outcome.as_ref().err()?.permission()?)))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let places: Vec<&str> = missing
        .iter()
        .map(|(one, _)| one.target.place.name())
        .collect();
    let permissions: BTreeSet<&str> = missing.iter().map(|(_, permission)| *permission).collect();
    let permissions: Vec<&str> = permissions.into_iter().collect();
    Some(format!(
        "The token may not publish to: {}. Add to the job's permissions: {}. Runs for forks and for Dependabot \
         get a token that only reads; the annotations and the summary of the job say the same. The verdict is \
         not changed by this.",
        places.join(", "),
        permissions.join(", "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_by_name() {
        for place in Place::ALL {
            let target: Target = place.name().parse().unwrap();
            assert_eq!(
                target,
                Target {
                    place,
                    optional: false
                }
            );
            assert!(format!("{place}?").parse::<Target>().unwrap().optional);
        }
        assert!("check_run".parse::<Target>().is_err());
    }

    #[test]
    fn a_missing_permission_is_told_and_fails_nothing() {
        let denied = |place, permission| Told {
            target: Target {
                place,
                optional: false,
            },
            outcome: Err(ApiError::Permission {
                action: "write",
                permission,
                status: 403,
                message: String::new(),
            }),
        };
        let told = [
            denied(Place::CheckRun, "checks: write"),
            denied(Place::Comment, "pull-requests: write"),
        ];
        assert!(!told.iter().any(Told::failed));
        let sentence = missing_permissions(&told).unwrap();
        assert!(sentence.contains("check-run, comment"), "{sentence}");
        assert!(
            sentence.contains("checks: write, pull-requests: write"),
            "{sentence}"
        );
        assert_eq!(missing_permissions(&[]), None);
    }
}
