//! The edits.

use super::Edit;

/// Edits that leave the gate as strict as it was, or make it stricter.
pub(super) const INNOCENT: &[(&str, Edit)] = &[
    ("the pack has another name", &[("as: portal", "as: cp")]),
    (
        "the severity is that of each finding, which stops the deploy as well",
        &[("severity: critical\n    ", "")],
    ),
    (
        "a check gets another name",
        &[("  home-page:\n    severity", "  start-page:\n    severity")],
    ),
    (
        "a check gets another name and a further step",
        &[
            (
                "  session-cookie:\n    severity",
                "  form-login:\n    severity",
            ),
            (
                "      - name: the cookie is enough\n",
                "      - { get: /health, expect: 200 }\n      - name: the cookie is enough\n",
            ),
        ],
    ),
    (
        "a step gets another name",
        &[("the home page loads", "the start page loads")],
    ),
    (
        "a step gets another name and another one is added",
        &[(
            "      - name: the portal is healthy\n",
            "      - { get: /version, expect: 200 }\n      - name: it is well\n",
        )],
    ),
    (
        "a check is added",
        &[(
            "checks:\n",
            "checks:\n  version: { flow: [{ get: /version, expect: 200 }] }\n",
        )],
    ),
    (
        "a production environment is added",
        &[(
            "\nopenapi:",
            "  production:\n    url: https://portal.acme.example\n\nopenapi:",
        )],
    ),
    (
        "an expectation is added",
        &[(
            "status: 200, json: { $.status: ok }",
            "status: 200, json: { $.status: ok, $.version: { exists: true } }",
        )],
    ),
    ("fewer statuses will do", &[("[400, 422]", "422")]),
    (
        "a limit of time is added",
        &[(
            "status: 200, json: { $.status: ok }",
            "status: 200, json: { $.status: ok }, time: 2s",
        )],
    ),
    (
        "a check becomes more severe",
        &[("severity: high", "severity: critical")],
    ),
    (
        "a check has less time",
        &[("severity: high", "severity: high\n    timeout: 20s")],
    ),
    (
        "more requests at once, and more rounds",
        &[(
            "      duplicate: {",
            "      times: 20\n      certainty: 99.9%\n      duplicate: {",
        )],
    ),
    (
        "a check has an owner",
        &[("severity: high", "severity: high\n    owner: mia")],
    ),
    (
        "a check covers files",
        &[("severity: high", "severity: high\n    covers: [\"src/**\"]")],
    ),
    (
        "inconclusive is never enough",
        &[(
            "severity: high",
            "severity: high\n    on-inconclusive: block",
        )],
    ),
    (
        "a route is listed",
        &[(
            "GET /api/me: all",
            "GET /api/me: all\n        GET /api/reports: [adam]",
        )],
    ),
    (
        "a route is for fewer people",
        &[(
            "GET /api/billing/plan: all",
            "GET /api/billing/plan: [adam]",
        )],
    ),
    (
        "an exacter row keeps people out",
        &[(
            "\"* /api/files/*\": all",
            "\"* /api/files/*\": all\n        DELETE /api/files/{id}: [adam]",
        )],
    ),
    (
        "a resource is added",
        &[(
            "        files: *files\n",
            "        files: *files\n        notes: { existing: \"7\", read: \"/api/notes/${id}\" }\n",
        )],
    ),
    (
        "another list is searched",
        &[(
            "absent-from: [/api/records,",
            "absent-from: [/api/export, /api/records,",
        )],
    ),
    (
        "the order of a list",
        &[("identities: [anna, adam]", "identities: [adam, anna]")],
    ),
    (
        "an attacker more",
        &[("attacker: boris", "attackers: [boris, greta]")],
    ),
    (
        "a captured value gets another name",
        &[(
            "capture: { record: $.id }\n            cleanup",
            "capture: { made: $.id }\n            cleanup",
        )],
    ),
    (
        "more of the repository is searched",
        &[("secrets: {}", "secrets: { tree: true, verify: true }")],
    ),
    (
        "a budget is raised to more than usual",
        &[("lists: {}", "lists: { most: 400 }")],
    ),
    (
        "the handover report",
        &[("Search looks at titles only.", "Search is slow.")],
    ),
    (
        "the gate's name",
        &[("name: client-portal", "name: acme-portal")],
    ),
    (
        "a comment",
        &[(
            "# every answer of every check is held against it",
            "# the interface",
        )],
    ),
    (
        "a person more",
        &[(
            "  cora:\n",
            "  dora: { tenant: acme, role: member, bearer: \"${DORA}\" }\n  cora:\n",
        )],
    ),
    (
        "the gate is protected",
        &[("version: 1\n", "version: 1\nprotect: true\n")],
    ),
];

