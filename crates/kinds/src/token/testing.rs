//! A portal whose logins, sessions and tokens can be broken one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tidegate_core::gate::{Credential, EnvironmentKind, Login};
use tidegate_core::ports::http::{Cookie, Credentials, HttpError, LoginError, Response};
use tidegate_core::span::Location;

use super::jwt::{self, Jwt};
use crate::testing::{Asked, FakeFiles, FakePortal, LoggingIn, Trial, Tried, answer};

/// The key that the portal signs with unless it is broken.
pub(super) const KEY: &str = "Zk3vR9qWx81LmN0pTtBvY2c5";

/// The public key of the portal that signs with a private one.
pub(super) const PUBLIC: &str =
    "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANpw\n-----END PUBLIC KEY-----\n";

/// How the portal knows people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// By a random token in `Authorization`.
    Bearer,
    /// By a session cookie.
    Cookie,
    /// By a signed token in `Authorization`.
    Signed,
    /// The same, signed with a private key.
    SignedPrivately,
}

/// A portal with one fault, or none.
#[derive(Clone, Copy)]
pub(super) struct World {
    pub(super) style: Style,
    /// Its name; empty for none.
    pub(super) fault: &'static str,
}

#[derive(Default)]
struct State {
    number: u32,
    /// Who a live session belongs to.
    live: BTreeMap<String, String>,
    /// Which session a login of the client got.
    sessions: BTreeMap<(u64, u32), String>,
    /// Refresh tokens that were used, and those of ended sessions.
    used: BTreeSet<String>,
    password: String,
}

impl World {
    /// A portal without a fault.
    pub(super) fn good(style: Style) -> Self {
        Self { style, fault: "" }
    }

    /// A portal with a fault.
    pub(super) fn bad(style: Style, fault: &'static str) -> Self {
        Self { style, fault }
    }

    fn has(self, fault: &str) -> bool {
        self.fault == fault
    }

    /// The portal itself.
    pub(super) fn portal(self) -> Arc<FakePortal> {
        let state = Arc::new(Mutex::new(State::default()));
        let own = state.clone();
        let portal = FakePortal::new(move |asked| self.answer(&mut own.lock().unwrap(), asked));
        portal.admit(move |login| self.admit(&mut state.lock().unwrap(), login));
        portal
    }

    /// Runs a check as anna against it.
    pub(super) fn run(self, config: &str) -> Tried {
        self.run_in(config, EnvironmentKind::Preview)
    }

    /// The same in an environment of this sort.
    pub(super) fn run_in(self, config: &str, environment: EnvironmentKind) -> Tried {
        let mut trial = Trial::of(super::kind());
        trial.who = Some("anna");
        trial.environment = environment;
        trial.people[0].credential = Credential::Login(Login {
            steps: Vec::new(),
            bearer: None,
            header: None,
            totp: None,
        });
        trial.files = FakeFiles::new(&[("keys/public.pem", PUBLIC)]);
        trial.run(config, &self.portal())
    }

    fn admit(self, state: &mut State, login: &LoggingIn) -> Result<Credentials, HttpError> {
        if !matches!(state.password.as_str(), "" | "s3cret-value") {
            return Err(HttpError::Login(LoginError {
                identity: login.who.as_str().into(),
                reason: "the password is wrong".into(),
                help: String::new(),
                location: Location::line_of("tidegate.yaml", 1),
                status: Some(401),
            }));
        }
        state.number += 1;
        let planted = login.planted.iter().find(|(name, _)| name == "sid");
        let planted = planted.filter(|_| self.has("fixation"));
        let token = match (self.style, planted) {
            (Style::Cookie, Some((_, value))) => value.clone(),
            (Style::Signed | Style::SignedPrivately, _) => self.signed(state.number),
            _ => format!("opaque-session-{:08}-of-{}", state.number, login.who),
        };
        state.live.insert(token.clone(), login.who.clone());
        state.sessions.insert(login.session, token.clone());
        if self.style == Style::Cookie {
            return Ok(Credentials {
                headers: Vec::new(),
                cookies: vec![self.cookie(&token), theme()],
            });
        }
        Ok(Credentials {
            headers: vec![("authorization".into(), format!("Bearer {token}").into())],
            cookies: vec![theme()],
        })
    }

