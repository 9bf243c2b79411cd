//! What `cors` says: one finding for each way in, with every route and origin it was seen with.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::check::Context;
use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::ports::Files;

use super::codes;
use super::grant::Keeping;
use super::origins::{Foreign, Shape};
use super::run::Seen;
use crate::attack::{Story, lines, several};
use crate::frameworks::{Topic, advise};

/// A foreign origin that got in.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// The route.
    pub(super) route: String,
    /// Who asked.
    pub(super) foreign: Foreign,
    /// Whether it got in by its name, and not as everybody does.
    pub(super) by_name: bool,
    /// Whether with the visitor's cookies.
    pub(super) credentials: bool,
    /// Whether the request was sent as somebody.
    pub(super) is_known: bool,
    /// The request and what was answered, in one line.
    pub(super) line: String,
}

/// An allowed origin that a browser locks out.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    /// The route.
    pub(super) route: String,
    /// The origin.
    pub(super) origin: String,
    /// Why, a sentence each.
    pub(super) faults: Vec<String>,
}

/// An answer that depends on the origin without saying so.
#[derive(Debug, Clone)]
pub(super) struct Unvaried {
    /// The route.
    pub(super) route: String,
    /// The origin that was let in.
    pub(super) origin: String,
    /// Which caches keep it.
    pub(super) keeping: Keeping,
}

/// All findings, the worst first.
pub(super) fn all(seen: &Seen, context: &Context, files: &dyn Files) -> Vec<Finding> {
    let telling = Telling { seen, context };
    let mut findings: Vec<Finding> = telling.let_in();
    findings.extend(telling.refused());
    findings.extend(telling.unvaried());
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    advise(&mut findings, files, |_| Some(Topic::Cors));
    findings
}

struct Telling<'t> {
    seen: &'t Seen,
    context: &'t Context,
}

impl Telling<'_> {
    fn let_in(&self) -> Vec<Finding> {
        let mut groups: BTreeMap<String, (CodeInfo, Vec<&Attempt>)> = BTreeMap::new();
        for attempt in &self.seen.let_in {
            let info = code(self.cause(attempt));
            let name = info.code.as_str().to_owned();
            let group = groups.entry(name).or_insert((info, Vec::new()));
            group.1.push(attempt);
        }
        let groups = groups.into_values();
        groups
            .map(|(info, attempts)| self.got_in(&info, &attempts))
            .collect()
    }

    /// The attempt at the same route that got in for the same reason and says more: where everybody gets
    /// in, one who looks like somebody says nothing new, and where the end of a name does not count, a
    /// port does not either.
    fn cause<'s>(&'s self, attempt: &'s Attempt) -> &'s Attempt {
        let wider = match attempt.foreign.shape {
            Shape::Port => Shape::Suffix,
            Shape::Subdomain => Shape::Prefix,
            own => own,
        };
        let of = |shape| {
            let mut all = self.seen.let_in.iter();
            all.find(move |one| one.foreign.shape == shape && one.route == attempt.route)
        };
        of(Shape::Unrelated)
            .or_else(|| of(wider))
            .unwrap_or(attempt)
    }

    fn got_in(&self, info: &CodeInfo, attempts: &[&Attempt]) -> Finding {
        let severity = attempts.iter().map(|one| severity(info, one)).max();
        let credentials = attempts.iter().any(|one| one.credentials);
        let routes: BTreeSet<&str> = attempts.iter().map(|one| one.route.as_str()).collect();
        let routes: Vec<&str> = routes.into_iter().collect();
        let story = Story {
            before: self.controls(&routes),
            attack: lines(attempts.iter().map(|one| one.line.clone())),
            after: String::new(),
        };
        let location = self.context.span().location();
        let finding = Finding::new(
            info,
            location,
            title(info, &attempts[0].foreign, &routes, credentials),
        )
        .severity(severity.unwrap_or(info.severity))
        .subject(routes.join(", "))
        .advice(advice(info));
        story.told(finding)
    }

    fn controls(&self, routes: &[&str]) -> String {
        let controls = self.seen.controls.iter();
        let of_these = controls.filter(|line| routes.iter().any(|route| line.starts_with(route)));
        lines(of_these.cloned())
    }

    fn refused(&self) -> Option<Finding> {
        let refused = &self.seen.refused;
        let first = refused.first()?;
        let routes: BTreeSet<&str> = refused.iter().map(|one| one.route.as_str()).collect();
        let routes: Vec<&str> = routes.into_iter().collect();
        let title = match routes.as_slice() {
            [one] => format!("A browser locks {} out of {one}", first.origin),
            many => format!(
                "A browser locks {} out of {} routes",
                first.origin,
                many.len()
            ),
        };
        let told = refused.iter().map(|one| {
            format!(
                "{} from {}: {}",
                one.route,
                one.origin,
                one.faults.join("; ")
            )
        });
        let location = self.context.span().location();
        let finding = Finding::new(&codes::LEGITIMATE_REFUSED, location, title)
            .subject(routes.join(", "))
            .evidence(
                "expected",
                "the browser lets the page send the request and read the answer",
            )
            .evidence("actual", lines(told))
            .advice(advice(&codes::LEGITIMATE_REFUSED));
        Some(finding)
    }

    fn unvaried(&self) -> Option<Finding> {
        let unvaried = &self.seen.unvaried;
        let first = unvaried.first()?;
        let routes: Vec<&str> = unvaried.iter().map(|one| one.route.as_str()).collect();
        let is_shared = unvaried.iter().any(|one| one.keeping == Keeping::Shared);
        let severity = if is_shared {
            Severity::Medium
        } else {
            Severity::Low
        };
        let title = format!(
            "{} is another answer for each origin, and lacks `Vary: Origin`",
            first.route
        );
        let told = unvaried.iter().map(|one| {
            format!(
                "{} lets {} in by name and others not; Vary does not have Origin; {}",
                one.route,
                one.origin,
                match one.keeping {
                    Keeping::Nowhere => "no cache keeps it as long as it says no-store",
                    Keeping::Unsaid => "each cache decides for itself whether to keep it",
                    Keeping::Shared => "shared caches are asked to keep it",
                }
            )
        });
        let location = self.context.span().location();
        let finding = Finding::new(&codes::MISSING_VARY, location, title)
            .severity(severity)
            .subject(routes.join(", "))
            .evidence("actual", lines(told))
            .advice(advice(&codes::MISSING_VARY));
        Some(finding)
    }
}

