use super::*;
use crate::scan::custom::FIRST;
use crate::secrets::testing::{Bench, evidence, told};

/// One rule that finds `acme_` and digits.
const ACME: &str = "[[rules]]\nid = 'acme-token'\ndescription = 'Token of the acme portal'\n\
                    tags = ['acme']\nregex = '''acme_([0-9]{6})'''\n";
const KEY: &str = "const key = 'sk_live~_4eC39HqLyjWDarjtT1zdp8dc';\n";

fn offline(config: &str) -> String {
    format!("site: false\n{config}")
}

fn has_note(report: &tidegate_core::check::CheckReport, text: &str) -> bool {
    report.notes.iter().any(|note| note.contains(text))
}

#[test]
fn a_rule_of_the_user_finds_what_the_change_brings_and_says_where_it_is_declared() {
    let bench = Bench::new()
        .both("rules.toml", ACME)
        .head("src/a.ts", "\nconst token = 'acme_123456';\n");
    let report = bench.run(&offline("rules: rules.toml"));
    let [finding] = report.findings.as_slice() else {
        panic!("{:?}", report.findings);
    };
    assert_eq!(told(finding), "secrets/custom-rule src/a.ts:2");
    assert_eq!(
        finding.title,
        "A value of your rule `acme-token` enters the repository in src/a.ts"
    );
    assert_eq!(
        evidence(finding, "your rule"),
        Some("Token of the acme portal (acme)")
    );
    assert_eq!(evidence(finding, "name"), Some("token"));
    let declared = finding.related.first().unwrap();
    assert_eq!(declared.label, "declared here");
    assert_eq!(declared.location.file, "rules.toml");
}

#[test]
fn a_file_of_rules_that_is_wrong_is_told_with_its_place_and_how_many_faults_more() {
    let explodes = "[[rules]]\nid = 'a'\nregex = '''([a-z]{999}){999}'''\n\
                    [[rules]]\nid = 'b'\nregex = '''a(?=b)'''\n";
    let bench = Bench::new().both("ci/rules.toml", explodes);
    let error = bench.try_run(&offline("rules: ci/rules.toml")).unwrap_err();
    assert!(error.message.contains("the expression explodes"), "{error}");
    assert!(error.message.ends_with("(and 1 more fault)"), "{error}");
    let place = error.location.as_ref().unwrap();
    assert_eq!(
        (place.file.as_str(), place.line, place.column),
        ("ci/rules.toml", 3, 9)
    );
    assert!(error.help.contains("counted repetitions"));

    let absent = Bench::new()
        .try_run(&offline("rules: rules.toml"))
        .unwrap_err();
    assert!(absent.message.contains("no file rules.toml"), "{absent}");
    assert_eq!(absent.location.as_ref().unwrap().file, "tidegate.yaml");
}

#[test]
fn a_key_that_is_not_known_in_a_file_of_rules_is_a_note() {
    let bench = Bench::new().both("rules.toml", &format!("{ACME}entropie = 3\n"));
    let report = bench.run(&offline("rules: rules.toml"));
    assert!(
        has_note(&report, "rules.toml:6:1: `entropie` means nothing"),
        "{:?}",
        report.notes
    );
}

#[test]
fn a_file_is_extended_relative_to_the_one_that_says_so() {
    let bench = Bench::new()
        .both("ci/rules.toml", "[extend]\npath = '../shared/base.toml'\n")
        .both("shared/base.toml", "[extend]\npath = 'acme.toml'\n")
        .both("shared/acme.toml", ACME)
        .head("a.ts", "acme_123456");
    let found = bench.found(&offline("rules: ci/rules.toml"));
    assert_eq!(found, ["secrets/custom-rule a.ts:1"]);
}

#[test]
fn an_allowlist_counts_by_path_and_by_stopword_where_the_base_has_it() {
    let lists = format!("{ACME}[allowlist]\npaths = ['''^test/''']\nstopwords = ['000000']\n");
    let bench = Bench::new()
        .both("rules.toml", &lists)
        .head("test/a.ts", &format!("{KEY}acme_123456"))
        .head("src/a.ts", "acme_000000 acme_123456");
    let found = bench.found(&offline("rules: rules.toml"));
    assert_eq!(found, ["secrets/custom-rule src/a.ts:1"]);
}

