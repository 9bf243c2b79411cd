use std::cell::Cell;

use proptest::prelude::*;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::span::Source;

use super::rule_file::{Open, RuleFile};
use super::*;

const NOWHERE: Open<'_> = &|_| Err("there is no such file".to_owned());

fn loaded(text: &str) -> RuleFile {
    RuleFile::load(&Source::new("rules.toml", text), NOWHERE).unwrap()
}

fn faults(text: &str) -> Vec<Diagnostic> {
    RuleFile::load(&Source::new("rules.toml", text), NOWHERE).unwrap_err()
}

/// `file:line:column: message`, as people are told.
fn told(diagnostic: &Diagnostic) -> String {
    let place = diagnostic
        .span
        .as_ref()
        .map(|span| span.location().to_string());
    format!("{}: {}", place.unwrap_or_default(), diagnostic.message)
}

fn secrets_at(rule: &CustomRule, text: &str, place: &Place<'_>) -> Vec<String> {
    let mut secrets = Vec::new();
    rule.find(text.as_bytes(), place, &mut |found| {
        secrets.push(text.get(found.secret).unwrap().to_owned());
    });
    secrets
}

fn secrets(rule: &CustomRule, text: &str) -> Vec<String> {
    secrets_at(rule, text, &Place::default())
}

/// The only rule of a file that has this under `[[rules]]`.
fn rule(fields: &str) -> Arc<CustomRule> {
    let file = loaded(&format!("[[rules]]\nid = 'acme'\n{fields}"));
    Arc::clone(file.rules.first().unwrap())
}

const WHOLE: &str = r#"
title = "acme rules"
minVersion = "v8.25.0"

[extend]
useDefault = true
disabledRules = ["github-pat", "stripe-secret-key"]

[[allowlists]]
description = "generated"
paths = ['''^gen/''']

[[allowlists]]
targetRules = ["acme-token", "stripe-access-token"]
stopwords = ["demo"]

[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''(?i)\bacme_([a-z0-9]{12})\b'''
path = '''\.(?:js|ts)$'''
secretGroup = 1
entropy = 2
keywords = ["ACME_"]
tags = ["acme", "token"]

[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ['''// public''']
paths = ['''^docs/''']

[[rules]]
id = "private-folder"
path = '''(^|/)id_rsa$'''
[rules.allowlist]
paths = ['''^test/''']

[[rules]]
id = "stripe-secret-key"
[[rules.allowlists]]
stopwords = ["abc"]
"#;

#[test]
fn a_file_as_gitleaks_users_have_it_is_read_whole() {
    let file = loaded(WHOLE);
    let told: Vec<String> = file.warnings.iter().map(told).collect();
    assert_eq!(told, Vec::<String>::new());
    let [token, folder] = file.rules.as_slice() else {
        panic!("{:?}", file.rules);
    };
    assert_eq!(
        (token.id.as_str(), token.description.as_str()),
        ("acme-token", "Acme token")
    );
    assert_eq!(
        (token.location.line, token.group, token.longest),
        (17, Some(1), Some(17))
    );
    assert_eq!(token.tags, ["acme", "token"]);
    assert!(matches!(&token.search, Search::Near(near) if near.texts == ["acme_"]));
    assert!(token.keywords.is_none());
    assert_eq!(file.allowlists.len(), 1);
    assert!(file.switched_off.contains(&"github-token"));
    assert!(file.switched_off.contains(&"stripe-secret-key"));
    let adjusted: Vec<_> = file
        .adjustments
        .iter()
        .map(|one| one.slugs.as_slice())
        .collect();
    assert!(
        adjusted
            .iter()
            .all(|slugs| slugs.contains(&"stripe-secret-key"))
    );
    assert_eq!(adjusted.len(), 2);
    assert!(folder.pattern.is_none());
}

#[test]
fn a_rule_finds_its_group_where_all_it_asks_for_holds() {
    let file = loaded(WHOLE);
    let token = file.rules.first().unwrap();
    let at = |path: &'static str| Place {
        path: Some(path),
        commit: None,
    };
    let key = ["ACME_", "a1b2c3d4e5f6"].concat();
    let text = format!("x = '{key}'; // public");
    assert_eq!(secrets_at(token, &text, &at("src/a.js")), ["a1b2c3d4e5f6"]);
    assert_eq!(secrets(token, &text), ["a1b2c3d4e5f6"]);
    for (path, text) in [
        ("src/a.css", text.as_str()),
        ("docs/a.js", text.as_str()),
        ("src/a.js", "x = 'acme_aaaaaaaaaaab'"),
        ("src/a.js", "x = 'acme_1demo2x3y4z'"),
        ("src/a.js", "x = 'acme_a1b2c3d4e5f67'"),
    ] {
        assert_eq!(
            secrets_at(token, text, &at(path)),
            Vec::<String>::new(),
            "{path} {text}"
        );
    }
}