    fn signed(self, number: u32) -> String {
        let end = match self.fault {
            "lifetime" => 40 * 86_400,
            "short" => 600,
            _ => 3600,
        };
        let mut claims = json!({
            "sub": "u1", "role": "member", "iss": "https://portal.example", "aud": "portal",
            "iat": 0, "exp": end, "jti": number,
        });
        if self.has("eternal") {
            claims.as_object_mut().unwrap().remove("exp");
        }
        if self.has("sensitive-claim") {
            claims["password_hash"] = Json::from("$2b$10$abc");
        }
        let key = if self.has("weak-key") { "secret" } else { KEY };
        match self.style {
            Style::SignedPrivately => {
                // The signature of a private key cannot be made here; the portal knows its own tokens.
                let token = jwt::made("HS512", &claims, KEY);
                let header = jwt::encoded(&json!({ "typ": "JWT", "alg": "RS256" }));
                format!("{header}.{}", token.split_once('.').unwrap().1)
            }
            _ => jwt::made("HS256", &claims, key),
        }
    }

    fn cookie(self, value: &str) -> Cookie {
        let mut attributes = vec![("path".to_owned(), Some("/".to_owned()))];
        let mut add = |name: &str, value: Option<&str>| {
            attributes.push((name.to_owned(), value.map(str::to_owned)));
        };
        if !self.has("cookie-flags") {
            add("httponly", None);
        }
        add("samesite", Some("Lax"));
        match self.fault {
            "cookie-scope" => add("domain", Some(".acme.example")),
            "cookie-lifetime" => add("max-age", Some("31536000")),
            _ => {}
        }
        Cookie {
            name: "sid".into(),
            value: value.into(),
            attributes,
        }
    }

