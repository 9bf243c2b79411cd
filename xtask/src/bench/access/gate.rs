//! The gates that are measured.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// The gate of the office.
pub(super) const OFFICE: &str = "office.yaml";

/// The five resources of the office.
const RESOURCES: [&str; 5] = ["clients", "projects", "invoices", "documents", "tickets"];

const HEAD: &str = "\
version: 1
name: office
environments:
  local: { kind: local, url: \"${OFFICE_URL}\" }
variables: { OFFICE_URL: {} }
identities:
  anna: { tenant: harbour, role: member, bearer: token-of-anna }
  adam: { tenant: harbour, role: admin, bearer: token-of-adam }
  boris: { tenant: lagoon, role: member, bearer: token-of-boris }
  greta: { tenant: lagoon, role: admin, bearer: token-of-greta }
checks:
";

/// A gate for the portal with two people of two tenants.
pub(super) const PORTAL: &str = r#"version: 1
name: client-portal
environments:
  local: { kind: local, url: "${PORTAL_URL}" }
variables: { PORTAL_URL: {} }
openapi: src/openapi.json
identities:
  anna: { tenant: acme, login: { post: /api/login, json: { email: anna@acme.example, password: "${ANNA_PASSWORD}" }, bearer: $.token } }
  boris: { tenant: globex, login: { post: /api/login, json: { email: boris@globex.example, password: "${BORIS_PASSWORD}" }, bearer: $.token } }
checks:
  nobody-without-a-login: { access: {} }
  tenants-apart: { isolation: {} }
  nobody-promotes-themselves: { as: anna, mass-assignment: {} }
"#;

/// Writes the gate of the office into the folder.
///
/// # Errors
/// [`Failure::Io`] when it cannot be written.
pub(super) fn write(folder: &Path) -> Result<(), Failure> {
    fs::write(folder.join(OFFICE), office()).map_err(Failure::io("write the gate of the office"))
}

/// Forty routes for four identities, and five resources.
fn office() -> String {
    let mut gate = HEAD.to_owned();
    gate.push_str("  who-may-do-what:\n    access:\n      public: [GET /health]\n      routes:\n");
    let mut row = |route: &str, rest: &str| {
        // Writing into a text does not fail.
        let _ = writeln!(gate, "        {route}: {rest}");
    };
    let all = "[anna, adam, boris, greta]";
    row("GET /api/me", all);
    row("GET /api/report", all);
    row("GET /api/settings", all);
    row(
        "PUT /api/settings",
        "{ allow: [adam, greta], json: { name: Office }, read: /api/settings }",
    );
    for (number, resource) in RESOURCES.iter().enumerate() {
        // What is there from the beginning: three of each tenant for each resource.
        let id = number * 6 + 1;
        let path = format!("/api/{resource}");
        row(&format!("GET {path}"), all);
        row(
            &format!("POST {path}"),
            &format!("{{ allow: {all}, json: {{ title: \"${{unique}}\" }} }}"),
        );
        row(
            &format!("GET {path}/{{id}}"),
            &format!("{{ allow: [anna, adam], parameters: {{ id: {id} }} }}"),
        );
        // What is written to is created for it, as `resources` says.
        for method in ["PUT", "PATCH"] {
            row(
                &format!("{method} {path}/{{id}}"),
                "{ allow: [anna, adam], json: { title: \"${unique}\" } }",
            );
        }
        row(&format!("DELETE {path}/{{id}}"), "[anna, adam]");
        row(
            &format!("GET {path}/{{id}}/history"),
            &format!("{{ allow: [anna, adam], parameters: {{ id: {id} }} }}"),
        );
    }
    gate.push_str("      resources:\n");
    for resource in RESOURCES {
        gate.push_str(&life(resource));
        let _ = writeln!(gate, "          absent-from: [/api/{resource}]");
    }
    gate.push_str("  tenants-apart:\n    isolation:\n      owner: anna\n      attacker: boris\n      resources:\n");
    for resource in RESOURCES {
        gate.push_str(&life(resource));
        let _ = writeln!(
            gate,
            "          update: [{{ put: \"/api/{resource}/${{id}}\", json: {{ title: \"${{unique}}\" }} }}, {{ patch: \"/api/{resource}/${{id}}\", json: {{ title: \"${{unique}}\" }} }}]
          absent-from: [/api/{resource}, \"/api/{resource}?q=${{canary}}\"]"
        );
    }
    gate
}

/// How one of a resource is created, read and removed.
fn life(resource: &str) -> String {
    format!(
        "        {resource}:
          create: {{ post: /api/{resource}, json: {{ title: \"${{canary}}\" }}, id: $.id, delete: \"/api/{resource}/${{id}}\" }}
          read: /api/{resource}/${{id}}
"
    )
}
