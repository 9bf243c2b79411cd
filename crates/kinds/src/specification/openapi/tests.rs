use std::collections::HashMap;

use super::*;

fn files(list: &[(&str, &str)]) -> impl Fn(&str) -> Result<Vec<u8>, String> {
    let files: HashMap<String, String> = list
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    move |path: &str| {
        let found = files.get(path).map(|text| text.clone().into_bytes());
        found.ok_or_else(|| "there is no such file".to_owned())
    }
}

fn read(list: &[(&str, &str)]) -> OpenApi {
    OpenApi::of(Library::open(list[0].0, &files(list)).unwrap()).unwrap()
}

fn document(text: &str) -> OpenApi {
    read(&[("openapi.yaml", text)])
}

/// A document with these lines below `paths:`.
fn paths(text: &str) -> OpenApi {
    document(&format!("openapi: 3.2.0\npaths:\n{text}"))
}

/// Each fault with its line.
fn faults(api: &OpenApi) -> Vec<String> {
    let place = |fault: &Diagnostic| {
        let span = fault.span.as_ref().unwrap();
        format!("{}:{}", span.source().name(), span.line())
    };
    let faults = api.faults.iter();
    faults
        .map(|fault| format!("{} {}", place(fault), fault.message))
        .collect()
}

/// What a request asks for, in one line.
fn found(api: &OpenApi, method: &str, url: &str) -> String {
    match api.find(method, url) {
        Found::Operation(found) => {
            let mut text = found.operation.name();
            for (name, value) in found.captures {
                text.push_str(&format!(" {name}={value}"));
            }
            text
        }
        Found::Options { item } => format!("options of {}", api.at(item).key().unwrap()),
        Found::OtherMethods { item, methods } => {
            format!("{} has {}", api.at(item).key().unwrap(), methods.join(" "))
        }
        Found::NoPath => "nothing".to_owned(),
    }
}

#[test]
fn what_is_no_openapi_is_told_with_its_line_and_what_to_do() {
    for (text, message, line) in [
        (
            "swagger: '2.0'\n",
            "api.yaml is Swagger 2.0, not OpenAPI 3",
            1,
        ),
        (
            "info: {}\nasyncapi: 3.0.0\n",
            "api.yaml is AsyncAPI, not OpenAPI",
            2,
        ),
        ("info: {}\n", "api.yaml is no OpenAPI document", 1),
        ("- 1\n", "api.yaml is no OpenAPI document", 1),
        (
            "info: {}\nopenapi: 4.0.0\n",
            "api.yaml is of no known version of OpenAPI",
            2,
        ),
        (
            "openapi: [3]\n",
            "api.yaml is of no known version of OpenAPI",
            1,
        ),
    ] {
        let fault = OpenApi::new("api.yaml", text.into(), &files(&[])).unwrap_err();
        assert_eq!(fault.message, message);
        assert_eq!(fault.span.unwrap().line(), line, "{text}");
        assert!(fault.help.is_some(), "{text}");
    }
}

#[test]
fn versions_are_known() {
    let version = |text: &str| document(text).version;
    assert_eq!(version("openapi: 3.0.4\npaths: {}\n"), Version::V3_0);
    assert_eq!(version("openapi: 3.1.1\n"), Version::V3_1);
    assert_eq!(version("openapi: '3.2.0'\n"), Version::V3_2);
    let number = document("openapi: 3.1\n");
    assert_eq!(number.version, Version::V3_1);
    assert_eq!(
        faults(&number),
        ["openapi.yaml:1 the version of OpenAPI is written as a number"]
    );
}

