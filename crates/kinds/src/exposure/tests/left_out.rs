use super::Site;

#[test]
fn what_the_site_names_and_is_not_looked_at_is_told() {
    let scripts = |number: usize| {
        let scripts = (0..number).map(|at| format!("<script src=/part{at}/a.js></script>"));
        let page = format!("<!doctype html>{}", scripts.collect::<String>());
        let mut site = Site::new().with("/", &page);
        for at in 0..number {
            let path: &'static str = format!("/part{at}/a.js").leak();
            site = site.bytes(path, "text/javascript", b"let a = 1;");
        }
        site.run("{}").report().notes.join(" ")
    };
    let few = scripts(6);
    assert!(
        !few.contains("more folders") && !few.contains("a part of"),
        "{few}"
    );
    let many = scripts(40);
    assert!(
        many.contains("more folders that the pages load from"),
        "{many}"
    );
    assert!(
        many.contains("in a part of the site: 30 requests"),
        "{many}"
    );
}

#[test]
fn folders_that_are_served_on_purpose_are_not_asked_for() {
    let asks = |config: &str| {
        let lines = Site::new().run(config).portal.lines();
        lines.contains(&"- GET /uploads/".to_owned())
    };
    assert!(asks("{}") && !asks("{ allow: [/uploads/] }"));
}
