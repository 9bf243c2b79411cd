use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::host::sort_of_host;
use super::*;

fn key() -> Key {
    Key::shared("a key for tests that is long enough").unwrap()
}

/// The facts of a value; `~` in it is left out.
fn facts(name: &str, value: &str) -> Facts {
    Facts::of(name, &value.replace('~', ""), &key())
}

fn token(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.c2lnbmF0dXJl",
        part(r#"{"alg":"HS256"}"#),
        part(claims)
    )
}

#[test]
fn hosts_of_developers_are_told_from_those_that_only_sound_like_it() {
    for host in [
        "localhost",
        "127.0.0.2",
        "app.localhost",
        "[::1]",
        "host.docker.internal",
        "::ffff:127.0.0.1",
    ] {
        assert_eq!(sort_of_host(host), HostSort::ThisMachine, "{host}");
    }
    for host in ["printer.local", "app.test", "nas.lan"] {
        assert_eq!(sort_of_host(host), HostSort::LocalName, "{host}");
    }
    for host in [
        "staging.acme.example",
        "api-staging.acme.example",
        "app.dev.acme.example",
        "acme-dev.fly.dev",
        "preview.acme.example",
        "qa.acme.example",
        "staging-api.acme.example",
    ] {
        assert_eq!(sort_of_host(host), HostSort::Staging, "{host}");
    }
    for host in [
        "acme-git-main-team.vercel.app",
        "acme-a1b2c3d4e-team.vercel.app",
        "pr-7--acme.netlify.app",
    ] {
        assert_eq!(sort_of_host(host), HostSort::Preview, "{host}");
    }
    assert_eq!(sort_of_host("ab12.ngrok-free.app"), HostSort::Tunnel);
    assert_eq!(sort_of_host("192.168.1.5"), HostSort::HomeNetwork);
    assert_eq!(sort_of_host("10.1.2.3"), HostSort::PrivateNetwork);
    assert_eq!(sort_of_host("0.0.0.0"), HostSort::EveryAddress);
    for host in [
        "devices.acme.example",
        "dev-portal.acme.example",
        "acme.dev",
        "staging.com",
        "acme.fly.dev",
        "dev.azure.com",
        "developer.acme.example",
        "db.default.svc.cluster.local",
        "acme.vercel.app",
        "backstage.acme.example",
        "172.32.0.1",
        "app.pages.dev",
        "local",
        "testing.acme.example",
    ] {
        assert_eq!(sort_of_host(host), HostSort::Other, "{host}");
    }
}

#[test]
fn hosts_are_found_in_urls_lists_and_connection_texts() {
    let first = |value: &str| hosts_of(value).first().copied();
    for value in [
        "http://localhost:3000",
        "localhost:5432",
        "localhost",
        "redis://:pw@127.0.0.1:6379/0",
        "jdbc:postgresql://localhost/app",
        "anna:pw@tcp(localhost:3306)/app",
        "host=localhost port=5432",
        "http://[::1]:3000/x",
        "http://localhost:1,https://a.example",
    ] {
        assert_eq!(first(value), Some(HostSort::ThisMachine), "{value}");
    }
    for value in [
        "true",
        "some text",
        "12:30",
        "anna@acme.example",
        "",
        "a:b:c",
        "db:5432x",
    ] {
        assert_eq!(first(value), None, "{value}");
    }
}

#[test]
fn what_can_be_guessed_has_no_fingerprint() {
    for value in [
        "true",
        "3000",
        "production",
        "acme",
        "eu-central-1",
        "anna@acme.example",
        "secret",
        "https://api.stripe.com/v1",
        "/var/lib/data",
        "portal.acme.example",
        "changeme-please-1234",
        "your-secret-key-goes-here-1",
        "postgresql://localhost/app",
        "hello world 12345 hello",
        "correct-horse-battery",
        "2026-11-26T10:00:00",
        "1234567890123456789012",
    ] {
        assert_eq!(facts("SECRET_KEY", value).print, None, "{value}");
    }
}

#[test]
fn equal_values_have_equal_fingerprints_whatever_surrounds_them() {
    let plain = facts("A_SECRET", "q7Xv2Lm9Rt4Kp8Zw3Bn6").print;
    assert!(plain.is_some());
    assert_eq!(facts("B_TOKEN", " \"q7Xv2Lm9Rt4Kp8Zw3Bn6\" ").print, plain);
    let url = facts("A", "postgres://anna:pw1@db.acme.example/app").print;
    assert!(url.is_some());
    assert_eq!(
        facts("B", "postgres://anna:pw1@DB.acme.example:5432/app/").print,
        url
    );
}

