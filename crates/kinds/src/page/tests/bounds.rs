//! However much a site names, a check of it ends soon and says what was left out.

use super::*;

#[test]
fn requests_are_bounded() {
    // Every module imports two more.
    let mut number = 0;
    let portal = FakePortal::new(move |asked| {
        number += 2;
        let mut response = if asked.path == "/" {
            answer(
                200,
                "<!doctype html><h1>Acme</h1><script type=module src=/m0.js></script>",
            )?
        } else {
            answer(
                200,
                format!("import\"/m{number}.js\";import\"/m{}.js\"", number + 1),
            )?
        };
        if asked.path != "/" {
            response.headers = vec![("content-type".to_owned(), "text/javascript".to_owned())];
        }
        Ok(response)
    });
    let tried = Trial::of(kind()).run("{ most: 30 }", &portal);
    assert_eq!(portal.lines().len(), 30);
    assert!(tried.codes().is_empty() && tried.doubt().is_empty());
    assert!(
        tried
            .report()
            .notes
            .iter()
            .any(|note| note.contains("30 more") || note.contains("more scripts"))
    );
}

#[test]
fn what_is_to_be_asked_for_is_bounded_and_the_rest_is_told() {
    let portal = FakePortal::new(|asked| {
        let name = match asked.path.as_str() {
            "/" => "s",
            "/a" => "t",
            _ => "",
        };
        let scripts = (0..1_500).map(|at| format!("<script src=/{name}{at}.js></script>"));
        let page: String = scripts.collect();
        let mut response = answer(
            200,
            if name.is_empty() {
                "let a=1"
            } else {
                page.as_str()
            },
        )?;
        if name.is_empty() {
            response.headers = vec![("content-type".to_owned(), "text/javascript".to_owned())];
        }
        Ok(response)
    });
    let tried = Trial::of(kind()).run("{ paths: [/, /a], most: 10 }", &portal);
    assert_eq!(portal.lines().len(), 10);
    assert!(tried.codes().is_empty() && tried.doubt().is_empty());
    // 8 of 3,000 were asked for.
    let notes = &tried.report().notes;
    assert!(notes[0].starts_with("2992 more scripts"), "{notes:?}");
}

#[test]
fn what_a_page_says_in_a_hostile_way_is_not_all_kept() {
    let long = "a".repeat(100_000);
    let links = format!("<a href=http://localhost/{long}>a</a><a href=http://localhost/b>b</a>");
    let same = "<img src=http://a.example/a.png><img src=http://a.example/b.png>".repeat(900);
    let others = (0..1_000).map(|at| format!("<img src=http://a.example/{at}.png>"));
    for (body, told) in [
        (links, "leads to http://localhost/b"),
        (same, "; and 5 more"),
        (others.collect(), "; and 1999 more"),
    ] {
        let body = format!("<!doctype html><h1>Acme</h1>{body}");
        let mut site = Site::built().public();
        site.files.insert("/", (200, "text/html", body.leak()));
        let tried = try_as(None, "{ paths: [/, '/?a', '/?b'] }", &site);
        let title = &tried.report().findings[0].title;
        assert!(title.contains(told) && title.len() < 3_000, "{title}");
    }
}

#[test]
fn hostile_answers_neither_panic_nor_hang() {
    let many = "<script src=/a.js></script><img src=/a".repeat(20_000);
    let nested = "<noscript><template>".repeat(20_000);
    let huge = "x ".repeat(1 << 20);
    for body in [
        many,
        nested,
        huge,
        "<!--".to_owned(),
        "<script>".to_owned(),
        "\u{feff}<".to_owned(),
        "url(@import".repeat(9_999),
    ] {
        let portal = FakePortal::new(move |_| {
            let mut response = answer(200, body.clone())?;
            response.headers = vec![("content-type".to_owned(), "text/html".repeat(500))];
            response.truncated = true;
            Ok(response)
        });
        let tried = Trial::of(kind()).run("{ contains: { /: nowhere } }", &portal);
        let told = format!("{:?}", tried.report());
        assert!(told.len() < 20_000, "{}", told.len());
    }
}
