use proptest::prelude::*;

use super::*;
use crate::scan::Scanner;
use crate::scan::custom::tests::loaded;

fn set(text: &str) -> CustomSet {
    CustomSet::of(loaded(text)).unwrap()
}

fn seen(set: &CustomSet, text: &str, path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    set.look(text.as_bytes(), &Place::of(path), &mut found);
    let told = |one: &Sighting| (one.slug().to_owned(), one.value.expose().to_owned());
    found.iter().map(told).collect()
}

/// Rules that are tried near a text, in texts that hold one, and everywhere, with keywords and without.
const MIXED: &str = r"
[[rules]]
id = 'near'
regex = '''acme_[a-z0-9]{4}'''
[[rules]]
id = 'near-one-of-two'
regex = '''(?:acme|bolt)-[0-9]{2,4}'''
keywords = ['acme', 'bolt']
[[rules]]
id = 'holding'
regex = '''bolt=[a-z]+'''
[[rules]]
id = 'everywhere'
regex = '''\b[0-9]{6}\b'''
[[rules]]
id = 'everywhere-with-a-keyword'
regex = '''\b[a-f]{5}\b'''
keywords = ['Bolt', 'nut']
[[rules]]
id = 'of-scripts'
path = '''\.js$'''
regex = '''acme:([0-9]{3})'''
[[rules]]
id = 'with-another'
regex = '''nut=[0-9]{2}'''
[[rules.required]]
id = 'near'
withinLines = 1
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_rules_together_find_what_each_finds_alone(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "acme", "ACME_", "_", "-", "=", ":", " ", "\n", "bolt", "nut=", "ab1c", "12", "345",
                "abcde", "123456", "é", "acme_x9y8", "bolt-77",
            ]),
            0..60,
        ),
        script in any::<bool>(),
    ) {
        let text = parts.concat();
        let place = Place::of(if script { "a.js" } else { "a.css" });
        let mut alone = Vec::new();
        for rule in &loaded(MIXED).rules {
            rule.find(text.as_bytes(), &place, &mut |found| alone.push((rule.id.clone(), found)));
        }
        let mut together = Vec::new();
        set(MIXED).find(text.as_bytes(), &place, &mut |rule, found| {
            together.push((rule.id.clone(), found));
        });
        prop_assert_eq!(together, alone);
    }
}

#[test]
fn many_rules_are_one_search_and_only_those_that_are_hit_are_tried() {
    let mut rules = String::new();
    for number in 0..220 {
        rules.push_str(&format!(
            "[[rules]]\nid = 'rule-{number}'\nregex = '''svc{number:03}_([a-z0-9]{{8}})'''\n\
             keywords = ['svc{number:03}_', 'service']\n"
        ));
    }
    let set = set(&rules);
    let mut text = "const value = compute(17);\n".repeat(40_000);
    text.insert_str(500_000, " svc007_ab12cd34 svc123_ab12cd34 ");
    let trials: Vec<_> = set.trials(text.as_bytes(), &Place::default()).collect();
    let tried: Vec<&str> = trials.iter().map(|(rule, _)| rule.id.as_str()).collect();
    assert_eq!(tried, ["rule-7", "rule-123"]);
    assert!(
        trials
            .iter()
            .all(|(_, trial)| matches!(trial, Trial::Near(places) if places.len() == 1))
    );
    assert_eq!(seen(&set, &text, "a.js").len(), 2);
}

#[test]
fn a_text_full_of_a_keyword_is_looked_through_once_for_its_rule() {
    let set = set("[[rules]]\nid = 'a'\nregex = '''acme_[0-9]{3}'''");
    let text = "acme_ ".repeat(MOST_HITS) + "acme_123";
    let trials: Vec<_> = set.trials(text.as_bytes(), &Place::default()).collect();
    assert!(matches!(trials.as_slice(), [(_, Trial::Everywhere)]));
    assert_eq!(seen(&set, &text, "a"), [("a".into(), "acme_123".into())]);
}

#[test]
fn a_sighting_tells_its_name_its_rule_and_whether_a_comment_allows_it() {
    let set = set("[[rules]]\nid = 'a'\nconfidence = 'low'\nregex = '''acme_[0-9]{3}'''");
    let mut found = Vec::new();
    let text = "const acmeKey = 'acme_123';\nx = 'acme_456' // tidegate:allow=a";
    set.look(text.as_bytes(), &Place::default(), &mut found);
    let [one, other] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(one.binding.as_deref(), Some("acmeKey"));
    assert_eq!(one.confidence, tidegate_core::meta::Confidence::Low);
    assert_eq!((one.allowed, other.allowed), (false, true));
    assert_eq!(one.redacted(), "… (8 characters)");
}

#[test]
fn a_rule_that_is_there_to_be_required_is_not_told() {
    let set = set("[[rules]]\nid = 'a'\nregex = '''acme'''\nskipReport = true");
    assert!(seen(&set, "acme", "a").is_empty());
}

#[test]
fn a_file_that_must_not_be_there_is_told_by_its_path() {
    let set = set(
        "[[rules]]\nid = 'key-file'\npath = '''(^|/)id_rsa$'''\n[allowlist]\npaths = ['^test/']",
    );
    let forbidden = |path| set.forbidden(&Place::of(path)).len();
    assert_eq!(forbidden("home/id_rsa"), 1);
    assert_eq!(forbidden("test/id_rsa"), 0);
    assert!(
        set.forbidden(&Place::of("id_rsa"))
            .iter()
            .all(Sighting::is_file)
    );
    assert!(seen(&set, "id_rsa", "id_rsa").is_empty());
}

fn key() -> String {
    ["sk_live", "_4eC39HqLyjWDarjtT1zdp8dc"].concat()
}

