//! The page as a whole: what it may load, what it says, and that foreign text stays text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::result::CheckResult;
use tidegate_core::verdict::Verdict;

use super::{POLICY, SCRIPT, STYLE, render};
use crate::samples;
use crate::since::{Before, Change, Flaky, Since};
use crate::text::steers;

fn page(summary: &Summary) -> String {
    render(summary, &samples::codes(), None)
}

#[test]
fn the_policy_names_the_style_sheet_and_the_script() {
    for (directive, text) in [("style-src", STYLE), ("script-src", SCRIPT)] {
        let digest = STANDARD.encode(Sha256::digest(text.as_bytes()));
        let wanted = format!("{directive} 'sha256-{digest}'");
        assert!(POLICY.contains(&wanted), "write into POLICY: {wanted}");
        assert!(!text.contains("</"), "the asset would end its element");
        let loads = ["://", "url(", "@import", "import(", "fetch("];
        assert!(
            !loads.iter().any(|way| text.contains(way)),
            "{directive} loads something"
        );
    }
}

/// The words of every element of ours; an element of somebody else's has no place among them.
const ELEMENTS: &[&str] = &[
    "a",
    "article",
    "b",
    "body",
    "circle",
    "code",
    "dd",
    "desc",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "head",
    "header",
    "html",
    "input",
    "label",
    "li",
    "line",
    "main",
    "meta",
    "nav",
    "ol",
    "option",
    "output",
    "p",
    "pre",
    "rect",
    "script",
    "section",
    "select",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// Names and attributes of every element, as a tokenizer of HTML reads them.
fn elements(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    let page = page.replacen(STYLE, "", 1).replacen(SCRIPT, "", 1);
    let mut rest = page.as_str();
    let mut found = Vec::new();
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').expect("an element ends");
        let inside = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if inside.starts_with(['/', '!']) {
            continue;
        }
        let (name, mut attributes) = match inside.split_once(' ') {
            Some((name, attributes)) => (name, attributes),
            None => (inside, ""),
        };
        let mut read = Vec::new();
        while let Some((attribute, after)) = attributes.split_once("=\"") {
            let (value, after) = after.split_once('"').expect("an attribute ends");
            read.push((attribute.trim().to_owned(), value.to_owned()));
            attributes = after;
        }
        assert_eq!(
            attributes.trim(),
            "",
            "nothing stands outside of attributes"
        );
        found.push((name.to_owned(), read));
    }
    found
}

/// Every element is one of ours, no attribute runs anything, and a link leads to the web.
fn assert_harmless(page: &str) {
    let steering = page
        .chars()
        .find(|one| *one != '\n' && *one != '\t' && steers(*one));
    assert_eq!(steering, None);
    for (name, attributes) in elements(page) {
        assert!(ELEMENTS.contains(&name.as_str()), "<{name}>");
        for (attribute, value) in attributes {
            assert!(!attribute.starts_with("on") && attribute != "src" && attribute != "style");
            if attribute == "href" {
                let web = value.starts_with("https://") || value.starts_with("http://");
                assert!(web || value.starts_with('#'), "{value}");
            }
        }
    }
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("<style>").count(), 1);
}

#[test]
fn every_sample_is_told_without_harm() {
    for (name, summary) in samples::all() {
        let page = page(&summary);
        assert_harmless(&page);
        assert!(page.contains("Ten questions"), "{name}");
    }
}

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "</style></script></title><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)\" x=\"",
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "https://example.com/\" onclick=\"alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&lt;script&gt;",
    "`<b>`",
    "${alert(1)}",
    "{{7*7}}",
    "\u{1b}[31mred\u{1b}[0m\u{1b}]8;;http://x\u{7}",
    "\u{202e}gpj.exe\u{2066}",
    "\u{0}\u{8}\u{9b}",
    "::error::x",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "\r\n\r\n<b>",
];

#[test]
fn hostile_text_is_text_wherever_it_can_appear() {
    for text in HOSTILE {
        assert_harmless(&page(&samples::saying(text)));
        let all = HOSTILE.concat();
        assert_harmless(&page(&samples::saying(&format!("{text}{all}"))));
    }
}

