use insta::assert_snapshot;
use proptest::prelude::*;

use super::super::Format;
use super::super::tests::{imported, shown};
use super::shell;

fn curl(text: &str) -> String {
    shown(&imported(
        Some(Format::Curl),
        "requests.sh",
        text.as_bytes(),
    ))
}

fn words(text: &str) -> Vec<String> {
    let commands = shell::commands(text).unwrap();
    commands
        .into_iter()
        .flat_map(|command| command.words)
        .collect()
}

#[test]
fn words_are_those_of_a_shell() {
    for (text, wanted) in [
        (r#"a 'b c' "d e" f\ g"#, vec!["a", "b c", "d e", "f g"]),
        (r#"-d'{"a":1}' x"y"'z'"#, vec![r#"-d{"a":1}"#, "xyz"]),
        (r#""a\"b\\c\d""#, vec![r#"a"b\c\d"#]),
        (r"$'it\'s\n\x41é\101'", vec!["it's\nAéA"]),
        ("a \\\n  b # no\n", vec!["a", "b"]),
        ("a \\ \n  b", vec!["a", "b"]),
        ("a '' b", vec!["a", "", "b"]),
        ("a#b", vec!["a#b"]),
        (
            "'${x}' \"${home} $USER\" \\${y}",
            vec!["$${x}", "${HOME} ${USER}", "$${y}"],
        ),
        (
            "a ^\n  ^\"b ^\\^\"c^\\^\" ^{x^}^\"",
            vec!["a", "b \"c\" {x}"],
        ),
        ("a `\n  \"b`\"c\"", vec!["a", "b\"c"]),
        ("V=1\nb $V", vec!["b", "1"]),
    ] {
        assert_eq!(words(text), wanted, "{text}");
    }
}

#[test]
fn a_quote_that_is_not_closed_is_told_with_its_place() {
    assert_snapshot!(curl("curl https://acme.example \\\n  -H 'accept: x"), @r"
    requests.sh:2:6: a quote ' is opened here and never closed
      Copy the whole command, from `curl` to the end of its last line.
    ");
}

#[test]
fn a_command_of_a_browser_becomes_a_step() {
    assert_snapshot!(curl(
        "curl 'https://portal.acme.example/api/records?page=2&q=a%20b' \\
  -X 'POST' \\
  -H 'accept: application/json, text/plain, */*' \\
  -H 'accept-language: en' \\
  -H 'authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl' \\
  -H 'content-type: application/json' \\
  -b '_ga=GA1.1.1; sid=0123456789abcdef' \\
  -H 'sec-fetch-mode: cors' \\
  -H 'user-agent: Mozilla/5.0 (X11)' \\
  -H 'x-csrf-token: 9f8e7d6c5b4a3210' \\
  --data-raw $'{\"title\":\"it\\'s ${new}\",\"amount\":3,\"password\":\"hunter22\"}' \\
  --compressed"
    ));
}

#[test]
fn commands_of_windows_are_read() {
    let cmd = "curl ^\"https://portal.acme.example/api/login^\" ^\n  -H ^\"content-type: application/json^\" ^\n  --data-raw ^\"^{^\\^\"email^\\^\":^\\^\"anna^@acme.example^\\^\"^}^\"";
    let old = "curl \"https://portal.acme.example/api/login\" ^\r\n  -H \"content-type: application/json\" ^\r\n  --data-raw \"{\\\"email\\\":\\\"anna@acme.example\\\"}\"";
    let shell = "curl.exe 'https://portal.acme.example/api/login' `\n  -H 'content-type: application/json' `\n  --data-raw '{\"email\":\"anna@acme.example\"}'";
    let wanted = curl(
        "curl https://portal.acme.example/api/login -H 'content-type: application/json' --data-raw '{\"email\":\"anna@acme.example\"}'",
    );
    for text in [cmd, old, shell] {
        assert_eq!(curl(text), wanted, "{text}");
    }
}

#[test]
fn every_usual_option_has_its_place() {
    assert_snapshot!(curl(
        "# the list, as a person sees it
curl -sSLo list.json -G https://acme.example/list -d q=x --data-urlencode 'name=a b&c' -u mia:correct-horse
curl -k --http2 -XDELETE https://acme.example/list/7 -H 'X-Api-Key: k-0123456789' | jq .
curl --json '{\"a\": [1, true]}' https://acme.example/a --next -F 'file=@./a.pdf;type=application/pdf' -F note=hi https://acme.example/b
curl -T ./data.csv https://acme.example/upload -m 2.5 --proxy http://x --frobnicate
curl -I acme.example -A probe/1 -e https://acme.example/from --max-redirs 2
curl -d @body.xml -H 'Content-Type: text/xml' https://acme.example/xml
curl -d 'a=1' -d 'b=2&a=3' https://acme.example/form
curl -b jar.txt -c jar.txt https://acme.example/{a,b}
curl ftp://acme.example/x
curl
wget https://acme.example"
    ));
}

#[test]
fn what_one_command_prints_is_used_by_the_next() {
    assert_snapshot!(curl(
        "BASE=http://localhost:3000
TOKEN=$(curl -s -X POST $BASE/api/login -H 'content-type: application/json' \\
  -d '{\"email\":\"anna@acme.example\",\"password\":\"hunter22x\"}' | jq -r .token)
ID=$(curl -s $BASE/api/records -H \"Authorization: Bearer $TOKEN\" --json '{\"title\":\"x\"}' | jq -r '.id')
curl $BASE/api/records/$ID -H \"Authorization: Bearer $TOKEN\"
curl -X DELETE \"$BASE/api/records/${ID}\" -H \"Authorization: Bearer $TOKEN\" -H \"x-tenant: $TENANT\""
    ));
}

#[test]
fn values_of_variables_open_no_reference_and_do_not_grow_without_end() {
    let text = curl(
        "A='{HOME}'\ncurl \"https://acme.example/$$A\"\ncurl --json '{\"a\": \"$' --json '{HOME}\"}' https://acme.example/b",
    );
    assert!(text.contains("$${HOME}"), "{text}");
    assert!(!text.replace("$${HOME}", "").contains("${HOME}"), "{text}");
    let grows =
        "A=0123456789\n".to_owned() + &"A=$A$A\n".repeat(60) + "curl https://acme.example/$A";
    assert!(
        curl(&grows).contains("the values of variables come to more than 4 MiB"),
        "{}",
        curl(&grows)
    );
    let open = "curl ".to_owned() + &"${".repeat(50_000);
    assert!(curl(&open).contains("http://$${$${"));
    let options = "curl https://acme.example".to_owned() + &" --frobnicate".repeat(20_000);
    assert!(curl(&options).contains("the option --frobnicate"));
}

proptest! {
    #[test]
    fn quoted_words_come_back(all in proptest::collection::vec("[ -~é\\n]{0,30}", 1..6)) {
        let text: Vec<String> = all.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
        let text = text.join(" ");
        // Carets and backticks at the ends of lines say that it is another shell.
        prop_assume!(!text.contains("^\"") && !text.lines().any(|line| line.trim_end().ends_with(['^', '`'])));
        let wanted: Vec<String> = all.iter().map(|word| tidegate_core::template::escape(word)).collect();
        prop_assert_eq!(&words(&format!("curl {text}"))[1..], &wanted[..]);
    }
}
