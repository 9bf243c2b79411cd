use proptest::prelude::*;
use serde_json::json;

use super::*;

fn seen<'t>(file: &'t str, rule: &'t str, line: usize) -> Seen<'t> {
    Seen {
        file,
        rule,
        line,
        value: "the value",
        commit: None,
    }
}

fn both(text: &str) -> Ignores {
    Ignores::of(Some(text), Some(text))
}

#[test]
fn an_entry_lets_be_what_it_names_by_gitleaks_rule_or_by_ours() {
    let text = "# known\n\nsrc/pay.js:stripe-access-token:3\nsrc/b.js:acme-token:4\r\n";
    let mut ignores = both(text);
    for (file, rule, line, said) in [
        ("src/pay.js", "stripe-secret-key", 3, Said::Known),
        ("src/pay.js", "stripe-restricted-key", 3, Said::Known),
        ("src/pay.js", "github-token", 3, Said::Nothing),
        ("src/pay.js", "stripe-secret-key", 4, Said::Nothing),
        ("src/other.js", "stripe-secret-key", 3, Said::Nothing),
        ("src/b.js", "acme-token", 4, Said::Known),
    ] {
        assert_eq!(ignores.say(&seen(file, rule, line)), said, "{file} {rule}");
    }
    assert_eq!(ignores.notes(), Vec::<String>::new());
}

#[test]
fn an_entry_of_a_commit_counts_where_the_commit_is_not_known_or_the_same() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let mut ignores = both(&format!("{commit}:C\\src\\a.js:github-pat:9"));
    let mut one = seen("C/src/a.js", "github-token", 9);
    assert_eq!(ignores.say(&one), Said::Known);
    one.commit = Some(commit);
    assert_eq!(ignores.say(&one), Said::Known);
    one.commit = Some("ffff456789abcdef0123456789abcdef01234567");
    assert_eq!(ignores.say(&one), Said::Nothing);
}

#[test]
fn what_the_change_adds_is_told_and_not_applied() {
    let head = "a.js:github-pat:1\nb.js:github-pat:2";
    let mut ignores = Ignores::of(Some("a.js:github-pat:1"), Some(head));
    assert_eq!(ignores.say(&seen("a.js", "github-token", 1)), Said::Known);
    assert_eq!(
        ignores.say(&seen("b.js", "github-token", 2)),
        Said::AddedByChange
    );
    assert_eq!(
        ignores.notes(),
        [".gitleaksignore line 2: `b.js:github-pat:2` is added by this change and not applied"]
    );
    let mut new_file = Ignores::of(None, Some(head));
    assert_eq!(
        new_file.say(&seen("a.js", "github-token", 1)),
        Said::AddedByChange
    );
}

#[test]
fn what_the_change_takes_out_is_no_longer_applied() {
    let mut ignores = Ignores::of(Some("a.js:github-pat:1"), None);
    assert_eq!(ignores.say(&seen("a.js", "github-token", 1)), Said::Nothing);
    assert_eq!(ignores.notes(), Vec::<String>::new());
}

#[test]
fn an_entry_that_matches_nothing_is_told() {
    let notes = both("a.js:github-pat:1").notes();
    assert_eq!(
        notes,
        [".gitleaksignore line 1: `a.js:github-pat:1` matches nothing any more; take it out"]
    );
    let many: String = (1..=30).map(|line| format!("a.js:jwt:{line}\n")).collect();
    let notes = both(&many).notes();
    assert_eq!(notes.len(), TOLD + 1);
    assert!(notes.last().unwrap().contains("20 entries more"));
}

#[test]
fn a_line_that_is_no_entry_is_told() {
    for line in [
        "a.js",
        "a.js:jwt",
        "a.js:jwt:x",
        "a.js:jwt:0",
        ":jwt:3",
        "a.js::3",
    ] {
        let notes = both(line).notes();
        assert!(
            notes.first().unwrap().contains("line 1 is not read"),
            "{line}"
        );
    }
}

fn report(secret: &str) -> String {
    json!([{
        "RuleID": "github-pat",
        "Description": "GitHub token",
        "StartLine": 7,
        "EndLine": 7,
        "File": "src/a.js",
        "Secret": secret,
        "Match": secret,
        "Commit": "0123456789abcdef0123456789abcdef01234567",
        "Entropy": 4.1,
        "Tags": [],
        "Fingerprint": "0123456789abcdef0123456789abcdef01234567:src/a.js:github-pat:7"
    }])
    .to_string()
}

#[test]
fn a_report_lets_its_values_be_wherever_they_moved_in_the_file() {
    let text = report("the value");
    let mut ignores = Ignores::default()
        .with_baseline(Some(&text), Some(&text))
        .unwrap();
    assert_eq!(
        ignores.say(&seen("src/a.js", "github-token", 99)),
        Said::Known
    );
    let other = Seen {
        value: "another value",
        ..seen("src/a.js", "github-token", 7)
    };
    assert_eq!(ignores.say(&other), Said::Nothing);
}

#[test]
fn a_redacted_report_goes_by_the_line() {
    for secret in ["REDACTED", "ghp_16...", ""] {
        let text = report(secret);
        let mut ignores = Ignores::default()
            .with_baseline(Some(&text), Some(&text))
            .unwrap();
        assert_eq!(
            ignores.say(&seen("src/a.js", "github-token", 7)),
            Said::Known
        );
        assert_eq!(
            ignores.say(&seen("src/a.js", "github-token", 8)),
            Said::Nothing
        );
    }
}

#[test]
fn a_report_of_the_change_itself_is_not_applied_and_shows_no_value() {
    let text = report("the value");
    let mut ignores = Ignores::default().with_baseline(None, Some(&text)).unwrap();
    assert_eq!(
        ignores.say(&seen("src/a.js", "github-token", 7)),
        Said::AddedByChange
    );
    assert!(!format!("{ignores:?} {:?}", ignores.notes()).contains("the value"));
}

#[test]
fn what_is_no_report_is_refused() {
    let error = |text: &str| {
        let error = Ignores::default()
            .with_baseline(None, Some(text))
            .unwrap_err();
        assert!(error.help().contains("gitleaks"));
        error.to_string()
    };
    assert!(error("[{").contains("line 1, column 2"));
    assert!(error("{}").contains("no list"));
    assert!(error("[{}]").contains("entry 1 has no `RuleID`"));
    assert!(error(r#"[{"RuleID":"a","File":"b"}]"#).contains("neither"));
    assert!(Ignores::default().with_baseline(None, Some("null")).is_ok());
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let mut ignores = both(&text);
        let _ = ignores.say(&seen("a", "b", 1));
        let _ = ignores.notes();
        let _ = Ignores::default().with_baseline(Some(&text), Some(&text));
    }
}
