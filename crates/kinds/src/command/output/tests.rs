use super::*;

#[test]
fn colours_bars_and_control_characters_go() {
    assert_eq!(clean("\u{1b}[31mred\u{1b}[0m\u{7}"), "red");
    assert_eq!(clean("10%\r50%\r100%\r\ndone\r\n"), "100%\ndone\n");
    assert_eq!(clean("a\tb"), "a\tb");
}

#[test]
fn orders_to_a_ci_system_lose_their_form() {
    for order in [
        "::error file=x::gotcha",
        "   ::add-mask::x",
        "text ##[group]x",
        "##vso[task.setvariable]x",
        "##teamcity[testFailed]",
        "\u{1b}[1m::warning::x",
        "shown\r::stop-commands::x",
        "\u{0}::debug::x",
        ":\u{1}:debug::x",
    ] {
        let cleaned = clean(order);
        assert!(!cleaned.trim_start().starts_with("::"), "{cleaned}");
        assert!(!cleaned.contains("##"), "{cleaned}");
    }
}

#[test]
fn a_long_output_keeps_its_beginning_and_its_end() {
    let text: String = (1..=100).map(|number| format!("line {number}\n")).collect();
    let shown = excerpt(&text);
    assert!(shown.starts_with("line 1\n"));
    assert!(shown.ends_with("line 100"));
    assert!(shown.contains("… 40 lines left out …"));
    assert_eq!(shown.lines().count(), HEAD + TAIL + 1);
    assert!(excerpt(&"x".repeat(10_000)).chars().count() <= WIDTH + 1);
}

proptest::proptest! {
    #[test]
    fn nothing_that_is_shown_is_an_order(text in "(?s)[\u{1b}:#\\[\r\n a-z]{0,60}") {
        for line in clean(&text).lines() {
            proptest::prop_assert!(!line.trim_start().starts_with("::"));
            proptest::prop_assert!(!line.contains("##["));
        }
    }
}