#[test]
fn everything_may_stand_elsewhere() {
    let api = read(&[
        (
            "api/openapi.yaml",
            "openapi: 3.1.0\n\
             paths:\n  /records/{id}: { $ref: paths.yaml#/record }\n  /gone: { $ref: gone.yaml }\n  /health: { get: {} }\n",
        ),
        (
            "api/paths.yaml",
            "record:\n  parameters: [{ $ref: '#/id' }, { name: page, in: query, schema: { type: integer } }]\n  \
             get:\n    parameters: [{ name: page, in: query, required: true }, { name: X-Trace, in: header }, { name: Accept, in: header }]\n    \
             responses: { 200: { $ref: parts.yaml#/ok }, 4xx: { $ref: parts.yaml#/bad }, default: { description: other } }\n  \
             put: { requestBody: { $ref: parts.yaml#/body } }\n\
             id: { name: id, in: path, schema: { type: string } }\n",
        ),
        (
            "api/parts.yaml",
            "ok: { headers: { X-Id: { $ref: '#/header' }, Content-Type: {} }, content: { application/json: { schema: { $ref: '#/type' } } } }\n\
             bad: {}\nbody: { required: true, content: { '*/*': {} } }\nheader: { required: true, schema: true }\ntype: { type: object }\n",
        ),
    ]);
    assert_eq!(
        faults(&api),
        ["api/openapi.yaml:4 `gone.yaml` leads nowhere: there is no such file"]
    );
    let names: Vec<String> = api.operations.iter().map(Operation::name).collect();
    assert_eq!(
        names,
        ["GET /records/{id}", "PUT /records/{id}", "GET /health"]
    );
    let get = &api.operations[0];
    let parameters: Vec<_> = get
        .parameters
        .iter()
        .map(|one| (&*one.name, one.required))
        .collect();
    assert_eq!(
        parameters,
        [("page", true), ("X-Trace", false), ("id", true)]
    );
    assert!(get.parameter(ParameterIn::Header, "x-trace").is_some());
    assert!(get.parameter(ParameterIn::Query, "Page").is_none());
    let status = |status| get.response(status).map(|one| one.status.as_str());
    assert_eq!(status(200), Some("200"));
    assert_eq!(status(404), Some("4XX"));
    assert_eq!(status(500), Some("default"));
    let ok = get.response(200).unwrap();
    assert_eq!(ok.headers.len(), 1);
    assert!(ok.headers[0].required && ok.headers[0].schema.is_some());
    let schema = ok
        .content("application/json; charset=utf-8")
        .unwrap()
        .schema
        .unwrap();
    assert_eq!(
        api.at(schema).follow().unwrap().text_of("type"),
        Some("object")
    );
    let body = api.operations[1].body.as_ref().unwrap();
    assert!(body.required && body.content("image/png").is_some());
    assert_eq!(api.operations[1].parameters.len(), 2);
}

#[test]
fn one_broken_part_spoils_nothing_else() {
    let api = document(
        "openapi: 3.0.3\nservers: [{}]\nsecurity: [{ key: [] }, 5]\npaths:\n  /a:\n    get: 5\n    post:\n      \
         parameters:\n        - { in: query }\n        - { name: b, in: body }\n        - { name: q, in: query, type: string }\n        \
         - { name: q, in: query }\n      responses:\n        200: [1]\n        20: {}\n        201: { content: { application/json: { schema: text } } }\n    \
         GEt: {}\n    fetch: {}\n    query: {}\n  /b: 7\n  c: { get: {} }\n  /d/{x: { get: {} }\n  /e/{}: { get: {} }\n  x-f: 1\n  /g: { delete: {} }\n",
    );
    assert_eq!(
        faults(&api),
        [
            "openapi.yaml:2 a server has no `url`",
            "openapi.yaml:3 the security scheme `key` is declared nowhere",
            "openapi.yaml:3 a number stands where a login is required",
            "openapi.yaml:6 a number stands where an operation is expected",
            "openapi.yaml:9 a parameter has no name",
            "openapi.yaml:10 the parameter `b` does not say where it is sent",
            "openapi.yaml:11 the type of the parameter `q` stands outside of a schema",
            "openapi.yaml:12 the query parameter `q` is declared twice",
            "openapi.yaml:14 a list stands where a response is expected",
            "openapi.yaml:15 `20` is no status of a response",
            "openapi.yaml:16 text stands where a schema is expected",
            "openapi.yaml:17 the method `GEt` is not written in small letters",
            "openapi.yaml:18 `fetch` is no method",
            "openapi.yaml:19 the method `query` came with OpenAPI 3.2",
            "openapi.yaml:20 a number stands where a path item is expected",
            "openapi.yaml:21 the path `c` does not begin with a slash",
            "openapi.yaml:22 the path `/d/{x` has a brace without its partner",
            "openapi.yaml:23 the path `/e/{}` has a parameter without a name",
        ]
    );
    assert_eq!(found(&api, "DELETE", "/g"), "DELETE /g");
    assert_eq!(found(&api, "GET", "/c"), "GET c");
    let post = &api.operations[0];
    assert_eq!(post.name(), "POST /a");
    assert_eq!(post.responses.len(), 1);
}