fn code(attempt: &Attempt) -> CodeInfo {
    if !attempt.by_name {
        return codes::WILDCARD;
    }
    match attempt.foreign.shape {
        Shape::Unrelated if attempt.credentials => codes::WITH_CREDENTIALS,
        Shape::Unrelated => codes::REFLECTED,
        Shape::Null => codes::NULL,
        Shape::Suffix => codes::SUFFIX,
        Shape::Prefix => codes::PREFIX,
        Shape::Downgrade => codes::DOWNGRADE,
        Shape::Subdomain => codes::SUBDOMAIN,
        Shape::Port => codes::OTHER_PORT,
        Shape::Localhost => codes::LOCALHOST,
    }
}

/// How bad it is: cookies make an open door of it, and without them only what needs none is read.
fn severity(info: &CodeInfo, attempt: &Attempt) -> Severity {
    let is_wildcard = info.code == codes::WILDCARD.code;
    if is_wildcard {
        // Browsers send no cookies there, whatever the second header says.
        let matters = attempt.credentials || attempt.is_known;
        return if matters {
            Severity::Low
        } else {
            Severity::Info
        };
    }
    if attempt.foreign.shape == Shape::Subdomain && attempt.foreign.is_shared() {
        return if attempt.credentials {
            Severity::Critical
        } else {
            Severity::Medium
        };
    }
    match (attempt.credentials, attempt.is_known, info.severity) {
        (true, _, severity) => severity,
        (false, true, severity) => severity.min(Severity::Medium),
        (false, false, _) => Severity::Low,
    }
}

fn title(info: &CodeInfo, foreign: &Foreign, routes: &[&str], credentials: bool) -> String {
    let what = several(routes);
    let origin = &foreign.origin;
    let how = if credentials {
        " in the name of whoever is logged in"
    } else {
        ""
    };
    match info.code.as_str() {
        "cors/reflected-with-credentials" | "cors/reflected" => {
            format!("A page of any web site can read {what}{how}")
        }
        "cors/wildcard" => format!("{what} is open to every web site"),
        "cors/null" => format!("A sandboxed frame on any web site can read {what}{how}"),
        _ => format!("A page of {origin} can read {what}{how}"),
    }
}

fn advice(info: &CodeInfo) -> String {
    let text = match info.code.as_str() {
        "cors/wildcard" => {
            "Leave it for public data. For everything else name the sites that may read it, one by one."
        }
        "cors/null" => "Take `null` out of the list of allowed origins; no page of yours sends it.",
        "cors/localhost" => {
            "Take localhost out of the list in production: read the list from the environment, and give production \
             its own."
        }
        "cors/downgrade" => {
            "Allow the https origin alone, and compare the whole origin with its scheme."
        }
        "cors/missing-vary" => {
            "Send `Vary: Origin` with every answer of these routes, also with those that let nobody in."
        }
        "cors/legitimate-refused" => {
            "Add the origin, the method and the headers to the CORS settings of the portal, and answer the preflight \
             (OPTIONS) before anybody is asked to log in. If this site must not call the portal, take it out of \
             `allowed`."
        }
        _ => {
            "Compare the whole origin and no part of it: no expression, no beginning or end of a name, and never send \
             the origin back as it came."
        }
    };
    text.to_owned()
}