#[test]
fn a_rule_of_a_path_alone_forbids_the_file() {
    let file = loaded(WHOLE);
    let folder = file.rules.get(1).unwrap();
    for (path, forbidden) in [
        ("home/id_rsa", true),
        ("test/id_rsa", false),
        ("id_rsa.pub", false),
    ] {
        let place = Place {
            path: Some(path),
            commit: None,
        };
        assert_eq!(folder.forbids(&place), forbidden, "{path}");
    }
    assert_eq!(secrets(folder, "id_rsa"), Vec::<String>::new());
}

#[test]
fn the_secret_is_the_first_group_that_is_not_empty_or_the_whole_match() {
    assert_eq!(
        secrets(&rule("regex = '''acme(x?)=([0-9]+)'''"), "acme=123"),
        ["123"]
    );
    assert_eq!(
        secrets(&rule("regex = '''acme=[0-9]+'''"), "acme=123"),
        ["acme=123"]
    );
    assert_eq!(
        secrets(&rule("regex = '''acme=[0-9]+\\n'''"), "acme=123\n"),
        ["acme=123"]
    );
}

#[test]
fn a_keyword_that_a_match_need_not_hold_may_stand_anywhere_in_the_text() {
    let rule = rule("regex = '''\\b[0-9]{9}\\b'''\nkeywords = ['acme']");
    assert!(matches!(rule.search, Search::Everywhere));
    assert_eq!(secrets(&rule, "Acme\n\n123456789"), ["123456789"]);
    assert_eq!(secrets(&rule, "other\n\n123456789"), Vec::<String>::new());
}

#[test]
fn a_rule_without_keywords_is_tried_only_where_its_own_text_stands() {
    let near = rule("regex = '''(?:live|test)_acme_[0-9]{9}'''");
    assert!(matches!(&near.search, Search::Near(texts) if texts.texts.len() == 2));
    let unbounded = rule("regex = '''acme_[0-9]+'''");
    assert!(matches!(unbounded.search, Search::Holding(_)));
    assert_eq!(
        secrets(&unbounded, "x acme_12 acme_3"),
        ["acme_12", "acme_3"]
    );
}

