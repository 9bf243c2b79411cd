//! The families of fields that clients must not set, and their usual names.

use serde_json::{Value as Json, json};
use tidegate_core::meta::CodeInfo;

use super::codes;
use crate::naming::words;

/// What a field decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    /// What the gate file names.
    Declared,
    /// What somebody may do.
    Privilege,
    /// Whose it is.
    Tenant,
    /// What it costs.
    Price,
    /// What somebody else has to decide.
    Verified,
    /// What the portal sets itself.
    ReadOnly,
}

/// All of them, in the order in which they are tried.
pub(super) const FAMILIES: &[Family] = &[
    Family::Declared,
    Family::Privilege,
    Family::Tenant,
    Family::Price,
    Family::Verified,
    Family::ReadOnly,
];

const PRIVILEGES: &[&str] = &[
    "role",
    "is_admin",
    "admin",
    "permissions",
    "scopes",
    "is_staff",
    "is_superuser",
];
const TENANTS: &[&str] = &[
    "tenant_id",
    "account_id",
    "organization_id",
    "owner_id",
    "user_id",
    "created_by",
    "owner",
];
const PRICES: &[&str] = &[
    "price", "amount", "total", "discount", "balance", "credit", "paid", "status",
];
const VERIFIED: &[&str] = &[
    "verified",
    "email_verified",
    "approved",
    "is_active",
    "confirmed",
    "published",
];

/// More names that belong to a family when a thing has them.
const SEEN: &[(Family, &[&str])] = &[
    (
        Family::Privilege,
        &[
            "roles",
            "is owner",
            "is super admin",
            "is moderator",
            "user role",
            "access level",
            "groups",
        ],
    ),
    (
        Family::Tenant,
        &[
            "tenant",
            "account",
            "organisation id",
            "organization",
            "organisation",
            "org id",
            "workspace id",
            "team id",
            "company id",
            "customer id",
            "client id",
            "author id",
            "created by id",
        ],
    ),
    (
        Family::Price,
        &[
            "unit price",
            "total amount",
            "tax",
            "subtotal",
            "credits",
            "is paid",
            "payment status",
            "paid at",
            "currency",
        ],
    ),
    (
        Family::Verified,
        &[
            "is verified",
            "is approved",
            "approved by",
            "approved at",
            "email verified at",
            "verified at",
            "is published",
            "confirmed at",
        ],
    ),
];

/// Names that many things have as ordinary fields; where no document says what a client may set, a hint
/// is all they are.
const ORDINARY: &[&str] = &[
    "amount",
    "total",
    "price",
    "discount",
    "status",
    "published",
    "is published",
    "is active",
    "confirmed",
    "currency",
    "tax",
    "subtotal",
    "unit price",
    "owner",
    "account",
    "account id",
    "user id",
    "customer id",
    "client id",
    "company id",
    "team id",
    "groups",
];

impl Family {
    /// The names that are tried.
    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Privilege => PRIVILEGES,
            Self::Tenant => TENANTS,
            Self::Price => PRICES,
            Self::Verified => VERIFIED,
            Self::Declared | Self::ReadOnly => &[],
        }
    }

    /// The family of a name; those that only the portal sets when it is none of the others'.
    pub(super) fn of(name: &str) -> Self {
        let name = words(name).join(" ");
        let usual = |family: &&Self| {
            family
                .names()
                .iter()
                .any(|known| words(known).join(" ") == name)
        };
        let seen = SEEN
            .iter()
            .find(|(_, names)| names.contains(&name.as_str()));
        let found = FAMILIES.iter().find(usual).copied();
        found
            .or_else(|| seen.map(|(family, _)| *family))
            .unwrap_or(Self::ReadOnly)
    }

    /// The code of a finding.
    pub(super) fn code(self) -> CodeInfo {
        match self {
            Self::Declared => codes::DECLARED,
            Self::Privilege => codes::PRIVILEGE,
            Self::Tenant => codes::TENANT,
            Self::Price => codes::PRICE,
            Self::Verified => codes::VERIFIED,
            Self::ReadOnly => codes::READ_ONLY,
        }
    }
}

/// Whether a name is one that many things have as an ordinary field.
pub(super) fn is_ordinary(name: &str) -> bool {
    ORDINARY.contains(&words(name).join(" ").as_str())
}

/// The value that is tried under a usual name of which nothing else is known.
pub(super) fn usual_value(name: &str, tenant: &str) -> Json {
    match Family::of(name) {
        Family::Privilege => match words(name).join(" ").as_str() {
            "role" | "user role" | "access level" => json!("admin"),
            "permissions" | "scopes" | "roles" | "groups" => json!(["admin"]),
            _ => json!(true),
        },
        Family::Tenant => json!(tenant),
        Family::Price => match words(name).last().map(String::as_str) {
            Some("paid") => json!(true),
            Some("status") => json!("paid"),
            Some("currency") => json!("XTS"),
            _ => json!(1),
        },
        Family::Verified => json!(true),
        Family::Declared | Family::ReadOnly => json!("tidegate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_spelling_have_a_family() {
        for (name, family) in [
            ("isAdmin", Family::Privilege),
            ("tenantId", Family::Tenant),
            ("created_by", Family::Tenant),
            ("totalAmount", Family::Price),
            ("email_verified_at", Family::Verified),
            ("created_at", Family::ReadOnly),
            ("version", Family::ReadOnly),
        ] {
            assert_eq!(Family::of(name), family, "{name}");
        }
        assert!(is_ordinary("isActive") && !is_ordinary("is_admin"));
    }
}
