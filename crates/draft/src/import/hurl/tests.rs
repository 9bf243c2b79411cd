use insta::assert_snapshot;

use super::super::Format;
use super::super::tests::{imported, shown};

fn hurl(text: &str) -> String {
    shown(&imported(
        Some(Format::Hurl),
        "portal.hurl",
        text.as_bytes(),
    ))
}

#[test]
fn a_journey_becomes_a_flow() {
    assert_snapshot!(hurl(
        r#"# log in
POST {{base_url}}/api/login
{
  "email": "anna@acme.example",
  "password": "{{anna_password}}"
}
HTTP 200
[Captures]
token: jsonpath "$.token"
[Asserts]
jsonpath "$.user.email" == "anna@acme.example"

# create a record
POST {{base_url}}/api/records
Authorization: Bearer {{token}}
{ "title": "a \"new\" one", "amount": 42, "tags": [] }
HTTP/1.1 201
Content-Type: application/json
[Captures]
record: jsonpath "$.id"
[Asserts]
jsonpath "$.title" startsWith "a"
jsonpath "$.amount" >= 1
jsonpath "$.tags" isList
jsonpath "$.tags" count == 0
jsonpath "$.deleted_at" not exists
header "x-request-id" exists
duration < 1500

GET {{base_url}}/api/search
Authorization: Bearer {{token}}
[Query]
q: new one
[Options]
retry: 5
retry-interval: 200ms
HTTP 200
[Asserts]
jsonpath "$.items[*].id" includes "{{record}}"
jsonpath "$.items" count > 0
body not contains "error"

DELETE {{base_url}}/api/records/{{record}}
Authorization: Bearer {{token}}
HTTP 204
"#
    ));
}

#[test]
fn the_whole_grammar_is_read() {
    assert_snapshot!(hurl(
        r#"GET https://acme.example/login # the form
User-Agent: probe
[QueryStringParams]
lang: e\#n
[Cookies]
theme: dark
HTTP *
[Captures]
csrf: xpath "string(//meta[@name='_csrf_token']/@content)"
page: body
count: jsonpath "$.n" toInt
[Asserts]
status < 400
xpath "string(//title)" == "Log in"
xpath "//li" count == 3
cookie "sid[HttpOnly]" exists
cookie "sid[SameSite]" == "Lax"
bytes count <= 1000
sha256 == hex,0011;
version == "1.1"
url == "https://acme.example/login"
regex "v(\\d+)" exists
jsonpath "$.a" isIsoDate
jsonpath "$.b" matches /^[a-z]+$/
jsonpath "$.c" != null
jsonpath "$.d" frobnicates

POST https://acme.example/login
[Form]
user: mia
password: correct-horse
csrf: {{csrf}}
[Options]
location: true
insecure: true
delay: 1s
HTTP 302
[Asserts]
redirects count == 0
header "Location" contains "home"

PUT https://acme.example/files
[Multipart]
file: file,a.pdf; application/pdf
note: hi
HTTP 200
```
plain
text
```

POST https://acme.example/graphql
```graphql
query Q($id: ID!) { thing(id: $id) { id } }
variables { "id": "7" }
```
HTTP 200
{"data": {"thing": {"id": "7"}}}

POST https://acme.example/xml
<a>
  <b/>
</a>
HTTP 415

POST https://acme.example/raw
base64,aGVsbG8=;
HTTP 200

QUERY https://acme.example/x
HTTP 200

GET https://acme.example/skipped
[Options]
skip: true
HTTP 200
"#
    ));
}

#[test]
fn what_hurl_does_not_take_is_told_with_its_line() {
    let cases = [
        "hello\n",
        "GET http://x\nHTTP 200\nwhat is this\n",
        "POST http://x\n{ \"a\": [1\n",
        "POST http://x\n```json\n{}\n",
    ];
    let mut text = String::new();
    for case in cases {
        text.push_str(&hurl(case));
    }
    assert_snapshot!(text);
}

#[test]
fn many_comments_are_read_in_one_go() {
    let text = "GET http://localhost:3000/a\n".to_owned()
        + &"# no more\n".repeat(200_000)
        + "\n# the next\nGET http://localhost:3000/b\n";
    let text = hurl(&text);
    assert!(
        text.contains("get: /a") && text.contains("name: the next"),
        "{text}"
    );
}

#[test]
fn what_stands_twice_in_an_answer_or_a_form_is_not_lost() {
    let text = hurl(
        "POST http://localhost:3000/a\n[Form]\ntag: a\ntag: b\nHTTP 200\nVary: accept\nVary: cookie\n",
    );
    assert!(text.contains("tag=a&tag=b"), "{text}");
    assert!(
        text.contains("a second value of the header `vary`"),
        "{text}"
    );
}

#[test]
fn secrets_that_an_answer_must_have_are_hidden() {
    let text = hurl(
        "GET http://localhost:3000/a\nHTTP 200\n[Asserts]\njsonpath \"$.token\" == \"0a1b2c3d4e5f\"\njsonpath \"$.title\" == \"0a1b2c3d\"\nbody contains \"session=0a1b2c3d4e6f\"\n",
    );
    assert!(!text.contains("0a1b2c3d4e"), "{text}");
    assert!(
        text.contains("$.token: \"${TOKEN}\"") && text.contains("$.title: \"0a1b2c3d\""),
        "{text}"
    );
}
