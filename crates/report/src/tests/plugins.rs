//! What a plugin finds, and what it may do: its codes have two slashes, and no version of Tidegate knows its kind.

use std::borrow::Cow;

use insta::assert_snapshot;
use serde_json::Value;
use tidegate_core::meta::{Docs, Meta, RetryClass};
use tidegate_core::name::Code;

use super::{UNICODE, shown};
use crate::samples::{TOTAL, codes, plugin};
use crate::{Style, explain_code, gitlab, html, json, junit, plan_text, sarif};

fn versionless(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn a_plan_says_what_a_plugin_is_granted() {
    assert_snapshot!(plan_text(&plugin().plan, &UNICODE));
}

#[test]
fn a_finding_is_told_on_the_terminal() {
    assert_snapshot!(shown(&plugin(), &UNICODE));
}

#[test]
fn sarif_has_a_rule_with_the_whole_kind_and_no_page_of_ours() {
    let text = sarif::render(&plugin(), &codes()).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let rules = &report["runs"][0]["tool"]["driver"]["rules"];
    assert_eq!(rules[0].get("helpUri"), None);
    let rules = serde_json::to_string_pretty(rules).unwrap();
    assert_snapshot!(versionless(&rules));
}

#[test]
fn junit_and_gitlab_name_the_whole_code() {
    assert_snapshot!("junit", junit::render(&plugin()).unwrap());
    assert_snapshot!("gitlab", gitlab::render(&plugin()).unwrap());
}

#[test]
fn the_json_report_has_what_the_plugin_says_of_itself_and_is_read_back() {
    let text = json::render(&plugin(), &codes(), None).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let planned = &report["plan"]["checks"][1]["forecast"];
    assert_eq!(
        (
            &planned["last"],
            planned["powers"].as_array().unwrap().len()
        ),
        (&true.into(), 3)
    );
    assert_eq!(report["plan"]["checks"][0]["forecast"].get("powers"), None);
    assert_eq!(report["plugins"].as_array().unwrap().len(), 1);
    let read = json::read(&text).unwrap();
    assert_eq!(read.summary.plan, plugin().plan);
    let kind = "plugin/invoice-totals";
    assert_eq!(read.codes.plugin(kind), codes().plugin(kind));
    let known = super::samples::codes().or(&read.codes);
    assert_eq!(known, codes());
}

#[test]
fn the_handover_report_tells_what_passed_in_the_plugins_words() {
    let page = html::render(&plugin(), &codes(), None);
    let told = "Globex totals: The total of every invoice is the sum of its lines.";
    assert!(page.contains(told));
    let unknown = html::render(&plugin(), &crate::Codes::default(), None);
    assert!(unknown.contains("Globex totals."));
}

#[test]
fn a_code_of_a_plugin_is_explained_by_its_own_section() {
    let meta = Meta {
        name: "plugin/invoice-totals".into(),
        summary: "The total of every invoice is the sum of its lines".into(),
        docs: Docs::known(
            "# plugin/invoice-totals\n\n## What it does\n\nAdds.\n\n## total-differs\n\nThe total is \
             another one.\n\n## How to fix\n\nMend the rounding.\n",
        ),
        codes: Cow::Owned(vec![TOTAL]),
        always_run: false,
        retry: RetryClass::Never,
        ports: Cow::Borrowed(&[]),
    };
    assert_snapshot!(explain_code(&meta, &TOTAL, &Style::PLAIN));
    assert_eq!(
        Code::new("plugin/invoice-totals/total-differs").kind(),
        meta.name
    );
    assert_eq!(Code::new("flow/status").kind(), "flow");
}