#[test]
fn what_only_the_change_allows_or_switches_off_does_not_count_and_its_new_rules_do() {
    let allowing =
        "[extend]\ndisabledRules = ['stripe-secret-key']\n[allowlist]\npaths = ['''.*''']\n";
    let changed = Bench::new()
        .base("rules.toml", "")
        .head("rules.toml", &format!("{allowing}{ACME}"))
        .head("src/a.ts", KEY)
        .head("src/b.ts", "acme_123456");
    let fresh = Bench::new()
        .head(
            "rules.toml",
            &format!("{allowing}{}", ACME.replace("acme-token", "new-token")),
        )
        .head("src/a.ts", KEY);
    for bench in [&changed, &fresh] {
        let report = bench.run(&offline("rules: rules.toml"));
        let found: Vec<String> = report.findings.iter().map(told).collect();
        assert!(found.contains(&"secrets/stripe-secret-key src/a.ts:1".to_owned()));
        assert!(
            has_note(&report, "this change touches rules.toml"),
            "{:?}",
            report.notes
        );
        assert!(
            has_note(&report, "still on: stripe-secret-key"),
            "{:?}",
            report.notes
        );
    }
    // The list of the rule's own file is the new rule's as well: it loosens nothing that was there.
    let strict = Bench::new()
        .base("rules.toml", "")
        .head("rules.toml", ACME)
        .head("src/b.ts", "acme_123456");
    let found = strict.found(&offline("rules: rules.toml"));
    assert_eq!(found, ["secrets/custom-rule src/b.ts:1"]);
    let merged = Bench::new()
        .both("rules.toml", allowing)
        .head("src/a.ts", KEY);
    assert!(merged.found(&offline("rules: rules.toml")).is_empty());
}

#[test]
fn a_change_of_an_extended_file_is_a_change_of_the_rules() {
    let bench = Bench::new()
        .both("rules.toml", "[extend]\npath = 'base.toml'")
        .base("base.toml", ACME)
        .head(
            "base.toml",
            "[[rules]]\nid = 'acme-token'\nregex = '''nev[e]r'''",
        )
        .head("a.ts", "acme_123456");
    let found = bench.found(&offline("rules: rules.toml"));
    assert_eq!(found, ["secrets/custom-rule a.ts:1"]);
}

#[test]
fn a_new_rule_does_not_take_the_place_of_one_of_ours() {
    let hiding = "[[rules]]\nid = 'hide'\nconfidence = 'low'\nregex = '''(?s).{0,60}sk_live.*'''\n\
                  [[rules]]\nid = 'stripe-secret-key'\nregex = '''never'''\n";
    let bench = Bench::new()
        .base("rules.toml", "")
        .head("rules.toml", hiding)
        .head("src/a.ts", KEY);
    let found = bench.found(&offline("rules: rules.toml"));
    assert!(
        found.contains(&"secrets/stripe-secret-key src/a.ts:1".to_owned()),
        "{found:?}"
    );
}

#[test]
fn what_is_known_goes_by_paths_of_the_repository_and_findings_by_those_from_the_gate_file() {
    let mut bench = Bench::new()
        .base("apps/web/rules.toml", "")
        .head("apps/web/rules.toml", "[allowlist]\npaths = ['''.''']")
        .both(
            "apps/web/.gitleaksignore",
            "apps/web/src/a.ts:stripe-secret-key:1\n",
        )
        .head("apps/web/src/a.ts", KEY)
        .head(
            "apps/web/src/b.ts",
            "const key = 'sk_live~_9xK27HqLyjWDarjtT1zdp8dc';\n",
        );
    bench.folder = "apps/web".into();
    let report = bench.run(&offline("rules: rules.toml"));
    let found: Vec<String> = report.findings.iter().map(told).collect();
    assert_eq!(found, ["secrets/stripe-secret-key src/b.ts:1"]);
    assert!(
        has_note(&report, "1 value is known to .gitleaksignore"),
        "{:?}",
        report.notes
    );
}

