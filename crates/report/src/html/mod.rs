//! The handover report: one self-contained HTML file.
//!
//! It loads nothing, and a policy in its head allows nothing but its own style sheet and script, which
//! it names by their digests. Without the script everything is shown. See [`writer`] for how foreign
//! text is kept from being anything else.

mod appendix;
mod changes;
mod chart;
mod closing;
mod facts;
mod figures;
mod findings;
mod gaps;
mod journeys;
mod kinds;
mod place;
mod questions;
mod tables;
mod verdict;
mod waits;
mod writer;

use tidegate_core::event::Summary;

use self::writer::{Html, Link, class, fixed};
use crate::codes::Codes;
use crate::digest::Digest;
use crate::questions::{Answered, answers};
use crate::since::{New, Since};
use crate::text::clip;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Nothing is loaded, and nothing but the report's own style sheet and script is used: the digests are
/// theirs, which a test proves.
const POLICY: &str = "default-src 'none'; \
    style-src 'sha256-hTe2J8tCXzZN0/XHPAYk0tsCdJi+UrDuGYYP4f+yBAQ='; \
    script-src 'sha256-QDTJtfK2/BFz1w1egAlr1K2TvmrLWMu/889/EPxLYAo='; \
    img-src data:; base-uri 'none'; form-action 'none'";

/// What the sections are made from.
struct Source<'s> {
    summary: &'s Summary,
    codes: &'s Codes,
    since: Option<&'s Since>,
    digest: Digest<'s>,
    answers: Vec<Answered>,
    /// What is new since the last gate.
    new: New<'s>,
}

/// A section of the report: its place, its title, and whether it has something to say.
struct Section {
    id: &'static str,
    title: &'static str,
    shown: fn(&Source<'_>) -> bool,
    write: fn(&mut Html, &Source<'_>),
}

const SECTIONS: &[Section] = &[
    questions::SECTION,
    changes::SECTION,
    findings::SECTION,
    journeys::SECTION,
    waits::SECTION,
    gaps::SECTION,
    closing::NEXT,
    closing::WATCH,
    tables::SECTION,
    appendix::SECTION,
];

/// The whole report as HTML.
pub fn render(summary: &Summary, codes: &Codes, since: Option<&Since>) -> String {
    let source = Source {
        new: New::of(since),
        summary,
        codes,
        since,
        digest: Digest::of(summary),
        answers: answers(summary),
    };
    let mut html = Html::default();
    html.doctype();
    html.with("html", &[fixed("lang", "en")], |html| {
        html.with("head", &[], |html| head(html, summary));
        html.with("body", &[], |html| body(html, &source));
    });
    html.finish()
}

fn head(html: &mut Html, summary: &Summary) {
    html.open("meta", &[fixed("charset", "utf-8")]);
    let policy = fixed("http-equiv", "Content-Security-Policy");
    html.open("meta", &[policy, fixed("content", POLICY)]);
    let scale = fixed("content", "width=device-width, initial-scale=1");
    html.open("meta", &[fixed("name", "viewport"), scale]);
    html.open(
        "meta",
        &[fixed("name", "robots"), fixed("content", "noindex")],
    );
    html.open(
        "meta",
        &[fixed("name", "referrer"), fixed("content", "no-referrer")],
    );
    let title = format!("Handover report: {}", clip(&summary.plan.gate, 200));
    html.leaf("title", &[], &title);
    html.asset("style", STYLE);
}

fn body(html: &mut Html, source: &Source<'_>) {
    html.open("header", &[class("top")]);
    html.with("p", &[class("skip")], |html| {
        html.link(
            Some(&Link::anchor("questions")),
            "Skip to the ten questions",
        );
    });
    verdict::write(html, source);
    facts::write(html, source);
    contents(html, source);
    html.close("header");
    html.with("main", &[], |html| {
        figures::write(html, source);
        for section in shown(source) {
            let attributes = [fixed("id", section.id), fixed("tabindex", "-1")];
            html.with("section", &attributes, |html| {
                html.leaf("h2", &[], section.title);
                (section.write)(html, source);
            });
        }
        html.with("footer", &[], |html| {
            html.line("Made by Tidegate");
 html.space();
            html.line(env!("CARGO_PKG_VERSION"));
            html.line(". It says what a run of checks saw at one moment; it is no warranty for what was not looked at.");
        });
    });
    html.asset("script", SCRIPT);
}

fn shown<'a>(source: &'a Source<'_>) -> impl Iterator<Item = &'static Section> + 'a {
    SECTIONS.iter().filter(|section| (section.shown)(source))
}

fn contents(html: &mut Html, source: &Source<'_>) {
    html.with("nav", &[writer::called("In this report")], |html| {
        html.with("ul", &[], |html| {
            for section in shown(source) {
                html.with("li", &[], |html| {
                    html.link(Some(&Link::anchor(section.id)), section.title);
                });
            }
        });
    });
}

#[cfg(test)]
mod tests;