#[test]
fn a_fault_says_file_line_column_what_was_expected_and_how_to_mend_it() {
    for (text, message) in [
        (
            "[[rules]]\nid = 'a'\nregex = '''a(?=b)'''",
            "rules.toml:3:9: the expression of the rule `a`: look-around",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = '''([a-z]{999}){999}'''",
            "rules.toml:3:9: the expression of the rule `a`: the expression explodes",
        ),
        (
            "[[rules]]\nregex = 'a'",
            "rules.toml:1:1: `a rule` has no `id`",
        ),
        (
            "[[rules]]\nid = 'a'",
            "rules.toml:2:6: the rule `a` has neither `regex` nor `path`",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = 'a(b)'\nsecretGroup = 2",
            "rules.toml:4:15: `secretGroup` of the rule `a` is 2, and its expression has 1 groups",
        ),
        (
            "[[rules]]\nid = 7",
            "rules.toml:2:6: `id` is a whole number here",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = 'a'\nentropy = 'high'",
            "rules.toml:4:11: `entropy` is a text here",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = 'a'\nkeywords = ['a', 1]",
            "rules.toml:4:18: `keywords` is a whole number here",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = 'a'\n[[rules]]\nid = 'a'\nregex = 'b'",
            "rules.toml:5:6: a second rule is called `a`",
        ),
        (
            "[allowlist]\ncondition = 'NOT'",
            "rules.toml:2:13: unknown condition `NOT`",
        ),
        (
            "[allowlist]\nregexes = ['''(''']",
            "rules.toml:2:12: the expression of `regexes`: unclosed group",
        ),
        (
            "rules = 3",
            "rules.toml:1:9: `rules` is a whole number here",
        ),
        ("[[rules]]\nid = ", "rules.toml:2:6: not proper TOML"),
        (
            "[extend]\npath = 'base.toml'",
            "rules.toml:2:8: `base.toml` cannot be read: there is no such file",
        ),
    ] {
        let faults = faults(text);
        let fault = faults.first().unwrap();
        assert!(told(fault).starts_with(message), "{text}\n{}", told(fault));
        assert!(fault.help.is_some() || fault.label.is_some(), "{text}");
    }
}

#[test]
fn a_key_that_is_not_known_is_a_warning_with_the_nearest_name() {
    let file = loaded("[[rules]]\nid = 'a'\nregex = 'abc'\nentropie = 3\nvalidate = 'x'");
    let told: Vec<String> = file.warnings.iter().map(told).collect();
    assert_eq!(
        told,
        [
            "rules.toml:4:1: `entropie` means nothing in a rule and is read over",
            "rules.toml:5:1: `validate` means nothing in a rule and is read over",
        ]
    );
    let near = file.warnings.first().unwrap().label.as_deref();
    assert_eq!(near, Some("did you mean `entropy`?"));
}

#[test]
fn keys_are_read_in_any_case_as_gitleaks_does() {
    let rule = rule("Regex = '''acme=([0-9]+)(x)'''\nsecretgroup = 2");
    assert_eq!(rule.group, Some(2));
}

#[test]
fn a_file_is_laid_over_the_one_it_extends() {
    let base = "[[rules]]\nid = 'one'\nregex = 'one[0-9]'\ntags = ['base']\n[[rules]]\nid = 'two'\nregex = 'two[0-9]'\n[allowlist]\npaths = ['x']";
    let text = "[extend]\npath = 'base.toml'\ndisabledRules = ['two']\n[[rules]]\nid = 'one'\ndescription = 'mine'\ntags = ['own']\n[[rules.allowlists]]\nstopwords = ['one1']";
    let open: Open<'_> = &|path| {
        assert_eq!(path, "base.toml");
        Ok(base.to_owned())
    };
    let file = RuleFile::load(&Source::new("rules.toml", text), open).unwrap();
    let [one] = file.rules.as_slice() else {
        panic!("{:?}", file.rules);
    };
    assert_eq!((one.description.as_str(), one.tags.len()), ("mine", 2));
    assert_eq!(secrets(one, "one1 one2"), ["one2"]);
    assert_eq!(file.allowlists.len(), 1);
}

#[test]
fn files_that_extend_each_other_end() {
    let opened = Cell::new(0);
    let open: Open<'_> = &|_| {
        opened.set(opened.get() + 1);
        Ok("[extend]\npath = 'again.toml'".to_owned())
    };
    let text = "[extend]\npath = 'again.toml'";
    let file = RuleFile::load(&Source::new("rules.toml", text), open).unwrap();
    assert_eq!(opened.get(), 2);
    assert!(told(file.warnings.first().unwrap()).contains("too many files extend each other"));
}

#[test]
fn an_id_of_gitleaks_replaces_ours_only_where_its_rules_are_extended() {
    let rule = "[[rules]]\nid = 'github-pat'\nregex = 'ghp_[0-9]'";
    assert_eq!(loaded(rule).switched_off, Vec::<&str>::new());
    let extending = format!("[extend]\nuseDefault = true\n{rule}");
    assert_eq!(loaded(&extending).switched_off, ["github-token"]);
    let ours = "[[rules]]\nid = 'stripe-secret-key'\nregex = 'sk_[0-9]'";
    assert_eq!(loaded(ours).switched_off, ["stripe-secret-key"]);
}

