//! What must hold for whatever is written.

use proptest::prelude::*;

use super::*;

/// Reads a document whose references lead to no other.
fn read(text: &str) -> Option<OpenApi> {
    let nothing = |_: &str| Err("there is no such file".to_owned());
    OpenApi::new("openapi.yaml", text.as_bytes().to_vec(), &nothing).ok()
}

fn with_paths(paths: &[String]) -> OpenApi {
    let items = paths
        .iter()
        .map(|path| (path.clone(), serde_json::json!({ "get": {} })));
    let items: serde_json::Map<_, _> = items.collect();
    let document = serde_json::json!({ "openapi": "3.1.0", "paths": items });
    read(&document.to_string()).expect("a document")
}

/// The path of a template with these values, percent-encoded as clients do it.
fn render(template: &str, values: &[String]) -> String {
    let mut values = values.iter().cycle();
    let (mut path, mut rest) = (String::new(), template);
    while let Some(open) = rest.find('{') {
        let close = open + rest[open..].find('}').unwrap_or(0);
        path.push_str(&rest[..open]);
        let value = values.next().map_or("", String::as_str);
        let set = percent_encoding::NON_ALPHANUMERIC;
        path.extend(percent_encoding::utf8_percent_encode(value, set));
        rest = &rest[close + 1..];
    }
    path.push_str(rest);
    path
}

fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-c]{1,2}",
        2 => "\\{[x-z]\\}",
        1 => "\\{[x-z]\\}\\.(json|xml)",
        1 => "v-\\{[x-z]\\}",
        1 => "\\{p\\}-\\{q\\}",
    ]
}

fn template() -> impl Strategy<Value = String> {
    let segments = prop::collection::vec(segment(), 0..5);
    (segments, any::<bool>()).prop_map(|(segments, trailing)| {
        let end = if trailing && !segments.is_empty() {
            "/"
        } else {
            ""
        };
        format!("/{}{end}", segments.join("/"))
    })
}

proptest! {
    #[test]
    fn a_rendered_template_is_found_again(
        template in template(),
        // Neither a dot nor a dash: what stands beside a parameter in its segment is no part of it.
        values in prop::collection::vec("[äé /?#%+d-z0-9]{1,4}", 1..4),
    ) {
        let api = with_paths(std::slice::from_ref(&template));
        let url = render(&template, &values);
        let Found::Operation(found) = api.find("GET", &url) else {
            panic!("{url} is nothing of {template}");
        };
        let mut expected = values.iter().cycle();
        for (name, value) in &found.captures {
            let written = format!("{{{name}}}");
            prop_assert!(template.contains(&written));
            prop_assert_eq!(value, expected.next().unwrap());
        }
    }

    #[test]
    fn the_method_decides_only_between_templates_that_fit(
        templates in prop::collection::vec(template(), 1..12),
        values in prop::collection::vec("[a-c]{1,2}", 1..4),
        chosen in any::<prop::sample::Index>(),
    ) {
        let api = with_paths(&templates);
        let url = render(chosen.get(&templates[..]).as_str(), &values);
        let Found::Operation(found) = api.find("GET", &url) else {
            panic!("{url} is nothing of {templates:?}");
        };
        let captured: Vec<String> = found.captures.iter().map(|(_, value)| value.clone()).collect();
        let again = render(&found.operation.path, &captured);
        // A value may hold a dot that stands as itself in the request and is encoded here.
        let plain = |url: &str| {
            let decoded = percent_encoding::percent_decode_str(url).decode_utf8_lossy();
            decoded.trim_end_matches('/').to_owned()
        };
        prop_assert_eq!(plain(&again), plain(&url));
        let put = matches!(api.find("PUT", &url), Found::OtherMethods { .. });
        prop_assert!(put);
    }

    #[test]
    fn nothing_panics(templates in prop::collection::vec("(/|\\{|\\}|[?#=&+*%.a]|é){0,12}", 0..6), url in ".{0,40}") {
        let api = with_paths(&templates);
        let _ = api.find("GET", &url);
        let _ = api.deployed_under(&url).find("HEAD", &url);
        for template in &templates {
            let api = with_paths(&templates);
            let _ = api.find("GET", template);
        }
    }

    #[test]
    fn any_server_has_its_bases(url in "(https?://|//|/|\\{a\\}|\\{b\\}|[.}:?#]|x){0,10}", value in "(/|https://|x|\\{b\\}){0,4}") {
        let document = serde_json::json!({
            "openapi": "3.0.0",
            "servers": [{ "url": url, "variables": { "a": { "default": value, "enum": [value, "y/z"] }, "b": { "default": "b" } } }],
            "paths": { "/records": { "get": {} } },
        });
        let api = read(&document.to_string()).expect("a document");
        let get = matches!(api.find("GET", "/records"), Found::Operation(_));
        prop_assert!(get);
    }

    #[test]
    fn broken_documents_do_no_harm(text in "(openapi: 3.1.0\n|paths:\n| /a:\n|  get:\n|   parameters:\n|    - |\\$ref: '#/paths'\n|name: x\n|in: query\n|   responses:\n|    200: |content: |\\{\\}\n|\\[\n|\\]|   security: |servers: ){0,14}") {
        if let Some(api) = read(&format!("openapi: 3.1.0\n{text}")) {
            let _ = api.find("GET", "/a");
        }
    }
}

/// Of many templates the one is found that a request asks for, at every depth.
#[test]
fn a_thousand_paths_keep_apart() {
    let paths: Vec<String> = (0..1_000)
        .map(|number| format!("/area{}/{{x}}/part{}/{{y}}", number % 40, number / 40))
        .collect();
    let api = with_paths(&paths);
    for (number, path) in paths.iter().enumerate() {
        let url = render(path, &["1".to_owned(), "2".to_owned()]);
        let Found::Operation(found) = api.find("GET", &url) else {
            panic!("{url} is nothing");
        };
        assert_eq!(found.operation, &api.operations[number]);
        assert_eq!(found.captures.len(), 2);
    }
}

/// A document made to be slow: each of its templates fits the start of the path.
#[test]
fn templates_that_almost_fit_are_walked_once() {
    let paths: Vec<String> = (0..12_u32.pow(2))
        .map(|number| {
            let bits = (0..7).map(|bit| if number >> bit & 1 == 1 { "a" } else { "{x}" });
            format!("/{}/b{number}", bits.collect::<Vec<_>>().join("/"))
        })
        .collect();
    let api = with_paths(&paths);
    assert_eq!(api.find("GET", "/a/a/a/a/a/a/a/c"), Found::NoPath);
    let long = "/a".repeat(100_000);
    assert_eq!(api.find("GET", &long), Found::NoPath);
    let deep = with_paths(&["/{x}".repeat(300)]);
    assert_eq!(
        deep.faults[0].message.split('`').next_back(),
        Some(" has more than 256 segments")
    );
}
