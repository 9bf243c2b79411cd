use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::super::tests::{OneFile, imported, shown};
use super::super::{Format, Input, Source, Taken, import};
use super::script;

fn postman(collection: &Json, environment: Option<&Json>) -> String {
    let text = collection.to_string();
    let environment = environment.map(Json::to_string);
    let environment = environment.as_deref().map(|text| Source {
        name: "env.json",
        bytes: text.as_bytes(),
    });
    let source = Source {
        name: "portal.json",
        bytes: text.as_bytes(),
    };
    let files = OneFile("", b"");
    let input = Input {
        format: None,
        sources: &[source],
        environment,
        origins: &[],
        files: &files,
    };
    shown(&import(&input, &Taken::default()))
}

fn script(listen: &str, lines: &str) -> Json {
    let lines: Vec<&str> = lines.lines().collect();
    json!([{ "listen": listen, "script": { "type": "text/javascript", "exec": lines } }])
}

#[test]
fn a_collection_becomes_flows() {
    let collection = json!({
        "info": { "name": "Client Portal", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{token}}", "type": "string" }] },
        "variable": [{ "key": "baseUrl", "value": "http://127.0.0.1:8080" }, { "key": "email", "value": "anna@acme.example" }],
        "item": [
            { "name": "Log in",
              "event": script("test", "pm.test(\"ok\", function () {\n    pm.response.to.have.status(200);\n});\nconst body = pm.response.json();\npm.environment.set(\"token\", body.token);"),
              "request": { "method": "POST", "auth": { "type": "noauth" },
                "header": [{ "key": "Content-Type", "value": "application/json" }, { "key": "X-Off", "value": "1", "disabled": true }],
                "body": { "mode": "raw", "raw": "{\"email\": \"{{email}}\", \"password\": \"{{password}}\"}", "options": { "raw": { "language": "json" } } },
                "url": { "raw": "{{baseUrl}}/api/login", "host": ["{{baseUrl}}"], "path": ["api", "login"] } } },
            { "name": "Records", "item": [
                { "name": "Create",
                  "event": script("test", "var json = JSON.parse(responseBody);\ntests[\"created\"] = responseCode.code === 201;\npm.expect(json.title).to.eql(\"Postman\");\npm.expect(json.tags).to.be.an('array').that.is.empty;\npm.expect(json).to.have.property('id');\npostman.setEnvironmentVariable(\"recordId\", json.id);\npm.sendRequest({ url: \"https://x\" }, function () {\n  console.log(1);\n});"),
                  "request": { "method": "POST",
                    "body": { "mode": "raw", "raw": "{\"title\": \"Postman\", \"external\": \"{{$guid}}\"}" },
                    "url": "{{baseUrl}}/api/records" } },
                { "name": "Read",
                  "event": script("test", "pm.test('fast', () => pm.expect(pm.response.responseTime).to.be.below(2000));\npm.test('json', () => { pm.response.to.be.json; pm.expect(pm.response.headers.get('Content-Type')).to.include('json'); });"),
                  "request": { "method": "GET", "header": [],
                    "url": { "raw": "{{baseUrl}}/api/records/:id?full=true&x=1", "host": ["{{baseUrl}}"], "path": ["api", "records", ":id"],
                      "query": [{ "key": "full", "value": "true" }, { "key": "x", "value": "1", "disabled": true }],
                      "variable": [{ "key": "id", "value": "{{recordId}}" }] } } },
                { "name": "Delete", "request": { "method": "DELETE", "url": "{{baseUrl}}/api/records/{{recordId}}" } }
            ] },
            { "name": "Others", "event": script("prerequest", "pm.environment.set('n', Math.random());\npm.variables.set('kind', 'note');"), "item": [
                { "name": "Form", "request": { "method": "POST", "auth": { "type": "basic", "basic": [{ "key": "username", "value": "mia" }, { "key": "password", "value": "correct-horse" }] },
                    "body": { "mode": "urlencoded", "urlencoded": [{ "key": "kind", "value": "{{kind}}" }, { "key": "off", "value": "1", "disabled": true }] },
                    "url": "{{baseUrl}}/form" } },
                { "name": "Upload", "request": { "method": "POST", "auth": { "type": "apikey", "apikey": [{ "key": "key", "value": "X-Key" }, { "key": "value", "value": "k-0123456789" }] },
                    "body": { "mode": "formdata", "formdata": [{ "key": "file", "type": "file", "src": "/a.pdf" }, { "key": "note", "type": "text", "value": "hi" }] },
                    "url": "{{baseUrl}}/files" } },
                { "name": "Graph", "request": { "method": "POST", "auth": { "type": "oauth2", "oauth2": [{ "key": "accessToken", "value": "abcdefgh12345678" }] },
                    "body": { "mode": "graphql", "graphql": { "query": "{ me { id } }", "variables": "{\"a\": 1}" } },
                    "url": "https://graph.acme.example/graphql" } },
                { "name": "No address", "request": { "method": "GET" } }
            ] }
        ]
    });
    let environment = json!({ "name": "local", "values": [{ "key": "password", "value": "anna-demo-password", "type": "secret", "enabled": true }] });
    assert_snapshot!(postman(&collection, Some(&environment)));
}