#[test]
fn keys_say_their_class_and_mode() {
    let live = facts("K", "sk_~live_51Habcdefghijklmnop");
    assert_eq!(
        (live.class, live.mode, live.powerful),
        (Class::Secret, Mode::Live, true)
    );
    assert_eq!(live.pair, Some(Pair::Secret));
    let test = facts("K", "pk_~test_51Habcdefghijklmnop");
    assert_eq!(
        (test.class, test.mode, test.powerful),
        (Class::Public, Mode::Test, false)
    );
    assert_eq!(facts("K", "AIza~SyA1234567890").class, Class::Depends);
    assert_eq!(
        facts("JWT_SECRET", "q7Xv2Lm9Rt4Kp8Zw3Bn6").class,
        Class::Secret
    );
    assert_eq!(
        facts("BUILD_ID", "q7Xv2Lm9Rt4Kp8Zw3Bn6").class,
        Class::Plain
    );
    assert_eq!(
        facts("NEXT_PUBLIC_MAP_KEY", "q7Xv2Lm9Rt4Kp8Zw3Bn6").class,
        Class::Plain
    );
}

#[test]
fn addresses_keys_and_databases_of_one_project_are_known_as_such() {
    let id = |value: &str| facts("X", value).project.unwrap().print;
    let address = id("https://abcdefghijklmnopqrst.supabase.co");
    for value in [
        "postgresql://postgres:pw@db.abcdefghijklmnopqrst.supabase.co:5432/postgres",
        "postgresql://postgres.abcdefghijklmnopqrst:pw@aws-0-eu.pooler.supabase.com:6543/postgres",
        &token(r#"{"role":"anon","ref":"abcdefghijklmnopqrst"}"#),
    ] {
        assert_eq!(id(value), address, "{value}");
    }
    assert_ne!(id("https://other.supabase.co"), address);
    let service = facts("X", &token(r#"{"role":"service_role","ref":"abc"}"#));
    assert!(service.project.unwrap().service && service.powerful);
    let database = |value: &str| facts("X", value).database.map(|database| database.print);
    assert_eq!(
        database("postgresql://postgres:pw@db.abcdefghijklmnopqrst.supabase.co/postgres"),
        database(
            "postgres://postgres.abcdefghijklmnopqrst:other@aws-0-eu.pooler.supabase.com:6543/postgres"
        )
    );
    assert_eq!(
        database("postgres://a:b@ep-x-pooler.eu.neon.tech/app"),
        database("postgres://c:d@ep-x.eu.neon.tech:5432/app")
    );
    for everywhere in [
        "postgres://a:b@localhost/app",
        "postgres://a:b@db:5432/app",
        "https://a.example/app",
    ] {
        assert_eq!(database(everywhere), None, "{everywhere}");
    }
    let firebase = r#"{"type":"service_account","project_id":"acme-prod"}"#;
    assert_eq!(id(firebase), id("https://acme-prod.firebaseio.com"));
}

#[test]
fn demo_tokens_and_references_are_seen() {
    assert!(facts("X", &token(r#"{"role":"anon","iss":"supabase-demo"}"#)).demo);
    assert_eq!(
        facts("X", "postgres://${USER}@db.acme.example/app").database,
        None
    );
    assert_eq!(
        facts("X", "@legacy-secret").what,
        "reference to another variable"
    );
    assert_eq!(facts("X", "PROD").word, Some(Word::Production));
    assert!(facts("X", " ").empty);
}

proptest::proptest! {
    #[test]
    fn no_value_makes_the_reader_panic(value in "\\PC{0,60}|[a-z:/@.\\[\\]0-9,%]{0,40}|eyJ[A-Za-z0-9._-]{0,40}") {
        let _ = Facts::of("A_KEY", &value, &key());
    }

    #[test]
    fn facts_survive_being_written_and_read(value in "(postgres://a:b@|https://|sk_|)[a-z0-9.]{0,30}") {
        let facts = Facts::of("A_KEY", &value, &key());
        let text = serde_json::to_string(&facts).unwrap();
        let read: Facts = serde_json::from_str(&text).unwrap();
        proptest::prop_assert_eq!(read, facts);
    }
}
