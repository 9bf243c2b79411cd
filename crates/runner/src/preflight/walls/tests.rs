use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use tidegate_testkit::recorder::{App, Reply};
use tidegate_testkit::sign_in_walls::{self, behind};

use super::*;
use crate::tests::fakes::response;

/// The answer of a server to `GET /`, as a client would hand it over.
fn answer(address: SocketAddr) -> Response {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let mut response = response(status.parse().unwrap());
    response.headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    response.body = body.as_bytes().into();
    response
}

#[test]
fn every_wall_is_recognised_and_the_app_behind_it_is_not_one() {
    let known = [
        (sign_in_walls::Wall::VercelPage, Wall::VercelSignIn),
        (sign_in_walls::Wall::VercelRedirect, Wall::VercelSignIn),
        (sign_in_walls::Wall::NetlifyPassword, Wall::NetlifySignIn),
        (
            sign_in_walls::Wall::CloudflareAccess,
            Wall::CloudflareAccess,
        ),
        (sign_in_walls::Wall::CloudflareChallenge, Wall::BotChallenge),
        (
            sign_in_walls::Wall::RenderAsleep { refusals: 1 },
            Wall::Asleep(Host::Render),
        ),
        (
            sign_in_walls::Wall::FlyAsleep { refusals: 1 },
            Wall::Asleep(Host::Fly),
        ),
    ];
    for (standing, expected) in known {
        let app = App::start(behind(standing, |_| Reply::text(200, "the app")));
        assert_eq!(wall(&answer(app.address())), Some(expected));
        if matches!(expected, Wall::Asleep(_)) {
            assert_eq!(wall(&answer(app.address())), None);
        }
    }
}

#[test]
fn an_app_that_refuses_or_fails_by_itself_is_no_wall() {
    let html = "<form><input type=\"password\" name=\"password\"></form>";
    for reply in [
        Reply::html(401, html),
        Reply::new(401).header("server", "Vercel"),
        Reply::json(401, &serde_json::json!({ "error": "no token" })).header("server", "Netlify"),
        Reply::redirect(302, "/login?next=https://vercel.com/sso-api"),
        Reply::redirect(302, "https://accounts.example/cloudflareaccess.com"),
        Reply::new(503),
        Reply::new(500)
            .header("fly-request-id", "1")
            .header("server", "Fly/1"),
        Reply::new(403).header("server", "cloudflare"),
    ] {
        let shown = format!("{reply:?}");
        let app = App::start(move |_| reply.clone());
        assert_eq!(wall(&answer(app.address())), None, "{shown}");
    }
}

#[test]
fn a_sleeping_railway_service_is_recognised() {
    let mut asleep = response(502);
    asleep
        .headers
        .push(("x-railway-fallback".into(), "true".into()));
    assert_eq!(wall(&asleep), Some(Wall::Asleep(Host::Railway)));
}