#[test]
fn newer_parts_are_read() {
    let api = document(
        "openapi: 3.2.0\ncomponents: { mediaTypes: { lines: { itemSchema: { type: object } } } }\npaths:\n  /search:\n    \
         query: { requestBody: { content: { application/sql: {} } } }\n    additionalOperations: { COPY: {}, purge: {} }\n    \
         get:\n      parameters: [{ name: all, in: querystring, content: { application/x-www-form-urlencoded: { schema: {} } } }]\n      \
         responses: { 200: { content: { application/jsonl: { $ref: '#/components/mediaTypes/lines' } } } }\n\
         webhooks: { paid: { post: { operationId: paid } } }\n",
    );
    assert_eq!(faults(&api), [""; 0]);
    let names: Vec<String> = api.operations.iter().map(Operation::name).collect();
    assert_eq!(
        names,
        [
            "QUERY /search",
            "COPY /search",
            "PURGE /search",
            "GET /search"
        ]
    );
    let get = &api.operations[3];
    assert_eq!(get.parameters[0].location, ParameterIn::QueryString);
    assert!(get.parameters[0].content[0].schema.is_some());
    let lines = get
        .response(200)
        .unwrap()
        .content("application/jsonl")
        .unwrap();
    assert!(lines.schema.is_none() && lines.item_schema.is_some());
    assert_eq!(api.webhooks[0].name(), "POST paid");
    assert_eq!(found(&api, "POST", "/paid"), "nothing");
    assert_eq!(found(&api, "query", "/search"), "QUERY /search");
}

#[test]
fn security_is_that_of_the_operation_or_of_the_document() {
    let api = document(
        "openapi: 3.1.0\nsecurity: [{ bearer: [] }, { cookie: [], csrf: [] }]\n\
         components: { securitySchemes: { bearer: { type: http }, cookie: { $ref: '#/components/securitySchemes/csrf' }, csrf: { type: apiKey } } }\n\
         paths:\n  /a: { get: {} }\n  /b: { get: { security: [] } }\n  /c: { get: { security: [{}, { bearer: [read] }] } }\n  /d: { get: { security: [{ none: [] }] } }\n",
    );
    let [a, b, c, d] = &api.operations[..] else {
        panic!("four operations");
    };
    assert!(!a.anonymous() && b.anonymous() && c.anonymous() && !d.anonymous());
    assert_eq!(a.security.len(), 2);
    assert_eq!(a.security[1].len(), 2);
    let cookie = a.security[1][0].place.unwrap();
    assert_eq!(api.at(cookie).text_of("type"), Some("apiKey"));
    assert_eq!(c.security[1][0].scopes, ["read"]);
    assert!(d.security[0][0].place.is_none());
    assert_eq!(
        faults(&api),
        ["openapi.yaml:8 the security scheme `none` is declared nowhere"]
    );
}

const TABLE: &str = "  /: { get: {} }
  /records: { get: {}, post: {} }
  /records/: { put: {} }
  /records/{id}: { get: {}, delete: {} }
  /records/mine: { get: {} }
  /records/{id}.json: { get: {} }
  /records/{from}-{to}: { get: {} }
  /records/{id}/notes/{note}: { get: {} }
  /records/mine/{part}/{x}: { get: {} }
  /v1/{name}:cancel: { post: {} }
  /files/{path+}: { get: {} }
  /caf%C3%A9/ü: { get: {} }
  /head: { head: {}, get: {} }
  /actions?do=start: { post: {} }
  /actions?do=stop: { post: {} }
  /actions: { get: {} }
  /many/{a}{b}/x{c}y{d}z: { get: {} }
";

