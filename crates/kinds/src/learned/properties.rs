//! What holds for whatever portals answer.

use proptest::prelude::*;

use super::cases::{PATH, Project, get};
use super::shape::{Counting, Shape};
use super::*;

/// Values as portals answer them; every text begins in a way that no name does.
fn values() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        "zq[a-z]{3,9}",
        "ZQ[A-Z]{3,9}",
        "zq[a-z ,.!]{3,20}",
        "zq[a-z]{3,9}@zq[a-z]{2,5}\\.example",
        "https://zq[a-z]{2,9}\\.example/zq[a-z]{2,9}",
    ];
    let scalar = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        (-1e6..1e6f64).prop_map(Json::from),
        text.prop_map(Json::from),
    ];
    let key = prop_oneof![4 => "[a-f]", 1 => "zq[0-9]{6}"];
    scalar.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            proptest::collection::btree_map(key.clone(), inner, 0..5)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

fn shape_of(value: &Json) -> Shape {
    sample::sample(value.to_string().as_bytes()).unwrap()
}

fn learned(values: &[Json]) -> Shape {
    let shapes = values.iter().map(shape_of);
    shapes
        .reduce(|one, other| one.merge(other, Counting::Between))
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_was_learned_from_is_never_found(values in proptest::collection::vec(values(), 1..8), runs in 1..7usize) {
        let project = Project::default();
        let exchanges: Vec<Exchange> = values.iter().map(|value| get(&value.to_string())).collect();
        for _ in 0..runs {
            project.run(Updating::Accept, &exchanges);
        }
        let ran = project.run(Updating::Never, &exchanges);
        prop_assert_eq!(ran.codes(), [""; 0]);
    }

    #[test]
    fn the_order_of_answers_does_not_matter(values in proptest::collection::vec(values(), 2..8), at in any::<prop::sample::Index>()) {
        let mut turned = values.clone();
        turned.rotate_left(at.index(values.len()));
        turned.reverse();
        prop_assert_eq!(learned(&values), learned(&turned));
        let (one, other) = values.split_at(at.index(values.len() - 1) + 1);
        if !other.is_empty() {
            let halves = learned(one).merge(learned(other), Counting::Between);
            prop_assert_eq!(learned(&values), halves);
        }
    }

    #[test]
    fn no_value_is_ever_stored(values in proptest::collection::vec(values(), 1..8)) {
        let project = Project::default();
        let exchanges: Vec<Exchange> = values.iter().map(|value| get(&value.to_string())).collect();
        project.run(Updating::Extend, &exchanges);
        let text = project.text();
        prop_assert!(!text.to_lowercase().contains("zq"), "{}", text);
        // The only digits are those of the version, of counts, of the status and of no number of an answer.
        for line in text.lines().filter(|line| line.contains(|c: char| c.is_ascii_digit())) {
            let known = ["\"version\": 1", "\"samples\": ", "\"200 application/json\""];
            prop_assert!(known.iter().any(|known| line.contains(known)), "{}", line);
        }
    }

    #[test]
    fn what_is_written_is_read_again(values in proptest::collection::vec(values(), 1..8)) {
        let mut snapshot = Snapshot::default();
        let key = answer::key("GET /x", 200, "application/json");
        snapshot.add(key, learned(&values));
        let text = snapshot.text();
        let nothing = |_: &str| Err(String::new());
        let library = Library::new(PATH, text.clone().into_bytes(), &nothing).unwrap();
        let again = Snapshot::read(library.root()).unwrap();
        prop_assert_eq!(again.text(), text);
        prop_assert_eq!(again, snapshot);
    }

    #[test]
    fn no_body_is_too_odd(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut odd = get("");
        odd.response_body = body.into();
        Project::default().run(Updating::Extend, &[odd]);
    }
}