#[test]
fn a_collection_of_version_2_0_is_read() {
    let collection = json!({
        "info": { "name": "Old", "schema": "https://schema.getpostman.com/json/collection/v2.0.0/collection.json" },
        "auth": { "type": "basic", "basic": { "username": "mia", "password": "{{password}}" } },
        "item": [{ "name": "One", "request": { "url": "https://acme.example/a", "method": "GET", "header": "Accept: application/json\nX-A: 1" } }]
    });
    assert_snapshot!(postman(&collection, None));
}

#[test]
fn what_is_no_collection_says_so() {
    let mut text = String::new();
    for bytes in [
        &b"{\"info\": {}, \"item\": 3}"[..],
        b"{\"info\": {}, \"item\": [",
        b"[]",
        b"{\"info\": {}, \"item\": [1, null, {\"name\": 3}]}",
    ] {
        text.push_str(&shown(&imported(
            Some(Format::Postman),
            "portal.json",
            bytes,
        )));
    }
    assert_snapshot!(text);
}

#[test]
fn sentences_of_scripts_are_known_or_told() {
    let effects = script::read(
        "pm.test('a', function () {\n  pm.expect(pm.response.code).to.be.oneOf([200, 201]);\n});\n\
         // a comment\nlet { token } = pm.response.json();\nif (x) { y(); }\n\
         const d = pm.response.json().data[0];\npm.expect(d['first name']).to.not.equal('x');\npm.expect(d.n)\n  .to.be.above(3);\n\
         pm.expect(d.name).to.match(/^a.b$/i);\npm.expect(d.list).to.have.lengthOf(2);\npm.expect(d.a).to.equal(b);\n",
    );
    assert_eq!(effects.expect.status, ["200", "201"]);
    assert_eq!(
        effects.expect.parts["json"],
        json!({
            "$.data[0]['first name']": { "not": { "equals": "x" } },
            "$.data[0].n": { "gt": 3 },
            "$.data[0].name": { "matches": "(?i)^a.b$" },
            "$.data[0].list": { "length": 2 },
        })
    );
    let lines: Vec<usize> = effects.unknown.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [5, 6, 13], "{:?}", effects.unknown);
}

#[test]
fn values_of_variables_and_assertions_are_hidden_when_they_are_secrets() {
    let collection = json!({
        "info": { "name": "Portal" },
        "variable": [
            { "key": "base", "value": "https://mia:hunter22x@acme.example" },
            { "key": "more", "value": "a=1&api_key=hunter22y" },
            { "key": "lang", "value": "de" },
        ],
        "item": [{ "name": "Read, token: hunter22z", "event": script("test", "pm.expect(pm.response.json().token).to.eql('0a1b2c3d4e5f');\npm.expect(pm.response.json().name).to.eql('${HOME}');\npm.response.to.have.status(200);"),
            "request": { "url": "{{base}}/a?{{more}}&lang={{lang}}", "method": "GET" } }],
    });
    let text = postman(&collection, None);
    for secret in ["hunter22", "0a1b2c3d4e5f", "\"${HOME}\""] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(
        text.contains("LANG: { default: de }") && text.contains("Read, token: …"),
        "{text}"
    );
    assert!(
        text.contains("$${HOME}") && text.contains("! set BASE"),
        "{text}"
    );
}

#[test]
fn what_a_folder_asks_of_each_answer_holds_for_each_and_is_told_once() {
    let collection = json!({
        "info": { "name": "Portal" },
        "event": script("test", "pm.response.to.have.status(200);\npm.visualizer.set('x');"),
        "item": [
            { "name": "One", "request": { "method": "GET", "url": "https://acme.example/a",
                "header": [{ "key": "X-{{a}}", "value": "1" }] } },
            { "name": "Two", "request": { "method": "POST", "url": "https://acme.example/b",
                "body": { "mode": "urlencoded", "urlencoded": [{ "key": "tag", "value": "a" }, { "key": "tag", "value": "b" }] } } },
            { "name": "Three", "request": { "method": "POST", "url": "https://acme.example/c",
                "body": { "mode": "graphql", "graphql": { "query": "{ me }", "operationName": "Me", "variables": "{ no" } } } },
        ]
    });
    let text = postman(&collection, None);
    assert_eq!(text.matches("expect: 200").count(), 3, "{text}");
    assert_eq!(
        text.matches("\n- portal.json: line 2 of its test script (pm.visualizer.")
            .count(),
        1,
        "{text}"
    );
    for part in [
        "- portal.json: One: 1 header: a name has no variables",
        "body: \"tag=a&tag=b\"",
        "operationName: Me",
        "- portal.json: Three: the variables of a GraphQL request: they are no JSON",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
