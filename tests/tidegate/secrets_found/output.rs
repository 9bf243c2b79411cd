//! The build output: what visitors get, told at the source behind it.

use std::process::{Command, Stdio};

use serde_json::json;

use super::support::{Bench, base64, place, service_role, settings, stripe};

/// A jump from the start of the bundle to the start of the second line of the first source: column,
/// source, line and column as digits (ECMA-426, 9.2).
const TO_LINE_2: &str = "AACA";

/// A map of one source, whose text it holds or not.
fn map_of(source: &str, content: Option<&str>) -> String {
    json!({
        "version": 3,
        "sources": [source],
        "sourcesContent": content.map(|content| vec![content]),
        "names": [],
        "mappings": TO_LINE_2,
    })
    .to_string()
}

fn bundle_of(text: &str, map: &str) -> String {
    format!("const k=\"{text}\";console.log(k);\n//# sourceMappingURL={map}\n")
}

#[test]
fn a_key_in_a_bundle_is_told_at_its_source_with_the_bundle_beside_it() {
    let (bench, key) = (Bench::folder(), service_role(0));
    bench.write(
        "dist/assets/app-1a2b.js",
        bundle_of(&key.whole, "app-1a2b.js.map"),
    );
    let content = settings(&key);
    let source = "../../src/supabase.ts";
    bench.write(
        "dist/assets/app-1a2b.js.map",
        map_of(source, Some(&content)),
    );
    let look = bench.look("");
    look.finds(&["supabase-service-role-key src/supabase.ts:2"]);
    let related = look.findings()[0]["related"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let places: Vec<String> = related.iter().map(|one| place(&one["location"])).collect();
    assert!(
        places.contains(&"dist/assets/app-1a2b.js:1".to_owned()),
        "{places:?}"
    );
    // Without the text of the source the mappings alone tell the line.
    bench.write("dist/assets/app-1a2b.js.map", map_of(source, None));
    bench
        .look("")
        .finds(&["supabase-service-role-key src/supabase.ts:2"]);
    // Without a map the bundle is the place.
    bench.write("dist/assets/app-1a2b.js.map", "no map at all");
    bench
        .look("")
        .finds(&["supabase-service-role-key dist/assets/app-1a2b.js:1"]);
}

#[test]
fn a_key_in_the_sources_of_a_map_alone_or_in_an_inline_map_is_served_too() {
    let (bench, key) = (Bench::folder(), stripe(0));
    let map = map_of("../src/server/pay.ts", Some(&settings(&key)));
    bench.write("dist/app.js", bundle_of("nothing", "app.js.map"));
    bench.write("dist/app.js.map", &map);
    bench
        .look("")
        .finds(&["stripe-secret-key src/server/pay.ts:2"]);

    let inline = Bench::folder();
    let long = format!(
        "{}\n// {}\n",
        settings(&key),
        "words and more of them ".repeat(20_000)
    );
    let map = map_of("../src/server/pay.ts", Some(&long));
    let url = format!("data:application/json;base64,{}", base64(map.as_bytes()));
    inline.write("dist/app.js", bundle_of("nothing", &url));
    inline
        .look("")
        .finds(&["stripe-secret-key src/server/pay.ts:2"]);
}

#[test]
fn pages_styles_and_packed_copies_are_looked_at() {
    let bench = Bench::folder();
    let key = |number: u64| stripe(number).whole;
    bench.write(
        "dist/index.html",
        format!(
            "<html>\n<script>window.KEY=\"{}\"</script>\n</html>\n",
            key(0)
        ),
    );
    bench.write(
        "dist/style.css",
        format!(".a{{background:url(/image?key={})}}\n", key(1)),
    );
    bench.write("dist/app.js", format!("const k=\"{}\";\n", key(2)));
    let packed = Command::new("gzip")
        .args(["--best", "app.js"])
        .current_dir(bench.at("dist"))
        .stdin(Stdio::null())
        .status();
    assert!(packed.expect("gzip runs").success());
    bench.look("").finds(&[
        "stripe-secret-key dist/app.js.gz:1",
        "stripe-secret-key dist/index.html:2",
        "stripe-secret-key dist/style.css:1",
    ]);
}

#[test]
fn a_packed_copy_beside_its_file_is_the_same_finding() {
    let bench = Bench::folder();
    bench.write("dist/app.js", format!("const k=\"{}\";\n", stripe(2).whole));
    let packed = Command::new("gzip")
        .args(["--keep", "app.js"])
        .current_dir(bench.at("dist"))
        .stdin(Stdio::null())
        .status();
    assert!(packed.expect("gzip runs").success());
    bench
        .look("")
        .finds(&["stripe-secret-key dist/app.js:1"])
        .says("dist/app.js.gz");
}

#[test]
fn a_hostile_map_costs_nothing_and_hides_nothing() {
    let key = stripe(0).whole;
    let deep = format!(
        "{}{}",
        r#"{"sections":[{"offset":{"line":0,"column":0},"map":"#.repeat(500),
        "]}".repeat(500)
    );
    let maps = [
        (
            "nonsense",
            json!({ "version": 3, "sources": ["a.ts"], "mappings": "!!!;;;$$$" }).to_string(),
        ),
        (
            "gigantic",
            json!({ "version": 3, "sources": ["a.ts"], "mappings": "g".repeat(300_000) })
                .to_string(),
        ),
        (
            "lines",
            json!({ "version": 3, "sources": ["a.ts"], "mappings": ";".repeat(3_000_000) })
                .to_string(),
        ),
        (
            "beyond",
            json!({ "version": 3, "sources": ["a.ts"], "mappings": "AggggggDAA" }).to_string(),
        ),
        (
            "deep",
            format!(r#"{{"version":3,"mappings":"",{}"#, &deep[1..]),
        ),
        (
            "arrays",
            format!(
                r#"{{"version":3,"mappings":"","sources":{}"#,
                "[".repeat(100_000)
            ),
        ),
        (
            "upwards",
            map_of("../../../../etc/passwd", Some(&format!("\n'{key}'\n"))),
        ),
    ];
    for (name, map) in maps {
        let bench = Bench::folder();
        bench.write("dist/app.js", bundle_of(&key, "app.js.map"));
        bench.write("dist/app.js.map", map);
        let look = bench.look("");
        let places = look.found();
        assert_eq!(places.len(), 1, "{name}: {places:?}");
        assert!(
            places[0].starts_with("stripe-secret-key "),
            "{name}: {places:?}"
        );
        assert!(!places[0].contains(".."), "{name}: {places:?}");
    }
}

#[test]
fn a_map_elsewhere_is_not_fetched_and_not_followed_out_of_the_folder() {
    let bench = Bench::folder();
    for url in [
        "https://cdn.example/app.js.map",
        "../../../../../etc/passwd",
        "/etc/passwd",
    ] {
        bench.write("dist/app.js", bundle_of(&stripe(0).whole, url));
        bench.look("").finds(&["stripe-secret-key dist/app.js:1"]);
    }
}
