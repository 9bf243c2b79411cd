//! The demo data: two companies, six people, records and a few invoices.

use rusqlite::{Connection, params};

use super::StoreError;
use crate::auth::hash_password;
use crate::identifiers;
use crate::options::Passwords;

/// Identifier and name.
const TENANTS: [(&str, &str); 2] = [("acme", "Acme"), ("globex", "Globex")];
const SEEDED_PLAN: &str = "team";

/// First name, mail domain, and what the person is in which tenants.
const PEOPLE: [(&str, &str, Roles); 6] = [
    ("anna", "acme.example", &[("acme", "member")]),
    ("adam", "acme.example", &[("acme", "admin")]),
    ("boris", "globex.example", &[("globex", "member")]),
    ("greta", "globex.example", &[("globex", "admin")]),
    (
        "cora",
        "agency.example",
        &[("acme", "member"), ("globex", "member")],
    ),
    // Nobody works with this account: a check may lock it or change its password.
    ("tess", "acme.example", &[("acme", "member")]),
];

/// Pairs of tenant and role.
type Roles = &'static [(&'static str, &'static str)];

/// Title, body and amount in cents.
const RECORDS: [(&str, &str, i64); 3] = [
    (
        "Kick-off workshop",
        "Two days on site. The goals for the first quarter were agreed.",
        480_000,
    ),
    (
        "Website relaunch",
        "Design and build of the new site. Content comes from the client.",
        1_250_000,
    ),
    (
        "Support contract",
        "Answers within one working day. Renewed every January.",
        90_000,
    ),
];

/// How many small records each company has beside these: more than the longest page shows.
const WORK_ORDERS: u32 = 120;

/// Sequence number, amount in cents, status and date.
const INVOICES: [(u32, i64, &str, &str); 4] = [
    (1, 480_000, "paid", "2026-02-01"),
    (2, 625_000, "paid", "2026-04-01"),
    (3, 625_000, "open", "2026-06-01"),
    (4, 90_000, "open", "2026-07-01"),
];

/// Sequence number of the invoice, description, quantity, price of one in cents and tax in percent.
///
/// The lines of each invoice come to its amount, the tax rounded once for each rate.
const INVOICE_LINES: [(u32, &str, f64, i64, i64); 6] = [
    (1, "Workshop, a day", 2.0, 200_000, 20),
    (2, "Design, a day", 5.0, 100_000, 20),
    (2, "Style guide, printed", 1.0, 22_727, 10),
    (3, "Development, a day", 5.5, 100_000, 20),
    (3, "Discount", 1.0, -29_167, 20),
    (4, "Support, an hour", 7.5, 10_000, 20),
];

/// The ids of the accounts that share the portal.
pub(crate) fn tenants() -> [&'static str; 2] {
    TENANTS.map(|(id, _)| id)
}

pub(super) fn insert(connection: &Connection, passwords: &Passwords) -> Result<(), StoreError> {
    for (id, name) in TENANTS {
        let sql = "insert into tenants (id, name, plan) values (?1, ?2, ?3)";
        connection.execute(sql, params![id, name, SEEDED_PLAN])?;
        insert_records(connection, id)?;
        insert_invoices(connection, id)?;
    }
    PEOPLE.iter().try_for_each(|(name, domain, roles)| {
        insert_person(connection, name, domain, passwords)?;
        insert_roles(connection, name, roles)
    })
}

fn insert_person(
    connection: &Connection,
    name: &str,
    domain: &str,
    passwords: &Passwords,
) -> Result<(), StoreError> {
    let hash = hash_password(passwords.of(name).reveal());
    let hash = hash.map_err(|error| StoreError::Seed(error.to_string()))?;
    let mut shown = name.to_owned();
    shown[..1].make_ascii_uppercase();
    let sql = "insert into users (id, email, name, password_hash) values (?1, ?2, ?3, ?4)";
    let email = format!("{name}@{domain}");
    connection.execute(sql, params![format!("usr_{name}"), email, shown, hash])?;
    Ok(())
}

fn insert_roles(connection: &Connection, name: &str, roles: Roles) -> Result<(), StoreError> {
    let sql = "insert into memberships (user_id, tenant_id, role) values (?1, ?2, ?3)";
    for (tenant, role) in roles {
        connection.execute(sql, params![format!("usr_{name}"), tenant, role])?;
    }
    Ok(())
}

fn insert_records(connection: &Connection, tenant: &str) -> Result<(), StoreError> {
    let sql = "insert into records (id, tenant_id, title, body, amount, tags, external_id, version, \
               created_at, updated_at) values (?1, ?2, ?3, ?4, ?5, '[\"demo\"]', null, 1, ?6, ?6)";
    let mut statement = connection.prepare(sql)?;
    let mut insert = |title: &str, body: &str, amount: i64| {
        let id = random_identifier("rec")?;
        statement.execute(params![id, tenant, title, body, amount, SEEDED_AT])?;
        Ok::<_, StoreError>(())
    };
    for number in 1..=WORK_ORDERS {
        let title = format!("Job {number}");
        insert(&title, "An hour on the phone, an hour of changes.", 24_000)?;
    }
    RECORDS
        .iter()
        .try_for_each(|(title, body, amount)| insert(title, body, *amount))
}

const SEEDED_AT: &str = "2026-01-05T09:00:00.000Z";

fn insert_invoices(connection: &Connection, tenant: &str) -> Result<(), StoreError> {
    let sql = "insert into invoices (id, tenant_id, number, amount, status, issued_on) \
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    for (sequence, amount, status, issued_on) in INVOICES {
        let id = random_identifier("inv")?;
        let number = format!("{}-2026-{sequence:03}", tenant.to_uppercase());
        connection.execute(sql, params![id, tenant, number, amount, status, issued_on])?;
    }
    Ok(())
}

/// Gives every invoice of the demo data its lines.
pub(super) fn insert_invoice_lines(connection: &Connection) -> Result<(), StoreError> {
    let sql = "insert into invoice_lines (invoice_id, position, description, quantity, unit_price, tax_rate) \
               select id, ?2, ?3, ?4, ?5, ?6 from invoices where number like ?1";
    for (position, (sequence, description, quantity, price, rate)) in (1..).zip(INVOICE_LINES) {
        let number = format!("%-2026-{sequence:03}");
        connection.execute(
            sql,
            params![number, position, description, quantity, price, rate],
        )?;
    }
    Ok(())
}

fn random_identifier(prefix: &str) -> Result<String, StoreError> {
    identifiers::identifier(prefix).map_err(|error| StoreError::Seed(error.message))
}