/// Edits of which somebody has to know: those that judge less, and those that judge otherwise.
pub(super) const TOLD: &[(&str, Edit)] = &[
    (
        "a check is removed",
        &[("  no-new-secrets:\n    secrets: {}\n", "")],
    ),
    (
        "a check is replaced by one of its kind",
        &[(
            "  errors-are-traceable:\n    as: adam\n    flow:\n      - name: provoke a server error\n        post: /api/diagnostics/error\n        expect: 500\n",
            "  version:\n    flow:\n      - get: /version\n        expect: 200\n",
        )],
    ),
    (
        "a check is renamed and wants less",
        &[
            (
                "  session-cookie:\n    severity",
                "  form-login:\n    severity",
            ),
            (
                "expect: { status: 200, json: { $.email: anna@acme.example } }",
                "expect: 200",
            ),
        ],
    ),
    (
        "a check is off here",
        &[("8080}", "8080}\n    checks: { no-new-secrets: off }")],
    ),
    (
        "a check asks another path",
        &[("get: /health", "get: /status")],
    ),
    (
        "a path of a list is another one",
        &[(
            "/api/records, \"/api/records?q",
            "/api/v2/records, \"/api/records?q",
        )],
    ),
    (
        "a status more will do",
        &[("expect: 500", "expect: [500, 404]")],
    ),
    (
        "another status is expected",
        &[("expect: 500", "expect: 501")],
    ),
    (
        "a predicate is dropped",
        &[(", json: { $.status: ok }", "")],
    ),
    (
        "a value may be anything",
        &[("$.status: ok", "$.status: { exists: true }")],
    ),
    (
        "a cookie may be read by scripts",
        &[("http-only: true, ", "")],
    ),
    (
        "a step is dropped",
        &[(
            "      - name: the portal is healthy\n        get: /health\n        expect: { status: 200, json: { $.status: ok } }\n",
            "",
        )],
    ),
    (
        "a step is tried again",
        &[(
            "get: /health\n",
            "get: /health\n        retry: { within: 30s }\n",
        )],
    ),
    (
        "a captured value may be missing",
        &[(
            "capture: { record: $.id }\n            cleanup",
            "capture: { record: { jsonpath: $.id, optional: true } }\n            cleanup",
        )],
    ),
    (
        "an exception is added",
        &[(
            "exposure: { public-docs: true }",
            "exposure: { public-docs: true, allow: [/metrics] }",
        )],
    ),
    (
        "a route is not tried",
        &[(
            "      skip:\n",
            "      skip:\n        GET /api/invoices: it is slow\n",
        )],
    ),
    (
        "a route is public",
        &[(
            "        - GET /health\n",
            "        - GET /health\n        - GET /api/invoices/*\n",
        )],
    ),
    (
        "a route is for everybody",
        &[(
            "GET /api/webhooks/events: [adam]",
            "GET /api/webhooks/events: all",
        )],
    ),
    (
        "an exacter row lets people in",
        &[(
            "POST /api/diagnostics/error: [adam]",
            "\"* /api/diagnostics/*\": [adam]\n        POST /api/diagnostics/error: all",
        )],
    ),
    ("a row is gone", &[("        GET /api/invoices: all\n", "")]),
    (
        "a route is elsewhere",
        &[("GET /api/invoices: all", "GET /api/v2/invoices: all")],
    ),
    (
        "fewer people are tried",
        &[("identities: [anna, adam]", "identities: [anna]")],
    ),
    (
        "only in production",
        &[(
            "severity: high",
            "severity: high\n    when: { environment: [production] }",
        )],
    ),
    (
        "only for some changes",
        &[(
            "severity: high",
            "severity: high\n    when: { changed: [docs/**] }",
        )],
    ),
    (
        "a need is added",
        &[("severity: high", "severity: high\n    needs: [home-page]")],
    ),
    (
        "a check is less severe",
        &[("severity: critical", "severity: low")],
    ),
    (
        "no result only warns",
        &[(
            "severity: high",
            "severity: high\n    on-inconclusive: warn",
        )],
    ),
    (
        "a check is tried again",
        &[("severity: high", "severity: high\n    retries: 1")],
    ),
    (
        "a code only warns",
        &[(
            "\nopenapi:",
            "\npolicy: { levels: { isolation/read: warn } }\nopenapi:",
        )],
    ),
    (
        "no document",
        &[(
            "openapi: src/openapi.json # every answer of every check is held against it\n",
            "",
        )],
    ),
    (
        "an observer is off",
        &[(
            "\nopenapi:",
            "\nobservers: { error-hygiene: off }\nopenapi:",
        )],
    ),
    (
        "an observer only warns",
        &[(
            "\nopenapi:",
            "\nobservers: { response-secrets: { without: [jwt] } }\nopenapi:",
        )],
    ),
    (
        "a person has another role",
        &[("    role: consultant\n", "    role: admin\n")],
    ),
    (
        "the other tenant is the same one",
        &[("tenant: globex", "tenant: acme")],
    ),
    (
        "a person logs in another way",
        &[(
            "boris@globex.example, password: \"${BORIS_PASSWORD}\"",
            "boris@globex.example, password: \"${OTHER_PASSWORD}\"",
        )],
    ),
    (
        "a default is another one",
        &[("${WEBHOOK_PORT:-4010}", "${WEBHOOK_PORT:-4011}")],
    ),
    (
        "the site is not searched",
        &[("secrets: {}", "secrets: { site: false }")],
    ),
    (
        "a rule is silent",
        &[("secrets: {}", "secrets: { without: [generic] }")],
    ),
    (
        "a list of what is searched",
        &[("secrets: {}", "secrets: { build: [dist] }")],
    ),
    (
        "only some operations",
        &[(
            "rejects: {}",
            "rejects: { operations: [{ post: /api/records, json: { title: a } }] }",
        )],
    ),
    (
        "only some lists",
        &[("lists: {}", "lists: { routes: [GET /api/records] }")],
    ),
    (
        "fewer requests than usual",
        &[("lists: {}", "lists: { most: 50 }")],
    ),
    (
        "an environment is no production",
        &[("production: [local]", "production: [other]")],
    ),
    (
        "a parameter of a pack",
        &[("member: anna\n", "member: adam\n")],
    ),
    (
        "the pack is gone",
        &[(
            "include:\n  - pack: client-portal\n    as: portal\n    with:\n      member: anna\n      admin: adam\n      consultant: cora\n      first-account: acme\n      second-account: globex\n",
            "",
        )],
    ),
    (
        "fewer requests at once",
        &[(
            "json: { title: \"${unique}\", external_id: \"${unique}\" } }\n      duplicate",
            "json: { title: \"${unique}\", external_id: \"${unique}\" } }\n      times: 2\n      duplicate",
        )],
    ),
    (
        "fewer rounds, and each is said to catch more",
        &[
            (
                "      idempotent: {",
                "      rounds: 2\n      idempotent: {",
            ),
            (
                "      chance: *chance\n      before: [*account]",
                "      chance: 95%\n      certainty: 80%\n      before: [*account]",
            ),
        ],
    ),
    (
        "more than the limit may be served",
        &[("{ most: 3,", "{ most: 4,")],
    ),
    (
        "another question is asked of requests at once",
        &[(
            "limit: { most: 3, read: \"/api/records/${record}\", number: $.amount }",
            "lost-update: { read: \"/api/records/${record}\", number: $.amount, step: -100 }",
        )],
    ),
    (
        "a webhook need not be signed",
        &[("          refuse: true\n", "")],
    ),
    (
        "the candidate is started",
        &[(
            "8080}",
            "8080}\n    start: { command: ./mock, ready: { get: /health } }",
        )],
    ),
    (
        "a waiver",
        &[(
            "\nopenapi:",
            "\nwaivers: [{ code: flow/status, check: home-page, owner: mia, reason: later, expires: 2099-12-31 }]\nopenapi:",
        )],
    ),
];
