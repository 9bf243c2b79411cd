//! What changed since the last gate.

use tidegate_core::name::CheckId;

use super::writer::{Html, Link, class};
use super::{Section, Source, place};
use crate::since::{Change, Since};
use crate::text::count;

/// How many changes of one sort are listed.
const LISTED: usize = 50;

pub(super) const SECTION: Section = Section {
    id: "changes",
    title: "What changed since the last gate",
    shown: |source| source.since.is_some(),
    write,
};

fn write(html: &mut Html, source: &Source<'_>) {
    let Some(since) = source.since else {
        return;
    };
    html.with("p", &[class("lead")], |html| {
        html.words(&since.sentence());
        if let Some(commit) = &since.before.commit {
            html.space();
            html.line("It judged");
            html.space();
            place::commit(html, &source.summary.provenance, commit);
            html.line(".");
        }
        if let Some(run) = &since.before.run {
            html.space();
            html.link(Link::web(run).as_ref(), "Log of that run");
        }
    });
    findings(html, "New", &since.new);
    findings(html, "Fixed", &since.fixed);
    flaky(html, since);
    findings(html, "Accepted since", &since.accepted);
    findings(
        html,
        "Not looked at this time, so nobody knows",
        &since.not_looked_at,
    );
    findings(html, "Unchanged", &since.unchanged);
    checks(html, since);
}

fn fold(html: &mut Html, title: &str, number: usize, write: impl FnOnce(&mut Html)) {
    if number == 0 {
        return;
    }
    html.with("details", &[class("fold")], |html| {
        html.leaf("summary", &[], &format!("{title} ({number})"));
        html.with("ul", &[], |html| {
            write(html);
            html.more(number, LISTED);
        });
    });
}

fn findings(html: &mut Html, title: &str, changes: &[Change]) {
    fold(html, title, changes.len(), |html| {
        for change in changes.iter().take(LISTED) {
            html.with("li", &[], |html| finding(html, change));
        }
    });
}

fn finding(html: &mut Html, change: &Change) {
    html.words(&change.title);
    html.space();
    let text = format!("({}, {})", change.severity.name(), change.check);
    html.leaf("span", &[class("quiet")], &text);
}

fn flaky(html: &mut Html, since: &Since) {
    fold(html, "Comes and goes", since.flaky.len(), |html| {
        for flaky in since.flaky.iter().take(LISTED) {
            html.with("li", &[], |html| {
                html.line(flaky.check.as_str());
                html.line(":");
                html.space();
                html.words(&flaky.reason);
                if let Some(change) = &flaky.finding {
                    html.line(":");
                    html.space();
                    finding(html, change);
                }
            });
        }
    });
}

fn checks(html: &mut Html, since: &Since) {
    let names = |ids: &[CheckId]| {
        let names: Vec<&str> = ids.iter().take(LISTED).map(CheckId::as_str).collect();
        names.join(", ")
    };
    let lists = [
        ("added", &since.checks_added),
        ("removed", &since.checks_removed),
    ];
    for (what, ids) in lists {
        if !ids.is_empty() {
            let text = format!("{} {what}: {}.", count(ids.len(), "check"), names(ids));
            html.leaf("p", &[], &text);
        }
    }
    let skipped = &since.checks_newly_skipped;
    fold(
        html,
        "Checks that ran then and not now",
        skipped.len(),
        |html| {
            for (check, reason) in skipped.iter().take(LISTED) {
                html.prose("li", &[], &format!("{check}: {reason}"));
            }
        },
    );
}