#[test]
fn paths_are_found_as_routers_find_them() {
    let api = paths(TABLE);
    for (method, url, expected) in [
        ("GET", "/", "GET /"),
        ("GET", "", "GET /"),
        ("GET", "https://acme.example", "GET /"),
        ("GET", "https://acme.example/?a=/records", "GET /"),
        ("get", "/records?x=1#y", "GET /records"),
        ("GET", "/records/", "GET /records"),
        ("PUT", "/records/", "PUT /records/"),
        ("PUT", "/records", "PUT /records/"),
        ("GET", "/records//", "nothing"),
        ("GET", "//records", "nothing"),
        ("GET", "/Records", "nothing"),
        ("PATCH", "/records", "/records has GET POST"),
        ("OPTIONS", "/records", "options of /records"),
        ("OPTIONS", "/nowhere", "nothing"),
        ("HEAD", "/records/7", "GET /records/{id} id=7"),
        ("HEAD", "/head", "HEAD /head"),
        ("GET", "/records/7", "GET /records/{id} id=7"),
        ("GET", "/records/a%2Fb%20c", "GET /records/{id} id=a/b c"),
        ("GET", "/records/%ff", "GET /records/{id} id=\u{fffd}"),
        ("GET", "/records/mine", "GET /records/mine"),
        ("GET", "/records/m%69ne", "GET /records/mine"),
        ("DELETE", "/records/mine", "DELETE /records/{id} id=mine"),
        ("PATCH", "/records/mine", "/records/mine has GET"),
        ("GET", "/records/7.json", "GET /records/{id}.json id=7"),
        ("GET", "/records/.json", "GET /records/{id} id=.json"),
        (
            "GET",
            "/records/1-2",
            "GET /records/{from}-{to} from=1 to=2",
        ),
        (
            "GET",
            "/records/1-2-3",
            "GET /records/{from}-{to} from=1 to=2-3",
        ),
        ("GET", "/records/-2", "GET /records/{id} id=-2"),
        (
            "GET",
            "/records/mine/notes/4",
            "GET /records/mine/{part}/{x} part=notes x=4",
        ),
        (
            "GET",
            "/records/5/notes/4/",
            "GET /records/{id}/notes/{note} id=5 note=4",
        ),
        (
            "POST",
            "/v1/job%3A1:cancel",
            "POST /v1/{name}:cancel name=job:1",
        ),
        ("GET", "/files/a/b%2Fc/d", "GET /files/{path+} path=a/b/c/d"),
        ("GET", "/files", "nothing"),
        ("GET", "/café/%C3%BC", "GET /caf%C3%A9/ü"),
        ("POST", "/actions?do=stop&x=1", "POST /actions?do=stop"),
        ("POST", "/actions", "POST /actions?do=start"),
        ("GET", "/actions?do=start", "GET /actions"),
        (
            "GET",
            "/many/äb/x1y2z",
            "GET /many/{a}{b}/x{c}y{d}z a=ä b=b c=1 d=2",
        ),
        ("GET", "/many/ä/x1y2z", "nothing"),
        (
            "GET",
            "/many/ab/xyyyz",
            "GET /many/{a}{b}/x{c}y{d}z a=a b=b c=y d=y",
        ),
        ("GET", "/many/ab/xyz", "nothing"),
    ] {
        assert_eq!(found(&api, method, url), expected, "{method} {url}");
    }
}

#[test]
fn a_base_path_of_many_values_may_be_any_of_them() {
    let regions: Vec<String> = (0..100).map(|number| format!("r{number}")).collect();
    let api = document(&format!(
        "openapi: 3.1.0\nservers:\n  - url: '/{{region}}/v1'\n    \
         variables: {{ region: {{ default: r0, enum: [{}] }} }}\npaths:\n  /a: {{ get: {{}} }}\n",
        regions.join(", ")
    ));
    assert_eq!(found(&api, "GET", "/r5/v1/a"), "GET /a");
    assert_eq!(found(&api, "GET", "/r99/v1/a"), "GET /a");
    assert_eq!(found(&api, "GET", "/r99/v2/a"), "nothing");
}

