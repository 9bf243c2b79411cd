//! What holds of every pack, whatever it checks.

use std::path::Path;

use tidegate::Gate;
use tidegate_config::{Outline, outline};
use tidegate_core::pack::PackSource as _;
use tidegate_packs::{PACKS, Pack, Packs};

use super::bench::checks_of;
use crate::pages::{gate_files, load};

fn outline_of(pack: &Pack) -> Outline {
    let file = Packs.pack(pack.name).expect("it is there");
    outline(&file).unwrap_or_else(|error| panic!("{}: {:?}", pack.name, error.diagnostics))
}

/// The text of its checks.
fn checks(pack: &Pack) -> &'static str {
    pack.text
        .split_once("\nchecks:\n")
        .expect("it has checks")
        .1
}

/// Reads a gate file that must be right.
fn right(text: &str) -> Gate {
    load(text).unwrap_or_else(|error| panic!("{text}\n{:#?}", error.diagnostics()))
}

#[test]
fn every_parameter_is_described_and_used() {
    for pack in PACKS {
        let outline = outline_of(pack);
        assert!(
            !outline.summary.is_empty() && !outline.suits.is_empty(),
            "{}",
            pack.name
        );
        for one in &outline.parameters {
            assert!(!one.description.is_empty(), "{}: {}", pack.name, one.name);
            let used = checks(pack).contains(&format!("${{{}}}", one.name));
            assert!(used, "{}: nothing uses {}", pack.name, one.name);
            assert!(
                one.default.is_none() || !one.optional,
                "{}: {}",
                pack.name,
                one.name
            );
        }
    }
}

#[test]
fn every_example_of_a_page_is_right_and_the_longest_lets_every_check_in() {
    for pack in PACKS {
        let gates = gate_files(Path::new("docs/packs.md"), pack.page);
        assert!(!gates.is_empty(), "{} has no example", pack.name);
        for text in &gates {
            assert!(text.contains(&format!("pack: {}", pack.name)), "{text}");
        }
        let most = gates
            .iter()
            .map(|text| right(text).definition().checks.len());
        let taken_out = gates
            .iter()
            .filter(|text| text.contains("without:"))
            .count();
        // Beside the checks of the pack there is the one that completes the example.
        let all = checks_of(pack.name).len() + 1;
        assert!(most.max() >= Some(all - taken_out), "{}", pack.name);
    }
}

/// A value for a parameter that must be given.
fn sample(name: &str) -> &'static str {
    match name {
        "member" => "anna",
        "admin" => "adam",
        "consultant" => "cora",
        "collections" => "[clients]",
        _ => "acme",
    }
}

#[test]
fn an_include_needs_no_more_than_what_must_be_given() {
    for pack in PACKS {
        let outline = outline_of(pack);
        let needed = outline.parameters.iter();
        let needed = needed.filter(|one| one.default.is_none() && !one.optional);
        let with: Vec<String> = needed
            .map(|one| format!("{}: {}", one.name, sample(&one.name)))
            .collect();
        let names = ["supabase", "firestore", "accounts", "storage"];
        let apis: Vec<String> = names
            .map(|name| {
                format!("{name}: {{ url: \"https://{name}.acme.example\", headers: {{ apikey: \"${{KEY}}\" }} }}")
            })
            .to_vec();
        let gate = right(&format!(
            "version: 1\nname: a\nopenapi: openapi.yaml\nenvironments: {{ here: {{ kind: preview, url: \"https://acme.example\" }} }}\n\
             apis: {{ {} }}\nidentities:\n  anna: {{ tenant: acme, bearer: \"${{A}}\" }}\n  adam: {{ tenant: acme, bearer: \"${{B}}\" }}\n  \
             cora: {{ tenant: acme, bearer: \"${{C}}\" }}\ninclude: [{{ pack: {}, with: {{ {} }} }}]\n",
            apis.join(", "),
            pack.name,
            with.join(", ")
        ));
        let left_out = outline.checks.iter().filter(|check| {
            check.given.iter().any(|name| {
                let mut all = outline.parameters.iter();
                all.any(|one| one.name == *name && one.optional)
            })
        });
        let left_out: Vec<String> = left_out
            .map(|check| format!("{}/{} (", pack.name, check.id))
            .collect();
        let all = outline.checks.len() - left_out.len();
        assert_eq!(gate.definition().checks.len(), all, "{}", pack.name);
        let notes = gate.definition().notes.join("\n");
        for check in left_out {
            assert!(notes.contains(&check), "{check}: {notes}");
        }
    }
}

#[test]
fn no_pack_reaches_outside_by_itself() {
    for pack in PACKS {
        for one in outline_of(pack).parameters {
            let default = one.default.unwrap_or_default();
            assert!(!default.contains("://"), "{}: {default}", pack.name);
        }
        // Addresses that are nobody's by RFC 2606, in headers and bodies.
        let addresses = checks(pack).split("://").skip(1);
        for address in addresses {
            assert!(
                address.starts_with("tidegate.invalid"),
                "{}: {address}",
                pack.name
            );
        }
        assert!(!pack.text.contains("verify: true"), "{}", pack.name);
    }
}