#[test]
fn a_rule_that_is_named_under_without_stays_silent() {
    // The name alone would tell a guess about the same value.
    let key = "const apiSecret = 'sk_live~_4eC39HqLyjWDarjtT1zdp8dc';\n";
    let other = "const mailPassword = 'fR7kQ2mX9vLp4wZt';\n";
    let bench = Bench::new().head("src/a.ts", &format!("{key}{other}"));
    let guessed = "secrets/generic-secret src/a.ts:2";
    let all = bench.found(&offline(""));
    assert_eq!(all, ["secrets/stripe-secret-key src/a.ts:1", guessed]);
    let found = bench.found(&offline("without: [stripe-secret-key]"));
    assert_eq!(found, [guessed]);
}

#[test]
fn an_ignored_finding_counts_from_the_next_change_on() {
    let entry = "src/a.ts:stripe-secret-key:1\n";
    let known = Bench::new()
        .both(".gitleaksignore", entry)
        .head("src/a.ts", KEY);
    let report = known.run("site: false");
    assert!(report.findings.is_empty());
    assert!(
        has_note(&report, "1 value is known to .gitleaksignore"),
        "{:?}",
        report.notes
    );

    let added = Bench::new()
        .head(".gitleaksignore", entry)
        .head("src/a.ts", KEY);
    let report = added.run("site: false");
    let [finding] = report.findings.as_slice() else {
        panic!("{:?}", report.findings);
    };
    let said = evidence(finding, "ignore entry").unwrap();
    assert!(said.contains("came with the same change"), "{said}");
    assert!(
        has_note(&report, ".gitleaksignore line 1"),
        "{:?}",
        report.notes
    );
}

#[test]
fn a_list_may_have_another_name_and_must_be_there() {
    let bench = Bench::new()
        .both("known.txt", "src/a.ts:stripe-secret-key:1\n")
        .head("src/a.ts", KEY);
    assert!(bench.found(&offline("ignore: known.txt")).is_empty());
    let error = bench.try_run(&offline("ignore: other.txt")).unwrap_err();
    assert!(error.message.contains("other.txt"), "{error}");
}

#[test]
fn a_report_of_gitleaks_lets_be_what_the_base_has_in_it() {
    let report =
        r#"[{"RuleID":"stripe-access-token","File":"src/a.ts","StartLine":1,"Secret":"REDACTED"}]"#;
    let config = offline("gitleaks-baseline: known.json");
    let known = Bench::new()
        .both("known.json", report)
        .head("src/a.ts", KEY);
    let ran = known.run(&config);
    assert!(ran.findings.is_empty());
    assert!(
        has_note(&ran, "1 value is known to known.json"),
        "{:?}",
        ran.notes
    );
    let added = Bench::new()
        .head("known.json", report)
        .head("src/a.ts", KEY);
    let found = added.run(&config).findings;
    assert!(
        found
            .iter()
            .any(|finding| evidence(finding, "ignore entry").is_some())
    );
    let error = Bench::new()
        .both("known.json", "{")
        .try_run(&config)
        .unwrap_err();
    assert!(error.message.contains("not proper JSON"), "{error}");
}

#[test]
fn a_source_that_may_stay_in_the_repository_is_not_for_every_visitor() {
    let bench = Bench::new()
        .both(".gitleaksignore", "src/a.ts:stripe-secret-key:1\n")
        .both("src/a.ts", KEY)
        .file("dist/a.js", KEY)
        .file(
            "dist/a.js.map",
            &format!(
                r#"{{"version":3,"sources":["../src/a.ts"],"sourcesContent":["{}"],"mappings":"AAAA"}}"#,
                KEY.trim_end()
            ),
        );
    let found = bench.found("site: false");
    assert_eq!(found, ["secrets/stripe-secret-key src/a.ts:1"]);
    let listed = bench.both(
        ".gitleaksignore",
        "dist/a.js:stripe-secret-key:1\ndist/a.js.map:stripe-secret-key:1\n",
    );
    assert!(listed.found("site: false").is_empty());
}

#[test]
fn entries_about_nothing_are_told_when_everything_was_looked_at() {
    let bench = Bench::new().both(".gitleaksignore", "gone.ts:stripe-secret-key:1\n");
    let told = "matches nothing any more";
    assert!(!has_note(&bench.run("site: false"), told));
    let whole = bench.run(&offline("tree: true\nhistory: true"));
    assert!(has_note(&whole, told), "{:?}", whole.notes);
}

