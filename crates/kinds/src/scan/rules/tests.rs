use std::collections::HashSet;

use super::all;
use crate::scan::rule::{Class, Part, Rule, Shape};

fn is_kebab_case(slug: &str) -> bool {
    slug.split('-').all(|word| {
        !word.is_empty()
            && word
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    })
}

fn texts(rule: &Rule) -> impl Iterator<Item = &'static str> {
    [rule.opens, rule.keep_out]
        .into_iter()
        .chain(rule.rotate.iter().copied())
}

fn parts(shape: &Shape) -> &'static [Part] {
    match shape {
        Shape::Token(parts)
        | Shape::Named { value: parts, .. }
        | Shape::Around { after: parts, .. } => parts,
        Shape::Jwt | Shape::PrivateKey | Shape::UrlWithPassword(_) | Shape::PublicName => &[],
    }
}

#[test]
fn slugs_are_unique_and_in_kebab_case() {
    let mut seen = HashSet::new();
    for rule in all() {
        assert!(is_kebab_case(rule.slug), "{}", rule.slug);
        assert!(seen.insert(rule.slug), "{} is there twice", rule.slug);
    }
}

#[test]
fn texts_are_whole_sentences() {
    for rule in all() {
        for text in texts(rule) {
            assert!(text.ends_with('.'), "{}: {text}", rule.slug);
            assert!(!text.contains("  "), "{}: {text}", rule.slug);
            let first = text.chars().next();
            assert!(first.is_some_and(char::is_uppercase), "{}", rule.slug);
        }
    }
}

#[test]
fn every_rule_names_its_provider_its_page_and_its_shapes() {
    for rule in all() {
        assert!(!rule.name.is_empty(), "{}", rule.slug);
        assert!(!rule.provider.is_empty(), "{}", rule.slug);
        assert!(rule.reference.starts_with("https://"), "{}", rule.slug);
        assert!(!rule.shapes.is_empty(), "{}", rule.slug);
    }
}

#[test]
fn what_must_be_kept_secret_can_be_replaced_in_three_to_five_steps() {
    for rule in all().filter(|rule| rule.class != Class::Public) {
        assert!((3..=5).contains(&rule.rotate.len()), "{}", rule.slug);
    }
}

#[test]
fn runs_are_bounded_and_tokens_begin_with_a_literal() {
    for rule in all() {
        for shape in rule.shapes {
            for part in parts(shape) {
                if let Part::Run(_, least, most) = part {
                    assert!(least <= most && *most <= 4096, "{}", rule.slug);
                }
            }
            if let Shape::Token(parts) = shape {
                let first = parts.first();
                assert!(
                    matches!(first, Some(Part::Text(_) | Part::Either(_))),
                    "{}",
                    rule.slug
                );
            }
        }
    }
}

#[test]
fn names_are_told_by_lowercase_letters_and_digits_and_words_may_be_apart() {
    let plain = |text: &str| {
        text.chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    for rule in all() {
        for shape in rule.shapes {
            if let Shape::Named { word, also, .. } = shape {
                assert!(
                    word.split('_').all(|part| !part.is_empty() && plain(part)),
                    "{}",
                    rule.slug
                );
                assert!(also.iter().all(|also| plain(also)), "{}", rule.slug);
            }
        }
    }
}

#[test]
fn a_longer_choice_stands_before_those_it_begins_with() {
    for rule in all() {
        for part in rule.shapes.iter().flat_map(parts) {
            if let Part::Either(choices) = part {
                for (place, choice) in choices.iter().enumerate() {
                    let hidden = choices.iter().skip(place + 1);
                    let hides = |later: &&str| later.starts_with(choice);
                    assert!(!hidden.into_iter().any(hides), "{}: {choice}", rule.slug);
                }
            }
        }
    }
}
