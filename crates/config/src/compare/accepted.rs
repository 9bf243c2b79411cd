//! What a change says it can live with: waivers and entries of the baseline.

use tidegate_core::baseline::{Baseline, Known, Waiver};
use tidegate_core::meta::Severity;
use tidegate_core::node::Node;
use tidegate_core::span::Span;

use super::remark::{NOTHING, Remark, joined};

/// Waivers that were added, or that cover more, or longer.
pub(super) fn waivers(before: &[Waiver], after: &[Waiver]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for new in after {
        let same_reach = |old: &&Waiver| {
            old.code == new.code && old.check == new.check && old.fingerprint == new.fingerprint
        };
        let covers = |old: &&Waiver| covers(old, new);
        let longest = before.iter().filter(covers).max_by_key(|old| old.expires);
        let narrower = before.iter().find(|old| old.code == new.code);
        let (title, was) = match (longest, narrower) {
            (Some(old), _) if old.expires >= new.expires => continue,
            (Some(old), _) => ("ends later", described(old)),
            (None, Some(old)) if !same_reach(&old) && covered(old, new) => {
                ("covers more", described(old))
            }
            (None, _) => ("was added", NOTHING.to_owned()),
        };
        let title = format!(
            "The waiver for `{}` {title}, and does not apply to this change",
            new.code
        );
        remarks.push(
            Remark::weaker(Severity::Medium, title, new.span.clone()).evidence(was, described(new)),
        );
    }
    remarks
}

/// Whether everything that `new` is about is something that `old` is about.
fn covers(old: &Waiver, new: &Waiver) -> bool {
    old.code == new.code
        && (old.check.is_none() || old.check == new.check)
        && (old.fingerprint.is_none() || old.fingerprint == new.fingerprint)
}

fn covered(old: &Waiver, new: &Waiver) -> bool {
    covers(new, old)
}

fn described(waiver: &Waiver) -> String {
    let mut text = waiver.code.to_string();
    if let Some(check) = &waiver.check {
        text.push_str(&format!(" of {check}"));
    }
    if let Some(fingerprint) = &waiver.fingerprint {
        text.push_str(&format!(", {fingerprint}"));
    }
    format!("{text}, until {} ({})", waiver.expires, waiver.owner)
}

/// Entries of the baseline that were added or end later, and a salt that was replaced.
pub(super) fn baseline(before: &Baseline, after: &Baseline, place: &Span) -> Vec<Remark> {
    let (mut new, mut longer) = (Vec::new(), Vec::new());
    for known in &after.findings {
        match before.counterpart(known) {
            None => new.push(known),
            Some(old) if old.last_day() < known.last_day() => longer.push((old, known)),
            Some(_) => {}
        }
    }
    let mut remarks = Vec::new();
    if !new.is_empty() {
        let number = new.len();
        let title = match number {
            1 => "1 finding was added to the baseline, and still counts in this change".to_owned(),
            _ => format!(
                "{number} findings were added to the baseline, and still count in this change"
            ),
        };
        let names = new
            .iter()
            .map(|known| format!("{} ({}, {})", known.title, known.check, known.code));
        remarks.push(
            Remark::weaker(Severity::Medium, title, place.clone())
                .evidence(NOTHING, joined(names, number)),
        );
    }
    remarks.extend(prolonged(&longer, place));
    if before.salt.is_some() && before.salt != after.salt {
        remarks.push(Remark::weaker(
            Severity::Medium,
            "The salt of the baseline was replaced, so that accepted secrets are not known again",
            place.clone(),
        ));
    }
    remarks
}

/// Entries of the baseline that end later than at the base, each as it was and as it is.
fn prolonged(longer: &[(&Known, &Known)], place: &Span) -> Option<Remark> {
    let number = longer.len();
    let title = match number {
        0 => return None,
        1 => "1 acceptance in the baseline ends later, and its earlier day counts in this change"
            .to_owned(),
        _ => format!(
            "{number} acceptances in the baseline end later, and their earlier days count in this change"
        ),
    };
    let was = longer.iter().map(|(old, _)| term(old));
    let is = longer.iter().map(|(_, new)| term(new));
    Some(
        Remark::weaker(Severity::Medium, title, place.clone())
            .evidence(joined(was, number), joined(is, number)),
    )
}

fn term(known: &Known) -> String {
    let end = match known.expires {
        Some(day) => format!("until {day}"),
        None => "without an end".to_owned(),
    };
    format!("{} ({}, {}), {end}", known.title, known.check, known.code)
}

/// The place of the baseline in a gate: its first line.
pub(super) fn line(root: &Node) -> Span {
    crate::faults::head(root)
}