#[test]
fn a_comment_that_comes_with_the_value_does_not_allow_it_and_one_that_was_there_does() {
    let allowed = format!("{} // gitleaks:allow\n", KEY.trim_end());
    let bench = Bench::new().head("src/a.ts", &allowed);
    let report = bench.run("site: false");
    let finding = report.findings.first().unwrap();
    assert!(evidence(finding, "allow comment").is_some());
    let bench = Bench::new().both("src/a.ts", &allowed);
    let report = bench.run(&offline("tree: true"));
    assert!(report.findings.is_empty());
    assert!(
        has_note(&report, "1 value is allowed by comments"),
        "{:?}",
        report.notes
    );
    let own = "acme_123456 // tidegate:allow=acme-token\n";
    let bench = Bench::new().both("rules.toml", ACME).head("b.ts", own);
    let found = bench.found(&offline("rules: rules.toml"));
    assert_eq!(found, ["secrets/custom-rule b.ts:1"]);
}

#[test]
fn a_file_that_must_not_be_there_is_a_finding_by_its_path() {
    let rules = "[[rules]]\nid = 'key-file'\npath = '''(^|/)id_rsa$'''\n";
    let bench = Bench::new()
        .both("rules.toml", rules)
        .both("old/id_rsa", "x")
        .head("home/id_rsa", "");
    let report = bench.run(&offline("rules: rules.toml"));
    let [finding] = report.findings.as_slice() else {
        panic!("{:?}", report.findings);
    };
    assert_eq!(told(finding), "secrets/custom-rule home/id_rsa:1");
    assert_eq!(
        finding.title,
        "A file of your rule `key-file` enters the repository in home/id_rsa"
    );
    assert_eq!(evidence(finding, "value"), None);
}

#[test]
fn a_file_of_the_build_output_that_must_not_be_there_is_told_as_itself() {
    let map =
        r#"{"version":3,"sources":["../src/a.ts"],"sourcesContent":["let a"],"mappings":"AAAA"}"#;
    let bench = Bench::new()
        .both("rules.toml", "[[rules]]\nid = 'maps'\npath = '\\.map$'\n")
        .file("dist/a.js", "let a")
        .file("dist/a.js.map", map);
    let found = bench.found(&offline("rules: rules.toml"));
    assert_eq!(found, ["secrets/custom-rule dist/a.js.map:1"]);
}

#[test]
fn rules_of_the_user_see_the_first_part_of_a_large_file_and_ours_see_all() {
    let mut large = "acme_123456\n".to_owned();
    large.push_str(&"let it = be;\n".repeat(FIRST / 13 + 1));
    large.push_str("acme_654321\n");
    large.push_str(KEY);
    let bench = Bench::new()
        .both("rules.toml", ACME)
        .head("large.ts", &large);
    let report = bench.run(&offline("rules: rules.toml"));
    let mut codes: Vec<&str> = report
        .findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, ["secrets/custom-rule", "secrets/stripe-secret-key"]);
    let note = "your own rules saw the first 8 MiB of 1 larger file";
    assert!(has_note(&report, note), "{:?}", report.notes);
}

#[test]
fn without_a_repository_the_files_count_as_they_are() {
    let mut bench = Bench::new()
        .file(
            "rules.toml",
            &format!("{ACME}[allowlist]\npaths = ['^dist/test']\n"),
        )
        .file("dist/a.js", "acme_123456")
        .file("dist/test.js", "acme_123456");
    bench.repository = false;
    let found = bench.found(&offline("rules: rules.toml"));
    assert_eq!(found, ["secrets/custom-rule dist/a.js:1"]);
}

#[test]
fn a_path_stays_within_the_repository() {
    for (folder, path, wanted) in [
        ("", "rules.toml", Some("rules.toml")),
        (
            "apps/web",
            "./ci/rules.toml",
            Some("apps/web/ci/rules.toml"),
        ),
        ("apps/web", "../rules.toml", Some("apps/rules.toml")),
        ("apps", "../../rules.toml", None),
    ] {
        assert_eq!(joined(folder, path).as_deref(), wanted, "{folder} {path}");
    }
}
