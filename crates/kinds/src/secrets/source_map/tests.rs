use proptest::prelude::*;
use serde_json::json;

use super::*;

const SCRIPT: &[u8] = include_bytes!("cases/main.js");
const MAP: &[u8] = include_bytes!("cases/main.js.map");
const INLINE: &[u8] = include_bytes!("cases/inline.js");

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

fn offset_of(text: &[u8], needle: &str) -> usize {
    memchr::memmem::find(text, needle.as_bytes()).unwrap()
}

/// The source and the line, as people count them, of a text of a script.
fn source_of(script: &[u8], map: &SourceMap<'_>, needle: &str) -> (String, u32) {
    let place = position_of(script, offset_of(script, needle));
    let original = map.original(place).unwrap().unwrap();
    let source = &map.sources()[original.source];
    (source.name.clone(), original.position.line + 1)
}

fn names(map: &SourceMap<'_>) -> Vec<String> {
    map.sources()
        .iter()
        .map(|source| source.name.clone())
        .collect()
}

fn plain(mappings: &str) -> String {
    json!({ "version": 3, "sources": ["a.ts", "b.ts"], "mappings": mappings }).to_string()
}

fn look_up(mappings: &str, line: u32, column: u32) -> Result<Option<Original>, SourceMapError> {
    let text = plain(mappings);
    SourceMap::parse(text.as_bytes())
        .unwrap()
        .original(at(line, column))
}

fn original(source: usize, line: u32, column: u32) -> Option<Original> {
    Some(Original {
        source,
        position: at(line, column),
    })
}

#[test]
fn a_real_map_leads_from_the_bundle_to_the_line_of_the_source() {
    let map = SourceMap::parse(MAP).unwrap();
    let sources = [
        "src/lib/supabase.ts",
        "node_modules/tiny/index.js",
        "src/main.ts",
    ];
    assert_eq!(names(&map), sources);
    for (needle, name, line) in [
        ("https://abc", sources[0], 2),
        ("MARKER-1", sources[0], 5),
        ("MARKER-2", sources[2], 4),
        ("MARKER-3", sources[1], 1),
    ] {
        assert_eq!(source_of(SCRIPT, &map, needle), (name.to_owned(), line));
    }
    let first_party: Vec<bool> = map
        .sources()
        .iter()
        .map(|source| source.first_party)
        .collect();
    assert_eq!(first_party, [true, false, true]);
}

#[test]
fn contents_are_decoded_when_they_are_read() {
    let map = SourceMap::parse(MAP).unwrap();
    let content = map.sources()[0].content().unwrap();
    assert!(
        content.starts_with("// Grüße 👋 an alle\nexport const"),
        "{content}"
    );
    let text = json!({ "version": 3, "sources": ["a", "b", "c"], "sourcesContent": ["plain", null], "mappings": "" });
    let text = text.to_string();
    let map = SourceMap::parse(text.as_bytes()).unwrap();
    assert!(matches!(
        map.sources()[0].content(),
        Some(Cow::Borrowed("plain"))
    ));
    assert!(map.sources()[1].content().is_none());
    assert!(map.sources()[2].content().is_none());
}

#[test]
fn a_place_between_two_segments_belongs_to_the_one_before() {
    // Columns 4, 8 and 20 of line 1; the second has no source.
    let mappings = ";IAAA,I,YCEI";
    assert_eq!(look_up(mappings, 0, 9), Ok(None));
    assert_eq!(look_up(mappings, 1, 3), Ok(None));
    assert_eq!(look_up(mappings, 1, 4), Ok(original(0, 0, 0)));
    assert_eq!(look_up(mappings, 1, 7), Ok(original(0, 0, 0)));
    assert_eq!(look_up(mappings, 1, 9), Ok(None));
    assert_eq!(look_up(mappings, 1, 9000), Ok(original(1, 2, 4)));
    assert_eq!(look_up(mappings, 2, 0), Ok(None));
}

