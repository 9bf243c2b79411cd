//! What `isolation` says about a resource, and what it keeps until then.

use tidegate_core::check::CheckReport;
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;
use tidegate_core::ports::Files;

use super::codes::Failure;
use super::config::Party;
use super::coverage::{Coverage, Verb};
use crate::attack::Story;
use crate::attack::resource::Resource;
use crate::frameworks::{Topic, advise};

/// How many attacks of one sort are told in full.
const TOLD: usize = 6;

/// What came of every attempt so far.
#[derive(Default)]
pub(super) struct Ledger {
    /// What was tried on which resource.
    pub(super) coverage: Coverage,
    leaks: Vec<Leak>,
    /// What could not be proven, each in a sentence.
    pub(super) unproven: Vec<String>,
    /// How many attempts had evidence.
    pub(super) evaluated: u32,
    /// How many of them were attacks: how an answer may be cached says nothing of who gets it.
    pub(super) attacks: u32,
}

/// One sort of failure of a resource.
struct Leak {
    failure: Failure,
    resource: Resource,
    owner: Party,
    attacker: Party,
    attacks: Vec<(String, Story)>,
    /// How bad it is, when that is not what the code says.
    severity: Option<Severity>,
}

/// Who tries what on which resource.
pub(super) struct Attempt<'l> {
    /// The resource.
    pub(super) resource: &'l Resource,
    /// Whose it is.
    pub(super) owner: &'l Party,
    /// Who tries.
    pub(super) attacker: &'l Party,
    /// What is tried.
    pub(super) verb: Verb,
}

impl Ledger {
    /// An attempt got nothing and changed nothing.
    pub(super) fn held(&mut self, resource: &Resource, verb: Verb) {
        self.evaluated += 1;
        self.attacks += u32::from(verb != Verb::Cache);
        self.coverage.held(&resource.name, verb);
    }

    /// An attempt that says nothing, and why in a sentence.
    pub(super) fn not_proven(&mut self, resource: &Resource, verb: Verb, why: String) {
        self.coverage.not_proven(&resource.name, verb);
        if !self.unproven.contains(&why) {
            self.unproven.push(why);
        }
    }

    /// An attempt got at what it must not.
    pub(super) fn leaked(
        &mut self,
        attempt: &Attempt<'_>,
        failure: Failure,
        severity: Option<Severity>,
        name: String,
        story: Story,
    ) {
        self.evaluated += 1;
        self.attacks += 1;
        self.coverage.leaked(&attempt.resource.name, attempt.verb);
        let known = self.leaks.iter_mut().find(|leak| {
            leak.failure == failure
                && leak.resource.name == attempt.resource.name
                && leak.attacker == *attempt.attacker
        });
        match known {
            Some(leak) => {
                leak.severity = match (leak.severity, severity) {
                    (Some(one), Some(other)) => Some(one.max(other)),
                    _ => None,
                };
                leak.attacks.push((name, story));
            }
            None => self.leaks.push(Leak {
                failure,
                resource: attempt.resource.clone(),
                owner: attempt.owner.clone(),
                attacker: attempt.attacker.clone(),
                attacks: vec![(name, story)],
                severity,
            }),
        }
    }

    /// Whether an attempt of a code was found already.
    pub(super) fn has(&self, resource: &Resource, failure: Failure) -> bool {
        let mut leaks = self.leaks.iter();
        leaks.any(|leak| leak.failure == failure && leak.resource.name == resource.name)
    }

    /// Moves the findings and the table into a report.
    pub(super) fn into_report(self, files: &dyn Files, report: &mut CheckReport) {
        report.evaluated = self.evaluated;
        report.tables.extend(self.coverage.table());
        report
            .findings
            .extend(self.leaks.into_iter().map(Leak::finding));
        // What caches mix up is mended in caches, and not in queries.
        let of_caches = [Failure::SharedCache, Failure::PublicCache];
        let of_caches = of_caches.map(|failure| &failure.info().code);
        advise(&mut report.findings, files, |finding| {
            (!of_caches.contains(&&finding.code)).then_some(Topic::Isolation)
        });
    }
}

impl Leak {
    fn finding(self) -> Finding {
        let mut names: Vec<&str> = self.attacks.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let subject = format!("{}: {}", self.resource.name, names.join(", "));
        let mut finding = Finding::new(
            self.failure.info(),
            self.resource.span.location(),
            self.title(),
        )
        .subject(subject)
        .advice(self.advice());
        if let Some(severity) = self.severity {
            finding = finding.severity(severity);
        }
        if let Some(documented) = &self.resource.documented {
            finding = finding.related("the operation in the document", documented.clone());
        }
        for (_, story) in self.attacks.iter().take(TOLD) {
            finding = story.told(finding);
        }
        let more = self.attacks.len().saturating_sub(TOLD);
        if more > 0 {
            let left: Vec<&str> = self
                .attacks
                .iter()
                .skip(TOLD)
                .map(|(name, _)| name.as_str())
                .collect();
            finding = finding.evidence("more", left.join("\n"));
        }
        finding
    }

    fn title(&self) -> String {
        let (owner, attacker) = (self.owner.side(), self.attacker.side());
        let things = &self.resource.name;
        match self.failure {
            Failure::Read => format!("A client of {attacker} can read {things} of {owner}"),
            Failure::List => {
                format!("A client of {attacker} finds {things} of {owner} in lists or searches")
            }
            Failure::Write => format!("A client of {attacker} can change {things} of {owner}"),
            Failure::WriteByRefused => format!(
                "A client of {attacker} is refused and changes {things} of {owner} all the same"
            ),
            Failure::Delete => format!("A client of {attacker} can delete {things} of {owner}"),
            Failure::ForeignTenant => {
                format!("A client of {attacker} can put {things} into the account of {owner}")
            }
            Failure::Reference => format!(
                "A client of {attacker} sees what {owner} owns through {things} that point at it"
            ),
            Failure::SharedCache => {
                format!("A cache gives {things} of {owner} to somebody else")
            }
            Failure::PublicCache => format!("Shared caches may keep {things} of {owner}"),
        }
    }

    /// What to do about this sort of leak; nothing where it is what keeps tenants apart everywhere.
    fn advice(&self) -> &'static str {
        match self.failure {
            Failure::WriteByRefused => {
                "Check whose it is before anything is written, or roll the write back when the check fails."
            }
            Failure::ForeignTenant => {
                "Take the tenant from the session and never store one that the request names."
            }
            Failure::Reference => {
                "When a write names another record, load that one with the caller's tenant in the condition and refuse when it is not there."
            }
            Failure::SharedCache => {
                "Put the tenant and the person into the key of the cache, or do not cache answers to requests with a login: `Cache-Control: private, no-store`. Empty the cache now, because it still holds what it mixed up."
            }
            Failure::PublicCache => {
                "Answer requests with a login with `Cache-Control: private, no-store`; keep `public` and `s-maxage` for what everybody may see."
            }
            Failure::Read | Failure::List | Failure::Write | Failure::Delete => "",
        }
    }
}
