//! What was judged, when, and by whom the report was made.

use super::writer::{Html, Link, class};
use super::{Source, place};

pub(super) fn write(html: &mut Html, source: &Source<'_>) {
    let summary = source.summary;
    let provenance = &summary.provenance;
    html.with("dl", &[class("facts")], |html| {
        fact(html, "Environment", |html| {
            html.line(&summary.plan.environment);
        });
        fact(html, "Address", |html| {
            html.link(Link::web(&summary.plan.url).as_ref(), &summary.plan.url);
        });
        fact(html, "Date", |html| html.line(&day(source)));
        if let Some(commit) = &provenance.commit {
            fact(html, "Version of the code (commit)", |html| {
                place::commit(html, provenance, commit);
            });
        }
        if let Some(branch) = &provenance.branch {
            fact(html, "Branch", |html| html.line(branch));
        }
        if let Some(number) = provenance.pull_request {
            let page = provenance.repository.as_deref();
            let address = page.map(|page| format!("{page}/pull/{number}"));
            let link = address.as_deref().and_then(Link::web);
            fact(html, "Change (pull request)", |html| {
                html.link(link.as_ref(), &format!("#{number}"));
            });
        }
        if let Some(run) = &provenance.run {
            fact(html, "Where it ran", |html| {
                html.link(Link::web(run).as_ref(), "Log of the run");
            });
        }
        let handover = summary.handover.as_ref();
        if let Some(author) = handover.and_then(|handover| handover.prepared_by.as_deref()) {
            fact(html, "Prepared by", |html| html.line(author));
        }
    });
}

/// The day and the time the run began.
pub(super) fn day(source: &Source<'_>) -> String {
    source
        .summary
        .started
        .strftime("%-d %B %Y, %H:%M UTC")
        .to_string()
}

fn fact(html: &mut Html, name: &str, write: impl FnOnce(&mut Html)) {
    html.with("div", &[], |html| {
        html.leaf("dt", &[], name);
        html.with("dd", &[], write);
    });
}
