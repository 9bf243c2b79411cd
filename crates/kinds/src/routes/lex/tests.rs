use proptest::prelude::*;

use super::*;

fn raws<'t>(tokens: &Tokens<'t>) -> Vec<&'t str> {
    tokens.list.iter().map(|token| token.raw).collect()
}

#[test]
fn comments_texts_and_patterns_of_javascript_are_told_apart() {
    let text =
        "a // b('x')\n/* c\n*/ d('e//f', \"g\\\"h\", `i${ j({k: `l`}) }m`, /n['\"`/]o/g) / 2;";
    let tokens = javascript(text);
    assert_eq!(
        raws(&tokens),
        [
            "a",
            "d",
            "(",
            "'e//f'",
            ",",
            "\"g\\\"h\"",
            ",",
            "`i${ j({k: `l`}) }m`",
            ",",
            "/n['\"`/]o/g",
            ")",
            "/",
            "2",
            ";"
        ]
    );
    assert_eq!(tokens.at(7).kind, Kind::Template);
    assert_eq!(tokens.text(5).as_deref(), Some("g\"h"));
    assert_eq!((tokens.at(1).line, tokens.at(1).first), (3, true));
}

#[test]
fn texts_between_tags_do_not_swallow_the_code_behind_them() {
    let text = "return <p>don't</p>\n}\nexport const x = \"y\" // it's\nconst z = `w`";
    let tokens = javascript(text);
    let raws = raws(&tokens);
    assert!(
        raws.ends_with(&[
            "export", "const", "x", "=", "\"y\"", "const", "z", "=", "`w`"
        ]),
        "{raws:?}"
    );
}

#[test]
fn comments_and_texts_of_python_are_told_apart() {
    let text = "@app.get(\"/a\") # @app.get(\"/b\")\n\"\"\"\n@app.get('/c')\n\"\"\"\nx = f\"/d/{e}\" + r'\\f' if y else b\"z\"";
    let tokens = python(text);
    assert_eq!(
        raws(&tokens),
        [
            "@",
            "app",
            ".",
            "get",
            "(",
            "\"/a\"",
            ")",
            "\"\"\"\n@app.get('/c')\n\"\"\"",
            "x",
            "=",
            "f\"/d/{e}\"",
            "+",
            "r'\\f'",
            "if",
            "y",
            "else",
            "b\"z\""
        ]
    );
    assert_eq!(tokens.at(10).kind, Kind::Template);
    assert_eq!(tokens.text(12).as_deref(), Some("\\f"));
}

#[test]
fn brackets_are_matched_and_parts_kept_whole() {
    let tokens = javascript("f(a, [b, c], (d, e) => { g, h }) }");
    let open = 1;
    assert_eq!(tokens.parts(open).len(), 3);
    assert_eq!(tokens.close(open), tokens.len() - 2);
    assert!(tokens.is_outermost(0));
    let broken = javascript("f(a, [b, {c");
    assert_eq!(broken.close(1), 2);
    assert_eq!(broken.parts(1).len(), 0);
    assert_eq!(broken.at(99).raw, "");
}

proptest! {
    #[test]
    fn no_text_makes_the_readers_fail(text in "[a-f/*'\"`${}()\\[\\]#\\\\\n@.,:é😀<>=]{0,80}") {
        for tokens in [javascript(&text), python(&text)] {
            for index in 0..=tokens.len() {
                let _ = (tokens.text(index), tokens.parts(index), tokens.block(index), tokens.after_types(index));
            }
        }
    }
}