#[test]
fn segments_out_of_order_are_found_too() {
    // Column 10, then column 2.
    let mappings = "UAAA,RCAA";
    assert_eq!(look_up(mappings, 0, 3), Ok(original(1, 0, 0)));
    assert_eq!(look_up(mappings, 0, 11), Ok(original(0, 0, 0)));
}

#[test]
fn many_segments_are_searched_as_exactly_as_few() {
    // One segment at every second column, ten thousand to a line; line n of the source is segment n.
    let line = format!("AAAA{}", ",EACA".repeat(9999));
    let mappings = format!("{line};{line}");
    let text = plain(&mappings);
    let map = SourceMap::parse(text.as_bytes()).unwrap();
    for column in [0, 1, 2, 255, 256, 257, 5000, 19_998, 90_000] {
        let expected = original(0, (column / 2).min(9999), 0);
        assert_eq!(map.original(at(0, column)), Ok(expected));
    }
    assert_eq!(
        map.original(at(1, 3)).unwrap().unwrap().position.line,
        10_000
    );
}

#[test]
fn a_source_that_is_not_listed_is_none() {
    assert_eq!(look_up("AEAA", 0, 0), Ok(None));
}

#[test]
fn malformed_mappings_are_errors() {
    for (mappings, reason) in [
        ("D", "a number is out of range"),
        ("AADA", "a number is out of range"),
        ("A,gggggggC", "a number is too long"),
        ("g", "a digit is missing or is none"),
        ("AA", "a digit is missing or is none"),
        ("AAAAAA", "a segment has more than five numbers"),
        ("ü", "a digit is missing or is none"),
        ("+++++++", "a number is too long"),
        ("A AAA", "a digit is missing or is none"),
    ] {
        let error = look_up(mappings, 0, 0).unwrap_err();
        assert!(
            matches!(error, SourceMapError::Mappings { reason: told, .. } if told == reason),
            "{mappings}: {error}"
        );
        assert!(!error.help().is_empty());
    }
}

#[test]
fn sections_are_one_map() {
    let part = |source: &str, mappings: &str| json!({ "version": 3, "sources": [source], "mappings": mappings });
    let nested = json!({ "version": 3, "sections": [
        { "offset": { "line": 0, "column": 0 }, "map": part("c.ts", "AAAA") },
        { "offset": { "line": 1, "column": 2 }, "map": part("d.ts", "AAAA;AACA") },
    ]});
    let text = json!({ "version": 3, "sections": [
        { "offset": { "line": 0, "column": 0 }, "map": part("turbopack:///[project]/src/a.ts", "AAAA") },
        { "offset": { "line": 0, "column": 10 }, "map": part("b.ts", "AAAA") },
        { "offset": { "line": 5, "column": 0 }, "map": nested },
    ]})
    .to_string();
    let map = SourceMap::parse(text.as_bytes()).unwrap();
    assert_eq!(names(&map), ["src/a.ts", "b.ts", "c.ts", "d.ts"]);
    assert_eq!(map.original(at(0, 9)), Ok(original(0, 0, 0)));
    assert_eq!(map.original(at(0, 10)), Ok(original(1, 0, 0)));
    assert_eq!(map.original(at(5, 7)), Ok(original(2, 0, 0)));
    assert_eq!(map.original(at(6, 2)), Ok(original(3, 0, 0)));
    assert_eq!(map.original(at(7, 0)), Ok(original(3, 1, 0)));
    assert_eq!(map.original(at(6, 1)), Ok(None));
}