#[test]
fn base_paths_are_those_of_the_servers() {
    let api = document(
        "openapi: 3.1.0\nservers:\n  - url: https://api.acme.example/api/v1/\n  - url: '{scheme}://{host}/{area}/{version}'\n    \
         variables: { scheme: { default: https }, host: { default: acme.example }, area: { default: eu, enum: [eu, us] }, version: { default: v2 } }\n  \
         - url: ./beta\npaths:\n  /records: { get: {} }\n  /v1/records: { post: {} }\n  \
         /own: { servers: [{ url: /own-base }], get: { servers: [{ url: 'https://files.example' }] }, put: {} }\n",
    );
    assert_eq!(faults(&api), [""; 0]);
    for (method, url, expected) in [
        (
            "GET",
            "https://preview.example/api/v1/records",
            "GET /records",
        ),
        ("GET", "/records", "GET /records"),
        ("GET", "/us/v2/records", "GET /records"),
        ("GET", "/eu/v9/records", "GET /records"),
        ("GET", "/asia/v2/records", "nothing"),
        ("GET", "/beta/records", "GET /records"),
        ("GET", "/api/v1", "nothing"),
        ("POST", "/api/v1/v1/records", "POST /v1/records"),
        ("POST", "/v1/records", "POST /v1/records"),
        ("PUT", "/own-base/own", "PUT /own"),
        ("PUT", "/own", "PUT /own"),
        ("GET", "/own", "GET /own"),
        ("GET", "/own-base/own", "/own has GET PUT"),
        ("PUT", "/api/v1/own", "nothing"),
    ] {
        assert_eq!(found(&api, method, url), expected, "{method} {url}");
    }
    let api = api.deployed_under("/portal/");
    assert_eq!(found(&api, "GET", "/portal/beta/records"), "GET /records");
    assert_eq!(found(&api, "GET", "/portal/records"), "GET /records");
    assert_eq!(found(&api, "GET", "/portal/own"), "GET /own");
    assert_eq!(found(&api, "GET", "/portal/api/v1/records"), "nothing");
}

#[test]
fn parameters_of_path_and_declaration_are_compared() {
    let api = paths(
        "  /a/{b}: { get: {}, put: { parameters: [{ name: b, in: path }, { name: c, in: path }] } }\n  \
         /a/{d}: { get: { operationId: x }, post: { operationId: x, parameters: [{ $ref: '#/none' }] } }\n",
    );
    assert_eq!(
        faults(&api),
        [
            "openapi.yaml:3 `GET /a/{b}` does not declare `{b}`",
            "openapi.yaml:3 `PUT /a/{b}` has no `{c}`",
            "openapi.yaml:4 `GET /a/{d}` does not declare `{d}`",
            "openapi.yaml:4 the requests of `GET /a/{d}` are those of `GET /a/{b}` too",
            "openapi.yaml:4 `x` is the id of `GET /a/{d}` too",
            "openapi.yaml:4 `#/none` leads nowhere",
        ]
    );
}

#[test]
fn references_in_examples_are_data() {
    let api = document(
        "openapi: 3.1.0\ncomponents:\n  schemas:\n    default: { properties: { value: { $ref: '#/none' } } }\n    \
         A: { example: { $ref: '#/none' }, default: { a: { $ref: x.yaml } } }\n  x-more: { $ref: '#/none' }\n",
    );
    assert_eq!(faults(&api), ["openapi.yaml:4 `#/none` leads nowhere"]);
}

#[test]
fn circles_of_path_items_end() {
    let api =
        paths("  /a: { $ref: '#/paths/~1b' }\n  /b: { $ref: '#/paths/~1a' }\n  /c: { get: {} }\n");
    assert_eq!(api.operations.len(), 1);
    assert_eq!(api.faults.len(), 2);
}

#[test]
fn more_methods_and_statuses_than_are_known_are_read() {
    let api = paths(
        "  /a:\n    get: { responses: { 1xx: {}, 2Xx: {}, 299: {}, 600: {}, x-note: 1 } }\n    additionalOperations: { GET: { operationId: second }, LOCK: {} }\n",
    );
    let get = &api.operations[0];
    let status = |status| get.response(status).map(|one| one.status.as_str());
    assert_eq!(status(101), Some("1XX"));
    assert_eq!(status(299), Some("299"));
    assert_eq!(status(204), Some("2XX"));
    assert_eq!(status(600), Some("600"));
    assert_eq!(status(404), None);
    let ids: Vec<_> = api.operations.iter().map(|one| one.id.as_deref()).collect();
    assert_eq!(ids, [None, None]);
    assert_eq!(api.operations[1].method, "LOCK");
}

#[test]
fn one_document_of_many_faults_is_told_in_part() {
    let operations: String = (0..1_200)
        .map(|at| format!("  /{at}: {{ get: 1 }}\n"))
        .collect();
    let api = paths(&operations);
    assert_eq!(api.faults.len(), FAULT_LIMIT + 1);
    assert_eq!(
        api.faults[FAULT_LIMIT].message,
        "200 more faults are not listed"
    );
}
