//! The gate files of the runs.

use std::fmt::Write as _;

use super::ROOM;
use super::quiet::Quiet;

/// The routes that the good portal is judged by.
pub(super) const GOOD_ROUTES: [&str; 3] = ["/api/records", "/api/search?q=workshop", "/"];
/// The longest page of the list, and a short one.
pub(super) const PAGE: &str = "/api/records?per_page=100";
const SHORT_PAGE: &str = "/api/records?per_page=10";
/// The route that many ask for at once.
pub(super) const LOADED: &str = "/api/search?q=o";

const HEAD: &str = r#"version: 1
name: catch
environments:
  local: { kind: local, url: "${PORTAL_URL}" }
variables: { PORTAL_URL: {} }
identities:
  anna: { login: { post: /api/login, json: { email: anna@acme.example, password: "${ANNA_PASSWORD}" }, bearer: $.token } }
checks:
  check:
    as: anna
"#;

/// How fast the routes are asked: as fast as keeps all runs below half an hour.
const PACE: &str = "      rate: 200\n      within: 20s\n";

const DUPLICATES: &str = r#"    race:
      send: { post: /api/records, json: { title: "${unique}", external_id: "${unique}" } }
      duplicate: { read: "/api/records?q=${unique}", records: "$.items[*]" }
      cleanup: { delete: "/api/records/${id}" }
"#;

const AMOUNTS: &str = r#"    race:
      before:
        - post: /api/records
          json: { title: "${unique}", amount: 300 }
          expect: 201
          capture: { record: $.id }
          cleanup: { delete: "/api/records/${record}" }
"#;

const LOST_UPDATE: &str = r#"      send: { post: "/api/records/${record}/amount", json: { add: 100 } }
      lost-update: { read: "/api/records/${record}", number: $.amount, step: 100 }
"#;

const LIMIT: &str = r#"      send: { post: "/api/records/${record}/amount", json: { add: -100 } }
      limit: { most: 3, read: "/api/records/${record}", number: $.amount }
"#;

/// A switch, and how it is judged.
pub(super) struct Case {
    /// What judges it, in words.
    pub(super) name: &'static str,
    /// The switch.
    pub(super) switch: &'static str,
    /// The code that names it.
    pub(super) code: &'static str,
    /// The gate file.
    pub(super) gate: String,
    /// Whether it must be caught nearly always.
    pub(super) has_bar: bool,
}

impl Case {
    /// Every switch of this family, with latency budgets of three times what the good portal takes.
    pub(super) fn all(quiet: &Quiet) -> Vec<Self> {
        const OVER: &str = "latency/over-budget";
        let list = GOOD_ROUTES[0];
        let p95 = |route: &str| format!("p95: {}", milliseconds(quiet.p95(route, ROOM)));
        let p99 = |route: &str| format!("p99: {}", milliseconds(quiet.p99(route, ROOM)));
        let case = |name, switch, code, gate| Self {
            name,
            switch,
            code,
            gate,
            has_bar: true,
        };
        let tail = format!("{}, {}", p95(list), p99(list));
        let races = |mode: &str| format!("{HEAD}{AMOUNTS}{mode}");
        vec![
            case("p95", "slow-list", OVER, routes([(list, p95(list))])),
            case("p95", "n-plus-one", OVER, routes([(PAGE, p95(PAGE))])),
            case("growth by page", "n-plus-one", "latency/growth", growth()),
            case("p95", "stalls", OVER, routes([(list, p95(list))])),
            case("p95 and p99", "slow-tail", OVER, routes([(list, tail)])),
            Self {
                has_bar: false,
                ..case("p95 alone", "slow-tail", OVER, routes([(list, p95(list))]))
            },
            case(
                "p95 with 30 clients at once",
                "collapses",
                "latency/under-load",
                at_once(&p95(LOADED)),
            ),
            case(
                "12 at once by external id",
                "duplicate-create",
                "race/duplicate",
                format!("{HEAD}{DUPLICATES}"),
            ),
            case(
                "12 at once",
                "lost-update",
                "race/lost-update",
                races(LOST_UPDATE),
            ),
            case(
                "12 at once",
                "limit-overrun",
                "race/over-limit",
                races(LIMIT),
            ),
        ]
    }
}

/// The good portal with latency budgets of so many times what it takes.
pub(super) fn good(quiet: &Quiet, factor: f64) -> String {
    routes(GOOD_ROUTES.map(|route| {
        let budget = format!("p95: {}", milliseconds(quiet.p95(route, factor)));
        (route, budget)
    }))
}

/// Every route with budgets that nothing exceeds, to know its percentiles.
pub(super) fn generous() -> String {
    let all = GOOD_ROUTES.into_iter().chain([PAGE]);
    routes(all.map(|route| (route, "p99: 9s".to_owned())))
}

/// The same with many clients at once.
pub(super) fn generous_at_once() -> String {
    at_once("p99: 9s")
}

/// The growth from a short page to a long one, asked slowly: pages that wait for each other all take the
/// same time.
fn growth() -> String {
    format!(
        "{HEAD}    latency:\n      get: \"{PAGE}\"\n      growth: {{ from: \"{SHORT_PAGE}\", at-most: 5 }}\n      \
         rate: 20\n      within: 12s\n"
    )
}

fn routes(budgets: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let mut gate = format!("{HEAD}    latency:\n      routes:\n");
    for (route, budget) in budgets {
        // Writing to a String cannot fail.
        let _ = writeln!(gate, "        - {{ get: \"{route}\", {budget} }}");
    }
    gate + PACE
}

fn at_once(budget: &str) -> String {
    format!("{HEAD}    latency: {{ get: \"{LOADED}\", {budget}, clients: 30, for: 2s }}\n")
}

/// As a gate file has it, to a thousandth.
fn milliseconds(value: f64) -> String {
    format!("{value:.3}ms")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_has_a_line_for_each_route() {
        let gate = routes([("/a", "p95: 1ms".to_owned()), ("/b", "p99: 2ms".to_owned())]);
        assert!(gate.contains("        - { get: \"/a\", p95: 1ms }\n        - { get: \"/b\""));
        assert!(gate.ends_with(PACE));
    }

    #[test]
    fn times_are_written_as_in_a_gate_file() {
        assert_eq!(milliseconds(1.25), "1.250ms");
    }
}