    fn answer(self, state: &mut State, asked: &Asked) -> Result<Response, HttpError> {
        match asked.line().as_str() {
            "GET /api/me" => self.me(state, asked),
            "GET /about" => answer(200, r#"{"about":"us"}"#),
            "GET /.well-known/jwks.json" => answer(404, "{}"),
            "POST /api/logout" => {
                let token = asked
                    .session
                    .and_then(|session| state.sessions.get(&session));
                if let Some(token) = token.filter(|_| !self.has("alive-after-logout")) {
                    state.live.remove(token);
                }
                answer(204, "")
            }
            "POST /api/me/password" => self.change(state, asked),
            "POST /api/login" => {
                state.number += 1;
                renewed(state, state.number)
            }
            "POST /api/refresh" => self.renew(state, asked),
            _ => answer(404, r#"{"error":"not found"}"#),
        }
    }

    fn me(self, state: &State, asked: &Asked) -> Result<Response, HttpError> {
        if self.has("limited")
            && asked
                .header("authorization")
                .is_some_and(|text| text.contains("undefined"))
        {
            let mut limited = answer(429, "{}")?;
            limited.headers.push(("retry-after".into(), "600".into()));
            return Ok(limited);
        }
        if self.has("crashes") && asked.header("authorization") == Some("Bearer") {
            return answer(500, "{}");
        }
        if self.has("none") || self.knows(state, asked) {
            return answer(200, r#"{"id":"u1","name":"Anna"}"#);
        }
        if self.has("says-why") && asked.header("authorization").is_some() {
            return answer(200, r#"{"id":null,"hint":"this is no token of ours"}"#);
        }
        if self.has("says-nobody") || self.has("says-why") {
            return answer(200, r#"{"id":null}"#);
        }
        answer(401, r#"{"error":"log in first"}"#)
    }

    fn knows(self, state: &State, asked: &Asked) -> bool {
        let header = asked.header("authorization");
        let cookie = asked
            .header("cookie")
            .and_then(|text| text.split("; ").find_map(|pair| pair.strip_prefix("sid=")));
        if self.has("junk") {
            return header.is_some_and(|text| text.len() > 8) || cookie.is_some();
        }
        if self.style == Style::Cookie {
            return cookie.is_some_and(|token| state.live.contains_key(token));
        }
        let Some(token) = header.and_then(|text| text.strip_prefix("Bearer ")) else {
            return false;
        };
        match (self.style, Jwt::read(token)) {
            (Style::Signed | Style::SignedPrivately, Ok(jwt)) => self.trusts(state, token, &jwt),
            _ => state.live.contains_key(token),
        }
    }

    fn trusts(self, state: &State, token: &str, jwt: &Jwt) -> bool {
        let claim = |name: &str| {
            jwt.claims
                .get(name)
                .and_then(Json::as_str)
                .unwrap_or_default()
        };
        let key = if self.has("weak-key") { "secret" } else { KEY };
        let is_signed = match self.style {
            Style::SignedPrivately => {
                state.live.contains_key(token)
                    || (self.has("confusion") && jwt.is_signed_with(PUBLIC.as_bytes()))
            }
            _ => jwt.is_signed_with(key.as_bytes()),
        };
        let is_signed = is_signed
            || self.has("unverified")
            || (self.has("alg-none") && jwt.algorithm().eq_ignore_ascii_case("none"));
        let is_over = jwt.moment("exp").is_some_and(|end| end <= 0);
        let number = jwt
            .claims
            .get("jti")
            .and_then(Json::as_u64)
            .unwrap_or_default();
        let live = state.live.keys().any(|token| {
            let own = Jwt::read(token).ok();
            own.and_then(|own| own.claims.get("jti")?.as_u64()) == Some(number)
        });
        is_signed
            && live
            && (!is_over || self.has("expired"))
            && (claim("aud") == "portal" || self.has("audience"))
            && (claim("iss") == "https://portal.example" || self.has("issuer"))
    }

    /// Ends the other sessions of whoever changes the password.
    fn change(self, state: &mut State, asked: &Asked) -> Result<Response, HttpError> {
        let own = asked
            .session
            .and_then(|session| state.sessions.get(&session).cloned());
        let shown = asked
            .header("authorization")
            .and_then(|text| text.strip_prefix("Bearer "));
        let own = own.or(shown.map(str::to_owned)).unwrap_or_default();
        if !state.live.contains_key(&own) {
            return answer(401, "{}");
        }
        state.password = asked.json()["new"].as_str().unwrap_or_default().to_owned();
        if !self.has("alive-after-password-change") {
            state.live.retain(|token, _| *token == own);
        }
        if self.has("renews-session")
            && let Some(session) = asked.session
        {
            let renewed = format!("{own}-renewed");
            state.live = BTreeMap::from([(renewed.clone(), "anna".to_owned())]);
            state.sessions.insert(session, renewed);
        }
        answer(
            if self.has("refuses-and-does") {
                400
            } else {
                204
            },
            "",
        )
    }

    fn renew(self, state: &mut State, asked: &Asked) -> Result<Response, HttpError> {
        let token = asked.json()["refresh"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let first = state.used.insert(token.clone());
        let number: u32 = token.rsplit('-').next().unwrap().parse().unwrap();
        let at_once = number + 1 == state.number;
        match self.fault {
            // Whoever comes second is a thief, so that the session ends.
            "refresh-race" if !first => {
                state.live.clear();
                answer(401, "{}")
            }
            "refresh-reuse" => {
                state.number += 1;
                renewed(state, state.number)
            }
            _ if first || at_once => {
                state.number += u32::from(first);
                renewed(state, state.number)
            }
            "refresh-fails" => answer(500, "{}"),
            _ => answer(401, "{}"),
        }
    }
}

fn renewed(state: &mut State, number: u32) -> Result<Response, HttpError> {
    let access = format!("access-token-{number:08}");
    state.live.insert(access.clone(), "anna".to_owned());
    let body = json!({ "access": access, "refresh": format!("refresh-token-{number}") });
    answer(200, body.to_string())
}

fn theme() -> Cookie {
    Cookie {
        name: "theme".into(),
        value: "dark".into(),
        attributes: Vec::new(),
    }
}
