//! A run with checks of a plugin: one that found something, and one that did not.

use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Effort, Severity};
use tidegate_core::plan::PlannedCheck;
use tidegate_core::result::Outcome;
use tidegate_core::verdict::fold;

use super::{at, plan, planned, result, summary};

/// The kind of the plugin.
const KIND: &str = "plugin/invoice-totals";

/// What it finds.
pub(crate) const TOTAL: CodeInfo = CodeInfo::known(
    "plugin/invoice-totals/total-differs",
    Severity::High,
    Effort::Medium,
    "The total of an invoice is not the sum of its lines",
    "A client pays another amount than the invoice shows.",
);

fn asking(id: &str) -> PlannedCheck {
    let mut check = planned(id, KIND, true, "by file order");
    check.forecast.last = true;
    check.forecast.powers = vec![
        "sends requests that read the environment".into(),
        "sends requests to https://api.stripe.com".into(),
        "reads what other checks sent and received".into(),
    ];
    check
}

/// A run with checks of a plugin.
pub(crate) fn plugin() -> Summary {
    let finding = Finding::new(
        &TOTAL,
        at("version: 1"),
        "Invoice 17 says 120.00 where its lines are 100.00",
    )
    .evidence("expected", "100.00")
    .evidence("actual", "120.00")
    .advice("Look at how the total is rounded.")
    .subject("invoice 17");
    let results = vec![
        result("sign-out", "flow", Outcome::Passed, Vec::new()),
        result("acme-totals", KIND, Outcome::Failed, vec![finding]),
        result("globex-totals", KIND, Outcome::Passed, Vec::new()),
    ];
    let mut plan = plan();
    plan.checks.retain(|check| check.id.as_str() == "sign-out");
    plan.checks
        .extend(["acme-totals", "globex-totals"].map(asking));
    Summary {
        plan,
        judgement: fold(&results, false, None),
        results,
        ..summary(Vec::new())
    }
}
