//! The rules' cases, and the engine whole against piece by piece.

use proptest::prelude::*;

use super::stream::Stream;
use super::*;
use crate::shipped::source_map::line_of;

/// A line of a file of cases: whether the rule must be found in the text.
struct Case {
    wanted: bool,
    slug: &'static str,
    text: String,
    place: String,
}

const CASES: &[(&str, &str)] = &[
    ("ai.txt", include_str!("cases/ai.txt")),
    ("ai_services.txt", include_str!("cases/ai_services.txt")),
    ("cloud.txt", include_str!("cases/cloud.txt")),
    ("data.txt", include_str!("cases/data.txt")),
    ("developer.txt", include_str!("cases/developer.txt")),
    ("generic.txt", include_str!("cases/generic.txt")),
    ("hosting.txt", include_str!("cases/hosting.txt")),
    ("messaging.txt", include_str!("cases/messaging.txt")),
    ("names.txt", include_str!("cases/names.txt")),
    ("operations.txt", include_str!("cases/operations.txt")),
    ("payments.txt", include_str!("cases/payments.txt")),
    ("public.txt", include_str!("cases/public.txt")),
    ("saas.txt", include_str!("cases/saas.txt")),
];

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, content) in CASES {
        for (number, line) in (1..).zip(content.lines()) {
            let place = format!("{name}:{number}");
            let Some((wanted, rest)) = line
                .strip_prefix("+ ")
                .map(|rest| (true, rest))
                .or_else(|| line.strip_prefix("- ").map(|rest| (false, rest)))
            else {
                assert!(line.is_empty() || line.starts_with('#'), "{place}");
                continue;
            };
            let (slug, text) = rest.split_once(" | ").expect(&place);
            cases.push(Case {
                wanted,
                slug: slug.trim(),
                text: unbroken(text),
                place,
            });
        }
    }
    cases
}

/// Keys stand in the files broken by `~`, so that no scanner finds them there.
fn unbroken(text: &str) -> String {
    let mut letters = text.chars();
    let mut whole = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '~' => {}
            '\\' => match letters.next() {
                Some('n') => whole.push('\n'),
                Some('t') => whole.push('\t'),
                Some(other) => whole.push(other),
                None => {}
            },
            other => whole.push(other),
        }
    }
    whole
}

fn scanner() -> &'static Scanner {
    Scanner::built_in()
}

#[test]
fn every_rule_finds_its_true_cases_and_leaves_its_false_ones() {
    let mut wrong = Vec::new();
    for case in cases() {
        let found = scanner().scan(case.text.as_bytes());
        let slugs: Vec<&str> = found.iter().map(Sighting::slug).collect();
        let hits = slugs.iter().filter(|slug| **slug == case.slug).count();
        if hits != usize::from(case.wanted) {
            let sign = if case.wanted { "+" } else { "-" };
            wrong.push(format!("{} {sign} {}: {slugs:?}", case.place, case.slug));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_rule_has_three_cases_of_each_sort() {
    let cases = cases();
    let count = |rule: &Rule, wanted: bool| {
        let of = |case: &&Case| case.slug == rule.slug && case.wanted == wanted;
        cases.iter().filter(of).count()
    };
    let few: Vec<&str> = rules::all()
        .filter(|rule| count(rule, true) < 3 || count(rule, false) < 3)
        .map(|rule| rule.slug)
        .collect();
    assert!(few.is_empty(), "{few:?}");
    for case in &cases {
        assert!(
            rules::all().any(|rule| rule.slug == case.slug),
            "{}",
            case.place
        );
    }
}

#[test]
fn a_sighting_shows_its_place_and_never_its_value() {
    let text = format!(
        "const a={{key:\"sk_live{}\"}}",
        "_4eC39HqLyjWDarjtT1zdp8dcX"
    );
    let found = scanner().scan(text.as_bytes());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].slug(), "stripe-secret-key");
    assert_eq!(found[0].binding.as_deref(), Some("key"));
    assert_eq!(found[0].redacted(), "sk_live_… (33 characters)");
    assert!(!format!("{:?}", found[0]).contains("4eC39"));
}

/// What two ways of looking must agree on.
fn told(sighting: &Sighting) -> (String, Range<usize>, String) {
    (
        sighting.slug().to_owned(),
        sighting.range.clone(),
        sighting.value.expose().to_owned(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_text_shows_the_same_whole_and_piece_by_piece(
        parts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..3000, any::<bool>()), 1..12),
        piece in 1usize..9000,
    ) {
        let cases = cases();
        prop_assume!(!cases.is_empty());
        let mut text = String::new();
        for (index, filler, lines) in parts {
            text.push_str(&cases[index.index(cases.len())].text);
            text.push_str(&(if lines { "é\n" } else { "; " }).repeat(filler));
        }
        let whole = scanner().scan(text.as_bytes());
        let (streamed, length) = Stream::new(scanner(), piece)
            .run(&mut text.as_bytes(), &custom::Place::default())
            .expect("a slice can be read");
        prop_assert_eq!(length, text.len() as u64);
        prop_assert_eq!(
            whole.iter().map(told).collect::<Vec<_>>(),
            streamed.iter().map(|one| told(&one.sighting)).collect::<Vec<_>>()
        );
        for one in &streamed {
            prop_assert_eq!(line_of(text.as_bytes(), one.sighting.range.start), (one.line, one.column));
        }
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        scanner().scan(&bytes);
    }
}

#[test]
fn what_is_to_guess_in_a_url_is_its_password() {
    let text = format!("postgres://app:{}@db.acme.io/portal", "hZ7qPw93LmXc");
    let found = scanner().scan(text.as_bytes());
    assert_eq!(found[0].guessable(), "hZ7qPw93LmXc");
}