#[test]
fn a_text_of_a_megabyte_is_cut() {
    for text in [
        "x".repeat(1 << 20),
        "<".repeat(1 << 20),
        "\u{202e}`".repeat(1 << 19),
    ] {
        let page = page(&samples::saying(&text));
        assert_harmless(&page);
        assert!(page.len() < 6_000_000, "{}", page.len());
        assert!(page.contains("more characters)"));
    }
}

#[test]
fn a_flood_of_findings_stays_small_and_loses_nothing_unsaid() {
    let page = page(&samples::flood(5_000));
    assert_harmless(&page);
    assert!(page.len() < 10_000_000, "{}", page.len());
    let shown = page.matches("<article").count();
    let told = page.contains("findings show no evidence here");
    assert!(shown == 5_000 && told || page.contains("more did not have room here"));
}

#[test]
fn the_report_says_what_was_asked_in_the_gate_file() {
    let page = page(&samples::requested());
    for text in [
        "Handover report for Acme",
        "Harbour Studio",
        "A member signs out.",
        "There is no export.",
        "Add an export of records.",
        "Look at the mail that bounces.",
        "Answered by Mia Berg, 2026-11-20",
        "The pull request cannot be merged.",
        "https://github.com/acme/portal/blob/6e2f0c1d9b8a7f6e5d4c3b2a190817263544f3e2/apps/portal/tidegate.yaml#L",
        "Looked after by records team",
        "usually minutes",
        "Accepted by mia until 2026-12-31",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn nothing_foreign_becomes_an_element(
        text in "([\\PC]|[<>\"'&`=/ \u{0}-\u{20}\u{202e}]|</style>|</script>|<img |javascript:|onload=){0,40}"
    ) {
        assert_harmless(&page(&samples::saying(&text)));
    }
}

/// What changed since an earlier gate in which everybody says `text`.
fn changed(summary: &Summary, text: &str) -> Since {
    let of = |result: &CheckResult, finding: &Finding| Change {
        check: result.id.clone(),
        code: finding.code.clone(),
        fingerprint: finding.fingerprint.clone(),
        severity: finding.severity,
        title: text.to_owned(),
    };
    let change = of(&summary.results[0], &summary.results[0].findings[0]);
    let list = vec![change.clone(); 60];
    Since {
        before: Before {
            started: text.to_owned(),
            verdict: Verdict::Allow,
            commit: Some(text.to_owned()),
            run: Some(text.to_owned()),
        },
        verdict: Verdict::Block,
        new: vec![change.clone()],
        fixed: list.clone(),
        accepted: list.clone(),
        unchanged: list.clone(),
        flaky: vec![Flaky {
            check: text.into(),
            reason: text.to_owned(),
            finding: Some(change),
        }],
        not_looked_at: list,
        checks_added: vec![text.into()],
        checks_removed: vec![text.into()],
        checks_newly_skipped: vec![(text.into(), text.to_owned())],
    }
}

#[test]
fn what_changed_is_told_and_new_findings_say_so() {
    let summary = samples::requested();
    let since = changed(&summary, "The list is slow");
    let page = render(&summary, &samples::codes(), Some(&since));
    for text in [
        "What changed since the last gate",
        "New since the last gate",
        "Fixed (60)",
        "10 more in the JSON report",
        "Comes and goes (1)",
    ] {
        assert!(page.contains(text), "{text}");
    }
    for text in HOSTILE {
        let since = changed(&summary, text);
        assert_harmless(&render(&summary, &samples::codes(), Some(&since)));
    }
}

#[test]
fn an_accepted_finding_keeps_a_journey_from_being_proven() {
    let page = page(&samples::allowed());
    let (_, rest) = page.split_once("Journeys proven").unwrap();
    let (proven, rest) = rest.split_once("Passed, but not without findings").unwrap();
    assert!(proven.contains("search-finds") && !proven.contains("create-record"));
    assert!(rest.contains("create-record"));
}

#[test]
fn each_route_has_a_picture_that_is_told_in_words_and_figures_beside_it() {
    let page = page(&samples::waits());
    let (_, rest) = page.split_once("<h2>How long people wait</h2>").unwrap();
    let routes: Vec<&str> = rest.split("<figure class=\"wait\">").skip(1).collect();
    assert_eq!(routes.len(), 4);
    for (route, subject, badge) in [
        (routes[0], "GET /api/search?q=tide", "over"),
        (routes[1], "GET /api/invoices", "slower"),
        (routes[2], "POST /api/search", "too close to call"),
        (routes[3], "GET /api/records", "within"),
    ] {
        let picture = route.split_once("</svg>").unwrap().0;
        let words = format!(
            "role=\"img\" width=\"100%\" height=\"{}",
            picture_height(route)
        );
        assert!(picture.contains(&words), "{picture}");
        assert!(picture.contains(&format!(
            "<title>Where the values of {subject} lie</title><desc>"
        )));
        assert!(picture.contains("class=\"point\"") && picture.contains("class=\"span\""));
        assert!(route.contains(&format!("<span class=\"badge\">{badge}</span>")));
        for percentile in ["p50", "p90", "p95", "p99"] {
            assert!(route.contains(&format!("<td>{percentile}</td>")), "{route}");
        }
    }
    assert!(
        routes[3].contains(
            "from 20 to 414 ms. p95 is 217 ms (204 to 231 ms), of at most 300 ms: within."
        )
    );
    assert_eq!(routes[3].matches("<line class=\"limit\"").count(), 2);
    assert!(routes[1].contains("class=\"old\"") && !routes[0].contains("class=\"old\""));
    assert!(routes[0].contains("logarithmic axis") && !routes[1].contains("logarithmic axis"));
    // A journey says how long people waited.
    assert!(
        page.contains(
            "GET /api/records: p95 is 217 ms (204 to 231 ms), of at most 300 ms: within."
        )
    );
}

/// The height that the picture of a route says it has.
fn picture_height(route: &str) -> &str {
    let (_, rest) = route.split_once("height=\"").unwrap();
    rest.split_once('"').unwrap().0
}

#[test]
fn a_flood_of_distributions_stays_small_and_is_counted() {
    let mut summary = samples::waits();
    summary.results[1].distributions = vec![samples::good(); 3_000];
    let page = page(&summary);
    assert_harmless(&page);
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 60);
    assert!(page.contains("2943 routes more in the JSON report."));
    assert!(page.len() < 2_000_000, "{}", page.len());
}

