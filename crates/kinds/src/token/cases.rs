//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::testing::{Style, World};

const PLAIN: &str = "probe: { get: /api/me }";

const SIGNED: &str = "
probe: { get: /api/me }
signing-key: Zk3vR9qWx81LmN0pTtBvY2c5
";

const PUBLIC: &str = "
probe: { get: /api/me }
public-key: keys/public.pem
";

const LOGOUT: &str = "
probe: { get: /api/me }
logout: { post: /api/logout }
";

const PASSWORD: &str = "
probe: { get: /api/me }
password-change:
  post: /api/me/password
  json: { new: '${unique}' }
  restore: { post: /api/me/password, json: { new: '${KEY}' } }
";

const REFRESH: &str = "
probe: { get: /api/me }
refresh:
  login: { post: /api/login }
  post: /api/refresh
  json: { refresh: '${refresh}' }
  capture: { refresh: $.refresh }
  bearer: $.access
";

struct Case {
    code: &'static str,
    config: &'static str,
    style: Style,
    fault: &'static str,
}

const fn case(code: &'static str, config: &'static str, style: Style, fault: &'static str) -> Case {
    Case {
        code,
        config,
        style,
        fault,
    }
}

static CASES: &[Case] = &[
    case("token/none", PLAIN, Style::Bearer, "none"),
    case("token/junk", PLAIN, Style::Bearer, "junk"),
    case("token/junk", PLAIN, Style::Cookie, "junk"),
    case("token/junk", PLAIN, Style::Signed, "junk"),
    case("token/alg-none", PLAIN, Style::Signed, "alg-none"),
    case("token/bad-signature", PLAIN, Style::Signed, "unverified"),
    case("token/expired", SIGNED, Style::Signed, "expired"),
    case("token/other-audience", SIGNED, Style::Signed, "audience"),
    case("token/other-issuer", SIGNED, Style::Signed, "issuer"),
    case(
        "token/algorithm-confusion",
        PUBLIC,
        Style::SignedPrivately,
        "confusion",
    ),
    case("token/weak-key", PLAIN, Style::Signed, "weak-key"),
    case("token/lifetime", PLAIN, Style::Signed, "lifetime"),
    case("token/lifetime", PLAIN, Style::Signed, "eternal"),
    case(
        "token/sensitive-claim",
        PLAIN,
        Style::Signed,
        "sensitive-claim",
    ),
    case(
        "token/alive-after-logout",
        LOGOUT,
        Style::Bearer,
        "alive-after-logout",
    ),
    case(
        "token/alive-after-logout",
        LOGOUT,
        Style::Cookie,
        "alive-after-logout",
    ),
    case(
        "token/alive-after-logout",
        LOGOUT,
        Style::Signed,
        "alive-after-logout",
    ),
    case(
        "token/alive-after-password-change",
        PASSWORD,
        Style::Bearer,
        "alive-after-password-change",
    ),
    case("token/cookie-flags", PLAIN, Style::Cookie, "cookie-flags"),
    case(
        "token/cookie-lifetime",
        PLAIN,
        Style::Cookie,
        "cookie-lifetime",
    ),
    case("token/fixation", PLAIN, Style::Cookie, "fixation"),
    case("token/refresh-race", REFRESH, Style::Bearer, "refresh-race"),
    case(
        "token/refresh-reuse",
        REFRESH,
        Style::Bearer,
        "refresh-reuse",
    ),
];

/// Those that need more of the world than a portal; their tests stand beside their code.
const ELSEWHERE: &[&str] = &["token/cookie-scope", "token/in-url"];

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    for info in META.codes.iter() {
        let code = info.code.as_str();
        let known = CASES.iter().any(|case| case.code == code) || ELSEWHERE.contains(&code);
        assert!(known, "{code}");
    }
    for case in CASES {
        let bad = World::bad(case.style, case.fault).run(case.config);
        assert_eq!(
            bad.codes(),
            [case.code],
            "{:?} {:#?}",
            case.style,
            bad.report
        );
        let good = World::good(case.style).run(case.config);
        assert!(good.codes().is_empty(), "{}: {:#?}", case.code, good.report);
        assert_eq!(good.doubt(), "", "{}", case.code);
        assert!(good.report().evaluated > 0, "{}", case.code);
        assert!(good.is_clean(), "{}", case.code);
    }
}

#[test]
fn a_renewal_that_fails_is_no_refusal_of_a_used_token() {
    let good = World::good(Style::Bearer).run(REFRESH);
    let tried = World::bad(Style::Bearer, "refresh-fails").run(REFRESH);
    assert!(tried.codes().is_empty());
    let told = "used refresh tokens are refused is not proven: POST /api/refresh was answered with status 500";
    assert!(tried.doubt().contains(told), "{}", tried.doubt());
    assert_eq!(tried.report().evaluated + 1, good.report().evaluated);
}
