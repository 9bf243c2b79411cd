//! The plan of a run for people.

use std::time::Duration;

use tidegate_core::name::CheckId;
use tidegate_core::period::Period;
use tidegate_core::plan::{Plan, PlannedCheck};

use crate::page::Page;
use crate::style::{Style, Tone};
use crate::text::count;

/// What a run would do and why, check by check.
pub fn plan_text(plan: &Plan, style: &Style) -> String {
    let mut page = Page::new(style);
    head(&mut page, plan);
    for check in plan.selected() {
        selected(&mut page, check);
    }
    if plan.selected().count() < plan.checks.len() {
        page.title("Not in this run");
        for check in plan.checks.iter().filter(|check| !check.selected) {
            let text = format!("{} ({}): {}", check.id, check.kind, check.reason);
            page.hanging("  - ", "    ", &style.line(&text));
        }
    }
    foot(&mut page, plan);
    page.finish()
}

fn head(page: &mut Page<'_>, plan: &Plan) {
    let style = page.style();
    let text = format!(
        "{} of {} would run against {} ({})",
        plan.selected().count(),
        count(plan.checks.len(), "check"),
        plan.environment,
        plan.url
    );
    page.toned(Tone::Strong, "", &style.line(&text));
    let requests: u64 = plan
        .selected()
        .map(|check| u64::from(check.forecast.requests))
        .sum();
    let writing = plan
        .selected()
        .filter(|check| !check.forecast.writes.is_empty());
    page.paragraph(
        "",
        &format!(
            "At most {} and {} in all; {} may change something.",
            count(usize::try_from(requests).unwrap_or(usize::MAX), "request"),
            Period(plan.run_budget),
            count(writing.count(), "check")
        ),
    );
}

fn selected(page: &mut Page<'_>, check: &PlannedCheck) {
    let style = page.style();
    let forecast = &check.forecast;
    page.gap();
    let kind = style.paint(Tone::Faint, &format!("({})", style.line(&check.kind)));
    let id = style.paint(Tone::Strong, &style.line(check.id.as_str()));
    page.line(format!("  {} {id} {kind}", style.symbol("•", "*")));
    page.hanging(
        "    ",
        "    ",
        &style.line(&format!("In because: {}", check.reason)),
    );
    let alone = if forecast.exclusive {
        "; nothing else runs meanwhile"
    } else {
        ""
    };
    let longest = match forecast.worst {
        Duration::ZERO => check.timeout,
        worst => worst.min(check.timeout),
    };
    let last = if forecast.last {
        "; it runs after the others"
    } else {
        ""
    };
    let limits = format!(
        "at most {}, {} an attempt{alone}{last}",
        count(forecast.requests as usize, "request"),
        Period(longest)
    );
    page.hanging("    ", "    ", &limits);
    listed(page, "Writes", &forecast.writes);
    listed(page, "May ask", &forecast.asks);
    for power in &forecast.powers {
        let text = page.style().line(&format!("Granted: {power}"));
        page.hanging("    ", "      ", &text);
    }
    let identities: Vec<String> = forecast
        .identities
        .iter()
        .map(ToString::to_string)
        .collect();
    listed(page, "Acts as", &identities);
    listed(page, "Needs the secrets", &forecast.secrets);
    let needs: Vec<String> = check.needs.iter().map(CheckId::to_string).collect();
    listed(page, "After", &needs);
}

fn listed(page: &mut Page<'_>, label: &str, items: &[String]) {
    if !items.is_empty() {
        let text = format!("{label}: {}", items.join(", "));
        let text = page.style().line(&text);
        page.hanging("    ", "      ", &text);
    }
}

fn foot(page: &mut Page<'_>, plan: &Plan) {
    page.gap();
    if !plan.observers.is_empty() {
        let text = format!("Observers: {}", plan.observers.join(", "));
        let text = page.style().line(&text);
        page.paragraph("", &text);
    }
    for note in &plan.notes {
        let text = page.style().line(&format!("Note: {note}"));
        page.paragraph("", &text);
    }
    page.toned(Tone::Faint, "", &format!("Seed {}", plan.seed));
}
