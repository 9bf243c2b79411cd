//! One attempt: the resources one after the other, within the budget.

use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive, Metric, Unit};

use super::config::{Config, Declared};
use super::findings::Ledger;
use super::production::observe;
use super::trial::{Sides, Trial};
use crate::attack::resource::{Derived, Made, Reader, Resource, derive};
use crate::attack::{Fallback, Sender};
use crate::documents;

/// Requests that one resource needs at least.
const LEAST: u32 = 50;

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: a document that cannot be read, an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let mut report = CheckReport::default();
    let resources = resources(config, context, &mut report)?;
    let mut sender = Sender::new(context, config.most)?;
    let mut ledger = Ledger::default();
    let reader = Reader {
        refusals: &config.refusals,
        fallback: Fallback::learn(&mut sender).await?,
    };
    let mut left_out = Vec::new();
    for attacker in &config.attackers {
        let sides = Sides {
            owner: &config.owner,
            attacker,
        };
        let mut owned: Vec<(String, Made)> = Vec::new();
        for declared in &resources {
            let resource = &declared.resource;
            if sender.stopped.is_some() || sender.left < LEAST.min(config.most) {
                left_out.push(resource.name.clone());
                continue;
            }
            let trial = Trial::new(
                &mut sender,
                config,
                resource,
                &reader,
                &mut ledger,
                &mut owned,
                &sides,
            );
            let tried = if context.environment().kind.writable() {
                trial.run().await
            } else {
                observe(trial, declared.existing.as_ref()).await
            };
            tried.map_err(|error| error.at(resource.span.location()))?;
        }
    }
    if !left_out.is_empty() && sender.stopped.is_none() {
        left_out.dedup();
        report.notes.push(format!(
            "Not tried, because `most: {}` allows no more requests: {}.",
            config.most,
            left_out.join(", ")
        ));
    }
    report.metrics.push(Metric {
        name: "requests".to_owned(),
        subject: String::new(),
        unit: Unit::Count,
        value: f64::from(sender.sent),
        samples: Vec::new(),
    });
    let stopped = sender.stopped.take();
    conclude(
        config,
        context,
        &mut ledger,
        stopped,
        &resources,
        &mut report,
    );
    ledger.into_report(&*sender.files, &mut report);
    Ok(report)
}

/// The declared resources, else those of the document.
fn resources(
    config: &Config,
    context: &Context,
    report: &mut CheckReport,
) -> Result<Vec<Declared>, CheckError> {
    if config.is_chosen {
        let attackers: Vec<&str> = config
            .attackers
            .iter()
            .map(|attacker| attacker.identity.as_str())
            .collect();
        report.notes.push(format!(
            "{} owns and {} attacks: the first declared identities of different tenants. Name others with `owner` and `attacker`.",
            config.owner.identity,
            attackers.join(", ")
        ));
    }
    let document = config
        .document
        .as_ref()
        .filter(|_| config.resources.is_empty());
    let Some(document) = document else {
        return Ok(config.resources.clone());
    };
    let files = context.files()?;
    let api = documents::open_api(&document.value, &**files)
        .map_err(|error| error.at(document.span.location()))?;
    let address = &context.environment().url.value;
    let derived: Derived = derive(&api, address, context.span(), &config.include, &config.skip);
    report.notes.extend(derived.notes());
    let found = derived.resources.into_iter();
    Ok(found
        .map(|resource: Resource| Declared {
            resource,
            existing: None,
        })
        .collect())
}

fn conclude(
    config: &Config,
    context: &Context,
    ledger: &mut Ledger,
    stopped: Option<String>,
    resources: &[Declared],
    report: &mut CheckReport,
) {
    let unproven = std::mem::take(&mut ledger.unproven);
    let is_declared = !config.resources.is_empty();
    let none = ledger.attacks == 0;
    let is_writable = context.environment().kind.writable();
    let text = if let Some(stopped) = stopped {
        Some(stopped)
    } else if resources.is_empty() {
        Some("The document has nothing that can be created, read and deleted again; declare what clients own under `resources`.".to_owned())
    } else if none && !is_writable {
        report.notes.extend(unproven);
        Some(
            "Nothing could be tried: nothing is created on production, and no list names a record that is the \
             owner's alone. Name one with `existing`, or leave the check out there with `when`."
                .to_owned(),
        )
    } else if unproven.is_empty() {
        None
    } else if is_writable && (is_declared || none) {
        Some(unproven.join(" "))
    } else {
        report.notes.extend(unproven);
        None
    };
    if !is_writable {
        report.notes.push(
            "This is production: nothing was created, so that only reads were tried.".to_owned(),
        );
    }
    report.inconclusive = text.map(|text| Inconclusive {
        reason: Doubt::NoEvidence,
        text,
    });
}
