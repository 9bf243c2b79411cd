//! What a finding means for the verdict: the gate's own view laid over what the check said.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::baseline::{Baseline, Waiver};
use crate::finding::{Finding, Suppression};
use crate::fingerprint::Fingerprint;
use crate::meta::{Confidence, Level, Severity};
use crate::name::{CheckId, Code};

/// The gate's own view of findings.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Levels that differ from what the severity says.
    pub levels: BTreeMap<Code, Level>,
    /// Findings somebody answers for.
    pub waivers: Vec<Waiver>,
    /// Findings that are known.
    pub baseline: Baseline,
    /// The day that waivers and entries of the baseline are held against.
    pub today: Date,
}

impl Policy {
    /// Sets severity, fingerprint, level and suppression of a redacted finding; `severity` is the
    /// check's own `severity:` key.
    pub fn apply(&self, check: &CheckId, severity: Option<Severity>, finding: &mut Finding) {
        if let Some(severity) = severity {
            finding.severity = severity;
        }
        finding.fingerprint = Fingerprint::of(check, finding);
        finding.level = self
            .levels
            .get(&finding.code)
            .copied()
            .unwrap_or_else(|| level(finding.severity, finding.confidence));
        finding.suppressed = self.suppression(check, finding);
        if finding.counts()
            && let Some(day) = self.ended(check, finding)
        {
            let ended = format!("Its acceptance expired on {day} and does not apply any more.");
            finding.advice = format!("{ended} {}", finding.advice).trim_end().to_owned();
        }
    }

    /// The last day of an acceptance of the finding that is over.
    fn ended(&self, check: &CheckId, finding: &Finding) -> Option<Date> {
        let known = self.baseline.entry(check, finding)?;
        known.expires.filter(|_| known.expired(self.today))
    }

    fn suppression(&self, check: &CheckId, finding: &Finding) -> Option<Suppression> {
        let waiver = self
            .waivers
            .iter()
            .find(|waiver| waiver.matches(check, finding) && !waiver.expired(self.today));
        match waiver {
            Some(waiver) => Some(Suppression::Waived {
                owner: waiver.owner.clone(),
                reason: waiver.reason.clone(),
                expires: waiver.expires.to_string(),
            }),
            None => {
                let known = self.baseline.entry(check, finding)?;
                (!known.expired(self.today)).then(|| Suppression::Baseline {
                    expires: known.expires.map(|day| day.to_string()),
                })
            }
        }
    }
}

/// Medium and worse denies, unless it is only a hint; low warns; info is only reported.
pub fn level(severity: Severity, confidence: Confidence) -> Level {
    match (severity, confidence) {
        (Severity::Info, _) => Level::Allow,
        (Severity::Low, _) | (_, Confidence::Low) => Level::Warn,
        _ => Level::Deny,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Terms;
    use crate::meta::{CodeInfo, Effort};
    use crate::span::{Location, Source, Span};

    const CODE: CodeInfo = CodeInfo::known("flow/status", Severity::High, Effort::Small, "a", "b");

    fn finding() -> Finding {
        Finding::new(&CODE, Location::line_of("gate.yaml", 3), "wrong status")
    }

    fn waiver(expires: Date) -> Waiver {
        Waiver {
            code: Code::known("flow/status"),
            check: None,
            fingerprint: None,
            owner: "mia".into(),
            reason: "vendor".into(),
            expires,
            span: Span::new(Source::new("gate.yaml", ""), 0, 0),
        }
    }

    #[test]
    fn severity_and_confidence_give_the_level_unless_the_gate_says_otherwise() {
        assert_eq!(level(Severity::Critical, Confidence::High), Level::Deny);
        assert_eq!(level(Severity::Critical, Confidence::Low), Level::Warn);
        assert_eq!(level(Severity::Low, Confidence::High), Level::Warn);
        assert_eq!(level(Severity::Info, Confidence::High), Level::Allow);
        let mut policy = Policy::default();
        policy
            .levels
            .insert(Code::known("flow/status"), Level::Warn);
        let mut found = finding();
        policy.apply(&"a".into(), Some(Severity::Critical), &mut found);
        assert_eq!(
            (found.severity, found.level),
            (Severity::Critical, Level::Warn)
        );
    }

    #[test]
    fn a_waiver_applies_through_its_last_day_and_not_after() {
        let day = Date::constant(2026, 12, 1);
        let mut policy = Policy {
            waivers: vec![waiver(day)],
            today: day,
            ..Policy::default()
        };
        let mut found = finding();
        policy.apply(&"a".into(), None, &mut found);
        assert!(matches!(found.suppressed, Some(Suppression::Waived { .. })));
        policy.today = Date::constant(2026, 12, 2);
        policy.apply(&"a".into(), None, &mut found);
        assert_eq!(found.suppressed, None);
    }

    #[test]
    fn the_baseline_knows_a_finding_though_its_line_moved() {
        let check = CheckId::from("a");
        let mut before = finding();
        Policy::default().apply(&check, None, &mut before);
        let day = Date::constant(2026, 11, 1);
        let baseline = Baseline::default().accepting([(&check, &before)], Terms::from(day));
        let policy = Policy {
            baseline,
            ..Policy::default()
        };
        let mut moved = finding();
        moved.location.line = 40;
        policy.apply(&check, None, &mut moved);
        let without_end = Suppression::Baseline { expires: None };
        assert_eq!(moved.suppressed, Some(without_end));
        policy.apply(&"other".into(), None, &mut moved);
        assert_eq!(moved.suppressed, None);
    }

    #[test]
    fn an_entry_of_the_baseline_applies_through_its_last_day_and_the_finding_says_when_it_is_over()
    {
        let check = CheckId::from("a");
        let mut found = finding().advice("Mend it.");
        Policy::default().apply(&check, None, &mut found);
        let day = Date::constant(2026, 12, 27);
        let terms = Terms {
            until: Some(day),
            ..Terms::from(Date::constant(2026, 11, 27))
        };
        let mut policy = Policy {
            baseline: Baseline::default().accepting([(&check, &found)], terms),
            today: day,
            ..Policy::default()
        };
        policy.apply(&check, None, &mut found);
        let ends = Suppression::Baseline {
            expires: Some("2026-12-27".into()),
        };
        assert_eq!(found.suppressed, Some(ends));
        assert_eq!(found.advice, "Mend it.");
        policy.today = Date::constant(2026, 12, 28);
        policy.apply(&check, None, &mut found);
        assert!(found.counts());
        assert_eq!(
            found.advice,
            "Its acceptance expired on 2026-12-27 and does not apply any more. Mend it."
        );
        policy.waivers = vec![waiver(Date::constant(2027, 1, 31))];
        let mut waived = finding().advice("Mend it.");
        policy.apply(&check, None, &mut waived);
        assert_eq!(waived.advice, "Mend it.");
    }
}
