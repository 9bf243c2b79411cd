use super::*;
use crate::testing::{answer, node};
use tidegate_core::secret::Sensitive;

struct Nothing;

impl Lookup for Nothing {
    fn secret(&self, name: &str) -> Result<Sensitive, TemplateError> {
        panic!("{name}")
    }

    fn value(&self, _: &str) -> Option<Json> {
        None
    }
}

fn read(response: &Response) -> Reply {
    Refusals::default().read(response, None, &Nothing).unwrap()
}

fn to(status: u16, own: &str, location: &str) -> Response {
    let mut response = answer(status, "").unwrap();
    response.url = format!("https://portal.example{own}");
    response
        .headers
        .push(("location".to_owned(), location.to_owned()));
    response
}

#[test]
fn statuses_say_what_the_standard_says() {
    for status in [401, 403, 404, 410] {
        let reply = read(&answer(status, "").unwrap());
        assert_eq!(reply, Reply::Refused(Refusal::Status(status)));
    }
    for (status, reply) in [
        (200, Reply::Served),
        (204, Reply::Served),
        (400, Reply::Invalid),
        (405, Reply::Invalid),
        (422, Reply::Invalid),
        (429, Reply::Limited),
        (500, Reply::Failed),
    ] {
        assert_eq!(read(&answer(status, "").unwrap()), reply, "{status}");
    }
}

#[test]
fn redirects_say_no_unless_they_only_spell_the_path_anew() {
    let login = Reply::Refused(Refusal::ToLogin);
    for location in [
        "/login?next=%2Finvoices",
        "https://portal.example/auth/signin",
        "/sign-in",
        "/accounts/log_in/",
        "https://login.microsoftonline.example/oauth2/authorize",
    ] {
        assert_eq!(read(&to(302, "/invoices", location)), login, "{location}");
    }
    assert_eq!(
        read(&to(302, "/admin", "/")),
        Reply::Refused(Refusal::Elsewhere)
    );
    assert_eq!(read(&to(308, "/invoices", "/invoices/")), Reply::Invalid);
    assert_eq!(
        read(&to(302, "/catalogue", "/blogging")),
        Reply::Refused(Refusal::Elsewhere)
    );
}

#[test]
fn bodies_that_say_no_are_read() {
    let body = r#"{"status":"fail","message":"you are not signed in"}"#;
    assert_eq!(
        read(&answer(200, body).unwrap()),
        Reply::Refused(Refusal::Body("$.status".to_owned()))
    );
    let page = "<html><form><input name=email><input type='password' name=password></form></html>";
    assert_eq!(
        read(&answer(200, page).unwrap()),
        Reply::Refused(Refusal::LoginPage)
    );
    let settings =
        "<html><form><input type=\"password\" autocomplete=\"new-password\"></form></html>";
    assert_eq!(read(&answer(200, settings).unwrap()), Reply::Served);
    assert_eq!(
        read(&answer(200, r#"{"data":[{"id":1}]}"#).unwrap()),
        Reply::Served
    );
}

#[test]
fn the_gate_file_may_describe_a_refusal() {
    let refusals = Refusals::parse(&node("{ json: { $.allowed: false } }")).unwrap();
    let read = |body: &str| {
        let response = answer(200, body).unwrap();
        refusals.read(&response, None, &Nothing).unwrap()
    };
    assert_eq!(
        read(r#"{"allowed":false}"#),
        Reply::Refused(Refusal::Declared)
    );
    assert_eq!(read(r#"{"allowed":true}"#), Reply::Served);
    assert_eq!(read("not JSON"), Reply::Served);
}

#[test]
fn the_page_for_unknown_paths_shows_nothing() {
    let shell = answer(200, "<html><div id=root></div></html>").unwrap();
    let fallback = Fallback::of(&shell);
    let reply = Refusals::default().read(&shell, Some(&fallback), &Nothing);
    assert_eq!(reply.unwrap(), Reply::Refused(Refusal::Fallback));
}
