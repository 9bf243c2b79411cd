use std::time::Duration;

use tidegate_testkit::hostile::{Behaviour, Hostile, RefusingPort};
use tidegate_testkit::recorder::{App, RecordedRequest, Reply};
use tidegate_testkit::tls::{Certificate, TlsApp};

use super::*;

const LIMIT: usize = 1 << 16;
const LONG: Duration = Duration::from_secs(20);

fn answer(request: &RecordedRequest) -> Reply {
    match request.path() {
        "/away" => Reply::redirect(302, &request.query_value("to").unwrap()),
        "/round" => Reply::redirect(302, "/round"),
        "/gone" => Reply::new(404),
        _ => Reply::bytes(200, "application/wasm", b"\0asm".as_slice()),
    }
}

/// What kept a download from an answer.
fn cause(error: &DownloadError) -> &HttpError {
    match error {
        DownloadError::Failed { error, .. } => error,
        other => panic!("{other:?}"),
    }
}

fn get(url: &str) -> Result<Vec<u8>, DownloadError> {
    download(url, LIMIT, LONG)
}

/// Downloads by way of names that have these addresses, from whomever the server's authority vouches for.
fn get_from(server: &TlsApp, url: &str, addresses: &'static [&'static str]) -> DownloadError {
    let download = Download {
        address: url.to_owned(),
        limit: LIMIT,
        timeout: LONG,
        tls: Tls::new(Some(server.authority_pem().as_bytes())).unwrap(),
        names: Names::told(|_| addresses.to_vec()),
    };
    on_own_thread(download).unwrap_err()
}

#[test]
fn a_file_is_downloaded_and_nothing_is_sent_along() {
    let app = App::start(answer);
    let url = format!("{}/away?to={}/a.wasm", app.url(), app.url());
    assert_eq!(get(&url).unwrap(), b"\0asm");
    let seen = &app.requests_to("/a.wasm")[0];
    assert_eq!((seen.method.as_str(), seen.header("cookie")), ("GET", None));
    assert_eq!(seen.header("user-agent"), Some(NAME));
    assert_eq!(seen.header("accept-encoding"), Some("identity"));
}

#[test]
fn it_can_be_called_where_another_runtime_runs() {
    let app = App::start(answer);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert!(runtime.block_on(async { get(app.url()) }).is_ok());
}

#[test]
fn a_secure_server_is_asked_in_its_protocol() {
    let server = TlsApp::start(Certificate::Valid, answer);
    let download = |pem: Option<&[u8]>| {
        on_own_thread(Download {
            address: format!("{}/away?to=/a.wasm", server.url()),
            limit: LIMIT,
            timeout: LONG,
            tls: Tls::new(pem).unwrap(),
            names: Names::System,
        })
    };
    let known = server.authority_pem().as_bytes();
    assert_eq!(download(Some(known)).unwrap(), b"\0asm");
    let refused = download(None).unwrap_err();
    let told = matches!(cause(&refused), HttpError::Tls { .. });
    assert!(
        told && refused.help().contains("certificate"),
        "{refused:?}"
    );
}

#[test]
fn only_https_is_downloaded_from() {
    for url in [
        "http://portal.example/a.wasm",
        "ftp://portal.example/a.wasm",
        "file:///etc/passwd",
        "a.wasm",
        "http://10.0.0.1/a.wasm",
    ] {
        let refused = get(url).unwrap_err();
        assert!(
            matches!(refused, DownloadError::Address { .. }),
            "{refused:?}"
        );
        assert!(refused.help().contains("https://"));
    }
    // A user name hides the host from a reader.
    let told = get("https://anna:open-sesame@portal.example/a.wasm").unwrap_err();
    assert!(matches!(told, DownloadError::Address { .. }), "{told:?}");
    assert!(!format!("{told} {told:?} {}", told.help()).contains("sesame"));
}