#[test]
fn hostile_maps_are_errors() {
    let mut nested = plain("AAAA");
    for _ in 0..50 {
        nested = format!(
            r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{nested}}}]}}"#
        );
    }
    let many = vec!["0"; MOST_SOURCES + 1].join(",");
    for (text, told) in [
        (nested, "sections within sections"),
        (
            format!(r#"{{"version":3,"sources":[{many}],"mappings":""}}"#),
            "100000 sources",
        ),
        (
            r#"{"version":4,"sources":[],"mappings":""}"#.into(),
            "version 4",
        ),
        (r#"{"version":3,"sources":"a"}"#.into(), "wrong type"),
        (r#"{"version":3,"sources":["#.into(), "ends too early"),
        ("<!doctype html>".into(), "the syntax"),
        (String::new(), "ends too early"),
        ("[".repeat(100_000), "wrong type"),
    ] {
        let error = SourceMap::parse(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[test]
fn an_error_does_not_repeat_the_map() {
    let text = br#"{"version":3,"sources":[],"sources":"hidden-word"}"#;
    let error = SourceMap::parse(text).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hidden"), "{error}");
}

#[test]
fn a_guard_and_a_byte_order_mark_are_skipped() {
    for before in [")]}'\n", ")]}',\n", "\u{FEFF}"] {
        let text = format!("{before}{}", plain("AAAA"));
        assert_eq!(
            SourceMap::parse(text.as_bytes()).unwrap().sources().len(),
            2
        );
    }
}

#[test]
fn names_of_sources_are_paths_that_people_know() {
    for (root, source, name) in [
        (
            "",
            "webpack:///./src/lib/supabase.ts",
            "src/lib/supabase.ts",
        ),
        (
            "",
            "webpack://portal/./src/lib/supabase.ts?1a2b",
            "src/lib/supabase.ts",
        ),
        ("", "webpack://@acme/portal/./src/a.ts", "src/a.ts"),
        (
            "",
            "webpack://_N_E/src/app/(auth)/page.tsx",
            "src/app/(auth)/page.tsx",
        ),
        (
            "",
            "webpack-internal:///(app-pages-browser)/./src/a.ts",
            "src/a.ts",
        ),
        ("", "turbopack://[project]/src/a.ts", "src/a.ts"),
        ("", "turbopack:///[project]/src/a.ts", "src/a.ts"),
        ("", "../../src/lib/supabase.ts", "src/lib/supabase.ts"),
        ("", "./a/../b.vue?vue&type=script", "b.vue"),
        (
            "",
            "webpack:///./node_modules/css-loader!./src/a.css",
            "src/a.css",
        ),
        ("", "/src/main.ts", "src/main.ts"),
        ("", "http://localhost:5173/src/main.ts", "src/main.ts"),
        ("", "C:\\portal\\src\\a.ts", "portal/src/a.ts"),
        ("src/", "lib/a.ts", "src/lib/a.ts"),
        ("webpack://portal/", "./src/a.ts", "src/a.ts"),
        ("/build", "/src/a.ts", "src/a.ts"),
    ] {
        let text = json!({ "version": 3, "sourceRoot": root, "sources": [source], "mappings": "" });
        let text = text.to_string();
        let map = SourceMap::parse(text.as_bytes()).unwrap();
        assert_eq!(names(&map), [name], "{source}");
    }
}

#[test]
fn the_portals_own_code_is_told_from_that_of_others() {
    for own in [
        "src/lib/supabase.ts",
        "../../src/main.ts",
        "main.ts",
        "webpack://_N_E/./src/app/page.tsx",
        "webpack://_N_E/../../packages/ui/src/button.tsx",
        "turbopack:///[project]/app/page.tsx",
        "@/lib/a.ts",
        "app/routes/_index.tsx",
    ] {
        assert!(is_first_party(own), "{own}");
    }
    for other in [
        "webpack://_N_E/./node_modules/@supabase/auth-js/dist/module/lib/constants.js",
        "../../node_modules/.pnpm/react@19/node_modules/react/index.js",
        "webpack://_N_E/webpack/bootstrap",
        "webpack:///(webpack)/buildin/global.js",
        "webpack://_N_E/external commonjs \"react\"",
        "webpack://_N_E/../../../src/client/app-index.tsx",
        "turbopack:///[turbopack]/browser/runtime/base/runtime-base.ts",
        "\0vite/preload-helper.js",
        "vite/modulepreload-polyfill",
        "react",
        "@supabase/supabase-js/dist/main/index.js",
        "https://esm.sh/react@19/es2022/react.mjs",
        "next/dist/client/index.js",
        "\0commonjsHelpers.js",
    ] {
        assert!(!is_first_party(other), "{other}");
    }
}

#[test]
fn columns_are_utf_16_code_units_and_lines_are_ended_by_line_feeds() {
    let text = "a\r\nü👋x\nz".as_bytes();
    let x = offset_of(text, "x");
    assert_eq!(position_of(text, x), at(1, 3));
    assert_eq!(line_of(text, x), (2, 3));
    assert_eq!(position_of(text, 0), at(0, 0));
    assert_eq!(position_of(text, usize::MAX), at(2, 1));
    assert_eq!(line_of(b"", 0), (1, 1));
    assert_eq!(line_of(b"\n", 1), (2, 1));
}

#[test]
fn the_last_comment_names_the_map() {
    let long = format!("{}\n//# sourceMappingURL=a.js.map", "x".repeat(100_000));
    for text in [
        "x\n//# sourceMappingURL=a.js.map",
        "x\n//@ sourceMappingURL=a.js.map\r\n\r\n",
        "x\n/*# sourceMappingURL=a.js.map */\n",
        "x\n/*# sourceMappingURL=a.js.map*/",
        "x()//# sourceMappingURL=a.js.map",
        "//# sourceMappingURL=b.js.map\nx\n//# sourceMappingURL=a.js.map\n",
        "x\n//# sourceMappingURL=a.js.map\n//# debugId=1-2-3",
        &long,
    ] {
        assert_eq!(
            map_url(text.as_bytes()),
            Some(MapUrl::Elsewhere("a.js.map")),
            "{text}"
        );
    }
}

#[test]
fn what_only_looks_like_a_comment_names_no_map() {
    let far = format!("//# sourceMappingURL=a.js.map\n{}", "x".repeat(5000));
    for text in [
        "",
        "x",
        "x = \"//# sourceMappingURL=\" + url",
        "x = \"//# sourceMappingURL=a.js.map\"",
        "sourceMappingURL=a.js.map",
        "// see sourceMappingURL=a.js.map",
        "//# sourceMappingURL=",
        "//# sourceMappingURL=data:application/json;base64,***",
        "//# sourceMappingURL=data:application/json",
        &far,
    ] {
        assert_eq!(map_url(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn a_map_in_the_comment_is_decoded() {
    let Some(MapUrl::Inline(map)) = map_url(INLINE) else {
        panic!("no map");
    };
    let map = SourceMap::parse(&map).unwrap();
    assert_eq!(
        source_of(INLINE, &map, "MARKER-1"),
        ("src/lib/supabase.ts".into(), 5)
    );
    let percent = b"/*# sourceMappingURL=data:application/json,%7B%22a%22%3A1%7D */";
    assert_eq!(
        map_url(percent),
        Some(MapUrl::Inline(br#"{"a":1}"#.to_vec()))
    );
}

#[test]
fn a_map_of_megabytes_in_the_comment_is_decoded() {
    let encoded = "QUFB".repeat(700_000);
    let text = format!(
        "x\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{encoded}\n//# debugId=1"
    );
    let Some(MapUrl::Inline(map)) = map_url(text.as_bytes()) else {
        panic!("no map");
    };
    assert_eq!(map.len(), 2_100_000);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<Vec<u8>>(), line in any::<u32>(), column in any::<u32>()) {
        map_url(&text);
        position_of(&text, column as usize);
        line_of(&text, line as usize);
        if let Ok(map) = SourceMap::parse(&text) {
            let _ = map.original(at(line, column));
        }
    }

    #[test]
    fn no_mappings_make_it_panic(mappings in "[A-Za-z0-9+/,;=ü]{0,80}", line in 0_u32..4, column in any::<u32>()) {
        let _ = look_up(&mappings, line, column);
    }

    #[test]
    fn no_name_makes_it_panic(root in ".{0,20}", name in "[a-z:/.!?\\\\@\\[\\]\\x00ü]{0,40}") {
        let rooted = super::name::rooted(&root, &name);
        let cleaned = super::name::cleaned(&rooted);
        prop_assert!(!cleaned.split('/').any(|part| part == ".."), "{cleaned}");
        is_first_party(&rooted);
    }
}
