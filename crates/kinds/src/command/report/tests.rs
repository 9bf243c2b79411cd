use super::*;

fn places(text: &str) -> Vec<(String, usize, usize)> {
    places_in(text)
        .into_iter()
        .map(|place| (place.file, place.line, place.column))
        .collect()
}

#[test]
fn places_are_found_in_the_traces_of_many_languages() {
    for (text, file, line, column) in [
        ("panicked at src/lib.rs:12:5:", "src/lib.rs", 12, 5),
        (
            "at Object.<anonymous> (src/cart.test.js:14:17)",
            "src/cart.test.js",
            14,
            17,
        ),
        ("  File \"tests/a b.py\", line 4", "tests/a b.py", 4, 1),
        ("at t/door.t line 17.", "t/door.t", 17, 1),
        ("(OrderTest.java:31)", "OrderTest.java", 31, 1),
        ("src/a.ts(3,9): error TS2322", "src/a.ts", 3, 9),
        (r"at C:\ci\app\x.ts:10:2", r"C:\ci\app\x.ts", 10, 2),
    ] {
        assert_eq!(places(text), [(file.to_owned(), line, column)], "{text}");
    }
    assert!(places("took 12:30, ratio 3.5:1, see x.ts:0").is_empty());
}

#[test]
fn only_the_first_failures_keep_their_details() {
    let mut tests = Tests::default();
    for _ in 0..=LISTED {
        tests.fail(Failure {
            name: "n".into(),
            details: "d".into(),
            ..Failure::default()
        });
    }
    assert_eq!(tests.failures[LISTED - 1].details, "d");
    assert_eq!(tests.failures[LISTED].details, "");
    assert_eq!(tests.executed(), 51);
}