/// Writes pages for a browser to look at into the folder that `TIDEGATE_PAGES` names.
#[test]
fn pages_for_a_browser() {
    let Some(folder) = std::env::var_os("TIDEGATE_PAGES") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let mut hostile = samples::saying(&HOSTILE.concat());
    let mut handover = samples::handover();
    handover.known_limits = HOSTILE.iter().map(ToString::to_string).collect();
    handover.client = Some(HOSTILE.concat());
    hostile.handover = Some(handover);
    hostile.provenance = samples::requested().provenance;
    hostile.provenance.branch = Some(HOSTILE.concat());
    let mut pages = samples::all();
    pages.push(("hostile", hostile));
    pages.push(("flood", samples::flood(5_000)));
    let requested = samples::requested();
    let since = changed(&requested, &HOSTILE.concat());
    let changes = render(&requested, &samples::codes(), Some(&since));
    std::fs::write(folder.join("changes.html"), changes).unwrap();
    for (name, summary) in pages {
        std::fs::write(folder.join(format!("{name}.html")), page(&summary)).unwrap();
    }
    // A report of a real run, when one lies there.
    if let Ok(text) = std::fs::read(folder.join("portal.json")) {
        let report = crate::json::read(text).unwrap();
        let page = render(&report.summary, &report.codes, report.since.as_ref());
        std::fs::write(folder.join("portal.html"), page).unwrap();
    }
}
