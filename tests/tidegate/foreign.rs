//! A gate for an app of another style: cookies, HTML pages, redirects to a login page, 200 with an
//! error body, one page for every unknown path.

use tidegate_testkit::foreign::{Fault, ForeignApp, HANNAH};

use crate::support::{Project, codes};

fn project(app: &ForeignApp) -> Project {
    Project::new(&format!(
        r#"version: 1
name: foreign
environments:
  local: {{ kind: local, url: "{url}" }}
identities:
  hannah:
    tenant: harbour
    login:
      steps:
        - get: /login
          capture: {{ csrf: {{ regex: 'name="csrf"[^>]*value="([^"]+)"' }} }}
        - post: /login
          form: {{ email: "{email}", password: "${{HANNAH_PASSWORD}}", csrf: "${{csrf}}" }}
checks:
  dashboard:
    as: hannah
    flow:
      - get: /dashboard
        redirects: none
        expect: {{ status: 200, headers: {{ content-type: {{ starts-with: text/html }} }} }}
  protected:
    flow:
      - get: /dashboard
        redirects: none
        expect: {{ status: 302, headers: {{ location: {{ starts-with: /login }} }} }}
"#,
        url = app.url(),
        email = HANNAH.email,
    ))
}

fn run(app: &ForeignApp) -> (crate::support::Ran, serde_json::Value) {
    project(app).run_with(&[("HANNAH_PASSWORD", HANNAH.password)], &[])
}

#[test]
fn a_form_login_with_a_token_and_a_session_cookie_works() {
    let (ran, report) = run(&ForeignApp::start());
    ran.expect(0).never_says(HANNAH.password);
    assert_eq!(codes(&report), Vec::<String>::new());
}

#[test]
fn a_refused_form_login_stops_the_run_once_with_the_remedy() {
    let (ran, report) = run(&ForeignApp::start_with(&[Fault::LoginRefused]));
    ran.expect(3).says("hannah").never_says(HANNAH.password);
    assert_eq!(report["preflight"]["code"], "preflight/login");
}