#[test]
fn ours_stay_on_and_a_file_that_says_otherwise_is_told() {
    let file = loaded("[extend]\nuseDefault = false");
    assert!(told(file.warnings.first().unwrap()).contains("own rules stay on"));
}

/// Rules whose matches have a longest length, and that hold a text to look around.
const BOUNDED: &[&str] = &[
    r"acme_[a-z0-9]{4,8}",
    r"(?i)[a-z]{0,5}acme.{0,4}[0-9]{2}",
    r"\bacme[_-](?:key|ket)?[a-z]{1,3}\b",
    r"(?:^|[^a-z])(?:acme|ac_key)=([a-z0-9]{2,6})(?:$|[^a-z0-9])",
    r"(?m)^acme[ =]{1,3}[a-z]{2}$",
    r"[0-9]{1,3}(?:acme|meac)[0-9]{0,3}",
    r"(?s).{0,6}acme.{0,6}",
    r"acme(?:acme)?x{0,3}",
    r"\d?acme\z",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn looking_around_hits_finds_what_looking_everywhere_does(
        at in 0..BOUNDED.len(),
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "acme", "ACME", "_", "-", "=", " ", "\n", "key", "ket", "ab", "x", "1", "22", "ac_key",
                "meac", "é", "\u{212a}", "=z9", "acmeacme",
            ]),
            0..40,
        ),
    ) {
        let expression = BOUNDED.get(at).unwrap();
        let rule = rule(&format!("regex = '''{expression}'''"));
        prop_assert!(matches!(rule.search, Search::Near(_)), "{}", expression);
        let text = parts.concat();
        let mut everywhere = Vec::new();
        rule.find_everywhere(text.as_bytes(), &Place::default(), &mut |found| everywhere.push(found));
        let mut around = Vec::new();
        rule.find(text.as_bytes(), &Place::default(), &mut |found| around.push(found));
        prop_assert_eq!(around, everywhere);
    }

    #[test]
    fn no_file_panics(text in r#"(\[\[?[a-z.]{1,12}\]\]?\n|[a-zR]{1,10} = ['"0-9\[\]a-z(){}\\]{0,12}\n|.{0,20}\n){0,8}"#) {
        let _ = RuleFile::load(&Source::new("rules.toml", text), NOWHERE);
    }
}

/// For a person: `TIDEGATE_RULES=FILE cargo test -p tidegate-kinds -- --ignored a_file_of_somebody`
/// tells what loads.
#[test]
#[ignore = "reads the file that TIDEGATE_RULES names"]
fn a_file_of_somebody_else_loads() {
    let path = std::env::var("TIDEGATE_RULES").unwrap();
    let source = Source::new("rules.toml", std::fs::read_to_string(path).unwrap());
    let start = std::time::Instant::now();
    let (file, faults) = RuleFile::with_faults(&source, NOWHERE);
    eprintln!("{:?}", start.elapsed());
    let count = |proper: fn(&Search) -> bool| {
        file.rules
            .iter()
            .filter(|rule| proper(&rule.search))
            .count()
    };
    let mut report = format!(
        "{} rules load: {} tried near a text, {} in files that hold one, {} everywhere; {} warnings\n",
        file.rules.len(),
        count(|search| matches!(search, Search::Near(_))),
        count(|search| matches!(search, Search::Holding(_))),
        count(|search| matches!(search, Search::Everywhere)),
        file.warnings.len(),
    );
    for rule in file
        .rules
        .iter()
        .filter(|rule| matches!(rule.search, Search::Everywhere))
    {
        report.push_str(&format!("{} ", rule.id));
    }
    for fault in &faults {
        report.push_str(&format!("\n{}", told(fault)));
    }
    panic!("{report}");
}