fn slugs(rules: &str, text: &str, path: &str) -> Vec<String> {
    let file = loaded(rules);
    let silent = file.switched_off.clone();
    let scanner = Scanner::with(&silent, CustomSet::of(file));
    let found = scanner.scan_at(text.as_bytes(), &Place::of(path));
    found.iter().map(|one| one.slug().to_owned()).collect()
}

#[test]
fn what_the_user_allows_is_left_out_of_what_our_rules_see() {
    let text = format!("a = '{}' // demo\nb = 1", key());
    let told = ["stripe-secret-key"];
    for (rules, path, wanted) in [
        ("[allowlist]\npaths = ['^test/']", "test/a.js", &[][..]),
        ("[allowlist]\npaths = ['^test/']", "src/a.js", &told),
        ("[allowlist]\nstopwords = ['4ec39']", "a.js", &[]),
        (
            "[allowlist]\nregexTarget = 'line'\nregexes = ['// demo$']",
            "a.js",
            &[],
        ),
        (
            "[allowlist]\nregexTarget = 'line'\nregexes = ['^b = 1']",
            "a.js",
            &told,
        ),
        (
            "[allowlist]\ntargetRules = ['stripe-access-token']\nstopwords = ['4ec39']",
            "a.js",
            &[],
        ),
        (
            "[allowlist]\ntargetRules = ['github-pat']\nstopwords = ['4ec39']",
            "a.js",
            &told,
        ),
        ("[extend]\ndisabledRules = ['github-pat']", "a.js", &told),
    ] {
        assert_eq!(slugs(rules, &text, path), wanted, "{rules} {path}");
    }
    let off = slugs(
        "[extend]\ndisabledRules = ['stripe-secret-key']",
        &text,
        "a.js",
    );
    assert!(!off.contains(&told[0].to_owned()));
}

#[test]
fn a_rule_of_the_user_sees_what_a_silent_rule_owns() {
    let text = format!("apiSecret = '{}'", key());
    let off = "[extend]\ndisabledRules = ['stripe-secret-key']\n";
    assert_eq!(slugs(off, &text, "a.js"), [""; 0]);
    let own = format!("{off}[[rules]]\nid = 'acme'\nregex = '''sk_live_[A-Za-z0-9]+'''");
    assert_eq!(slugs(&own, &text, "a.js"), ["acme"]);
    let instead = "[[rules]]\nid = 'stripe-secret-key'\nregex = '''sk_live_[A-Za-z0-9]+'''";
    assert_eq!(slugs(instead, &text, "a.js"), ["stripe-secret-key"]);
}

#[test]
fn what_silent_rules_see_hides_nothing_behind_it() {
    let known = |at: usize| format!("phc_{}{at:05}\n", "kQ3mX9vLp4wZtR7nB2cD8fG6hJ1sY5aE0uWiTo");
    let many: String = (0..12_000).map(known).collect();
    let text = format!("{many}k = '{}'", key());
    let seen = |silent: &[&str]| Scanner::with(silent, None).scan(text.as_bytes());
    assert_eq!(seen(&[]).len(), 10_000);
    let found = seen(&["posthog-project-key"]);
    let slugs: Vec<&str> = found.iter().map(Sighting::slug).collect();
    assert_eq!(slugs, ["stripe-secret-key"]);
}

#[test]
fn of_two_rules_on_one_value_the_more_telling_is_told() {
    let text = format!("stripeKey = '{}'", key());
    let wide = "[[rules]]\nid = 'wide'\nregex = '''stripeKey = \\S+'''";
    assert_eq!(slugs(wide, &text, "a.js"), ["stripe-secret-key"]);
    let guess = "password = 'fR7kQ2mX9vLp4wZt'";
    let own = "[[rules]]\nid = 'acme-password'\nregex = '''password = .([A-Za-z0-9]{16})'''";
    assert_eq!(slugs("", guess, "a.js"), ["generic-secret"]);
    assert_eq!(slugs(own, guess, "a.js"), ["acme-password"]);
    let mut added = loaded(own);
    added = RuleFile::default().made_stricter_by(added);
    let scanner = Scanner::with(&[], CustomSet::of(added));
    let found = scanner.scan(guess.as_bytes());
    assert_eq!(found.first().map(Sighting::slug), Some("generic-secret"));
}

#[test]
fn a_text_shows_the_same_whole_and_piece_by_piece_with_rules_of_the_user() {
    let rules = format!("{MIXED}\n[allowlist]\nregexTarget = 'line'\nregexes = ['fine$']");
    let scanner = Scanner::with(&["posthog-project-key"], CustomSet::of(loaded(&rules)));
    let filler = "let é = 1;\n".repeat(3000);
    let silent = "apiSecret = 'phc_kQ3mX9vLp4wZtR7nB2cD8fG6hJ1sY5aE0uWiTo12345'";
    let text = format!(
        "x acme_ab12\n{silent}\n{filler}k = '{0}'\n{filler}k = '{0}' // fine\nbolt=abc {filler}acme-12",
        key()
    );
    let place = Place::of("a.js");
    let whole = scanner.scan_at(text.as_bytes(), &place);
    let mut stream = crate::scan::Stream::new(&scanner, 700);
    let (pieces, _) = stream.run(&mut text.as_bytes(), &place).unwrap();
    let told = |one: &Sighting| (one.slug().to_owned(), one.range.clone());
    let of_pieces: Vec<_> = pieces.iter().map(|one| told(&one.sighting)).collect();
    assert_eq!(whole.iter().map(told).collect::<Vec<_>>(), of_pieces);
    assert_eq!(whole.len(), 4);
    for one in &pieces {
        let place = crate::shipped::source_map::line_of(text.as_bytes(), one.sighting.range.start);
        assert_eq!((one.line, one.column), place);
    }
}