#[test]
fn only_public_addresses_are_downloaded_from() {
    let server = TlsApp::start(Certificate::Valid, answer);
    let port = server.url().rsplit_once(':').unwrap().1;
    let named = format!("https://files.example:{port}/a.wasm");
    for (url, addresses) in [
        ("https://10.0.0.1/a.wasm", &[][..]),
        ("https://169.254.169.254/", &[]),
        ("https://[::ffff:192.168.1.1]/", &[]),
        (named.as_str(), &["127.0.0.1"]),
        (named.as_str(), &["93.184.215.14", "127.0.0.1"]),
        (named.as_str(), &["::ffff:169.254.169.254"]),
    ] {
        let refused = get_from(&server, url, addresses);
        assert!(
            matches!(cause(&refused), HttpError::ForbiddenAddress { .. }),
            "{url}"
        );
        assert!(refused.help().contains("public"), "{}", refused.help());
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_redirect_leads_to_https_alone() {
    let app = App::start(answer);
    let away = |to: &str| get(&format!("{}/away?to={to}", app.url())).unwrap_err();
    for to in [
        "http://files.example/a.wasm",
        "http://169.254.169.254/latest/",
        "file:///etc/passwd",
        "https://anna:open-sesame@files.example/",
        "http://files.example/a.wasm?signature=open-sesame",
    ] {
        let refused = away(to);
        assert!(
            matches!(refused, DownloadError::Redirect { .. }),
            "{refused:?}"
        );
        assert!(!format!("{refused:?}").contains("sesame"));
    }
    let refused = away("https://169.254.169.254/");
    let told = matches!(cause(&refused), HttpError::ForbiddenAddress { .. });
    assert!(told, "{refused:?}");
    let round = get(&format!("{}/round", app.url())).unwrap_err();
    assert!(matches!(round, DownloadError::Redirects { .. }));
    assert_eq!(app.requests_to("/round").len(), REDIRECTS + 1);
}

#[test]
fn nobody_else_leads_to_this_machine() {
    let elsewhere = Url::parse("https://files.example/").unwrap();
    let here = Url::parse("http://127.0.0.1:1/").unwrap();
    assert_eq!(permit(&elsewhere, false), Ok(()));
    assert!(permit(&here, false).is_err());
    assert_eq!(permit(&here, true), Ok(()));
    let secure = Url::parse("https://127.0.0.1:1/").unwrap();
    let download = Download {
        address: elsewhere.to_string(),
        limit: LIMIT,
        timeout: LONG,
        tls: Tls::new(None).unwrap(),
        names: Names::System,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let asked = runtime.block_on(download.ask(&secure, false));
    let refused = asked.map(drop).unwrap_err();
    assert!(matches!(
        cause(&refused),
        HttpError::ForbiddenAddress { .. }
    ));
}

#[test]
fn what_is_no_file_says_why() {
    let app = App::start(answer);
    let gone = get(&format!("{}/gone", app.url())).unwrap_err();
    assert!(matches!(gone, DownloadError::Status { status: 404, .. }));
    assert!(gone.help().contains("login"));
    let refused = get(&RefusingPort::take().url()).unwrap_err();
    assert!(refused.help().contains("reaches it"), "{}", refused.help());
}

#[test]
fn size_and_time_are_bounded() {
    let server = Hostile::start();
    for behaviour in [Behaviour::GzipBomb, Behaviour::Huge, Behaviour::HugeChunked] {
        let large = get(&server.url_of(behaviour)).unwrap_err();
        assert!(matches!(
            large,
            DownloadError::TooLarge { limit: LIMIT, .. }
        ));
    }
    for behaviour in [Behaviour::Silent, Behaviour::DripBody] {
        let short = Duration::from_millis(200);
        let slow = download(&server.url_of(behaviour), LIMIT, short).unwrap_err();
        assert!(matches!(slow, DownloadError::Slow { .. }), "{slow:?}");
    }
}
